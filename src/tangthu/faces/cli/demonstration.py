"""The demonstration of a new installation: two bodies, eight people, a small fonds made by us.

Made through the same actions that people use: the batch is checked, accepted and sealed for real,
and a second one is left waiting so that the queue shows work.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tangthu.archive.actions.accept_batch import queue_acceptance
from tangthu.archive.actions.decide_batch import last_job
from tangthu.archive.actions.open_batch import open_batch, uploads_of
from tangthu.archive.actions.open_fonds import open_fonds
from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.archive.models import Batch, Fonds
from tangthu.archive.queries import dossiers_to_seal
from tangthu.faces.cli.demo_papers import PAPERS, PaperDossier, write_batch
from tangthu.identity.acting import SYSTEM, Acting
from tangthu.identity.actions.add_person import add_person, appoint
from tangthu.identity.actions.grant_clearance import set_clearance
from tangthu.identity.actions.keep_house import begin_house
from tangthu.identity.actions.open_body import open_body
from tangthu.identity.house import posts
from tangthu.identity.models import Appointment, Body, Clearance, Person
from tangthu.identity.policies import DEGREES
from tangthu.identity.queries import viewer_named
from tangthu.kernel import jobs
from tangthu.kernel.deployment import isolated
from tangthu.kernel.home import Home
from tangthu.signin.actions.set_password import take_as_own
from tangthu.signin.models import SignInState
from tangthu.standards import durable

LOG_HOST = "tangthu.example"
SINCE = dt.date(2024, 1, 1)
# On an isolated LAN holdings are for people who are cleared for everything: these are, so that the
# demonstration has somebody who imports and somebody who decides; the others see what that hides.
CLEARED = {"archivist", "leader"}
DECISION = "Dựng để trình diễn, không theo quyết định nào"
# What the first batch needs to be complete; the second waits for somebody to say it.
COMPLETED = {"access": "01", "condition": "02"}


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
            ("quang", "Bùi Quang", "Quản trị cơ quan", "administrator"),
        ),
    ),
)  # fmt: skip


# Who keeps the machine of both, beside administering the first.
KEEPER = "dung"


def ensure(home: Home) -> list[SignIn]:
    """Make the demonstration on an empty installation; afterwards only tell the sign-ins again.

    The passwords are random, kept in the home's `secrets` (mode 600) before anything is made. A
    start that was cut off is gone on with by the next. An installation that was filled otherwise
    is left alone, and nothing is told.
    """
    kept, finished = home.secrets / "demo-signins.json", home.secrets / "demo-finished"
    if not kept.exists():
        if Body.objects.exists():
            return []
        new = [asdict(one) for plan in BODIES for one in _signins(plan)]
        written = json.dumps(new, ensure_ascii=False).encode()
        durable.write_file(kept, [written], what="demo.signins", mode=0o600)
    signins = [SignIn(**one) for one in json.loads(kept.read_text(encoding="utf-8"))]
    if not finished.exists():
        passwords = {one.username: one.password for one in signins}
        for plan in BODIES:
            _people(plan, passwords)
        _fonds()
        durable.write_file(finished, [b""], what="demo.finished", mode=0o600)
    return [one for one in signins if viewer_named(one.username) is not None]


def _signins(plan: _BodyPlan) -> list[SignIn]:
    return [
        SignIn(
            username,
            secrets.token_urlsafe(9),
            f"{full_name}, {position.lower()}, {plan.short_name}",
        )
        for username, full_name, position, _ in plan.people
    ]


def _people(plan: _BodyPlan, passwords: Mapping[str, str]) -> None:
    """The body and its people, as far as they are not there yet."""
    body = Body.objects.filter(code=plan.code).first() or open_body(
        SYSTEM,
        code=plan.code,
        archive_code=plan.archive_code,
        name=plan.name,
        short_name=plan.short_name,
        origin=f"{LOG_HOST}/{plan.code}",
    )
    for username, full_name, position, role in plan.people:
        person = Person.objects.filter(account__username=username).first() or add_person(
            SYSTEM, body=body, full_name=full_name, username=username, password=passwords[username]
        )
        if not SignInState.objects.filter(account=person.account).exists():
            # Whoever tries the house signs in with what `up` prints, again and again.
            take_as_own(person.account, demonstration=True)
        if not Appointment.objects.filter(person=person).exists():
            appoint(SYSTEM, person=person, body=body, position=position, role=role, since=SINCE)
        if username == KEEPER and not posts().filter(person=person).exists():
            begin_house(person)
        if role in CLEARED and isolated() and not Clearance.objects.filter(person=person).exists():
            set_clearance(SYSTEM, person.pk, body_id=body.id, degree=DEGREES[-1], decision=DECISION)


def _fonds() -> None:
    """The fonds of the first body: one dossier sealed, one batch waiting for a decision."""
    viewer = viewer_named("cuc")
    assert viewer is not None
    archivist = Acting(viewer, "cli")
    plan = BODIES[0]
    body = Body.objects.get(code=plan.code)
    fonds = Fonds.objects.filter(body=body, code="SEN").first() or open_fonds(
        archivist,
        body,
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
    _accept(archivist, _import(archivist, fonds, "Đợt số hóa 1/2024", first, COMPLETED))
    for dossier in dossiers_to_seal(viewer).filter(body=body, title=first.title):
        jobs.execute(queue_sealing(archivist, dossier.pk).id)
    _import(archivist, fonds, "Đợt số hóa 2/2024", second, {})


def _import(
    archivist: Acting, fonds: Fonds, name: str, dossier: PaperDossier, answers: dict[str, str]
) -> Batch:
    """The checked batch `name`; what a start that was cut off left undone is done."""
    batch = Batch.objects.filter(fonds=fonds, name=name).first()
    if batch is None:
        batch_id = uuid.uuid4()
        folder = Path(uploads_of(batch_id)) / "tep"
        index = write_batch(
            folder,
            (dossier,),
            archive_code=fonds.body.archive_code,
            body_code=fonds.agency_code,
        )
        batch, _ = open_batch(
            archivist,
            fonds,
            batch_id=batch_id,
            name=name,
            index=index,
            folder=folder,
            owns_folder=True,
            answers=answers,
        )
    check = last_job(batch)
    if check is not None:
        jobs.execute(check.id)
    batch.refresh_from_db()
    return batch


def _accept(archivist: Acting, batch: Batch) -> None:
    """Take what is complete of a batch that stands in review."""
    if batch.state == Batch.State.REVIEW:
        jobs.execute(queue_acceptance(archivist, batch.id, "complete").id)
