"""Mục lục văn bản, tài liệu trong hồ sơ: the documents of one dossier as the form lists them.

ND30 PL.V-IV (RM-415). Rows come from the records, not from the index: a document may lie in several
dossiers and is indexed once, and a list that is filed with a dossier must not miss one for want of
an entry.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.discovery import findable
from tangthu.discovery.listing import Listed, read
from tangthu.discovery.lists import Row
from tangthu.identity.policies import Viewer
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.records import queries as records
from tangthu.records.fields import code_label
from tangthu.records.models import Document, Dossier, Membership
from tangthu.standards.vietnamese import fold
from tangthu.ui.tables import Cell, Column

NAME = "dossier-documents"
# The columns of the form, after the running number; what else a document has can be chosen.
FORM = ("code", "date", "title", "issuer", "page_count", "note")
# Not of the form: the name of the type stands before the title, and whether something is packaged
# concerns who works on it.
_NOT_HERE = frozenset({"type", "state"})
After = tuple[str, uuid.UUID]


def dossier_id(named: str) -> uuid.UUID:
    """The id in any spelling. Raises NotFoundForViewer for what is none."""
    try:
        return uuid.UUID(named)
    except ValueError as error:
        raise NotFoundForViewer from error


def dossier_of(viewer: Viewer, named: str) -> Dossier:
    """The dossier that is named. Raises NotFoundForViewer."""
    return records.dossier(viewer, dossier_id(named))


def head(viewer: Viewer, found: Dossier) -> list[tuple[str, str]]:
    """What the form says over the list, and to whose eyes it is cut.

    That is said to everybody from whom something could be kept, whether anything is or not.
    """
    years = sorted({found.start_date[:4], found.end_date[:4]} - {""})
    words = [
        (_("Số, ký hiệu hồ sơ"), found.archive_file_code),
        (_("Tiêu đề hồ sơ"), found.title),
        (_("Năm"), "–".join(years)),
    ]
    if found.body_id not in viewer.whole_bodies():
        words.append((_("Phạm vi"), _("văn bản, tài liệu mà người lập được xem")))
    return [*words, (_("Thứ tự"), _("số thứ tự trong hồ sơ"))]


def columns() -> tuple[Column[Listed], ...]:
    """The columns in the order of the form, then those that can be chosen besides."""
    labels = {"date": _("Ngày tháng năm"), "issuer": _("Tác giả văn bản")}
    every = {one.key: one for one in findable.kind("document").columns()}
    title = replace(every["title"], label=_("Tên loại và trích yếu nội dung"), value=_title)
    formed = [
        title if key == "title"
        else replace(every[key], label=labels.get(key, every[key].label), extra=False)
        for key in FORM
    ]  # fmt: skip
    others = [
        replace(one, extra=True)
        for key, one in every.items()
        if key not in FORM and key not in _NOT_HERE
    ]
    return (*formed, *others)


def _title(one: Listed) -> Cell:
    """Type and title in one column; a title that begins with the name of its type says it once."""
    kind = code_label("document_types", one.row.record_type, timezone.localdate())
    title = one.row.title
    return Cell(title if fold(title).startswith(fold(kind)) else f"{kind}: {title}")


def count(viewer: Viewer, found: Dossier) -> int:
    """How many documents of the dossier the viewer may see."""
    return records.documents_of(viewer, found).count()


def numbered(viewer: Viewer, found: Dossier) -> bool:
    """Whether lines bear the numbers that the documents have in the dossier.

    Those are on the paper and in the codes, so a list of all has them. Where the viewer is kept
    from a document, lines are numbered one after another: a gap would tell of it (invariant 5).
    """
    return count(viewer, found) == Membership.objects.filter(dossier=found).count()


def portion(
    viewer: Viewer, found: Dossier, after: After | None, size: int
) -> tuple[list[Listed], After | None, int]:
    """The next documents by their number in the dossier, where to read on, how many places it was.

    Of the places that were read, a document that may not be seen any more has no line.
    """
    places = records.documents_of(viewer, found)
    if after is not None:
        places = places.filter(ordinal__gt=int(after[0]))
    taken = list(places[:size])
    if not taken:
        return [], after, 0
    levels = records.effective_levels([one.document for one in taken])
    rows = [_row(one, levels[one.document_id]) for one in taken]
    own = numbered(viewer, found)
    numbers = {one.document_id: one.ordinal for one in taken} if own else {}
    lines = [
        replace(line, ordinal=numbers.get(line.row.obj))
        for line in read(viewer, rows, wanted=["*", "fonds"])
        if line.record is not None
    ]
    return lines, (str(taken[-1].ordinal), taken[-1].document_id), len(taken)


def _row(place: Membership, level: str) -> Row:
    document: Document = place.document
    return Row(
        obj=document.pk,
        kind="document",
        code=document.code,
        title=document.subject,
        issuer=document.issuer,
        date_from=document.issued_on,
        date_to=document.issued_on,
        record_type=document.record_type,
        retention_code=document.retention_code,
        access_level=level,
        sealed=False,
        dossier_id=place.dossier_id,
        key=str(place.ordinal),
    )
