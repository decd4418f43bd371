"""Made papers for the tests: pages with words in places, and small PDFs with text or images."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from PIL import Image

from tangthu.capture.text import PageText, page_from

WIDTH, HEIGHT = 595.0, 842.0
PITCH = 6.2


def words(text: str, x: float, y: float, size: float = 12.0) -> list[list[object]]:
    """One text line starting at x, its middle at y."""
    row: list[list[object]] = []
    for word in text.split():
        width = PITCH * len(word)
        row.append([word, x, y - size / 2, x + width, y + size / 2])
        x += width + 3
    return row


def centred(text: str, y: float, middle: float = WIDTH / 2) -> list[list[object]]:
    length = sum(PITCH * len(word) + 3 for word in text.split()) - 3
    return words(text, middle - length / 2, y)


def page(lines: list[list[list[object]]], number: int = 1) -> PageText:
    return page_from({"number": number, "width": WIDTH, "height": HEIGHT, "lines": lines})


def official(
    *,
    left: list[str],
    number: str = "",
    dated: str = "",
    about: list[str] | None = None,
    title: list[str] | None = None,
    body: list[str] | None = None,
    nation: str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    motto: str = "Độc lập - Tự do - Hạnh phúc",
    one_row: bool = False,
) -> PageText:
    """A first page in the layout of NĐ 30; `one_row` runs both columns together, as scanners do."""
    rows: list[list[list[object]]] = []
    y = 70.0
    rights = [text for text in (nation, motto) if text]
    for index in range(max(len(left), len(rights))):
        a = centred(left[index], y, 150) if index < len(left) else []
        b = centred(rights[index], y, 425) if index < len(rights) else []
        rows += [a + b] if one_row else [row for row in (a, b) if row]
        y += 16
    y += 10
    a = centred(number, y, 150) if number else []
    b = centred(dated, y, 425) if dated else []
    rows += [a + b] if one_row else [row for row in (a, b) if row]
    for text in about or []:
        y += 15
        rows.append(centred(text, y, 150))
    y += 40
    for text in title or []:
        rows.append(centred(text, y))
        y += 17
    y += 22
    for text in body or ["Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;"]:
        rows.append(words(text, 110, y))
        y += 18
    return page([row for row in rows if row])


def pdf(path: Path, *texts: str, **options: object) -> Path:
    """A PDF with one page per text, in Helvetica (ASCII); `options` go to pikepdf's save."""
    document = pikepdf.new()
    for text in texts or ("",):
        document.add_blank_page(page_size=(WIDTH, HEIGHT))
        sheet = document.pages[-1]
        sheet.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name.Helvetica,
                )
            )
        )
        rows = "".join(
            f"BT /F1 12 Tf 72 {780 - 16 * number} Td ({line}) Tj ET\n"
            for number, line in enumerate(text.splitlines())
        )
        sheet.Contents = document.make_stream(rows.encode("ascii"))
    document.save(path, **options)  # type: ignore[arg-type]
    return path


def scan(path: Path, dpi: int) -> Path:
    """A one-page PDF that is only an image of A4 at `dpi`."""
    size = (round(WIDTH / 72 * dpi), round(HEIGHT / 72 * dpi))
    data = io.BytesIO()
    Image.new("L", size, 255).save(data, "JPEG", quality=30)
    document = pikepdf.new()
    document.add_blank_page(page_size=(WIDTH, HEIGHT))
    image = document.make_stream(data.getvalue())
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height = size
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceGray, 8
    image.Filter = pikepdf.Name.DCTDecode
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
    document.pages[0].Contents = document.make_stream(
        f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im Do Q".encode()
    )
    document.save(path)
    return path
