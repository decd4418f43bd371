"""The columns of lists of dossiers and documents: every field of the description can be one.

What an index entry holds is shown at first; the other fields are there to be chosen (RM-661 đ).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.archive.models import Place
from tangthu.archive.searchables import COUNTED
from tangthu.discovery.listing import Listed
from tangthu.discovery.lists import Row
from tangthu.identity.names import names_on
from tangthu.identity.policies import CONDITIONAL, Viewer
from tangthu.kernel.deployment import isolated
from tangthu.records import queries
from tangthu.records.days import day_of
from tangthu.records.fields import code_label, fields_of, label_of, shown_date, shown_value
from tangthu.records.levels import degree_words
from tangthu.records.models import Document, Dossier
from tangthu.standards.rules import Field
from tangthu.ui.tables import Cell, Column, Kind, Label

# Fields that stand in a column of their own among those of the index.
_IN_INDEX = {
    Dossier: frozenset({"archive_file_code", "title", "retention_code"}),
    Document: frozenset({"subject", "issued_on", "record_type", "retention_code", "issuer"}),
}
_PLACES = ("fonds", "inventory", "box", "place_number")
FROM_INDEX = frozenset(
    {"code", "place", "title", "date", "type", "issuer", "retention", "state", "secrecy"}
)


def dossier_columns() -> tuple[Column[Listed], ...]:
    """Columns of lists of dossiers."""
    return (
        Column("place", _("Mã hồ sơ"), lambda one: one.row.code, "code", sortable=True),
        *_shared("archive:dossier", _("Tiêu đề")),
        *_secrecy(),
        *_fields(Dossier),
        *_place_columns(),
        _body(),
    )


def document_columns() -> tuple[Column[Listed], ...]:
    """Columns of lists of documents."""
    code: Column[Listed] = Column(
        "code",
        _("Số, ký hiệu"),
        lambda one: one.row.code if one.numbered else "",
        "code",
        sortable=True,
    )
    title, *rest = _shared("archive:document", _("Trích yếu"))
    kind: Column[Listed] = Column(
        "type",
        _("Tên loại"),
        lambda one: _code_words("document_types", one.row.record_type),
        wide_only=True,
    )
    issuer: Column[Listed] = Column(
        "issuer", _("Cơ quan ban hành"), lambda one: one.row.issuer, extra=True
    )
    own = (*_secrecy(), *_fields(Document), *_place_columns(), _body())
    return (code, title, kind, issuer, *rest, *own)


def read(
    viewer: Viewer, rows: Sequence[Row], wanted: frozenset[str], *, dossiers: bool
) -> list[Listed]:
    """The rows with their records, where a wanted column needs more than the index holds."""
    ids = [row.obj for row in rows]
    if wanted <= FROM_INDEX:
        without = set() if dossiers else queries.unnumbered_among(ids)
        return [Listed(row, numbered=row.obj not in without) for row in rows]
    visible: Any = queries.dossiers(viewer) if dossiers else queries.documents(viewer)
    records = visible.in_bulk(ids)
    places: dict[Any, Place] = {}
    if wanted & frozenset(_PLACES):
        homes = {row.dossier_id for row in rows}
        places = Place.objects.select_related("inventory__fonds").in_bulk(list(homes))
    days = {pk: (one.body_id, day_of(one)) for pk, one in records.items()}
    called = names_on(days.values()) if "body" in wanted else {}
    seen = viewer.whole_bodies()
    return [
        Listed(
            row,
            record,
            places.get(row.dossier_id) if record else None,
            whole=record is not None and record.body_id in seen,
            numbered=dossiers or record is None or bool(record.number or record.symbol),
            body=called.get(days[row.obj], "") if record is not None else "",
        )
        for row in rows
        for record in [records.get(row.obj)]
    ]


def _shared(url_name: str, title_label: str) -> tuple[Column[Listed], ...]:
    """The columns that both kinds have."""

    def title(one: Listed) -> Cell:
        return Cell(
            one.row.title,
            reverse(url_name, args=[one.row.obj]),
            note=one.row.issuer,
            warning=_degree(one),
        )

    def state(one: Listed) -> Cell:
        note = _("có điều kiện") if one.row.access_level == CONDITIONAL else ""
        sealed = _("Đã đóng gói") if one.row.sealed else _("Chưa đóng gói")
        return Cell(sealed, tone="ok" if one.row.sealed else "", note=note)

    return (
        Column("title", title_label, title, primary=True),
        Column("date", _("Thời gian"), lambda one: _dates(one.row), "date", sortable=True),
        Column(
            "retention",
            _("Thời hạn lưu trữ"),
            lambda one: _code_words("maintenance", one.row.retention_code),
            wide_only=True,
        ),
        Column("state", _("Trạng thái"), state, "tag"),
    )


def _secrecy() -> list[Column[Listed]]:
    """The degree of secrecy that holds, to be chosen; on an isolated LAN alone (AR-128)."""
    return [Column("secrecy", _("Độ mật"), _degree, "short", extra=True)] if isolated() else []


def _degree(one: Listed) -> str:
    return degree_words(one.row.access_level, timezone.localdate())


def _fields(model: type[Dossier] | type[Document]) -> list[Column[Listed]]:
    """A column to be chosen for each field of the registry that has none yet."""
    found = [
        Column(field.identifier, label_of(field), _value(model, field), _kind(field), extra=True)
        for field in fields_of(model, timezone.localdate())
        if field.identifier not in _IN_INDEX[model]
    ]
    return [*found, Column("extra", _("Thông tin bổ sung"), _extra, extra=True)]


def _kind(field: Field) -> Kind:
    return "number" if field.kind == "number" else "date" if field.kind == "date" else "text"


def _value(
    model: type[Dossier] | type[Document], field: Field
) -> Callable[[Listed], Label | Cell | int | None]:
    counted = model is Dossier and field.identifier in COUNTED

    def value(one: Listed) -> str:
        if one.record is None or (counted and not one.whole):
            return ""
        on = one.record.created_at.date()
        return shown_value(field, getattr(one.record, field.identifier), on)

    return value


def _extra(one: Listed) -> str:
    if one.record is None:
        return ""
    return "; ".join(f"{label}: {value}" for label, value in sorted(one.record.extra.items()))


def _body() -> Column[Listed]:
    """The body by its name of the record's day, to be chosen (RM-012)."""
    return Column("body", _("Cơ quan quản lý"), lambda one: one.body, extra=True)


def _place_columns() -> list[Column[Listed]]:
    def column(key: str, label: str, value: Callable[[Place], str]) -> Column[Listed]:
        return Column(
            key, label, lambda one: value(one.place) if one.place else "", "code", extra=True
        )

    return [
        column("fonds", _("Phông"), lambda place: place.inventory.fonds.name),
        column("inventory", _("Mục lục số"), lambda place: place.inventory.code),
        column("box", _("Hộp"), lambda place: place.box),
        column("place_number", _("Hồ sơ số"), lambda place: place.number),
    ]


def _code_words(list_name: str, code: str) -> str:
    return code_label(list_name, code, timezone.localdate())


def _dates(row: Row) -> str:
    start, end = shown_date(row.date_from), shown_date(row.date_to)
    return start if start == end or not end else f"{start} – {end}"
