"""The demonstration of a new installation: two bodies, eight people, a small fonds made by us.

Made through the same actions that people use: the batch is checked, accepted and sealed for real,
and a second one is left waiting so that the queue shows work.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from tangthu.archive.actions.accept_batch import queue_acceptance
from tangthu.archive.actions.open_batch import open_batch, uploads_of
from tangthu.archive.actions.open_fonds import open_fonds
from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.archive.models import Fonds
from tangthu.faces.cli.demo_papers import PAPERS, PaperDossier, write_batch
from tangthu.identity.acting import SYSTEM, Acting
from tangthu.identity.actions.add_person import add_person, appoint
from tangthu.identity.actions.open_body import open_body
from tangthu.identity.models import Body
from tangthu.identity.queries import viewer_named
from tangthu.kernel import jobs
from tangthu.kernel.home import Home

LOG_HOST = "tangthu.example"
SINCE = dt.date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A user name of the demonstration with its password and who that is."""

    username: str
    password: str
    words: str


@dataclass(frozen=True, slots=True)
class _BodyPlan:
    code: str
    archive_code: str
    name: str
    short_name: str
    people: tuple[tuple[str, str, str, str], ...]


BODIES = (
    _BodyPlan(
        "H30.81", "001.03.08", "Ủy ban nhân dân xã Sen Hồng", "UBND xã Sen Hồng",
        (
            ("hoa", "Trần Thị Hoa", "Văn thư", "clerk"),
            ("binh", "Lê Văn Bình", "Chủ tịch", "leader"),
            ("cuc", "Nguyễn Thị Cúc", "Lưu trữ viên", "archivist"),
            ("dung", "Phạm Tiến Dũng", "Quản trị hệ thống", "administrator"),
        ),
    ),
    _BodyPlan(
        "H31.07", "001.03.09", "Ủy ban nhân dân xã Trúc Lâm", "UBND xã Trúc Lâm",
        (
            ("lan", "Đỗ Thị Lan", "Văn thư", "clerk"),
            ("minh", "Hoàng Đức Minh", "Chủ tịch", "leader"),
            ("nga", "Vũ Thúy Nga", "Lưu trữ viên", "archivist"),
            ("quang", "Bùi Quang", "Quản trị hệ thống", "administrator"),
        ),
    ),
)  # fmt: skip


def ensure(home: Home) -> list[SignIn]:
    """Make the demonstration on an empty installation; afterwards only tell the sign-ins again.

    The passwords are random, kept in the home's `secrets` (mode 600). An installation that was
    filled otherwise is left alone, and nothing is told.
    """
    kept = home.secrets / "demo-signins.json"
    if kept.exists():
        if not Fonds.objects.exists():
            _fonds()  # the first start was cut off
        stored = json.loads(kept.read_text(encoding="utf-8"))
        return [SignIn(**one) for one in stored if viewer_named(one["username"]) is not None]
    if Body.objects.exists():
        return []
    signins = [one for plan in BODIES for one in _people(plan)]
    handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump([asdict(one) for one in signins], out, ensure_ascii=False)
    _fonds()
    return signins


def _people(plan: _BodyPlan) -> list[SignIn]:
    body = open_body(
        SYSTEM,
        code=plan.code,
        archive_code=plan.archive_code,
        name=plan.name,
        short_name=plan.short_name,
        origin=f"{LOG_HOST}/{plan.code}",
    )
    signins = []
    for username, full_name, position, role in plan.people:
        password = secrets.token_urlsafe(9)
        person = add_person(
            SYSTEM, body=body, full_name=full_name, username=username, password=password
        )
        appoint(SYSTEM, person=person, body=body, position=position, role=role, since=SINCE)
        words = f"{full_name}, {position.lower()}, {plan.short_name}"
        signins.append(SignIn(username, password, words))
    return signins


def _fonds() -> None:
    """The fonds of the first body: one dossier sealed, one batch waiting for a decision."""
    viewer = viewer_named("cuc")
    assert viewer is not None
    archivist = Acting(viewer, "cli")
    plan = BODIES[0]
    fonds = open_fonds(
        archivist,
        Body.objects.get(code=plan.code),
        code="SEN",
        name=plan.name,
        agency_code=plan.code,
        creator_history="Xã Sen Hồng và mọi tài liệu ở đây đều do phần mềm dựng ra để trình diễn.",
        date_range="2024",
        main_groups="Tổng hợp; Văn hóa – xã hội; Kinh tế",
    )
    first = PaperDossier("HS01", "Tập văn bản đi quý I năm 2024", PAPERS[:7], declared=7)
    second = PaperDossier(
        "HS02", "Tập văn bản đi quý II năm 2024", PAPERS[7:], declared=6, rows_left_out=2
    )
    _import(archivist, fonds, "Đợt số hóa 1/2024", first, accept=True)
    _import(archivist, fonds, "Đợt số hóa 2/2024", second, accept=False)


def _import(
    archivist: Acting, fonds: Fonds, name: str, dossier: PaperDossier, *, accept: bool
) -> None:
    batch_id = uuid.uuid4()
    folder = Path(uploads_of(batch_id)) / "tep"
    index = write_batch(
        folder,
        (dossier,),
        archive_code=fonds.body.archive_code,
        body_code=fonds.agency_code,
    )
    batch, check = open_batch(
        archivist,
        fonds,
        batch_id=batch_id,
        name=name,
        index=index,
        folder=folder,
        owns_folder=True,
        answers={"access": "01", "condition": "02"} if accept else {},
    )
    jobs.execute(check.id)
    if not accept:
        return
    done = jobs.execute(queue_acceptance(archivist, batch.id, "complete").id)
    for dossier_id in done.result.get("dossiers", []):
        jobs.execute(queue_sealing(archivist, uuid.UUID(dossier_id)).id)
