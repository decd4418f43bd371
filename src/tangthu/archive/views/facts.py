"""Descriptions as groups of facts, for whoever looks.

A viewer who may not see conditional records of the body gets no figure that counts them: he sees
how many documents he may see, not what the dossier counts nor what its note says of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.archive.fonds_labels import FONDS_LABELS
from tangthu.archive.models import Fonds, Inventory, Place
from tangthu.archive.searchables import COUNTED
from tangthu.identity.names import names_on
from tangthu.identity.policies import CONDITIONAL, Viewer
from tangthu.kernel.deployment import isolated
from tangthu.records import sensitivity
from tangthu.records.days import day_of
from tangthu.records.fields import code_label, fields_of, label_of, shown_value
from tangthu.records.levels import degree_of, level_label, level_of
from tangthu.records.models import Document, Dossier
from tangthu.records.queries import sees_all
from tangthu.ui import formats
from tangthu.ui.parts import Fact, FactGroup, Tone

Groups = Sequence[tuple[object, tuple[str, ...]]]

DOCUMENT_GROUPS: Groups = (
    (
        gettext_lazy("Tài liệu"),
        ("record_type", "type_text", "number", "symbol", "issued_on", "issuer"),
    ),
    (
        gettext_lazy("Mã, thời hạn, quyền xem"),
        ("record_archive_code", "retention_code", "access_level", "sensitivity"),
    ),
    (
        gettext_lazy("Nội dung và hình thức"),
        ("language_codes", "page_count", "keywords", "handwriting", "info_symbol", "reliability",
         "physical_condition", "has_process_file", "note"),
    ),
)  # fmt: skip
DOSSIER_GROUPS: Groups = (
    (
        gettext_lazy("Hồ sơ"),
        ("archive_file_code", "file_code", "start_date", "end_date", "keywords"),
    ),
    (
        gettext_lazy("Thời hạn, quyền xem"),
        ("retention_code", "retention_years", "access_level", "sensitivity"),
    ),
    (
        gettext_lazy("Số lượng"),
        ("record_count", "declared_record_count", "sheet_count", "page_count"),
    ),
    (
        gettext_lazy("Nội dung và hình thức"),
        ("language_codes", "info_symbol", "reliability", "physical_condition", "paper_file_code",
         "backup_required", "backup_status", "note"),
    ),
)  # fmt: skip
# What stands over the page already.
HEADINGS = frozenset({"title", "subject"})
CODES = frozenset(
    {"archive_file_code", "file_code", "record_archive_code", "number", "symbol", "paper_file_code"}
)


def described_on(record: Dossier | Document) -> date:
    """The day whose rules a description is read by: the day on which it was made."""
    return record.created_at.date()


def with_body(groups: list[FactGroup], record: Dossier | Document) -> list[FactGroup]:
    """The groups, the first with the body whose record it is: by the name of the record's day,
    and by today's where that is another (RM-012)."""
    on, now = day_of(record), record.body.name
    then = names_on([(record.body_id, on)])[record.body_id, on]
    note = _("nay là %(name)s") % {"name": now} if now != then else ""
    first, *rest = groups
    return [
        FactGroup(first.title, (*first.facts, Fact(_("Cơ quan quản lý"), then, note=note))),
        *rest,
    ]


def document_facts(document: Document, effective_level: str) -> list[FactGroup]:
    """All metadata of a document (RM-670 b), and the access level that really holds (AR-121)."""
    groups = with_body(_groups(document, DOCUMENT_GROUPS, frozenset()), document)
    groups += _secrecy(document)
    return _with_level(groups, document, effective_level)


def dossier_facts(dossier: Dossier, viewer: Viewer, visible: int) -> list[FactGroup]:
    """All metadata of a dossier that the viewer may know; `visible` documents are his to see."""
    whole = sees_all(viewer, dossier)
    groups = _groups(dossier, DOSSIER_GROUPS, frozenset() if whole else COUNTED)
    groups = with_body(groups, dossier)
    if not whole:
        seen = Fact(_("Tài liệu bạn xem được"), formats.thousands(visible))
        groups.insert(2, FactGroup(_("Số lượng"), (seen,)))
    return [*groups, *_secrecy(dossier)]


def _secrecy(record: Dossier | Document) -> list[FactGroup]:
    """The degree of secrecy; on an isolated LAN alone there is such a thing (AR-128)."""
    if not isolated():
        return []
    on = described_on(record)
    words = code_label("secrecy", record.secrecy, on) if record.secrecy else _("Không mật")
    degree = Fact(_("Độ mật"), words, tone="danger" if record.secrecy else "")
    return [FactGroup(_("Bảo vệ bí mật nhà nước"), (degree,))]


def _groups(record: Dossier | Document, layout: Groups, hidden: frozenset[str]) -> list[FactGroup]:
    on = described_on(record)
    fields = {field.identifier: field for field in fields_of(type(record), on)}
    placed = {name for _title, names in layout for name in names} | HEADINGS
    rest = tuple(name for name in fields if name not in placed)
    made = []
    for title, names in (*layout, (_("Thông tin khác"), rest)):
        facts = tuple(
            Fact(
                label_of(fields[name]),
                shown_value(fields[name], getattr(record, name), on),
                code=name in CODES,
                note=sensitivity.citation(record.sensitivity) if name == sensitivity.FIELD else "",
            )
            for name in names
            if name in fields and name not in hidden
        )
        if facts:
            made.append(FactGroup(str(title), facts))
    if record.extra:
        extra = tuple(Fact(label, str(value)) for label, value in sorted(record.extra.items()))
        made.append(FactGroup(_("Thông tin bổ sung"), extra))
    return made


def _with_level(
    groups: list[FactGroup], document: Document, effective_level: str
) -> list[FactGroup]:
    if effective_level == level_of(document):
        return groups
    words = level_label(effective_level, described_on(document))
    stricter = Fact(
        _("Chế độ sử dụng thực tế"),
        words,
        tone=level_tone(effective_level),
        note=_("theo hồ sơ chứa tài liệu này, là mức chặt nhất"),
    )
    return [
        FactGroup(group.title, (*group.facts, stricter)) if index == 1 else group
        for index, group in enumerate(groups)
    ]


def level_tone(level: str) -> Tone:
    """How an access level is marked: conditional ones stand out."""
    if degree_of(level):
        return "danger"
    return "warn" if level == CONDITIONAL else ""


def counted_in_words(dossier: Dossier, present: int) -> str:
    """The truth about how many documents are here, described and declared; "" when all agree."""
    parts = []
    if present != dossier.record_count:
        parts.append(_("mô tả ghi %(n)s tài liệu") % {"n": formats.thousands(dossier.record_count)})
    declared = dossier.declared_record_count
    if declared is not None and declared != present:
        parts.append(_("bảng kê khai %(n)s tài liệu") % {"n": formats.thousands(declared)})
    if not parts:
        return ""
    here = _("Ở đây có %(n)s tài liệu") % {"n": formats.thousands(present)}
    return f"{here}; {', '.join(parts)}."


def inventory_address(inventory: Inventory) -> str:
    """The register of dossiers cut to one inventory."""
    chosen = {"fonds": inventory.fonds_id, "inventory": inventory.id}
    return f"{reverse('archive:dossiers')}?{urlencode(chosen)}"


def place_facts(place: Place | None) -> list[FactGroup]:
    """Where a dossier stands on the shelves."""
    if place is None:
        return []
    inventory = place.inventory
    fonds = inventory.fonds
    return [
        FactGroup(
            _("Nơi lưu"),
            (
                Fact(_("Phông"), fonds.name, url=reverse("archive:fonds", args=[fonds.id])),
                Fact(_("Mục lục số"), inventory.code, url=inventory_address(inventory), code=True),
                Fact(_("Hộp"), place.box, code=True),
                Fact(_("Hồ sơ số"), place.number, code=True),
            ),
        )
    ]


def fonds_facts(fonds: Fonds, dossiers: str, documents: str) -> list[FactGroup]:
    """The description of a fonds by TT05 art. 4.1; the totals come counted and cut, in words."""
    languages = "; ".join(
        code_label("language", code, timezone.localdate()) for code in fonds.language_codes
    )
    return [
        FactGroup(
            _("Phông"),
            (
                Fact(FONDS_LABELS["code"], fonds.code, code=True),
                Fact(FONDS_LABELS["name"], fonds.name),
                Fact(FONDS_LABELS["agency_code"], fonds.agency_code, code=True),
                Fact(FONDS_LABELS["status"], fonds.get_status_display()),
                Fact(_("Cơ quan quản lý"), fonds.body.name),
                Fact(FONDS_LABELS["date_range"], fonds.date_range),
                Fact(_("Tổng số hồ sơ"), dossiers),
                Fact(_("Tổng số tài liệu"), documents),
                Fact(FONDS_LABELS["language_codes"], languages),
                Fact(FONDS_LABELS["backup_regime"], _("Có") if fonds.backup_regime else _("Không")),
                Fact(FONDS_LABELS["creator_history"], fonds.creator_history),
                Fact(FONDS_LABELS["main_groups"], fonds.main_groups),
                Fact(FONDS_LABELS["note"], fonds.note),
            ),
        )
    ]
