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
from tangthu.repository.models import Copy, Package, PackageVersion, Store
from tangthu.repository.stand_ins import local_object
from tangthu.repository.stores import StoreUnusable
from tangthu.standards import durable, ocfl


class NotReadable(HouseError):
    """The bytes of a content file cannot be read from any place where they should be."""

    http_status = 503


class Whereabouts:
    """Finds the bytes of many content files; each package's inventory is read once.

    Short-lived: what it remembers is true while no package changes.
    """

    def __init__(self) -> None:
        self._working = FolderStore(settings.HOME.working)
        self._inside: dict[int, tuple[Path, dict[str, str]]] = {}

    def in_working_store(self, file: ContentFile) -> Path | None:
        """Where the working store keeps the bytes; None if it does not."""
        key = content_key(file.sha256)
        return None if self._working.stat(key) is None else self._working.path(key)

    def places_of(self, file: ContentFile) -> Iterator[Path]:
        """Local paths that should hold the bytes: the working store, then good copies in folders.

        A bucket is not read from for people: a copy that is bad everywhere else is mended first.
        """
        working = self.in_working_store(file)
        if working is not None:
            yield working
        dossiers = Membership.objects.filter(document_id=file.document_id).values("dossier_id")
        copies = (
            Copy.objects.filter(
                package__in=Package.objects.filter(dossier_id__in=dossiers),
                store__kind=Store.Kind.FOLDER,
            )
            .exclude(state=Copy.State.UNREPAIRABLE)
            .select_related("store", "package")
            .order_by("store__position")
        )
        for copy in sorted(copies, key=lambda copy: copy.state != Copy.State.GOOD):
            place, paths = self.content_of(copy)
            if file.sha256 in paths:
                yield place / paths[file.sha256]

    def path_of(self, file: ContentFile) -> Path:
        """A local path whose bytes are those of `file`, verified now. Raises NotReadable."""
        for path in self.places_of(file):
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

    def content_of(self, copy: Copy) -> tuple[Path, dict[str, str]]:
        """Folder of the copy's object, and in it the path of each digest; empty if unreadable.

        Of a copy in a bucket only the digests say anything.
        """
        if copy.pk not in self._inside:
            try:
                with local_object(copy.store, copy.package.objid, ()) as place:
                    inventory = ocfl.open_object(place).inventory
                paths = {digest.lower(): path for path, digest in inventory.content_files()}
            except (ocfl.OcflError, OSError, StoreUnusable):
                place, paths = Path(), {}
            self._inside[copy.pk] = place, paths
        return self._inside[copy.pk]


def path_of(file: ContentFile) -> Path:
    """A local path whose bytes are those of `file`, verified now. Raises NotReadable."""
    return Whereabouts().path_of(file)


def open_content(file: ContentFile) -> Iterator[bytes]:
    """Yield the exact bytes of `file` in pieces; the first piece is read before this returns.

    A copy whose bytes are not those that were received is passed over. Raises NotReadable when no
    place has them.
    """
    pieces = durable.chunks_of(path_of(file))
    first = next(pieces, b"")
    return itertools.chain([first], pieces)


def packaged_only(version: PackageVersion) -> set[str]:
    """Digests of contents in this sealed version that no record outside a package needs.

    A record is served when a package of one of its dossiers holds the bytes: another dossier that
    has the same bytes and is not sealed with them yet still needs them from the working store.
    """
    where = Whereabouts()
    copies = Copy.objects.filter(package_id=version.package_id).select_related("store", "package")
    held = set.intersection(*(set(where.content_of(copy)[1]) for copy in copies))
    needed: set[str] = set()
    for file in ContentFile.objects.filter(sha256__in=held):
        places = (path for path in where.places_of(file) if path != where.in_working_store(file))
        if next(places, None) is None:
            needed.add(file.sha256)
    return held - needed
