"""Facts of a PDF file, read by qpdf (pikepdf) and pdfium inside a sandbox worker.

qpdf tells the structure: damage, encryption, PDF/A claim, signatures, active content. pdfium tells
the pages: size, text, image resolution. They are asked in two calls: either may crash on a hostile
file (pdfium unpacks all metadata, bombs too), and the other's answer still stands.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]

MAX_PAGES_DESCRIBED = 2_000
_MAX_OBJECTS = 200_000
_MAX_FIELDS = 20_000
_MAX_DEPTH = 12
_MAX_XMP = 1_000_000
_MM_PER_POINT = 25.4 / 72
_PDFA_NAMESPACE = re.compile(
    r"xmlns:([A-Za-z_][\w.-]*)\s*=\s*[\"']http://www\.aiim\.org/pdfa/ns/id/[\"']"
)
_DAMAGE = (
    pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error,
)  # fmt: skip
_IMAGE_PATHS = ("/Resources", "/XObject", "/ExtGState", "/SMask", "/Mask", "/G")
_ACTIONS = {"/JavaScript": "javascript", "/Launch": "launch", "/ImportData": "import_data",
            "/SubmitForm": "submit_form", "/GoToE": "embedded_target", "/Rendition": "media",
            "/RichMediaExecute": "media", "/Movie": "media", "/Sound": "media"}  # fmt: skip


def pdf_structure(path: str) -> dict[str, Any]:
    """What qpdf finds in the PDF at `path`; never raises for bytes.

    A dictionary for `probe.PdfFacts`, with `image_sizes` for `pdf_pages`.
    """
    facts = _blank()
    for recovery in (False, True):
        facts = _blank()
        try:
            with pikepdf.open(path, attempt_recovery=recovery, suppress_warnings=True) as pdf:
                _read_structure(pdf, facts)
                facts["repaired"] = recovery
                facts["warnings"] += _kinds(pdf)
                facts["opens"] = facts["page_count"] > 0
        except pikepdf.PasswordError:
            facts["encrypted"] = facts["needs_password"] = True
            return facts
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001, S112 - qpdf raises many kinds on damage
            continue
        if facts["opens"]:
            break
    return facts


def pdf_pages(path: str, facts: dict[str, Any]) -> dict[str, Any]:
    """`facts` of `pdf_structure` with what pdfium finds on the pages; never raises for bytes."""
    _pages(path, facts)
    _finest_layer(facts)
    return facts


def _blank() -> dict[str, Any]:
    return {
        "opens": False, "repaired": False, "encrypted": False, "needs_password": False,
        "page_count": 0, "pdfa_part": None, "pdfa_conformance": None, "signatures": 0,
        "signature_fields": 0, "active_content": [], "embedded_files": 0, "pages": [],
        "warnings": [], "image_sizes": [],
    }  # fmt: skip


def _finest_layer(facts: dict[str, Any]) -> None:
    """Set the scan resolution of page 1 to that of its finest layer.

    Layered scans (MRC) keep a coarse background picture and a finer mask with the letters. pdfium
    sees only pictures; the masks come from the structure, taken when shaped like the page.
    """
    sizes = facts["image_sizes"]
    page = facts["pages"][0] if facts["pages"] else None
    if page is None or page["dpi"] is None:
        return
    page["background_dpi"] = page["dpi"]
    across, down = page["width_mm"] / 25.4, page["height_mm"] / 25.4
    for width, height in sizes:
        sides = ((width, height), (height, width))
        if any(abs(w / across / (h / down) - 1) < 0.03 for w, h in sides if h and across and down):
            page["dpi"] = max(page["dpi"], round(max(width, height) / max(across, down)))


def _kinds(pdf: pikepdf.Pdf) -> list[str]:
    """What qpdf complained about, without the names and offsets that differ by file."""
    texts = {str(w).rpartition(": ")[2].strip()[:120] for w in pdf.get_warnings()[:200]}
    return sorted(texts)[:10]


def _read_structure(pdf: pikepdf.Pdf, facts: dict[str, Any]) -> None:
    facts["encrypted"] = bool(pdf.is_encrypted)
    facts["page_count"] = len(pdf.pages)
    for reader in (_pdfa, _signatures, _active, _first_page_images):
        try:
            reader(pdf, facts)
        except (
            pikepdf.PdfError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RecursionError,
            zlib.error,
        ):
            facts["warnings"] = [*facts["warnings"], f"{reader.__name__.strip('_')} unreadable"]


def _pdfa(pdf: pikepdf.Pdf, facts: dict[str, Any]) -> None:
    metadata = pdf.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return
    xmp = _decode(_unpack(metadata))
    for prefix in {*_PDFA_NAMESPACE.findall(xmp)}:
        facts["pdfa_part"] = _property(xmp, prefix, "part", r"\d") or facts["pdfa_part"]
        level = _property(xmp, prefix, "conformance", "[A-Za-z]")
        facts["pdfa_conformance"] = (level or "").upper() or facts["pdfa_conformance"]


def _property(xmp: str, prefix: str, name: str, value: str) -> str | None:
    tag = re.escape(f"{prefix}:{name}")
    found = re.search(rf"<{tag}(?:\s[^<>]*)?>\s*({value})\s*<", xmp) or re.search(
        rf"\s{tag}\s*=\s*[\"']({value})[\"']", xmp
    )
    return found.group(1) if found else None


def _unpack(stream: pikepdf.Stream) -> bytes:
    """The first bytes of a stream; unpacked here, because qpdf would unpack a bomb whole."""
    packed = stream.read_raw_bytes()
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array):
        filters = filters[0] if len(filters) == 1 else filters
    if filters is None:
        return packed[:_MAX_XMP]
    if filters == pikepdf.Name.FlateDecode and stream.get("/DecodeParms") is None:
        return zlib.decompressobj().decompress(packed, _MAX_XMP)
    return b""


def _decode(data: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def _signatures(pdf: pikepdf.Pdf, facts: dict[str, Any]) -> None:
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return
    stack: list[tuple[Any, Any]] = [(field, None) for field in _items(form.get("/Fields"))]
    seen: set[tuple[int, int]] = set()
    while stack and len(seen) < _MAX_FIELDS:
        field, inherited = stack.pop()
        if not isinstance(field, pikepdf.Dictionary):
            continue
        if field.objgen != (0, 0):
            if field.objgen in seen:
                continue
            seen.add(field.objgen)
        kind = field.get("/FT", inherited)
        children = [k for k in _items(field.get("/Kids")) if _is_field(k)]
        if children:
            stack += [(child, kind) for child in children]
        elif kind == pikepdf.Name.Sig:
            facts["signature_fields"] += 1
            if isinstance(field.get("/V"), pikepdf.Dictionary):
                facts["signatures"] += 1


def _is_field(kid: Any) -> bool:
    return isinstance(kid, pikepdf.Dictionary) and ("/T" in kid or "/FT" in kid)


def _items(value: Any) -> list[Any]:
    return list(value)[:_MAX_FIELDS] if isinstance(value, pikepdf.Array) else []


def _active(pdf: pikepdf.Pdf, facts: dict[str, Any]) -> None:
    found: set[str] = set()
    embedded = 0
    for number, thing in enumerate(pdf.objects):
        if number >= _MAX_OBJECTS:
            break
        for node in _dictionaries(thing):
            action = _ACTIONS.get(str(node.get("/S", "")))
            if action:
                found.add(action)
            if "/JS" in node:
                found.add("javascript")
            if "/XFA" in node:
                found.add("xfa")
            if isinstance(node.get("/EF"), pikepdf.Dictionary):
                embedded += 1
    facts["active_content"] = sorted(found)
    facts["embedded_files"] = embedded


def _dictionaries(thing: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionary itself and those written inside it, not those it points to."""
    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    if isinstance(thing, pikepdf.Dictionary):
        yield thing
        inner: list[Any] = [thing.get(key) for key in thing.keys()]  # noqa: SIM118
    elif isinstance(thing, pikepdf.Array):
        inner = _items(thing)
    else:
        return
    if depth < _MAX_DEPTH:
        for value in inner:
            if isinstance(value, pikepdf.Object) and value.objgen == (0, 0):
                yield from _dictionaries(value, depth + 1)


def _first_page_images(pdf: pikepdf.Pdf, facts: dict[str, Any]) -> None:
    """Widths in pixels of images and masks of page 1 that are shaped like the page (a scan)."""
    sizes: set[tuple[int, int]] = set()
    queue: list[tuple[Any, int]] = [(pdf.pages[0].obj.get("/Resources"), 0)]
    seen: set[tuple[int, int]] = set()
    while queue and len(seen) < 500:
        node, depth = queue.pop()
        if isinstance(node, pikepdf.Stream):
            if node.objgen in seen:
                continue
            seen.add(node.objgen)
            if node.get("/Subtype") == pikepdf.Name.Image:
                sizes.add((int(node.Width), int(node.Height)))
            node = node.stream_dict
        if isinstance(node, pikepdf.Dictionary) and depth < _MAX_DEPTH:
            queue += [(node.get(key), depth + 1) for key in _IMAGE_PATHS if key in node]
            if depth and "/Type" not in node and "/Subtype" not in node:
                queue += [(node.get(key), depth + 1) for key in list(node.keys())[:200]]
    facts["image_sizes"] = sorted(sizes)


def _pages(path: str, facts: dict[str, Any]) -> None:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            facts["encrypted"] = facts["needs_password"] = True
        elif facts["opens"]:
            facts["warnings"] = [*facts["warnings"], "second reader cannot open the file"]
        return
    try:
        count = len(document)
        if not facts["opens"] and count:
            facts["opens"], facts["page_count"], facts["repaired"] = True, count, True
        for index in range(min(count, MAX_PAGES_DESCRIBED)):
            facts["pages"].append(_page(document, index))
    finally:
        document.close()


def _page(document: pdfium.PdfDocument, index: int) -> dict[str, Any]:
    blank = {"width_mm": 0.0, "height_mm": 0.0, "characters": 0, "readable": False,
             "dpi": None, "background_dpi": None}  # fmt: skip
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return blank
    try:
        width, height = page.get_size()
        text = page.get_textpage()
        try:
            characters = text.count_chars()
        finally:
            text.close()
        return {
            "width_mm": round(width * _MM_PER_POINT, 1),
            "height_mm": round(height * _MM_PER_POINT, 1),
            "characters": max(0, characters),
            "readable": True,
            "dpi": _image_dpi(page, width, height) if index == 0 else None,
            "background_dpi": None,
        }
    except pdfium.PdfiumError:
        return blank
    finally:
        page.close()


def _image_dpi(page: pdfium.PdfPage, width: float, height: float) -> int | None:
    """Lowest resolution of the images that cover at least half of the page; None: not a scan."""
    lowest: int | None = None
    for number, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)):
        if number >= 500:
            break
        try:
            left, bottom, right, top = item.get_bounds()
            meta = item.get_metadata()
        except pdfium.PdfiumError:
            continue
        if (right - left) * (top - bottom) < width * height / 2:
            continue
        dpi = round(min(meta.horizontal_dpi, meta.vertical_dpi))
        if dpi > 0:
            lowest = dpi if lowest is None else min(lowest, dpi)
    return lowest
