"""The bytes themselves: page images drawn in the sandbox, and files as they were received."""

from __future__ import annotations

import functools
import hashlib
import uuid
from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.archive.views import access
from tangthu.capture.render import ImageKind, render_page
from tangthu.capture.workers import open_sandbox
from tangthu.kernel.errors import HouseError, NotFoundForViewer
from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.records import queries
from tangthu.records.actions.note_access import note_export
from tangthu.records.models import ContentFile
from tangthu.repository.reading import open_content, path_of

Answer = TypeVar("Answer", bound=HttpResponseBase)

PDF = "application/pdf"
WIDTHS = (400, 800, 1200, 1600, 2400)
_KINDS: dict[str, ImageKind] = {"png": "png", "webp": "webp"}


class PageNotDrawn(HouseError):
    """A page image cannot be made from the file; the file itself can still be downloaded."""

    http_status = 422


@functools.cache
def _sandbox() -> Sandbox:
    """The workers of this process that draw pages."""
    return open_sandbox(2, wall_seconds=10.0)


@require_safe
def page_image(request: HttpRequest, document_id: str, number: str, kind: str) -> HttpResponseBase:
    """Page `number` of a document, counted through its PDF files, about `rong` pixels wide."""
    found = queries.document(request.viewer, uuid.UUID(document_id))  # type: ignore[attr-defined]
    file, page = _place(list(queries.files_of(found)), int(number))
    width = _width(request.GET.get("rong", ""))
    access.note(request, found)
    tag = hashlib.sha256(f"{file.sha256} {page} {width} {kind}".encode()).hexdigest()[:32]
    if request.headers.get("If-None-Match") == f'"{tag}"':
        return _private(HttpResponse(status=304), tag)
    try:
        image = render_page(path_of(file), _sandbox(), page, width=width, kind=_KINDS[kind])
    except SandboxError as error:
        raise PageNotDrawn(
            _("Không vẽ được trang này."),
            hint=_("Tải tệp gốc về để xem."),
            file=str(file.id),
            page=page,
            cause=type(error).__name__,
        ) from error
    return _private(HttpResponse(image.data, content_type=image.mime), tag)


def _private(response: HttpResponse, tag: str) -> HttpResponse:
    """Kept by this browser only, and asked for again each time: rights may have changed."""
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _width(asked: str) -> int:
    """The offered width that is at least the one asked for; 1200 if none is asked."""
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1200
    return next((width for width in WIDTHS if width >= wanted), WIDTHS[-1])


def drawn_pages(files: Sequence[ContentFile]) -> list[tuple[ContentFile, int]]:
    """The pages that can be shown, in order: (file, page in that file from 1)."""
    return [(file, page) for file in _drawn(files) for page in range(1, file.page_count + 1)]


def _drawn(files: Sequence[ContentFile]) -> list[ContentFile]:
    """The files whose pages are shown: the PDFs as received, not what was derived from them."""
    return [
        file for file in files if file.media_type == PDF and file.kind == ContentFile.Kind.ORIGINAL
    ]


def _place(files: Sequence[ContentFile], number: int) -> tuple[ContentFile, int]:
    for file in _drawn(files):
        if number <= file.page_count:
            return file, number
        number -= file.page_count
    raise NotFoundForViewer(_("Không có gì ở đây."))


@require_safe
def download(request: HttpRequest, file_id: uuid.UUID) -> HttpResponseBase:
    """The exact bytes of a content file, under the name that it came with."""
    file = queries.content_file(request.viewer, file_id)  # type: ignore[attr-defined]
    pieces = open_content(file)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse()
    else:
        note_export(request.acting, file)  # type: ignore[attr-defined]
        response = StreamingHttpResponse(pieces)
    response["Content-Type"] = "application/octet-stream"
    response["Content-Length"] = str(file.size)
    return as_download(response, file.name)


def as_download(response: Answer, name: str) -> Answer:
    """An answer that a browser saves as `name` and neither shows, runs nor keeps."""
    response["Content-Disposition"] = disposition(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def disposition(name: str) -> str:
    """`Content-Disposition` of an attachment (RFC 6266): the UTF-8 name and a plain fallback."""
    plain = "".join(
        char if char.isascii() and (char.isalnum() or char in "._- ") else "_" for char in name
    )
    encoded = quote(name.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain[:150] or 'tep'}\"; filename*=UTF-8''{encoded}"
