"""What sealing a dossier now would fix, and what is still open about it: a look, not a deed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tangthu.archive import bound, packaging
from tangthu.archive.models import Place
from tangthu.kernel import clock
from tangthu.kernel.errors import HouseError
from tangthu.kernel.rulebook import rulebook
from tangthu.records.models import Dossier
from tangthu.records.queries import withheld_in
from tangthu.repository.models import Package
from tangthu.standards.tt05 import aip_hoso
from tangthu.standards.tt05 import package as tt05


@dataclass(frozen=True, slots=True)
class Open:
    """One open point: about which document (its ordinal; None for the dossier), in words.

    One that `blocks` makes the sealing fail.
    """

    ordinal: int | None
    words: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the next version would hold (bytes of all files), and the open points, worst first.

    `state` is the digest of what was looked at: whoever confirms says that it was this.
    """

    version: int
    documents: int
    files: int
    bytes: int
    open: tuple[Open, ...]
    state: str

    @property
    def blocked(self) -> bool:
        """Whether an open point keeps the dossier from being sealed."""
        return any(one.blocks for one in self.open)


def ahead(dossier: Dossier, package: Package | None) -> Ahead:
    """Look at a dossier as sealing would, without writing anything; includes every document."""
    found: list[Open] = []
    plan: tt05.Package | None = None
    moment = clock.now()
    place = Place.objects.select_related("inventory__fonds").filter(dossier=dossier).first()
    if withheld_in(dossier.pk):
        found.append(Open(None, _("Có tài liệu đang bị cách ly; chờ kết luận."), True))
    if place is None:
        found.append(Open(None, _("Hồ sơ chưa có chỗ trong mục lục nào."), True))
    else:
        try:
            plan = packaging.package_of(
                dossier,
                place,
                package_id=package.pk if package else uuid.uuid4(),
                created=moment,
                modified=moment,
                record_status="SUPPLEMENT" if package else "NEW",
            )
        except HouseError as error:
            found.append(Open(None, str(error), True))
    if plan is not None:
        found += _described(plan, binding=bound.binds(dossier.body))
        found += _counted(dossier, len(plan.documents))
    files = [file for one in plan.documents for file in one.files] if plan else []
    return Ahead(
        version=package.head + 1 if package else 1,
        documents=len(plan.documents) if plan else 0,
        files=len(files),
        bytes=sum(file.size for file in files),
        open=tuple(sorted(found, key=lambda one: (not one.blocks, one.ordinal or 0))),
        state=packaging.state_digest(dossier),
    )


def _described(plan: tt05.Package, *, binding: bool) -> Iterator[Open]:
    """What the rules find in the descriptions: errors are refused by the package itself, where the
    circular binds."""
    ordinals = {
        f"tài liệu {position}": one.description.ordinal or position
        for position, one in enumerate(plan.documents, start=1)
    }
    for finding in aip_hoso.check(plan, rulebook(), plan.modified.astimezone().date()):
        # The name of the element is for who reads the XML.
        message = finding.message.replace(f" ({finding.field})", "")
        words = f"{message} {finding.fix}".strip()
        yield Open(ordinals.get(finding.place), words, binding and finding.severity == "error")
    if not plan.documents:
        yield Open(None, _("Hồ sơ không có tài liệu nào."), True)
    for position, one in enumerate(plan.documents, start=1):
        if not one.files:
            words = _("Tài liệu không có tệp nào.")
            yield Open(one.description.ordinal or position, words, True)


def _counted(dossier: Dossier, present: int) -> Iterator[Open]:
    if dossier.record_count != present:
        words = _("Mô tả ghi %(said)s tài liệu, ở đây có %(here)s.")
        yield Open(None, words % {"said": dossier.record_count, "here": present}, False)
    declared = dossier.declared_record_count
    if declared is not None and declared != present:
        words = _("Bảng kê khai %(said)s tài liệu, ở đây có %(here)s.")
        yield Open(None, words % {"said": declared, "here": present}, False)
