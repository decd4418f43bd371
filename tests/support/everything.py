"""One of everything that an address can name, in every state, and somebody of every role."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.house import PASSWORD
from tests.support.policy import Person, Thing
from tests.support.records import CONDITIONAL, PUBLIC, make_dossier, sealed_package, signed_events

if TYPE_CHECKING:
    from tangthu.backup.models import Restore
    from tests.support.house import TestHouse
    from tests.support.records import MadeDossier

WORD = "Thamchieu"
# Those of the cast who have a role already; `cuc` makes every thing that somebody made.
_CAST = {"clerk": "hoa", "archivist": "cuc"}
# A leader to whom the archivist delegated a right (tests.office.test_rights.of_people).
_DEPUTISING, _DELEGATED = "binh", "archive.import"
STRANGER = "nga"  # of another body, and of the role that may most


def people_of_every_role(house: TestHouse) -> list[Person]:
    """One for each role that the rules know, at the first body; one who stands in for another,
    and a stranger."""
    from django.utils import timezone

    from tangthu.identity.acting import SYSTEM
    from tangthu.identity.actions.add_person import add_person, appoint
    from tangthu.identity.roles import rights_on
    from tangthu.signin.actions.set_password import take_as_own

    body, found = house.body("H30.81"), []
    for role, rights in rights_on(timezone.localdate()).items():
        username = _CAST.get(role, role.replace("_", ""))
        if role not in _CAST:
            person = add_person(
                SYSTEM, body=body, full_name=role, username=username, password=PASSWORD
            )
            appoint(
                SYSTEM, person=person, body=body, position=role, role=role,
                since=dt.date(2020, 1, 1),
            )  # fmt: skip
            take_as_own(person.account, demonstration=True)
        found.append(Person(username, role, rights, home=True, owner=username == "cuc"))
    rights = {one.role: one.rights for one in found}
    return [
        *found,
        Person(_DEPUTISING, "leader+", rights["leader"] | {_DELEGATED}, home=True),
        Person(STRANGER, "archivist", rights["archivist"], home=False),
    ]


def records_in_every_state(house: TestHouse) -> list[Thing]:
    """Dossiers with a document: public, conditional, public with a conditional document, with one
    that is withheld, and both kinds in packages."""
    from tangthu.archive.actions.withhold_document import withhold_document

    def make(number: str, access: str, document: str) -> MadeDossier:
        given = {"access_level": document, "subject": f"{WORD} {number}"}
        title = f"Hồ sơ {WORD} {number}"
        return make_dossier(house, number=number, title=title, access=access, documents=[given])

    made = {
        "open": make("01", PUBLIC, PUBLIC),
        "conditional": make("02", CONDITIONAL, CONDITIONAL),
        "mixed": make("03", PUBLIC, CONDITIONAL),
        "withheld": make("04", PUBLIC, PUBLIC),
        "archived": make("05", PUBLIC, PUBLIC),
        "archived conditional": make("06", CONDITIONAL, CONDITIONAL),
    }
    things = []
    for state, one in made.items():
        ids = _ids(one)
        if state.startswith("archived"):
            ids |= {"package_id": sealed_package(house, one).pk, "dip_id": _dip(house, one)}
        document = one.documents[0].access_level
        if state == "withheld":
            held = withhold_document(house.acting("cuc"), one.documents[0].id)
            ids, document = {**ids, "withheld_id": held.pk}, ""
        things.append(Thing(state, ids, one.dossier.access_level, document))
    signed_events()
    return things


def _ids(made: MadeDossier) -> dict[str, object]:
    return {
        "dossier_id": made.dossier.pk, "document_id": made.documents[0].pk,
        "file_id": made.files[0].pk, "scope": made.dossier.pk,
        "fonds_id": made.dossier.place.inventory.fonds_id, "body_id": made.dossier.body_id,
    }  # fmt: skip


def _dip(house: TestHouse, made: MadeDossier) -> uuid.UUID:
    from tests.archive import dips

    return dips.made(house, "cuc", [made.documents[0].id]).pk


def things_of_the_house(house: TestHouse, folder: Path) -> dict[str, object]:
    """What is no record: batches, people, rights, lists taken out; ids by parameter."""
    from tangthu.identity.house import posts
    from tangthu.repository.models import Store
    from tests.office.test_rights import ids_of_batch, make_job, taken_out

    store = Store.objects.earliest("position").uid
    found = {**taken_out(), **ids_of_batch(house, folder), "job_id": make_job(house)}
    keeper = posts().earliest("asked_at").pk
    return {**found, "store_uid": store, "keeper_id": keeper, "restore_id": restored().pk}


def restored() -> Restore:
    """A restore of the house that nobody has read of."""
    from tangthu.backup.models import Restore
    from tangthu.kernel import clock

    return Restore.objects.create(
        set="20261127T190001.100000Z-full-77aa01cd", moment=clock.now(), restored_at=clock.now(),
        told={
            "by": "Lê Văn Sao, trưởng phòng", "account": "tangthu", "trust": "", "files": 9,
            "tables": 8, "rows": 7, "packages": 1, "missing_keys": ["secrets/ledger/1.key"],
            "problems": [["objects/ab/x/ten-tep.pdf", "unreadable"], ["home/working/1", "gone"]],
            "problem_count": 2,
        },
    )  # fmt: skip


def jobs_of_their_own(house: TestHouse) -> Mapping[str, uuid.UUID]:
    """For routes that name a job of one kind only: such a job."""
    from tangthu.kernel import jobs
    from tangthu.kernel.models import Job
    from tangthu.repository.actions.order_check import order_check

    check = jobs.execute(order_check(house.acting("cuc"), repair=False, queued=False).pk)
    assert check.state == "done", check.message
    trial = Job.objects.create(
        id=uuid.uuid4(), kind="backup.drill", state=Job.State.DONE, args={},
        result={"ok": True, "set": "x", "place": "x", "moment": "2026-01-01T00:00:00Z"},
        body_id=house.body("H30.81").pk, person_id=house.acting("dung").viewer.person_id,
        created_at=check.created_at, finished_at=check.finished_at,
    )  # fmt: skip
    scan = Job.objects.create(
        id=uuid.uuid4(), kind="backup.scan", state=Job.State.DONE,
        args={"folder": "/srv/sao-luu/x"},
        result={
            "set": "x", "place": "x", "moment": "2026-01-01T00:00:00Z", "files": 1, "bytes": 1,
            "infected": 0, "unscanned": 0, "bad": [], "scanner": "ClamAV 1.0.7", "signatures": 1,
            "signatures_of": "2026-01-01T00:00:00Z",
        },
        body_id=trial.body_id, person_id=trial.person_id,
        created_at=check.created_at, finished_at=check.finished_at,
    )  # fmt: skip
    return {
        "repository:check": check.pk, "read_check": check.pk, "backup:trial": trial.pk,
        "backup:scan": scan.pk,
    }  # fmt: skip
