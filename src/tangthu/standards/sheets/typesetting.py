"""Set one portion of a list, in a process of its own that says on stdout what it set.

The typesetter remembers all that it ever set: one process would need more memory the longer the
list is.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import typst

# A cell longer than this may have to be divided between two pages.
LONG_CELL = 500
# What stands for a character that none of the fonts has; PDF/A refuses a page with an empty box.
UNPRINTABLE = "[?]"
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_SURE = re.compile(
    "[\u0009-\u036f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff\u2000-\u206f\u20ab\u20ac]"
)
_TRIES = 12


def set_portion(folder: Path) -> dict[str, int]:
    """Set `portion.json` of the folder into the PDF that it names.

    Unless it is the last one, the rows of its last page are left out, for the next portion to begin
    with. Returns how many `rows` were set on how many `pages`, and whether characters were
    `replaced` because no font has them. Raises TypstError.
    """
    portion: dict[str, Any] = json.loads((folder / "portion.json").read_text(encoding="utf-8"))
    if not portion["last"]:
        places = json.loads(_compiler(folder).query("<place>", field="value"))
        last = max(page for _row, page in places)
        full = min(row for row, page in places if page == last)
        if full and not portion["breakable"]:
            portion["rows"] = portion["rows"][:full]
            _write(folder, portion)
    replaced = 0
    while True:
        compiler = _compiler(folder)
        try:
            made = compiler.compile(format="pdf", pdf_standards=["a-2b"])
            break
        except typst.TypstError as error:
            missing = _MISSING.search(str(error))
            if missing is None or replaced >= _TRIES:
                raise
            replaced += 1
            portion = _without(portion, missing[1], every=replaced == 1)
            _write(folder, portion)
    assert isinstance(made, bytes)
    (folder / portion["part"]).write_bytes(made)
    pages = json.loads(compiler.query("<end>", field="value"))[-1]
    return {"rows": len(portion["rows"]), "pages": pages, "replaced": int(replaced > 0)}


def _without(portion: dict[str, Any], missing: str, *, every: bool) -> dict[str, Any]:
    """The portion with the `missing` characters replaced; `every`: with all that may be missing."""

    def fit(value: Any) -> Any:
        if isinstance(value, list):
            return [fit(one) for one in value]
        if not isinstance(value, str):
            return value
        return "".join(
            UNPRINTABLE if one in missing or (every and not _SURE.match(one)) else one
            for one in value
        )

    kept = {"part", "aligns"}
    return {key: value if key in kept else fit(value) for key, value in portion.items()}


def _write(folder: Path, portion: dict[str, Any]) -> None:
    (folder / "portion.json").write_text(json.dumps(portion), encoding="utf-8")


def _compiler(folder: Path) -> typst.Compiler:
    return typst.Compiler(str(folder / "list.typ"), root=str(folder), ignore_system_fonts=True)


def main(folder: str) -> None:
    """Set the portion in `folder`; what was set goes to stdout."""
    sys.stdout.write(json.dumps(set_portion(Path(folder))))
