"""Use packages (DIP): who gets what, from where, for how long, and what stays on record."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
import zipfile
from pathlib import Path

import pytest
from django.db import transaction

from tangthu.archive.actions.hand_out_dip import DipGone, hand_out
from tangthu.archive.actions.make_dip import dip_path
from tangthu.archive.actions.order_dip import (
    MOST_AT_ONCE,
    NotPackaged,
    TooManyDips,
    chosen_documents,
    order_dip,
)
from tangthu.archive.actions.remove_dip import remove_dip, remove_expired
from tangthu.archive.actions.report_secret import report_secret
from tangthu.archive.models import Dissemination
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.jobs import execute
from tangthu.kernel.models import Job
from tangthu.ledger.history import history
from tangthu.repository.models import Store
from tangthu.repository.stores import object_root
from tangthu.standards.tt05.reader import read_package
from tangthu.standards.tt05.validator import validate
from tests.archive.dips import asked, made, ordered
from tests.support import killing
from tests.support.house import TestHouse
from tests.support.meanwhile import overtaken
from tests.support.records import (
    CONDITIONAL,
    MadeDossier,
    keep,
    make_dossier,
    sealed_package,
    small_pdf,
)

HIDDEN = "Kyluatkhongaibiet"


@pytest.fixture
def sealed(cast: TestHouse) -> MadeDossier:
    """A sealed dossier of three documents, the second for those with more rights."""
    made_one = make_dossier(
        cast, documents=[{}, {"access_level": CONDITIONAL, "subject": HIDDEN}, {}]
    )
    sealed_package(cast, made_one)
    return made_one


def ids(made_one: MadeDossier) -> list[uuid.UUID]:
    return [document.pk for document in made_one.documents]


def everything_in(path: Path) -> bytes:
    with zipfile.ZipFile(path) as packed:
        names = "\n".join(packed.namelist()).encode()
        return names + b"".join(packed.read(name) for name in packed.namelist())


def digests_of_aip(made_one: MadeDossier) -> set[str]:
    """Digests of all content in the dossier's AIP, read from the bytes in the first store."""
    from tangthu.repository.models import Package

    package = Package.objects.get(dossier_id=made_one.dossier.pk)
    root = object_root(Store.objects.get(name="kho-a"), package)
    return {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and "/data/" in path.as_posix()
    }


@pytest.mark.req("RM-813")
def test_a_dip_opens_and_each_files_digest_agrees_with_the_aips(
    cast: TestHouse, sealed: MadeDossier, tmp_path: Path
) -> None:
    dip = made(cast, "cuc", ids(sealed))
    found, pieces = hand_out(cast.acting("cuc"), dip.pk)
    taken = tmp_path / f"uuid-{str(dip.pk).upper()}.zip"
    taken.write_bytes(b"".join(pieces))
    assert hashlib.sha256(taken.read_bytes()).hexdigest() == found.sha256
    verdict = validate(taken)
    assert [one for one in verdict.findings if one.severity == "error"] == []
    assert (verdict.package_type, verdict.origin) == ("DIP", "connected")
    with zipfile.ZipFile(taken) as packed:
        packed.extractall(tmp_path / "out")
    data = tmp_path / "out" / taken.stem / "representations/rep1/data"
    inside = {hashlib.sha256(path.read_bytes()).hexdigest() for path in data.iterdir()}
    assert inside == {hashlib.sha256(one).hexdigest() for one in sealed.contents}
    assert inside <= digests_of_aip(sealed)
    read = read_package(taken)
    assert [one.description.record_archive_code for one in read.documents] == [
        document.record_archive_code for document in sealed.documents
    ]
    assert read.request is not None
    assert (read.request.request_code, read.request.purpose_code) == (dip.code, "02")
    for document in read.documents:
        for file in document.files:
            assert file.sha256 in inside


@pytest.mark.req("RM-813")
def test_only_what_the_asker_may_read_is_in_it(cast: TestHouse, sealed: MadeDossier) -> None:
    clerk = cast.acting("hoa")
    chosen = chosen_documents(clerk, sealed.dossier.pk, "")
    assert chosen == [ids(sealed)[0], ids(sealed)[2]]
    dip = made(cast, "hoa", chosen)
    inside = everything_in(dip_path(dip.pk))
    assert HIDDEN.encode() not in inside
    assert sealed.contents[1] not in inside
    assert sealed.contents[0] in inside
    assert str(ids(sealed)[1]).upper().encode() not in inside.upper()
    assert sealed.documents[1].record_archive_code.encode() not in inside
    assert b"<organName" not in inside


def test_a_hidden_document_a_missing_one_and_one_of_another_body_are_the_same(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    other = make_dossier(cast, "nga", number="07")
    sealed_package(cast, other)
    told = set()
    for stranger in (ids(sealed)[1], uuid.uuid4(), other.documents[0].pk):
        with pytest.raises(NotFoundForViewer) as refused:
            order_dip(cast.acting("hoa"), [ids(sealed)[0], stranger], asked())
        told.add(str(refused.value))
    assert len(told) == 1
    words = set()
    for place in ("2", "9"):
        with pytest.raises(InvalidInput) as wrong:
            chosen_documents(cast.acting("hoa"), sealed.dossier.pk, place)
        words.add(str(wrong.value).replace(place, "n"))
    assert len(words) == 1, "a place that is hidden and one that is empty"
    assert len(chosen_documents(cast.acting("hoa"), sealed.dossier.pk, "1-3")) == 2
    with pytest.raises(NotFoundForViewer):
        chosen_documents(cast.acting("hoa"), other.dossier.pk, "")
    assert not Dissemination.objects.exists()
    assert not Job.objects.filter(kind="archive.dip.make").exists()


def test_rights_that_end_before_the_work_leave_nothing(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    dip, job = ordered(cast, "cuc", ids(sealed))
    report_secret(cast.acting("cuc"), ids(sealed)[1])
    assert Dissemination.objects.get(pk=dip.pk).removed_at is not None
    assert execute(job.id).state == "done"
    assert list(cast.home.dips.iterdir()) == []


@pytest.mark.req("AR-129")
def test_a_document_that_turns_out_secret_takes_its_packages_back(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    holding, free = made(cast, "binh", ids(sealed)), made(cast, "cuc", [ids(sealed)[0]])
    report_secret(cast.acting("cuc"), ids(sealed)[1])
    assert not dip_path(holding.pk).exists()
    with pytest.raises(DipGone):
        hand_out(cast.acting("binh"), holding.pk)
    assert dip_path(free.pk).exists()
    with pytest.raises(NotFoundForViewer):
        ordered(cast, "cuc", [ids(sealed)[1]])


def test_a_package_is_its_owners_alone(cast: TestHouse, sealed: MadeDossier) -> None:
    from tangthu.identity import queries as identity

    dip = made(cast, "hoa", [ids(sealed)[0]])
    for username in ("cuc", "binh", "dung", "nga"):
        with pytest.raises(NotFoundForViewer):
            hand_out(cast.acting(username), dip.pk)
        with pytest.raises(NotFoundForViewer):
            remove_dip(cast.acting(username), dip.pk)
        seen = identity.jobs(cast.acting(username).viewer)
        assert not seen.filter(subject_id=dip.pk).exists()
    assert identity.jobs(cast.acting("hoa").viewer).filter(subject_id=dip.pk).exists()
    assert cast.home.dips.stat().st_mode & 0o077 == 0


def test_every_step_is_in_the_ledger(cast: TestHouse, sealed: MadeDossier) -> None:
    dip = made(cast, "cuc", ids(sealed)[:2])
    for _ in range(2):
        b"".join(hand_out(cast.acting("cuc"), dip.pk)[1])
    remove_dip(cast.acting("cuc"), dip.pk)
    assert kinds(dip.pk) == ["archive.dip.ordered", "archive.dip.made", "archive.dip.removed"]
    assert kinds(dip.pk, "a") == ["archive.dip.downloaded"] * 2
    for document in ids(sealed)[:2]:
        told, *taken = history(document, ch="a")
        assert told.kind_name == "archive.document.disseminated"
        assert told.fields["detail"]["purpose"] == "02"
        assert [one.kind_name for one in taken] == ["archive.document.dip_downloaded"] * 2
        assert dip.code in taken[0].sentence
    assert kinds(ids(sealed)[2], "a") == []


def kinds(obj: uuid.UUID, chain: str = "c") -> list[str]:
    return [one.kind_name for one in history(obj, ch=chain)]


def test_at_its_end_a_package_cannot_be_taken_and_its_bytes_go(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    dip = made(cast, "cuc", ids(sealed))
    remove_expired()
    assert dip_path(dip.pk).exists()
    moment = dip.made_at - dt.timedelta(days=1)
    _age(cast, dip, moment)
    with pytest.raises(DipGone):
        hand_out(cast.acting("cuc"), dip.pk)
    remove_expired()
    assert not dip_path(dip.pk).exists()
    assert history(dip.pk)[-1].kind_name == "archive.dip.removed"
    remove_expired()
    assert len([e for e in history(dip.pk) if e.kind_name == "archive.dip.removed"]) == 1


def _age(cast: TestHouse, dip: Dissemination, moment: dt.datetime) -> None:
    """Let the package end at `moment`, with an event as the watch asks."""
    from tangthu.ledger.record import Event, record

    with transaction.atomic():
        Dissemination.objects.filter(pk=dip.pk).update(expires_at=moment)
        actor = cast.acting("cuc").actor(dip.body_id)
        record(Event("archive.dip.made", dip.pk, dip.body_id, actor))


def test_files_that_nobody_owns_are_removed(cast: TestHouse, sealed: MadeDossier) -> None:
    dip = made(cast, "cuc", ids(sealed))
    stray = cast.home.dips / f"{uuid.uuid4()}.zip"
    stray.write_bytes(b"x")
    left = cast.home.dips / f".{uuid.uuid4()}"
    (left / "made").mkdir(parents=True)
    remove_expired()
    assert [path.name for path in cast.home.dips.iterdir()] == [dip_path(dip.pk).name]


def test_a_package_made_while_files_that_nobody_owns_are_removed_stays(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    made_meanwhile: list[Dissemination] = []

    def make() -> None:
        made_meanwhile.append(made(cast, "cuc", ids(sealed)))

    with overtaken(cast, "pathlib:Path.iterdir", make):
        remove_expired()
    assert dip_path(made_meanwhile[0].pk).is_file()
    b"".join(hand_out(cast.acting("cuc"), made_meanwhile[0].pk)[1])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose_text": ""}, "purpose_text"),
        ({"purpose_text": "  "}, "purpose_text"),
        ({"purpose_text": "x" * 501}, "purpose_text"),
        ({"purpose_text": "a\x0bb"}, "purpose_text"),
        ({"purpose_code": "99"}, "purpose_code"),
        ({"purpose_code": ""}, "purpose_code"),
        ({"fee_class": "'; DROP TABLE"}, "fee_class"),
        ({"research_topic": "x" * 251}, "research_topic"),
        ({"note": "\ufffe"}, "note"),
    ],
)
def test_a_hostile_request_is_refused_by_field_and_leaves_nothing(
    cast: TestHouse, sealed: MadeDossier, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        ordered(cast, "cuc", ids(sealed), **changes)
    assert set(refused.value.problems) == {field}
    assert not Dissemination.objects.exists()


@pytest.mark.parametrize(
    "places", ["x", "1-", "-1", "1--2", "9" * 50, "1,,2", "²", "5-1", "1;DROP"]
)
def test_hostile_places_are_refused_in_words(
    cast: TestHouse, sealed: MadeDossier, places: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        chosen_documents(cast.acting("cuc"), sealed.dossier.pk, places)
    assert "documents" in refused.value.problems


def test_no_documents_too_many_and_two_bodies_make_no_package(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    for wrong in ([], [uuid.uuid4() for _ in range(2001)]):
        with pytest.raises(InvalidInput):
            ordered(cast, "cuc", wrong)
    assert len(made(cast, "cuc", ids(sealed)[:1] * 3).documents) == 1


def test_one_person_has_only_so_many_at_a_time(cast: TestHouse, sealed: MadeDossier) -> None:
    kept = [ordered(cast, "cuc", ids(sealed)[:1])[0] for _ in range(MOST_AT_ONCE)]
    with pytest.raises(TooManyDips):
        ordered(cast, "cuc", ids(sealed)[:1])
    ordered(cast, "hoa", ids(sealed)[:1])
    remove_dip(cast.acting("cuc"), kept[0].pk)
    ordered(cast, "cuc", ids(sealed)[:1])


def test_two_orders_at_once_do_not_pass_the_ceiling_together(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    for _ in range(MOST_AT_ONCE - 1):
        ordered(cast, "cuc", ids(sealed)[:1])
    with (
        pytest.raises(TooManyDips),
        overtaken(
            cast, "tangthu.kernel.jobs:enqueue", lambda: ordered(cast, "cuc", ids(sealed)[:1])
        ),
    ):
        ordered(cast, "cuc", ids(sealed)[:1])
    assert Dissemination.objects.filter(removed_at=None).count() == MOST_AT_ONCE


def test_what_no_aip_holds_is_not_handed_out(cast: TestHouse, sealed: MadeDossier) -> None:
    loose = make_dossier(cast, number="02")
    with pytest.raises(NotPackaged):
        ordered(cast, "cuc", ids(loose))
    grown = _added(cast, sealed)
    dip, job = ordered(cast, "cuc", [grown])
    ended = execute(job.id)
    assert ended.state == "failed"
    assert "gói lưu trữ" in ended.message
    assert list(cast.home.dips.iterdir()) == []
    assert Dissemination.objects.get(pk=dip.pk).made_at is None


def _added(cast: TestHouse, sealed: MadeDossier) -> uuid.UUID:
    """A document that came to the dossier after it was sealed."""
    from tangthu.records.actions.add_documents import add_documents
    from tangthu.records.actions.new_records import NewDocument, NewFile

    data = small_pdf(["Van ban moi"])
    first = sealed.documents[0]
    names = (
        "record_type", "type_text", "issued_on", "issuer", "subject", "language_codes",
        "access_level", "reliability", "retention_code",
    )  # fmt: skip
    description = {name: getattr(first, name) for name in names}
    code = f"{sealed.dossier.archive_file_code}.0000009"
    file = NewFile(uuid.uuid4(), b"moi.pdf", len(data), keep(cast, data), "application/pdf")
    new = NewDocument(uuid.uuid4(), 9, {**description, "record_archive_code": code}, [file])
    acting = cast.acting("cuc")
    add_documents(acting, sealed.dossier.pk, [new], source="thử", digitised=True)
    return new.id


def test_a_damaged_copy_is_passed_over_and_two_stop_the_work(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    from tangthu.repository.models import Package

    package = Package.objects.get()
    copies = [
        sorted(object_root(store, package).rglob("data/*.pdf"))
        for store in Store.objects.order_by("position")
    ]
    copies[0][0].write_bytes(b"hurt")
    assert hashlib.sha256(sealed.contents[0]).hexdigest()
    made(cast, "cuc", ids(sealed))
    copies[1][0].write_bytes(b"hurt")
    _dip, job = ordered(cast, "cuc", ids(sealed))
    assert execute(job.id).state == "failed"


def test_a_person_without_the_right_makes_none(cast: TestHouse, sealed: MadeDossier) -> None:
    with pytest.raises((Refused, NotFoundForViewer)):
        ordered(cast, "dung", ids(sealed))


def test_a_killed_run_is_done_again_to_the_same_package(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    from tangthu.standards import durable

    dip, job = ordered(cast, "cuc", ids(sealed))

    class Killed(BaseException):
        pass

    def stop(name: str) -> None:
        if name.startswith("dip.made"):
            raise Killed

    durable.observe(stop)
    try:
        with pytest.raises(Killed):
            execute(job.id)
    finally:
        durable.observe(None)
    assert Dissemination.objects.get(pk=dip.pk).made_at is None
    with pytest.raises(DipGone):
        hand_out(cast.acting("cuc"), dip.pk)
    assert execute(job.id).state == "done"
    assert b"".join(hand_out(cast.acting("cuc"), dip.pk)[1])


@pytest.mark.req("AR-129")
def test_a_process_killed_after_it_withheld_a_document_leaves_word_to_take_packages_back(
    cast: TestHouse, sealed: MadeDossier
) -> None:
    dip = made(cast, "binh", ids(sealed))
    with killing.Runner(cast.environment) as runner:
        runner.kill(
            "tests.archive.steps:withhold", str(ids(sealed)[1]), at=("records.leaving.noted", 1)
        )
        assert dip_path(dip.pk).exists()
        runner.run("tests.archive.steps:tidy")
    assert not dip_path(dip.pk).exists()
    assert kinds(dip.pk)[-1] == "archive.dip.removed"
