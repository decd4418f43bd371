"""Bytes: content files with ranges, page images, and proofs as files."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from tangthu.archive.views.contents import as_download, page_image
from tangthu.archive.views.proving import proof_response
from tangthu.faces.api import drawing, shapes
from tangthu.faces.api.problems import NoSuchRange
from tangthu.faces.api.routes.shared import router
from tangthu.records import queries as records
from tangthu.records.actions.note_access import note_export
from tangthu.records.queries import sees_all
from tangthu.repository.reading import path_of

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_PIECE = 1024 * 1024


@router.get(
    "files/{uuid:file_id}", response=shapes.records.FileRef, tags=["files"],
    summary=_("Thông tin một tệp nội dung"),
)  # fmt: skip
def read_file(request: Any, file_id: uuid.UUID) -> Any:
    return drawing.file(records.content_file(request.viewer, file_id))


@router.get(
    "files/{uuid:file_id}/content", tags=["files"], summary=_("Đúng các byte của một tệp"),
    openapi_extra={"x-content": "application/octet-stream"},
)  # fmt: skip
def file_content(request: Any, file_id: uuid.UUID) -> Any:
    file = records.content_file(request.viewer, file_id)
    place = path_of(file)
    span = span_of(request.headers.get("Range", ""), file.size, request.headers.get("If-Range"),
                   f'"{file.sha256}"')  # fmt: skip
    start, end = span or (0, file.size - 1)
    # A download that is gone on with is one use: recorded where it begins.
    if start == 0:
        note_export(request.acting, file)
    return streamed(place, start, end, file.size, file.sha256, file.name, partial=span is not None)


def span_of(asked: str, size: int, if_range: str | None, tag: str) -> tuple[int, int] | None:
    """First and last byte that a Range header asks for; None for all (RFC 9110, section 14).

    One range at most; what is no byte range is as if it were not there. Raises NoSuchRange.
    """
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match[1] == match[2] == "" or (if_range is not None and if_range != tag):
        return None
    if match[1] == "":
        length = min(int(match[2]), size)
        start, end = size - length, size - 1
    else:
        start = int(match[1])
        end = min(int(match[2]), size - 1) if match[2] else size - 1
        if match[2] and int(match[2]) < start:
            return None
    if start >= size or end < start:
        raise NoSuchRange(translate("Tệp có %(n)s byte.") % {"n": size}, size=size)
    return start, end


def streamed(
    place: Path, start: int, end: int, size: int, sha256: str, name: str, *, partial: bool
) -> StreamingHttpResponse:
    """Bytes `start` to `end` of a file, as an attachment under its name."""
    response = as_download(StreamingHttpResponse(_pieces(place, start, end)), name)
    response.status_code = 206 if partial else 200
    response["Content-Type"] = "application/octet-stream"
    response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{sha256}"'
    if partial:
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response


def _pieces(place: Path, start: int, end: int) -> Iterator[bytes]:
    left = end - start + 1
    with place.open("rb") as source:
        source.seek(start)
        while left > 0:
            piece = source.read(min(_PIECE, left))
            if not piece:
                return
            left -= len(piece)
            yield piece


@router.get(
    "documents/{uuid:document_id}/pages/{int:number}", tags=["documents"],
    summary=_("Ảnh một trang (WebP); rong: chiều rộng muốn có"),
    openapi_extra={"x-content": "image/webp"},
)  # fmt: skip
def document_page(request: Any, document_id: uuid.UUID, number: int, rong: int = 1200) -> Any:
    found = records.document(request.viewer, document_id)
    drawing.note_seen(request, found)
    return _image(request, str(document_id), str(min(number, 999_999)))


def _image(request: Any, document_id: str, number: str) -> HttpResponse:
    """The page's own view, for which the view of the record has been noted already."""
    request.session = {"seen": _Always()}
    return page_image(request, document_id, number, "webp")


class _Always(dict[str, int]):
    """A session's memory in which everything was seen just now."""

    def get(self, key: object, default: object = None) -> Any:
        return 1 << 62


@router.get(
    "dossiers/{uuid:dossier_id}/proof", tags=["proofs"],
    summary=_("Bằng chứng của một hồ sơ, tự kiểm tra được"), response=dict[str, Any],
)  # fmt: skip
def dossier_proof(request: Any, dossier_id: uuid.UUID) -> Any:
    found = records.dossier(request.viewer, dossier_id)
    whole = sees_all(request.viewer, found)
    return proof_response(found.pk, found.archive_file_code, whole=whole)


@router.get(
    "documents/{uuid:document_id}/proof", tags=["proofs"],
    summary=_("Bằng chứng của một tài liệu, tự kiểm tra được"), response=dict[str, Any],
)  # fmt: skip
def document_proof(request: Any, document_id: uuid.UUID) -> Any:
    found = records.document(request.viewer, document_id)
    return proof_response(found.pk, found.record_archive_code, whole=True)
