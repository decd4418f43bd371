"""The facts of one file for the import report: size, hash, format, and what a PDF or image holds.

Size and SHA-256 are taken by this process, in one read, so that no hostile file can have a say in
them; everything that parses runs in a sandbox worker. Never raises for what is in a file; only a
file that cannot be read at all (missing, no permission) raises OSError.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tangthu.capture.identify import FormatFact, identify, problem_of
from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.standards.durable import digest_file

_IMAGE_MARKS = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF8", b"BM", b"RIFF")
MIN_DPI_ADMINISTRATIVE = 200
"""TT05/2025 art. 8 (AR-44): administrative records are scanned at 200 dpi or more."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One page: size as shown (rotation applied) in millimetres, number of characters of its text
    layer, whether pdfium could read it; for page 1, if it is a scan, the resolution of its finest
    layer (`dpi`) and of its coarsest (`background_dpi`: scanners with layered output keep letters
    at full resolution and thin out the background)."""

    width_mm: float
    height_mm: float
    characters: int
    readable: bool
    dpi: int | None
    background_dpi: int | None

    @property
    def landscape(self) -> bool:
        """Wider than high."""
        return self.width_mm > self.height_mm

    @property
    def has_text(self) -> bool:
        """Has a text layer worth the name (a stray character or two is not)."""
        return self.characters >= 10


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """A PDF. `pdfa_part`/`pdfa_conformance` are only what the file claims ("2", "B"); `signatures`
    counts signed fields, unverified; `active_content` lists what could act on its own."""

    opens: bool
    repaired: bool
    encrypted: bool
    needs_password: bool
    page_count: int
    pdfa_part: str | None
    pdfa_conformance: str | None
    signatures: int
    signature_fields: int
    active_content: tuple[str, ...]
    embedded_files: int
    pages: tuple[PageFacts, ...]
    warnings: tuple[str, ...]

    @property
    def image_dpi(self) -> int | None:
        """Scan resolution of the first page; None when it is not a scanned image."""
        return self.pages[0].dpi if self.pages else None

    @property
    def pages_without_text(self) -> tuple[int, ...]:
        """Page numbers, from 1, that have no text layer."""
        return tuple(n for n, page in enumerate(self.pages, 1) if not page.has_text)


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image: codec name, size in pixels, Pillow mode, frames, resolution if stated."""

    codec: str
    width: int
    height: int
    mode: str
    frames: int
    dpi: int | None
    opens: bool
    damaged: bool
    problem: str | None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All that a probe found. `problems` are codes, most serious first:

    empty, unidentified, wrong_extension, damaged, needs_password, encrypted, repaired,
    active_content, embedded_files, low_resolution, no_text_layer, bomb, timed_out, crashed,
    out_of_memory, failed.
    """

    name: str
    size: int
    sha256: str
    format: FormatFact
    pdf: PdfFacts | None
    image: ImageFacts | None
    problems: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """No byte at all."""
        return self.size == 0


def probe(path: Path, sandbox: Sandbox, *, name: str | None = None) -> FileFacts:
    """Probe the file at `path`; `name` is its original name. Raises OSError if it is unreadable."""
    name = name or path.name
    written = digest_file(path)
    found = identify(path, sandbox, name=name)
    pdf: PdfFacts | None = None
    image: ImageFacts | None = None
    failure: str | None = None
    try:
        kind = _kind(path, found)
        if kind == "pdf":
            pdf, failure = _pdf(str(path.absolute()), sandbox)
        elif kind == "image":
            facts = sandbox.call("tangthu.capture.image_facts:image_facts", str(path.absolute()))
            image = ImageFacts(**facts)
    except SandboxError as error:
        failure = problem_of(error)
    problems = tuple(_problems(written.size, found, pdf, image, failure))
    return FileFacts(name, written.size, written.digests["sha256"], found, pdf, image, problems)


def _kind(path: Path, found: FormatFact) -> Literal["pdf", "image", "other"]:
    """What to probe the file as; by its first bytes where damage hides the format from PRONOM."""
    if found.mime == "application/pdf":
        return "pdf"
    if found.mime.startswith("image/") and "svg" not in found.mime:
        return "image"
    if found.puid is not None:
        return "other"
    with path.open("rb") as handle:
        head = handle.read(1024)
    if b"%PDF-" in head:
        return "pdf"
    return "image" if head.startswith(_IMAGE_MARKS) else "other"


def _pdf(path: str, sandbox: Sandbox) -> tuple[PdfFacts, str | None]:
    """Facts of a PDF; if only its pages end the worker, its structure is told all the same."""
    facts = sandbox.call("tangthu.capture.pdf_facts:pdf_structure", path)
    failure: str | None = None
    if not facts["needs_password"]:
        try:
            facts = sandbox.call("tangthu.capture.pdf_facts:pdf_pages", path, facts)
        except SandboxError as error:
            failure = problem_of(error)
    return _pdf_facts(facts), failure


def _pdf_facts(facts: dict[str, Any]) -> PdfFacts:
    del facts["image_sizes"]
    return PdfFacts(
        **{
            **facts,
            "pages": tuple(PageFacts(**page) for page in facts["pages"]),
            "active_content": tuple(facts["active_content"]),
            "warnings": tuple(facts["warnings"]),
        }
    )


def _problems(
    size: int,
    found: FormatFact,
    pdf: PdfFacts | None,
    image: ImageFacts | None,
    failure: str | None,
) -> list[str]:
    if size == 0:
        return ["empty"]
    problems = [failure or "", found.problem or ""]
    if found.puid is None and pdf is None and image is None:
        problems.append("unidentified")
    if found.extension_agrees is False:
        problems.append("wrong_extension")
    if pdf is not None:
        problems += _pdf_problems(pdf)
    if image is not None:
        problems += [image.problem or "", "damaged" if image.damaged else ""]
        if image.dpi is not None and image.dpi < MIN_DPI_ADMINISTRATIVE:
            problems.append("low_resolution")
    return list(dict.fromkeys(problem for problem in problems if problem))


def _pdf_problems(pdf: PdfFacts) -> list[str]:
    if pdf.needs_password:
        return ["needs_password"]
    if not pdf.opens:
        return ["damaged"]
    checks = {
        "damaged": any(not page.readable for page in pdf.pages) or not pdf.pages,
        "encrypted": pdf.encrypted,
        "repaired": pdf.repaired,
        "active_content": bool(pdf.active_content),
        "embedded_files": pdf.embedded_files > 0,
        "low_resolution": pdf.image_dpi is not None and pdf.image_dpi < MIN_DPI_ADMINISTRATIVE,
        "no_text_layer": bool(pdf.pages_without_text),
    }
    return [name for name, holds in checks.items() if holds]
