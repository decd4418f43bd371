"""The bytes of a content file, from wherever they lie now.

Before sealing a file lies in the working store; whoever shows or hands out content asks here and
need not know.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.errors import HouseError
from tangthu.kernel.stores import FolderStore, content_key
from tangthu.records.models import ContentFile


class NotReadable(HouseError):
    """The bytes of a content file cannot be read from any place where they should be."""

    http_status = 503


def open_content(file: ContentFile) -> Iterator[bytes]:
    """Yield the exact bytes of `file` in pieces; the first piece is read before this returns.

    Raises NotReadable when no place has them.
    """
    pieces = FolderStore(settings.HOME.working).read(content_key(file.sha256))
    try:
        first = next(pieces, b"")
    except OSError as error:
        raise NotReadable(
            _("Hiện chưa đọc được tệp này từ kho."),
            hint=_("Thử lại sau; nếu vẫn vậy, báo lưu trữ viên kiểm tra bản sao trong các kho."),
            file=str(file.id),
        ) from error
    return itertools.chain([first], pieces)
