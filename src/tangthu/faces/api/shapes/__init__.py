"""What goes in and out, as the OpenAPI document tells it.

Moments are RFC 3339 in UTC or with an offset; dates of records are partial ISO dates ("2010",
"2010-02", "2010-02-04"). What is not told to a viewer is null or left out.
"""

from tangthu.faces.api.shapes import (
    base,
    bulk,
    describing,
    dips,
    edits,
    exports,
    fonds,
    freezes,
    grants,
    hooks,
    imports,
    keys,
    ledger,
    lists,
    records,
    register,
    sealing,
    secrets,
    stores,
    views,
    work,
)

__all__ = [
    "base",
    "bulk",
    "describing",
    "dips",
    "edits",
    "exports",
    "fonds",
    "freezes",
    "grants",
    "hooks",
    "imports",
    "keys",
    "ledger",
    "lists",
    "records",
    "register",
    "sealing",
    "secrets",
    "stores",
    "views",
    "work",
]
