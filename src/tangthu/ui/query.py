"""Edit the query string of a link: the filters of a register are links, not scripts."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import QueryDict

Query = QueryDict | Mapping[str, str | list[str]]


def query_pairs(query: Query) -> list[tuple[str, str]]:
    """All pairs of a query in order; a `QueryDict` keeps repeated keys."""
    pairs: list[tuple[str, str]] = []
    if isinstance(query, QueryDict):
        for key, values in query.lists():
            pairs.extend((key, str(value)) for value in values)
        return pairs
    for key, value in query.items():
        values = value if isinstance(value, list) else [value]
        pairs.extend((key, str(item)) for item in values)
    return pairs


def edit_query(query: Query, changes: Mapping[str, str | int | list[str] | None]) -> str:
    """The query as `?a=1&b=2` after `changes`; `None`, `""` and `[]` remove a key.

    Always starts with `?`, so that an empty result still leads to the page without a query.
    """
    pairs = [(key, value) for key, value in query_pairs(query) if key not in changes]
    for key, change in changes.items():
        if change is None or change == "":
            continue
        values = change if isinstance(change, list) else [str(change)]
        pairs.extend((key, value) for value in values)
    return "?" + urlencode(pairs)
