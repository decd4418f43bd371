"""A list as .docx (ECMA-376 part 1, WordprocessingML), written row by row into the zip.

A library that builds the whole document first would hold twenty thousand rows as a tree.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from typing import IO
from xml.sax.saxutils import escape

from tangthu.standards.sheets.model import Row, Sheet, clean

_EPOCH = (2020, 1, 1, 0, 0, 0)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NS = f'xmlns:w="{_W}" xmlns:r="{_R}"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# A4 in twentieths of a point; margins of 20 mm at the binding side, 15 mm elsewhere.
_SHORT, _LONG, _BINDING, _MARGIN = 11906, 16838, 1134, 850

_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/word/header1.xml" ContentType="{_TYPE}.header+xml"/>'
        f'<Override PartName="/word/footer1.xml" ContentType="{_TYPE}.footer+xml"/>'
        '<Override PartName="/docProps/custom.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.custom-properties+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{_R}/custom-properties" Target="docProps/custom.xml"/>'
        "</Relationships>"
    ),
    "word/_rels/document.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_R}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId2" Type="{_R}/header" Target="header1.xml"/>'
        f'<Relationship Id="rId3" Type="{_R}/footer" Target="footer1.xml"/></Relationships>'
    ),
    "word/styles.xml": (
        f"<w:styles {_NS}><w:docDefaults><w:rPrDefault><w:rPr>"
        '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
        '<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="40"/></w:pPr></w:pPrDefault></w:docDefaults>'
        "</w:styles>"
    ),
}


def write_docx(target: IO[bytes], sheet: Sheet, rows: Iterable[Row]) -> int:
    """Write the list to `target` (seekable); returns how many rows there were. Raises OSError."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in _PARTS.items():
            book.writestr(_info(name), _HEAD + text)
        # Not compressed: whoever has only the first bytes of the file reads its origin.
        book.writestr(_info("docProps/custom.xml"), _HEAD + _custom(sheet), zipfile.ZIP_STORED)
        book.writestr(_info("word/header1.xml"), _HEAD + _edge("hdr", _mark(sheet)))
        book.writestr(_info("word/footer1.xml"), _HEAD + _edge("ftr", _numbers(sheet)))
        with book.open(_info("word/document.xml"), "w", force_zip64=True) as part:
            return _document(part, sheet, rows)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _custom(sheet: Sheet) -> str:
    """Part 1, section 22.3: the property by which programs know where the file comes from."""
    return (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="Origin">'
        f"<vt:lpwstr>{escape(clean(sheet.origin))}</vt:lpwstr></property></Properties>"
    )


def _document(part: IO[bytes], sheet: Sheet, rows: Iterable[Row]) -> int:
    wide, high = (_LONG, _SHORT) if sheet.landscape else (_SHORT, _LONG)
    widths = sheet.widths(wide - _BINDING - _MARGIN)
    part.write((_HEAD + f"<w:document {_NS}><w:body>" + _opening(sheet)).encode())
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    part.write(
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{_headings(sheet, widths)}".encode()
    )
    aligns = [column.align for column in sheet.columns]
    count = 0
    for row in rows:
        count += 1
        cells = "".join(
            _cell(_paragraph(text, align=align, size=20), width)
            for text, align, width in zip(row, aligns, widths, strict=True)
        )
        part.write(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>".encode())
    lie = ' w:orient="landscape"' if sheet.landscape else ""
    part.write(
        f"</w:tbl>{_paragraph(sheet.closing(count), before=120)}"
        '<w:sectPr><w:headerReference w:type="default" r:id="rId2"/>'
        '<w:footerReference w:type="default" r:id="rId3"/>'
        f'<w:pgSz w:w="{wide}" w:h="{high}"{lie}/><w:pgMar w:top="1134" w:right="{_MARGIN}" '
        f'w:bottom="1134" w:left="{_BINDING}" w:header="500" w:footer="500" w:gutter="0"/>'
        "</w:sectPr></w:body></w:document>".encode()
    )
    return count


def _opening(sheet: Sheet) -> str:
    lines = [
        _paragraph(sheet.body.upper(), bold=True, align="left"),
        _paragraph(sheet.title.upper(), bold=True, align="center", size=28, before=200, after=120),
    ]
    lines += [_paragraph(f"{label}: {value}") for label, value in sheet.facts]
    return "".join(lines) + _paragraph("", size=8)


def _headings(sheet: Sheet, widths: list[int]) -> str:
    cells = "".join(
        _cell(_paragraph(column.heading, bold=True, align="center", size=20), width, shade=True)
        for column, width in zip(sheet.columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _cell(content: str, width: int, *, shade: bool = False) -> str:
    shading = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>' if shade else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shading}</w:tcPr>{content}</w:tc>'


def _paragraph(
    text: str,
    *,
    bold: bool = False,
    align: str = "left",
    size: int = 22,
    before: int = 0,
    after: int = 40,
) -> str:
    return (
        f'<w:p><w:pPr><w:spacing w:before="{before}" w:after="{after}"/><w:jc w:val="{align}"/>'
        f"</w:pPr>{_run(text, bold=bold, size=size)}</w:p>"
    )


def _run(text: str, *, bold: bool = False, size: int = 22) -> str:
    lines = escape(clean(text)).split("\n")
    inner = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    weight = "<w:b/>" if bold else ""
    return f'<w:r><w:rPr>{weight}<w:sz w:val="{size}"/></w:rPr>{inner}</w:r>'


def _mark(sheet: Sheet) -> str:
    return (
        '<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="808080"/>'
        f"</w:pBdr></w:pPr>{_run(sheet.mark, size=17)}</w:p>"
    )


def _numbers(sheet: Sheet) -> str:
    def field(code: str) -> str:
        return f'<w:fldSimple w:instr=" {code} ">{_run("1", size=18)}</w:fldSimple>'

    page = _run(f"{sheet.page} ", size=18) + field("PAGE") + _run(" / ", size=18)
    return f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{page}{field("NUMPAGES")}</w:p>'


def _edge(name: str, content: str) -> str:
    return f"<w:{name} {_NS}>{content}</w:{name}>"
