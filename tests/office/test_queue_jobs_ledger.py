"""The first page, long work, and the state of the logs."""

from __future__ import annotations

import uuid

import pytest
from django.db import connections, transaction
from django.test import Client

from tangthu.kernel import checks
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier, open_a_fonds, signed_events


def make_job(house: TestHouse, username: str = "cuc", code: str = "H30.81") -> uuid.UUID:
    from tangthu.kernel import jobs

    return jobs.enqueue(
        "archive.dossier.seal",
        args={},
        body_id=house.body(code).id,
        person_id=house.acting(username).viewer.person_id,
        queued=False,
    ).id


def test_an_archivist_finds_what_waits_for_him_oldest_first(
    cast: TestHouse, sign_in: SignIn
) -> None:
    first = make_dossier(cast, number="01")
    second = make_dossier(cast, number="02")
    page = sign_in("cuc").get("/").content.decode()
    assert "Hồ sơ đã đủ, chờ đóng gói" in page
    assert page.index(str(first.dossier.id)) < page.index(str(second.dossier.id))


def test_a_dossier_that_lacks_documents_does_not_wait_for_sealing(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.ledger.record import Event, record

    made = make_dossier(cast)
    with transaction.atomic():
        type(made.dossier).objects.filter(pk=made.dossier.pk).update(record_count=9)
        acting = cast.acting("cuc")
        body = made.dossier.body_id
        record(Event("records.dossier.described", made.dossier.id, body, acting.actor(body)))
    assert str(made.dossier.id) not in sign_in("cuc").get("/").content.decode()


def test_the_list_of_work_names_what_it_is_about_for_who_may_see_that(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive.job_kinds import ACCEPT, SEAL
    from tangthu.archive.models import Batch
    from tangthu.kernel import clock, jobs
    from tangthu.kernel.models import Job

    made = make_dossier(cast, number="01")
    other = make_dossier(cast, "nga", number="02")
    body = cast.body("H30.81")
    acting = cast.acting("cuc")
    batch = Batch.objects.create(
        body=body, fonds=open_a_fonds(acting, body, "G09"), name="Đợt số hóa thứ bảy",
        state=Batch.State.REVIEW, created_by=acting.viewer.person_id, created_at=clock.now(),
        folder="/x", owns_folder=False, index_path="/x/a.xlsx", index_name="a.xlsx",
    )  # fmt: skip

    def enqueue(kind: str, subject: uuid.UUID, username: str = "cuc") -> Job:
        person = cast.acting(username).viewer.person_id
        return jobs.enqueue(
            kind, args={}, body_id=body.id, person_id=person, subject_id=subject, queued=False
        )

    running = enqueue(SEAL, made.dossier.pk)
    enqueue(SEAL, other.dossier.pk)
    ended = enqueue(ACCEPT, batch.pk)
    Job.objects.filter(pk=ended.pk).update(state=Job.State.DONE, finished_at=clock.now())
    page = sign_in("cuc").get("/cong-viec/").content.decode()
    assert f'href="/ho-so/{made.dossier.id}/"' in page
    assert f"{made.dossier.archive_file_code} {made.dossier.title}" in page
    assert "Đợt số hóa thứ bảy" in page
    assert other.dossier.archive_file_code not in page, "a dossier of another body"
    assert (
        made.dossier.archive_file_code
        in sign_in("cuc").get(f"/cong-viec/{running.id}/").content.decode()
    )
    auditor = sign_in("dung").get("/cong-viec/").content.decode()
    assert "Đóng gói hồ sơ" in auditor
    assert made.dossier.archive_file_code not in auditor, "an administrator reads no records"
    assert "Đợt số hóa thứ bảy" not in auditor


def test_a_batch_to_review_and_running_work_are_on_the_first_page(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive import queries
    from tangthu.archive.models import Batch
    from tangthu.kernel import clock

    acting = cast.acting("cuc")
    fonds = open_a_fonds(acting, cast.body("H30.81"))
    Batch(
        body=fonds.body,
        fonds=fonds,
        name="Đợt chờ xem",
        state=Batch.State.REVIEW,
        created_by=acting.viewer.person_id,
        created_at=clock.now(),
        folder="",
        owns_folder=False,
    ).save()
    make_job(cast)
    assert [batch.name for batch in queries.batches_to_review(acting.viewer)] == ["Đợt chờ xem"]
    assert not queries.batches_to_review(cast.acting("hoa").viewer)
    assert not queries.batches_to_review(cast.acting("nga").viewer)
    page = sign_in("cuc").get("/").content.decode()
    assert "Đóng gói hồ sơ" in page
    assert "Đóng gói hồ sơ" not in sign_in("hoa").get("/").content.decode()


def test_a_leader_is_asked_about_quarantined_files_and_nobody_else(cast: TestHouse) -> None:
    from tangthu.identity import queries
    from tangthu.kernel import clock
    from tangthu.kernel.models import QuarantinedItem
    from tangthu.ledger.record import Event, record

    body = cast.body("H30.81")
    acting = cast.acting("cuc")
    with transaction.atomic():
        record(Event("archive.quarantine.held", body.id, body.id, acting.actor(body.id)))
        QuarantinedItem(
            body_id=body.id,
            context_obj=body.id,
            context_key=uuid.uuid4(),
            arrived_at=clock.now(),
            size=1,
        ).save()
    waiting = {name: queries.quarantined(cast.acting(name).viewer).count() for name in
               ("binh", "cuc", "hoa", "dung", "minh")}  # fmt: skip
    assert waiting == {"binh": 1, "cuc": 0, "hoa": 0, "dung": 0, "minh": 0}


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("hoa", "Vai trò của bạn hiện chỉ tra cứu"),
        ("binh", "chờ lãnh đạo quyết định"),
        ("cuc", "việc cũ nhất lên đầu"),
        ("dung", "Bản sao hỏng và công việc nền"),
    ],
)
def test_an_empty_queue_says_why(
    cast: TestHouse, sign_in: SignIn, username: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the checks find wrong with the tests' own house is told to its administrator.
    monkeypatch.setattr(checks, "_checks", {})
    checks.forget()
    assert words in sign_in(username).get("/").content.decode()


def test_progress_is_polled_as_a_fragment_until_it_ends(cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.kernel.models import Job

    job = make_job(cast)
    Job.objects.filter(pk=job).update(state="running", done=3, total=12, unit="tệp")
    client = sign_in("cuc")
    whole = client.get(f"/cong-viec/{job}/").content.decode()
    part = client.get(f"/cong-viec/{job}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    assert 'hx-trigger="every 1s"' in part
    assert "<strong>3</strong> / 12 tệp" in part
    Job.objects.filter(pk=job).update(state="failed", message="Ổ đĩa đã đầy.", hint="Dọn bớt.")
    ended = client.get(f"/cong-viec/{job}/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in ended
    assert "Ổ đĩa đã đầy. Dọn bớt." in ended


def test_a_job_that_ended_leads_to_what_it_was_about(cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.kernel.models import Job

    job, about = make_job(cast), uuid.uuid4()
    Job.objects.filter(pk=job).update(kind="archive.dossier.seal", subject_id=about, state="done")
    client = sign_in("cuc")
    assert f'href="/ho-so/{about}/"' in client.get(f"/cong-viec/{job}/").content.decode()


def test_stopping_asks_once_and_says_so(cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.kernel.models import Job

    job = make_job(cast)
    Job.objects.filter(pk=job).update(state="running")
    client = sign_in("cuc")
    page = client.post(f"/cong-viec/{job}/dung/", follow=True).content.decode()
    assert Job.objects.get(pk=job).stop_requested
    assert "Đã yêu cầu dừng" in page
    assert "/dung/" not in page
    assert client.get(f"/cong-viec/{job}/dung/").status_code == 405


def test_jobs_are_seen_by_who_started_them_and_by_who_looks_after_the_archive(
    cast: TestHouse, sign_in: SignIn
) -> None:
    own, leaders = make_job(cast), make_job(cast, "binh")
    seen = {
        name: {str(job) for job in (own, leaders)
               if str(job) in sign_in(name).get("/cong-viec/").content.decode()}
        for name in ("cuc", "binh", "dung", "hoa", "nga")
    }  # fmt: skip
    both = {str(own), str(leaders)}
    assert seen == {
        "cuc": both, "binh": {str(leaders)}, "dung": both, "hoa": set(), "nga": set(),
    }  # fmt: skip


def test_the_ledger_page_tells_size_pending_and_root(cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.ledger.overview import overview

    make_dossier(cast)
    body = cast.body("H30.81").id
    before = sign_in("dung").get("/so-cai/").content.decode()
    assert "chưa ký lần nào" in before
    signed_events()
    (log,) = overview([body])
    assert log.size == log.signed_size > 5
    assert log.pending == 0
    page = sign_in("cuc").get("/so-cai/").content.decode()
    assert log.root in page
    assert "test.example/H30.81" in page
    assert "test.example/H31.07" not in page


def test_the_ledger_page_is_for_those_who_audit(cast: TestHouse, sign_in: SignIn) -> None:
    answers = {name: sign_in(name).get("/so-cai/").status_code
               for name in ("hoa", "binh", "cuc", "dung")}  # fmt: skip
    assert answers == {"hoa": 404, "binh": 404, "cuc": 200, "dung": 200}


def test_a_stopped_log_is_said_loudly_with_what_was_kept(cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.ledger.integrator import stop
    from tangthu.ledger.logs import log_of

    stop(log_of(cast.body("H30.81").id), "leaf 7: chain value does not follow")
    page = sign_in("dung").get("/so-cai/").content.decode()
    assert "Sổ cái này đã dừng" in page
    assert "không sự kiện nào bị bỏ" in page


@pytest.mark.req("IN-37")
def test_ten_thousand_pending_events_are_told_on_the_ledger_page_and_by_command(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.ledger.backlog import PENDING_WARNING
    from tests.ledger import steps

    client = sign_in("dung")
    signed_events()
    assert "Nhiều sự kiện đang chờ" not in client.get("/so-cai/").content.decode()
    steps.record_on(cast, [uuid.uuid4() for _ in range(PENDING_WARNING + 1)])
    page = client.get("/so-cai/").content.decode()
    assert "Nhiều sự kiện đang chờ" in page
    assert "10.001 sự kiện đang chờ" in page
    assert "công việc hằng ngày không bị cản trở" in page


def resume(client: Client, body: uuid.UUID) -> str:
    """Press the button of a stopped log, run the work, and read how it ended."""
    from tangthu.kernel.jobs import execute

    answer = client.post(f"/so-cai/{body}/tiep-tuc/")
    assert answer.status_code == 302
    execute(uuid.UUID(answer["Location"].strip("/").rpartition("/")[2]))
    return client.get(answer["Location"]).content.decode()


def test_an_administrator_lets_a_stopped_log_go_on_once_it_is_whole(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.ledger.history import history
    from tangthu.ledger.integrator import is_stopped, stop
    from tangthu.ledger.logs import log_of

    body = cast.body("H30.81").id
    log = log_of(body)
    signed_events()
    stop(log, "thử")
    button = f"/so-cai/{body}/tiep-tuc/"
    assert button not in sign_in("cuc").get("/so-cai/").content.decode()
    administrator = sign_in("dung")
    assert button in administrator.get("/so-cai/").content.decode()
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET n = n + 1 WHERE obj = %s", [body])
    assert "vẫn còn chỗ sai" in resume(administrator, body)
    assert is_stopped(log) == "thử"
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET n = n - 1 WHERE obj = %s", [body])
    assert "Đã xong" in resume(administrator, body)
    assert is_stopped(log) is None
    told = history(body)[-1]
    assert (told.kind_name, told.who) == ("identity.log.resumed", "Phạm Tiến Dũng")
    assert "thử" in told.sentence


@pytest.mark.parametrize("username", ["hoa", "binh", "cuc", "quang"])
def test_only_the_bodys_administrator_lets_a_log_go_on(
    cast: TestHouse, sign_in: SignIn, username: str
) -> None:
    client = sign_in(username)
    real = client.post(f"/so-cai/{cast.body('H30.81').id}/tiep-tuc/")
    absent = client.post(f"/so-cai/{uuid.uuid4()}/tiep-tuc/")
    assert (real.status_code, real.content) == (404, absent.content)
