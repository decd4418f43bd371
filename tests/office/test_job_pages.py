"""The pages of jobs: filters that are links with counts, rows cut to the viewer, going on."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tangthu.kernel import job_rows, jobs, workers
from tangthu.kernel.job_rows import About, Outcome, Row
from tangthu.kernel.models import Job, Worker
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier, sealed_package

SEAL, CHECK = "archive.dossier.seal", "repository.fixity"


def make_job(house: TestHouse, kind: str = SEAL, who: str = "cuc", **state: object) -> Job:
    acting = house.acting(who)
    code = "H31.07" if who in ("nga", "quang") else "H30.81"
    job = jobs.enqueue(
        kind, args={}, body_id=house.body(code).id, person_id=acting.viewer.person_id, queued=False
    )
    Job.objects.filter(pk=job.pk).update(**{"state": "done", **state})
    return Job.objects.get(pk=job.pk)


def page(client: Client, address: str = "/cong-viec/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def counts(html: str) -> dict[str, int]:
    """The strip of states with their counts."""
    found = re.findall(r'>([^<>]+) <span class="count">([\d.]+)</span></a></li>', html)
    return {label.strip(): int(n) for label, n in found}


def test_jobs_are_cut_by_state_kind_person_and_day_with_counts(
    cast: TestHouse, sign_in: SignIn
) -> None:
    failed = make_job(cast, state="failed")
    checked = make_job(cast, CHECK)
    binhs = make_job(cast, SEAL, "binh")
    old = make_job(cast)
    then = timezone.localtime(old.created_at) - dt.timedelta(days=40)
    Job.objects.filter(pk=old.pk).update(created_at=then)
    client = sign_in("cuc")

    def shown(query: str) -> set[uuid.UUID]:
        html = page(client, f"/cong-viec/?{query}")
        return {one.pk for one in (failed, checked, binhs, old) if str(one.pk) in html}

    assert shown("") == {failed.pk, checked.pk, binhs.pk, old.pk}
    assert shown("trang-thai=failed") == {failed.pk}
    assert shown(f"loai={CHECK}") == {checked.pk}
    assert shown(f"nguoi={cast.acting('binh').viewer.person_id}") == {binhs.pk}
    assert shown(f"ngay_to={then:%d/%m/%Y}") == {old.pk}
    assert shown("trang-thai=nope&loai=nope&nguoi=nope") == {
        failed.pk,
        checked.pk,
        binhs.pk,
        old.pk,
    }
    tabs = counts(page(client))
    assert (tabs["Đã xong"], tabs["Không xong"], tabs["Đang chạy"]) == (3, 1, 0)
    tabs = counts(page(client, f"/cong-viec/?loai={SEAL}"))
    assert (tabs["Đã xong"], tabs["Không xong"]) == (2, 1)
    assert "Ngày chưa đúng" in page(client, "/cong-viec/?ngay_from=hom+nay")


def test_neither_counts_nor_filters_tell_of_another_bodys_jobs(
    cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("cuc")
    empty = page(client)
    make_job(cast, CHECK, "nga", state="failed")
    token = re.compile(r'[A-Za-z0-9]{64}|nonce="[^"]+"')
    assert token.sub("", page(client)) == token.sub("", empty)


def test_many_jobs_are_paged_by_key_each_once(cast: TestHouse, sign_in: SignIn) -> None:
    made = {str(make_job(cast).pk) for _ in range(120)}
    client, address, seen = sign_in("cuc"), "/cong-viec/", []
    while address:
        html = page(client, address)
        seen += re.findall(
            r'class="k-text primary"[^>]*><a href="/cong-viec/([0-9a-f-]{36})/', html
        )
        following = re.search(r'rel="next" href="([^"]*)"', html)
        address = "/cong-viec/" + following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen))
    assert set(seen) == made


@pytest.fixture
def checked(cast: TestHouse) -> tuple[MadeDossier, Job]:
    """A dossier in both stores, and the fixity check that looked at it."""
    from tangthu.repository.actions.order_check import order_check

    made = make_dossier(cast)
    sealed_package(cast, made)
    job = jobs.execute(order_check(cast.acting("cuc"), repair=False, queued=False).id)
    assert job.state == Job.State.DONE
    return made, job


def test_a_check_leaves_a_row_for_each_package_named_to_who_may_see_its_dossier(
    cast: TestHouse, sign_in: SignIn, checked: tuple[MadeDossier, Job]
) -> None:
    made, job = checked
    assert job_rows.counts(job.pk) == {"done": 1}
    archivists = page(sign_in("cuc"), f"/cong-viec/{job.pk}/")
    assert made.dossier.title in archivists
    assert "nguyên vẹn" in archivists
    administrators = page(sign_in("dung"), f"/cong-viec/{job.pk}/")
    assert made.dossier.title not in administrators
    assert made.dossier.archive_file_code not in administrators
    assert "nguyên vẹn" in administrators, "what came of it is for who audits"
    assert sign_in("nga").get(f"/cong-viec/{job.pk}/").status_code == 404


def test_rows_that_tell_of_records_are_hidden_from_who_may_not_see_them(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    job = make_job(cast)
    job_rows.keep(
        job.pk,
        [
            Row(
                "a", Outcome.DONE, "thông tin riêng", about=About.DOSSIER, about_id=made.dossier.pk
            ),
            Row("b", Outcome.REFUSED, "không nhận vì mã Z", label="hồ sơ Z"),
        ],
    )
    seen = page(sign_in("cuc"), f"/cong-viec/{job.pk}/")
    assert "thông tin riêng" in seen and made.dossier.title in seen
    for html in (page(sign_in("dung"), f"/cong-viec/{job.pk}/"),):
        assert "thông tin riêng" not in html and made.dossier.title not in html
        assert "mã Z" not in html and "hồ sơ Z" not in html
        assert html.count("Không thuộc quyền xem của bạn") == 2
    only = page(sign_in("cuc"), f"/cong-viec/{job.pk}/?ket-qua=refused")
    assert "thông tin riêng" not in only


def test_rows_are_paged_by_their_key(cast: TestHouse, sign_in: SignIn) -> None:
    job = make_job(cast, CHECK)
    job_rows.keep(job.pk, [Row(f"{n}", Outcome.DONE, label=f"mục {n:03}") for n in range(120)])
    client, address, seen = sign_in("cuc"), f"/cong-viec/{job.pk}/", []
    while address:
        html = page(client, address)
        seen += re.findall(r"mục \d{3}", html)
        following = re.search(r'rel="next" href="([^"]*)"', html)
        address = f"/cong-viec/{job.pk}/" + following[1].replace("&amp;", "&") if following else ""
    assert [one for i, one in enumerate(seen) if i == 0 or seen[i - 1] != one] == [
        f"mục {n:03}" for n in range(120)
    ]


def test_rows_leave_as_a_sheet_cut_to_who_ordered_it(
    cast: TestHouse, sign_in: SignIn, checked: tuple[MadeDossier, Job]
) -> None:
    import openpyxl

    made, job = checked
    sheets = {}
    for who in ("cuc", "dung"):
        client = sign_in(who)
        ordered = client.post(f"/cong-viec/{job.pk}/xuat/")
        assert ordered.status_code == 302
        waiting = Job.objects.filter(kind="reports.export").latest("created_at")
        assert jobs.execute(waiting.id).state == Job.State.DONE
        html = page(client, ordered["Location"])
        assert "Kết quả từng mục của công việc" in html
        answer = client.get(f"{ordered['Location']}tep/")
        book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
        sheets[who] = str([list(row) for row in book.active.values])
    assert made.dossier.title in sheets["cuc"] and "nguyên vẹn" in sheets["cuc"]
    assert made.dossier.title not in sheets["dung"] and "nguyên vẹn" in sheets["dung"]
    assert "Kết quả từng mục" in page(sign_in("cuc"), "/xuat/")
    assert sign_in("nga").post(f"/cong-viec/{job.pk}/xuat/").status_code == 404


def test_a_stopped_check_is_gone_on_with_from_its_page(
    cast: TestHouse, sign_in: SignIn, checked: tuple[MadeDossier, Job]
) -> None:
    _made, job = checked
    client = sign_in("cuc")
    assert "/chay-tiep/" not in page(client, f"/cong-viec/{job.pk}/"), "it is done"
    assert client.post(f"/cong-viec/{job.pk}/chay-tiep/").status_code == 403
    Job.objects.filter(pk=job.pk).update(state="stopped")
    assert f"/cong-viec/{job.pk}/chay-tiep/" in page(client, f"/cong-viec/{job.pk}/")
    answer = client.post(f"/cong-viec/{job.pk}/chay-tiep/")
    further = Job.objects.latest("created_at")
    assert answer["Location"] == f"/cong-viec/{further.pk}/"
    assert further.args["since"], "what was checked is not checked again"


def test_a_job_that_stands_still_says_since_when_and_promises_nothing(
    cast: TestHouse, sign_in: SignIn
) -> None:
    job = make_job(cast, state="running", done=50, total=100, unit="tệp")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_job SET started_at = now() - interval '1 hour', updated_at = now(), "
            "pace = jsonb_build_array(jsonb_build_array(extract(epoch FROM now()) - 120, 10), "
            "jsonb_build_array(extract(epoch FROM now()) - 100, 50)) WHERE id = %s", [job.pk]
        )  # fmt: skip
    html = page(sign_in("cuc"), f"/cong-viec/{job.pk}/")
    assert "Không tiến thêm từ" in html
    assert "còn khoảng" not in html and "/giây" not in html
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_job SET done = 70, pace = jsonb_build_array(jsonb_build_array("
            "extract(epoch FROM now()) - 10, 50)) WHERE id = %s", [job.pk]
        )  # fmt: skip
    html = page(sign_in("cuc"), f"/cong-viec/{job.pk}/")
    assert "tệp/giây" in html and "còn khoảng" in html


def test_administrators_see_which_workers_live_and_no_job_of_another_body(
    cast: TestHouse, sign_in: SignIn
) -> None:
    one = workers.begin(1)
    mine = make_job(cast, CHECK, state="running", worker_id=one.pk)
    other = make_job(cast, CHECK, "nga", state="running", worker_id=one.pk)
    html = page(sign_in("dung"))
    assert one.host in html and "Đang sống" in html
    assert str(mine.pk) in html and str(other.pk) not in html
    assert "Máy chạy việc" not in page(sign_in("cuc"))
    workers.end(one)
    assert not Worker.objects.exists()
    assert "Không có máy nào đang chạy việc" in page(sign_in("dung"))
