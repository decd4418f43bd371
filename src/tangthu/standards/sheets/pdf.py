"""A list as PDF/A-2b: typeset portion by portion, the portions joined.

The fonts are those that the typesetter brings along (Libertinus Serif has all Vietnamese letters),
so that a list looks alike on every machine. A portion ends with a full page: the rows on its last
page are set again at the beginning of the next portion, so that no gap shows where two portions
meet.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pikepdf

from tangthu.standards.sheets.model import Row, Sheet, clean
from tangthu.standards.sheets.typesetting import LONG_CELL

PORTION = 400
_CHILD = "import sys; from tangthu.standards.sheets.typesetting import main; main(sys.argv[1])"
_LONG_WORD = re.compile(r"\S{19,}")
_BREAK_AFTER = re.compile(r"([./_\-–,;:])(?=\S)")

_TEMPLATE = r"""
#let it = json("portion.json")
#set document(title: it.title, author: it.body, date: auto)
#set text(font: "Libertinus Serif", lang: "vi", size: 10pt, hyphenate: false)
#set page(paper: "a4", flipped: it.landscape,
  margin: (left: 20mm, right: 15mm, top: 22mm, bottom: 18mm),
  header: [#set text(8pt)
    #block(width: 100%, stroke: (bottom: 0.5pt + gray), inset: (bottom: 3pt), it.mark)],
  footer: context align(center, text(9pt)[#it.page #counter(page).get().first()]))
#counter(page).update(it.first_page)
#if it.opening {
  text(weight: "bold", upper(it.body))
  v(4mm)
  align(center, text(14pt, weight: "bold", upper(it.title)))
  v(2mm)
  for (label, value) in it.facts { [#label: #value]; linebreak() }
  v(2mm)
}
#let aligns = (left: left, center: center, right: right)
#set par(leading: 0.5em)
#if it.rows.len() > 0 or it.opening {
  table(
    columns: it.weights.map(w => w * 1fr),
    stroke: 0.4pt + gray, inset: 3pt,
    align: (x, y) => if y == 0 { center + horizon } else { aligns.at(it.aligns.at(x)) + top },
    table.header(repeat: true,
      ..it.headings.map(h => table.cell(fill: luma(237), text(9pt, weight: "bold", h)))),
    ..it.rows.enumerate().map(((n, row)) => row.enumerate().map(((x, cell)) => table.cell(
      breakable: it.breakable,
      if x == 0 { [#context [#metadata((n, here().page()))<place>]#text(9pt, cell)] }
      else { text(9pt, cell) }))).flatten())
}
#if it.closing != "" { v(2mm); it.closing }
#context [#metadata(here().page())<end>]
"""


class NotTypesetError(RuntimeError):
    """The typesetter refused a portion; the text says why."""


class PdfList:
    """One list being typeset in `folder`, which is its own; portions stay there until the end.

    Give the rows in order with `add` and end with `finish`, which writes the whole PDF.
    """

    def __init__(self, folder: Path, sheet: Sheet) -> None:
        self._folder = folder
        self._sheet = sheet
        self._waiting: list[Row] = []
        self._parts: list[Path] = []
        self._pages = 0
        self._count = 0
        # Whether characters that no font has were replaced.
        self.replaced = False
        (folder / "list.typ").write_text(_TEMPLATE, encoding="utf-8")

    def add(self, row: Row) -> None:
        """Take one more row; typesets when a portion is full. Raises OSError, NotTypeset."""
        self._waiting.append(row)
        self._count += 1
        if len(self._waiting) >= PORTION:
            self._typeset()

    def finish(self, target: Path) -> int:
        """Typeset what waits, join all into `target`; returns how many rows there were."""
        self._typeset(closing=self._sheet.closing(self._count))
        self._join(target)
        return self._count

    def _typeset(self, *, closing: str = "") -> None:
        """Set the waiting rows, those of the last page excepted unless the list ends here."""
        sheet, rows = self._sheet, self._waiting
        part = self._folder / f"part-{len(self._parts):05d}.pdf"
        portion = {
            "body": clean(sheet.body), "title": clean(sheet.title), "mark": clean(sheet.mark),
            "facts": [(clean(label), breakable(clean(value))) for label, value in sheet.facts],
            "page": clean(sheet.page), "landscape": sheet.landscape,
            "weights": [column.weight for column in sheet.columns],
            "aligns": [column.align for column in sheet.columns],
            "headings": [clean(column.heading) for column in sheet.columns],
            "rows": [[breakable(clean(cell)) for cell in row] for row in rows],
            "breakable": any(len(cell) > LONG_CELL for row in rows for cell in row),
            "opening": not self._parts, "first_page": self._pages + 1, "closing": clean(closing),
            "last": bool(closing), "part": part.name,
        }  # fmt: skip
        (self._folder / "portion.json").write_text(json.dumps(portion), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(self._folder)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise NotTypesetError(done.stderr[-2000:])
        told = json.loads(done.stdout)
        self._parts.append(part)
        self._pages += told["pages"]
        self.replaced = self.replaced or bool(told["replaced"])
        self._waiting = rows[told["rows"] :]

    def _join(self, target: Path) -> None:
        with pikepdf.open(self._parts[0]) as whole:
            for path in self._parts[1:]:
                with pikepdf.open(path) as part:
                    whole.pages.extend(part.pages)
            # The tree of tags is that of the first portion alone: better none than a wrong one.
            for name in ("/StructTreeRoot", "/MarkInfo"):
                if name in whole.Root and len(self._parts) > 1:
                    del whole.Root[name]
            if self._sheet.origin:
                whole.Root["/TangThuOrigin"] = pikepdf.String(clean(self._sheet.origin))
            # The root comes first in the file; outside object streams nothing of it is compressed.
            whole.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)


def breakable(text: str) -> str:
    """`text` with places at which a line may end inside long words, such as codes."""
    return _LONG_WORD.sub(_with_breaks, text)


def _with_breaks(match: re.Match[str]) -> str:
    parts = _BREAK_AFTER.sub("\\1\u200b", match[0]).split("\u200b")
    return "\u200b".join(
        "\u200b".join(part[at : at + 18] for at in range(0, len(part), 18)) for part in parts
    )
