"""Set one portion of a list: `python -m tangthu.standards.sheets.typesetting FOLDER`.

A process of its own for each portion: the typesetter remembers all that it ever set, so that one
process would need more memory the longer the list is. Says on stdout how many rows and pages the
portion has.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typst

# A cell longer than this may have to be divided between two pages.
LONG_CELL = 500


def set_portion(folder: Path) -> dict[str, int]:
    """Set `portion.json` of the folder into the PDF that it names.

    Unless it is the last one, the rows of its last page are left out, for the next portion to begin
    with: {"rows": how many were set, "pages": on how many pages}.
    """
    path = folder / "portion.json"
    portion: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if not portion["last"]:
        places = json.loads(_compiler(folder).query("<place>", field="value"))
        last = max(page for _row, page in places)
        full = min(row for row, page in places if page == last)
        if full and not portion["breakable"]:
            portion["rows"] = portion["rows"][:full]
            path.write_text(json.dumps(portion), encoding="utf-8")
    compiler = _compiler(folder)
    made = compiler.compile(format="pdf", pdf_standards=["a-2b"])
    assert isinstance(made, bytes)
    (folder / portion["part"]).write_bytes(made)
    pages = json.loads(compiler.query("<end>", field="value"))[-1]
    return {"rows": len(portion["rows"]), "pages": pages}


def _compiler(folder: Path) -> typst.Compiler:
    return typst.Compiler(str(folder / "list.typ"), root=str(folder), ignore_system_fonts=True)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(set_portion(Path(sys.argv[1]))))
