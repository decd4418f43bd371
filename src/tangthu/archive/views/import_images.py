"""Images of a batch's files while they wait: a page, and the part a proposal was read from."""

from __future__ import annotations

import functools
import hashlib
import uuid
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.archive import queries
from tangthu.archive.batch.file_checks import UNOPENED
from tangthu.archive.incoming import path_in
from tangthu.archive.models import BatchFile
from tangthu.capture.render import PageImage, render_page, render_snippet
from tangthu.capture.text import Box
from tangthu.capture.workers import open_sandbox
from tangthu.identity.views.asked import viewer
from tangthu.kernel.errors import HouseError, NotFoundForViewer
from tangthu.kernel.sandbox import Sandbox, SandboxError

PAGE_WIDTH, SNIPPET_WIDTH = 1000, 1100
PIXELS_PER_POINT = 2.2
AROUND = 24.0
"""Points of the page shown left and right of what was read; a quarter of it above and below."""


class NotDrawn(HouseError):
    """An image cannot be made from the file."""

    http_status = 422


@functools.cache
def sandbox() -> Sandbox:
    """The workers of this process that draw pages of files on their way in."""
    return open_sandbox(2, wall_seconds=10.0)


def _file(request: HttpRequest, batch_id: uuid.UUID, item: int) -> BatchFile:
    """A file of a batch the viewer works on, neither in quarantine nor unknown."""
    batch = queries.batch(viewer(request), batch_id)
    found = (
        batch.files.select_related("batch")
        .filter(pk=item, quarantine_id=None, facts__isnull=False)
        .first()
    )
    if found is None:
        raise NotFoundForViewer(_("Không có gì ở đây."))
    return found


@require_safe
def page(request: HttpRequest, batch_id: uuid.UUID, item: int, number: int) -> HttpResponse:
    """Page `number` of a file of the batch."""
    found = _file(request, batch_id, item)
    return answer(request, found, f"p{number}", number, None)


@require_safe
def snippet(request: HttpRequest, batch_id: uuid.UUID, item: int, number: int) -> HttpResponse:
    """The part of a page from which the file's proposal `number` (from 0) was read."""
    found = _file(request, batch_id, item)
    try:
        proposal = found.proposals[number]
        at, box = int(proposal["page"]), tuple(float(one) for one in proposal["box"])
    except (IndexError, TypeError, KeyError) as error:
        raise NotFoundForViewer(_("Không có gì ở đây.")) from error
    left, top, right, bottom = box
    around = (left - AROUND, top - AROUND / 4, right + AROUND, bottom + AROUND / 4)
    return answer(request, found, f"s{number}", at, around)


def answer(
    request: HttpRequest, item: BatchFile, what: str, number: int, box: Box | None
) -> HttpResponse:
    """The image, kept by this browser only; asked for again each time, rights may have changed."""
    tag = hashlib.sha256(f"{item.sha256} {what} {number} {box}".encode()).hexdigest()[:32]
    if request.headers.get("If-None-Match") == f'"{tag}"':
        response = HttpResponse(status=304)
    else:
        if UNOPENED.keys() & set((item.facts or {}).get("problems", ())):
            raise NotDrawn(_("Tệp này chưa qua được máy quét mã độc nên không hiện trang."))
        image = draw(path_in(item.batch, item.path_bytes), number, box)
        response = HttpResponse(image.data, content_type=image.mime)
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def draw(path: Path, number: int, box: Box | None = None) -> PageImage:
    """A page, or the part of it within `box`, drawn in the sandbox. Raises NotDrawn."""
    try:
        if box is None:
            return render_page(path, sandbox(), number, width=PAGE_WIDTH)
        width = min(SNIPPET_WIDTH, int((box[2] - box[0]) * PIXELS_PER_POINT))
        return render_snippet(path, sandbox(), number, box, width=width)
    except (SandboxError, OSError) as error:
        raise NotDrawn(
            _("Không vẽ được trang này."),
            hint=_("Mở tệp bằng chương trình khác để xem."),
            cause=type(error).__name__,
        ) from error
