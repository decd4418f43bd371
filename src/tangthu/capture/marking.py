"""Copies of PDFs with a mark at the foot of every page (RM-662 k). The original is never touched.

The mark is set by us; the paper itself is opened in the sandbox only.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from tangthu.kernel.deployment import mark_of
from tangthu.kernel.sandbox import Sandbox

_SIDE = 12.0
_FOOT = 5.0
_HEIGHT = 12.0
# The strip is as wide as a sheet of A4 within its edges, in points.
_STRIP = 571
_ORIGIN = "/TangThuOrigin"

_TEMPLATE = """
#set page(width: %dpt, height: %dpt, margin: 0pt, fill: none)
#set text(font: "Libertinus Serif", size: 7.5pt, lang: "vi", fill: rgb("#333333"))
#align(center + horizon, sys.inputs.mark)
"""


def marked_copy(path: Path, sandbox: Sandbox, mark: str) -> bytes:
    """The PDF at `path` with the line `mark` at the foot of each page, upright as it is read.

    The copy also says, for programs, from which deployment mode it comes (AR-128).

    Raises SandboxError (TargetFailed when it is no PDF that can be opened).
    """
    import typst

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "mark.typ"
        source.write_text(_TEMPLATE % (_STRIP, _HEIGHT), encoding="utf-8")
        strip = typst.compile(str(source), ignore_system_fonts=True, sys_inputs={"mark": mark})
    assert isinstance(strip, bytes)
    _told, data = sandbox.call(
        "tangthu.capture.marking:mark_in_worker",
        str(path.absolute()),
        strip.hex(),
        mark_of(settings.DEPLOYMENT_MODE),
    )
    return bytes(data)


def mark_in_worker(path: str, strip: str, origin: str) -> tuple[dict[str, Any], bytes]:
    """Worker side of `marked_copy`: how many pages there are, and the copy."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(path) as document, pikepdf.open(io.BytesIO(bytes.fromhex(strip))) as mark:
        for page in document.pages:
            page.add_overlay(mark.pages[0], _place(page))
        pages = len(document.pages)
        document.Root[_ORIGIN] = pikepdf.String(origin)
        # The root comes first in the file, and outside object streams nothing of it is compressed.
        none = pikepdf.ObjectStreamMode.disable
        document.save(out, encryption=False, object_stream_mode=none)
    return {"pages": pages}, out.getvalue()


def _place(page: Any) -> Any:
    """Where the strip goes on a page: along the edge that is below when the page is read."""
    import pikepdf

    x0, y0, x1, y1 = (float(value) for value in page.cropbox)
    x0, x1 = sorted((x0, x1))
    y0, y1 = sorted((y0, y1))
    near, far = _FOOT, _FOOT + _HEIGHT
    turned = int(page.obj.get("/Rotate", 0)) % 360
    if turned == 90:
        return pikepdf.Rectangle(x1 - far, y0 + _SIDE, x1 - near, y1 - _SIDE)
    if turned == 180:
        return pikepdf.Rectangle(x0 + _SIDE, y1 - far, x1 - _SIDE, y1 - near)
    if turned == 270:
        return pikepdf.Rectangle(x0 + near, y0 + _SIDE, x0 + far, y1 - _SIDE)
    return pikepdf.Rectangle(x0 + _SIDE, y0 + near, x1 - _SIDE, y0 + far)
