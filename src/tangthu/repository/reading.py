"""The bytes of a content file, from wherever they lie now.

Before sealing a file lies in the working store; after it, in the package, in every store. Whoever
shows or hands out content asks here and need not know.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.kernel.errors import HouseError
from tangthu.kernel.stores import FolderStore, content_key
from tangthu.records.models import ContentFile, Membership
from tangthu.repository.models import Copy, Package
from tangthu.repository.stores import open_store
from tangthu.standards import durable, ocfl


class NotReadable(HouseError):
    """The bytes of a content file cannot be read from any place where they should be."""

    http_status = 503


def places_of(file: ContentFile) -> Iterator[Path]:
    """Local paths that should hold the bytes of `file`: the working store, then each good copy."""
    working = FolderStore(settings.HOME.working)
    if working.stat(content_key(file.sha256)) is not None:
        yield working.path(content_key(file.sha256))
    dossiers = Membership.objects.filter(document_id=file.document_id).values("dossier_id")
    copies = (
        Copy.objects.filter(package__in=Package.objects.filter(dossier_id__in=dossiers))
        .exclude(state=Copy.State.UNREPAIRABLE)
        .select_related("store", "package")
        .order_by("state", "store__position")
    )
    for copy in copies:
        try:
            place = open_store(copy.store).path_of(copy.package.objid)
            inventory = ocfl.open_object(place).inventory
        except (ocfl.OcflError, OSError):
            continue
        for path, digest in inventory.content_files():
            if digest.lower() == file.sha256:
                yield place / path
                break


def path_of(file: ContentFile) -> Path:
    """A local path whose bytes are those of `file`, verified now. Raises NotReadable."""
    for path in places_of(file):
        try:
            if durable.digest_file(path).digests["sha256"] == file.sha256:
                return path
        except OSError:
            continue
    raise NotReadable(
        _("Hiện chưa đọc được tệp này từ kho."),
        hint=_("Thử lại sau; nếu vẫn vậy, báo lưu trữ viên kiểm tra bản sao trong các kho."),
        file=str(file.id),
    )


def open_content(file: ContentFile) -> Iterator[bytes]:
    """Yield the exact bytes of `file` in pieces; the first piece is read before this returns.

    A copy whose bytes are not those that were received is passed over. Raises NotReadable when no
    place has them.
    """
    pieces = durable.chunks_of(path_of(file))
    first = next(pieces, b"")
    return itertools.chain([first], pieces)
