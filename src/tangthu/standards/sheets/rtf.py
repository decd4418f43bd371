"""A list as RTF 1.9 under the name .doc: every Word since 97 opens it, and so does LibreOffice.

Letters outside ASCII are written as `\\uN?` (signed 16-bit), so that the file is plain ASCII.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from tangthu.standards.sheets.model import Row, Sheet, clean

_SHORT, _LONG, _BINDING, _MARGIN = 11906, 16838, 1134, 850
_ALIGN = {"left": r"\ql", "center": r"\qc", "right": r"\qr"}
_EDGES = "".join(
    rf"\clbrdr{side}\brdrs\brdrw5\brdrcf1" for side in ("t", "l", "b", "r")
)  # fmt: skip


def write_rtf(target: IO[bytes], sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write the list to `target`; returns how many rows there were. Raises OSError."""
    wide, high = (_LONG, _SHORT) if sheet.landscape else (_SHORT, _LONG)
    widths = sheet.widths(wide - _BINDING - _MARGIN)
    target.write(_opening(sheet, wide, high))
    ends, at = [], 0
    for width in widths:
        at += width
        ends.append(at)
    heading = "".join(
        rf"\pard\intbl\qc\b\fs20 {rtf_text(column.heading)}\b0\cell" for column in sheet.columns
    )
    target.write(f"{_row_start(ends, heading=True)}{heading}\\row\n".encode("ascii"))
    start = _row_start(ends, heading=False)
    aligns = [_ALIGN[column.align] for column in sheet.columns]
    count = 0
    for row in rows:
        count += 1
        cells = "".join(
            rf"\pard\intbl{align}\fs20 {rtf_text(text)}\cell"
            for text, align in zip(row, aligns, strict=True)
        )
        target.write(f"{start}{cells}\\row\n".encode("ascii"))
    target.write(rf"\pard\sb120\ql\fs22 {rtf_text(sheet.closing(count))}\par}}".encode("ascii"))
    return count


def rtf_text(text: str) -> str:
    """`text` with what RTF reads as its own escaped; ends of lines become `\\line`."""
    out = []
    for char in clean(text):
        if char in "\\{}":
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\line ")
        elif char == "\t":
            out.append("\\tab ")
        elif char.isascii():
            out.append(char)
        else:
            units = char.encode("utf-16-le")
            for at in range(0, len(units), 2):
                number = int.from_bytes(units[at : at + 2], "little", signed=True)
                out.append(f"\\u{number}?")
    return "".join(out)


def _opening(sheet: Sheet, wide: int, high: int) -> bytes:
    lie = r"\landscape\lndscpsxn" if sheet.landscape else ""
    facts = "".join(
        rf"\pard\ql\fs22 {rtf_text(f'{label}: {value}')}\par" for label, value in sheet.facts
    )
    return (
        r"{\rtf1\ansi\ansicpg1252\uc1\deff0\deflang1066"
        r"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}}"
        r"{\colortbl;\red128\green128\blue128;\red237\green237\blue237;}"
        rf"{{\info{{\doccomm {rtf_text(sheet.origin)}}}}}"
        rf"\paperw{wide}\paperh{high}{lie}\margl{_BINDING}\margr{_MARGIN}\margt1134\margb1134"
        rf"\headery500\footery500\sectd{lie}\pgwsxn{wide}\pghsxn{high}"
        rf"{{\header\pard\brdrb\brdrs\brdrw5\brsp20\brdrcf1\ql\fs17 {rtf_text(sheet.mark)}\par}}"
        rf"{{\footer\pard\qc\fs18 {rtf_text(sheet.page)} {{\field{{\*\fldinst PAGE}}"
        r"{\fldrslt 1}} / {\field{\*\fldinst NUMPAGES}{\fldrslt 1}}\par}"
        rf"\pard\ql\b\fs22 {rtf_text(sheet.body.upper())}\b0\par"
        rf"\pard\sb200\sa120\qc\b\fs28 {rtf_text(sheet.title.upper())}\b0\par"
        rf"\pard\sb0\sa40 {facts}\pard\fs8\par"
        "\n"
    ).encode("ascii")


def _row_start(ends: list[int], *, heading: bool) -> str:
    shade = r"\clcbpat2" if heading else ""
    repeated = r"\trhdr" if heading else ""
    cells = "".join(rf"{_EDGES}{shade}\cellx{end}" for end in ends)
    return rf"\trowd\trgaph70\trkeep{repeated}{cells}" + "\n"
