"""The register of packages by how they stand, and the page of one package."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tangthu.identity.policies import Viewer
from tangthu.kernel import clock
from tangthu.records import queries as records
from tangthu.records.models import Dossier
from tangthu.repository import queries
from tangthu.repository.models import Copy, Package
from tangthu.repository.views.asked import auditor
from tangthu.repository.wording import TONES, hurt_places, todo, where, worst
from tangthu.ui import formats
from tangthu.ui.by_time import page_by_time
from tangthu.ui.parts import Action, Crumb, Fact, FactGroup, Notice
from tangthu.ui.tables import Cell, Column, EmptyState, Filter, Option, Register

PAGE = 50
_DAYS = (30, 90, 365)
_SHOWN_PLACES = 200


def dossiers_by_id(viewer: Viewer, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Dossier]:
    """The dossiers among `ids` that the viewer may see."""
    return records.dossiers(viewer).in_bulk(list(ids))


@require_safe
def packages(request: HttpRequest) -> HttpResponse:
    """Packages, the longest unchecked first; filters for damaged ones and for those overdue."""
    viewer = auditor(request)
    dossiers: dict[uuid.UUID, Dossier] = {}
    register = _register(request, viewer, dossiers)
    found = queries.packages(
        viewer,
        state=next(iter(register.chosen("state")), ""),
        unchecked_since=_since(next(iter(register.chosen("days")), "")),
    )
    total = found.count()
    copies = Prefetch("copies", Copy.objects.select_related("store").order_by("store__position"))

    def name_dossiers(rows: Sequence[Any]) -> None:
        dossiers.update(dossiers_by_id(viewer, [row.dossier_id for row in rows]))

    page = page_by_time(
        register, found.prefetch_related(copies), "oldest", total=total, prepare=name_dossiers
    )
    way = [Crumb(_("Kho lưu trữ"), reverse("repository:stores")), Crumb(_("Sổ gói"))]
    return render(request, "repository/packages.html", {"register": page, "way": way})


def _since(days: str) -> dt.datetime | None:
    return clock.now() - dt.timedelta(days=int(days)) if days else None


def _register(
    request: HttpRequest, viewer: Viewer, dossiers: Mapping[uuid.UUID, Dossier]
) -> Register[Any]:
    def name(row: Any) -> Cell:
        dossier = dossiers.get(row.dossier_id)
        note = f"{dossier.archive_file_code} {dossier.title}" if dossier else ""
        return Cell(row.objid, reverse("repository:package", args=[row.pk]), note=note)

    return Register(
        name="packages",
        caption=_("Sổ gói"),
        query=request.GET,
        default_sort="checked",
        row_id=lambda row: str(row.pk),
        columns=(
            Column("package", _("Gói"), name, primary=True),
            Column("version", _("Phiên bản"), lambda row: f"v{row.head}", "short", wide_only=True),
            Column("files", _("Tệp"), lambda row: formats.thousands(row.files), "number"),
            Column("bytes", _("Dung lượng"), lambda row: formats.file_size(row.bytes), "number"),
            Column(
                "checked",
                _("Kiểm tra lần cuối"),
                lambda row: formats.moment(row.oldest),
                "date",
                sortable=True,
            ),
            Column("state", _("Tình trạng"), _state, "tag"),
        ),
        filters=(
            Filter(
                "state",
                _("Tình trạng"),
                (Option("hurt", _("Hỏng")), Option("unseen", _("Chưa kiểm tra được"))),
                tabs=True,
            ),
            Filter("days", _("Chưa kiểm tra"), tuple(Option(str(n), _days(n)) for n in _DAYS)),
        ),
        page_size=PAGE,
        empty=EmptyState(_("Chưa có gói nào"), _("Gói có ở đây sau khi một hồ sơ được đóng gói.")),
    )


def _days(count: int) -> str:
    return ngettext("quá %(n)s ngày", "quá %(n)s ngày", count) % {"n": count}


def _state(row: Package) -> Cell:
    copies = list(row.copies.all())
    state = worst(copies)
    hurt = [copy.store.name for copy in copies if copy.state != Copy.State.GOOD]
    return Cell(Copy.State(state).label, tone=TONES[state], note=", ".join(hurt))


@require_safe
def package(request: HttpRequest, package_id: uuid.UUID) -> HttpResponse:
    """One package: its versions, and for each copy what is wrong and what to do."""
    viewer = auditor(request)
    found: Any = queries.package(viewer, package_id)
    copies = list(queries.copies_of(found))
    dossier = dossiers_by_id(viewer, [found.dossier_id]).get(found.dossier_id)
    context = {
        "package": found,
        "way": [
            Crumb(_("Kho lưu trữ"), reverse("repository:stores")),
            Crumb(_("Sổ gói"), reverse("repository:packages")),
            Crumb(found.objid),
        ],
        "actions": _actions(copies),
        "notice": _notice(copies),
        "fact_groups": [FactGroup(_("Gói lưu trữ (AIP)"), tuple(_facts(found, dossier)))],
        "versions": queries.versions_of(found)[:50],
        "copies": [_copy(copy) for copy in copies],
    }
    return render(request, "repository/package.html", context)


def _actions(copies: list[Copy]) -> list[Action]:
    if worst(copies) not in {Copy.State.BAD, Copy.State.UNCHECKED}:
        return []
    order = reverse("repository:order-check")
    label = _("Kiểm tra và phục hồi mọi gói")
    return [Action(label, order, "t", "check", "primary", "post", "repair")]


def _notice(copies: list[Copy]) -> Notice | None:
    state = worst(copies)
    if state in {"", Copy.State.GOOD}:
        return None
    hurt = [copy for copy in copies if copy.state != Copy.State.GOOD]
    whole = [copy.store.name for copy in copies if copy.state == Copy.State.GOOD]
    return Notice(
        _("%(n)s trong %(all)s bản sao không được xác nhận là nguyên vẹn")
        % {"n": len(hurt), "all": len(copies)},
        tone=TONES[state],
        kept=_("bản sao ở kho %(stores)s nguyên vẹn.") % {"stores": ", ".join(whole)}
        if whole
        else "",
        todo=todo(state),
    )


def _facts(found: Any, dossier: Dossier | None) -> Iterable[Fact]:
    yield Fact(_("Cơ quan"), found.body.name)
    if dossier is not None:
        yield Fact(
            _("Hồ sơ"),
            f"{dossier.archive_file_code} {dossier.title}",
            url=reverse("archive:dossier", args=[dossier.pk]),
        )
    yield Fact(_("Phiên bản mới nhất"), f"v{found.head}")
    yield Fact(_("Tệp"), formats.thousands(found.files))
    yield Fact(_("Dung lượng"), formats.file_size(found.bytes))


def _copy(copy: Copy) -> dict[str, Any]:
    places = hurt_places(copy)
    return {
        "store": copy.store.name,
        "state": copy.get_state_display(),
        "tone": TONES[copy.state],
        "verified_at": copy.verified_at,
        "seen": copy.state != Copy.State.UNCHECKED,
        "places": [{"path": where(one.path), "what": one.what} for one in places[:_SHOWN_PLACES]],
        "proof": copy.proof_version,
    }
