"""Images of pages: a whole page at a given width, or the snippet around a proposal.

pdfium draws inside a sandbox worker; width and height are bounded before a pixel is allocated.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tangthu.capture.text import Box
from tangthu.kernel.sandbox import Sandbox

ImageKind = Literal["webp", "png", "jpeg"]
MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000
MIN_WIDTH = 16
_PILLOW = {"webp": "WEBP", "png": "PNG", "jpeg": "JPEG"}
_MARGIN = 6.0


@dataclass(frozen=True, slots=True)
class PageImage:
    """An encoded image: `data` in the format `kind`, its size in pixels."""

    data: bytes
    kind: ImageKind
    width: int
    height: int

    @property
    def mime(self) -> str:
        """The media type of `data`."""
        return f"image/{self.kind}"


def render_page(
    path: Path, sandbox: Sandbox, page: int = 1, *, width: int = 1200, kind: ImageKind = "webp"
) -> PageImage:
    """Page `page` (from 1) of the PDF at `path`, `width` pixels wide; less if that were too large.

    Raises SandboxError (TargetFailed when the page does not exist or cannot be drawn).
    """
    return _ask(path, sandbox, page, width, kind, None)


def render_snippet(
    path: Path,
    sandbox: Sandbox,
    page: int,
    box: Box,
    *,
    width: int = 900,
    kind: ImageKind = "webp",
) -> PageImage:
    """The part of a page within `box` (points from the top left) with a small margin around it.

    Raises SandboxError like `render_page`; a box outside the page gives TargetFailed.
    """
    return _ask(path, sandbox, page, width, kind, box)


def _ask(
    path: Path, sandbox: Sandbox, page: int, width: int, kind: ImageKind, box: Box | None
) -> PageImage:
    head, data = sandbox.call(
        "tangthu.capture.render:render_in_worker",
        str(path.absolute()),
        page,
        width,
        kind,
        list(box) if box else None,
    )
    return PageImage(data, kind, head["width"], head["height"])


def render_in_worker(
    path: str, number: int, width: int, kind: str, box: list[float] | None
) -> tuple[dict[str, Any], bytes]:
    """Worker side of `render_page` and `render_snippet`: size in pixels and encoded bytes."""
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    if kind not in _PILLOW:
        raise ValueError(f"unknown image format {kind}")
    document = pdfium.PdfDocument(path)
    try:
        if not 1 <= number <= len(document):
            raise ValueError(f"no page {number}")
        page = document[number - 1]
        wide, high = page.get_size()
        crop = _crop(box, wide, high) if box else (0.0, 0.0, 0.0, 0.0)
        scale = _scale(width, wide - crop[0] - crop[2], high - crop[1] - crop[3])
        bitmap = page.render(scale=scale, crop=crop, may_draw_forms=True, rev_byteorder=True)
        image = bitmap.to_pil().convert("RGB")
    finally:
        document.close()
    out = io.BytesIO()
    image.save(out, _PILLOW[kind], **({"quality": 80} if kind != "png" else {}))
    return {"width": image.width, "height": image.height}, out.getvalue()


def _scale(width: int, wide: float, high: float) -> float:
    """Pixels per point so that the image is `width` wide and within the limits."""
    if not (math.isfinite(wide) and math.isfinite(high) and wide > 0 and high > 0):
        raise ValueError("the page has no area")
    width = min(max(width, MIN_WIDTH), MAX_SIDE)
    scale = min(width / wide, MAX_SIDE / high, math.sqrt(MAX_PIXELS / (wide * high)))
    if wide * scale < 1 or high * scale < 1:
        raise ValueError("the page is too narrow to be drawn")
    return scale


def _crop(box: list[float], wide: float, high: float) -> tuple[float, float, float, float]:
    """What to cut off left, bottom, right and top, in points, to show `box` with a margin."""
    x0, y0, x1, y1 = box
    left, top = max(0.0, x0 - _MARGIN), max(0.0, y0 - _MARGIN)
    right, bottom = min(wide, x1 + _MARGIN), min(high, y1 + _MARGIN)
    if not (x0 <= x1 and y0 <= y1 and left < right and top < bottom):
        raise ValueError("the box lies outside the page")
    return left, high - bottom, wide - right, top
