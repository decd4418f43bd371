"""Uploads go to a file of the home as they come in, and never take the last room of its disk."""

from __future__ import annotations

import errno
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

_LOOK_EVERY = 8 * 1024 * 1024


def lacked_room(request: HttpRequest) -> bool:
    """Whether files of this request were not taken because the disk has no room for them."""
    request.POST  # noqa: B018 (files come in when somebody first asks for the form)
    return bool(getattr(request, "_uploads_lacked_room", False))


class RoomyUploadHandler(TemporaryFileUploadHandler):
    """Refuses what would not fit, before or while it comes in; nothing of it is kept.

    The rest of the request is read and thrown away, so that the answer reaches the sender; see
    `lacked_room`.
    """

    _refused = False
    _next_look = 0

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 (Django's name)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Note whether all that is announced fits."""
        self._refused = not settings.HOME.has_room(content_length)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file, unless there is no room."""
        if self._refused:
            self._refuse()
        self._next_look = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece of the file. Others write to the disk too: look now and then."""
        if start >= self._next_look:
            self._next_look = start + _LOOK_EVERY
            if not settings.HOME.has_room():
                self._refuse()
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self._refuse()

    def _refuse(self) -> None:
        self.request._uploads_lacked_room = True  # type: ignore[union-attr]
        raise StopUpload(connection_reset=False)
