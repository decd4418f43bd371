"""How an export is made: stopped, killed, watched, and kept from holding others up."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tangthu.kernel import clock, jobs
from tangthu.kernel.errors import Refused
from tangthu.kernel.models import Job
from tangthu.records import leaving
from tangthu.reports import files, sources
from tangthu.reports.actions.order_export import order_export
from tangthu.reports.models import Export
from tangthu.standards import durable
from tests.office.conftest import SignIn
from tests.reports.exporting import made, text_of
from tests.support.house import TestHouse
from tests.support.records import make_dossier


def test_an_export_that_is_taken_back_while_it_is_written_says_so(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document
    from tangthu.reports import exporting

    one = make_dossier(cast)
    write = exporting._Writing._write

    def withheld_first(writing: object, sheet: object) -> int:
        withhold_document(cast.acting("cuc"), one.documents[0].pk)
        return write(writing, sheet)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting._Writing, "_write", withheld_first)
    _export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="docx", queued=False
    )
    done = jobs.execute(job.id)
    assert done.state == Job.State.FAILED
    assert "Quyền xem đã thay đổi" in done.message


def test_rights_are_asked_again_between_reading_and_writing(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document
    from tangthu.reports import exporting

    one = make_dossier(cast, documents=[{"subject": "Chuyện kín"}, {"subject": "Chuyện thường"}])
    write = exporting._Writing._write

    def withheld_first(writing: object, sheet: object) -> int:
        withhold_document(cast.acting("cuc"), one.documents[0].pk)
        return write(writing, sheet)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting._Writing, "_write", withheld_first)
    # Nothing is taken back meanwhile: the rights alone keep the row out.
    monkeypatch.setattr(leaving, "_handlers", {})
    told = text_of(made(cast))
    assert "Chuyện thường" in told
    assert "Chuyện kín" not in told


def test_a_stopped_or_killed_export_reads_on_from_what_was_read(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dossier(cast, documents=[{"subject": f"Dòng {n:03d}"} for n in range(1, 48)])
    monkeypatch.setattr(sources.portions, "__kwdefaults__", {"size": 10})
    asked: list[object] = []
    portion = sources.lists.portion

    def counted(*args: object, **kwargs: object) -> object:
        asked.append(kwargs["after"])
        return portion(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(sources.lists, "portion", counted)
    export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="xlsx", queued=False
    )
    seen: list[str] = []

    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        seen.append(point)
        if seen.count("export.rows.renamed") == 3:
            raise Killed

    durable.observe(kill)
    try:
        with pytest.raises(Killed):
            jobs.execute(job.id)
    finally:
        durable.observe(None)
    asked.clear()
    assert jobs.execute(job.id).state == Job.State.DONE
    # The third portion was written but not yet kept with the job: it is read once more.
    assert len(asked) == 3
    told = re.findall(r"Dòng (\d{3})", text_of(Export.objects.get(pk=export.pk)))
    assert told == [f"{n:03d}" for n in range(1, 48)]


def test_an_export_is_watched_and_stopped(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, documents=[{}] * 5)
    export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="docx"
    )
    client = sign_in("cuc")
    page = client.get(f"/xuat/{export.pk}/").content.decode()
    assert "Đang chờ đến lượt" in page
    assert f'hx-get="/xuat/{export.pk}/tien-do/"' in page
    address = f"/xuat/{export.pk}/tien-do/"
    block = client.get(address, headers={"HX-Request": "true"})
    assert "Đang chờ đến lượt" in block.content.decode()
    assert "HX-Redirect" not in block
    assert client.get(address)["Location"] == f"/xuat/{export.pk}/"
    heard: list[tuple[int, int | None, str]] = []

    def stop_when_it_runs(*told: Any) -> None:
        heard.append(told)
        assert client.post(f"/cong-viec/{job.id}/dung/").status_code == 302

    done = jobs.execute(job.id, stop_when_it_runs)
    assert done.state == Job.State.STOPPED
    assert heard == [(0, 5, "dòng đã đọc")]
    page = client.get(f"/xuat/{export.pk}/").content.decode()
    assert "Danh sách chưa xuất xong" in page
    assert "/xuat/moi/?nguon=documents" in page
    assert not files.file_of(export).exists()
    over = client.get(address, headers={"HX-Request": "true"})
    assert over["HX-Redirect"] == f"/xuat/{export.pk}/"


def test_a_finished_export_says_one_thing(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast, documents=[{}] * 5)
    export = made(cast)
    job = Job.objects.get(pk=export.job_id)
    assert (job.done, job.total) == (5, 5)
    client = sign_in("cuc")
    over = client.get(f"/xuat/{export.pk}/tien-do/", headers={"HX-Request": "true"})
    assert over["HX-Redirect"] == f"/xuat/{export.pk}/"
    page = client.get(f"/xuat/{export.pk}/").content.decode()
    assert "Tệp đã sẵn sàng" in page
    for words in ("Đang xuất", "Xem kết quả", "<progress"):
        assert words not in page
    assert sign_in("binh").get(f"/xuat/{export.pk}/tien-do/").status_code == 404


def test_a_page_holds_the_database_for_seconds_and_only_the_job_for_longer(
    cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.discovery import asked as asking
    from tangthu.discovery import lists
    from tangthu.discovery.guarded import LIMIT_MS

    make_dossier(cast, documents=[{"subject": "Kế hoạch"}])
    limits: list[int] = []
    reading = asking.reading

    def noted(limit_ms: int) -> object:
        limits.append(limit_ms)
        return reading(limit_ms)

    monkeypatch.setattr(asking, "reading", noted)
    client = sign_in("cuc")
    query = "?nguon=search&q=k%E1%BA%BF+ho%E1%BA%A1ch"
    form = {"format": "docx", "sort": "place", "columns": ["title"]}
    assert client.get(f"/xuat/moi/{query}").status_code == 200
    assert client.post(f"/xuat/moi/{query}", form).status_code == 302
    asked = {"nguon": "search", "q": "kế hoạch"}
    assert client.post("/in/danh-sach/", asked).status_code == 200
    assert len(limits) >= 4
    assert set(limits) == {LIMIT_MS}
    limits.clear()
    export = Export.objects.get()
    assert jobs.execute(export.job_id).state == Job.State.DONE
    assert set(limits) == {lists.LONG_MS}


def test_what_takes_too_long_to_count_is_exported_uncounted(
    cast: TestHouse, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.discovery.guarded import TooBroad

    def too_long(*args: object, **kwargs: object) -> object:
        raise TooBroad("x")

    make_dossier(cast)
    monkeypatch.setattr(sources.lists, "count", too_long)
    answer = sign_in("cuc").get("/xuat/moi/?nguon=documents")
    assert answer.status_code == 200
    assert "Chưa đếm được số dòng" in answer.content.decode()


def test_a_person_keeps_so_many_exports_of_so_many_rows(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_dossier(cast, documents=[{}] * 3)
    monkeypatch.setattr("tangthu.reports.actions.order_export.MOST_KEPT", 1)
    made(cast)
    with pytest.raises(Refused):
        made(cast)
    Export.objects.update(expires_at=clock.now())
    monkeypatch.setattr("tangthu.reports.exporting.MOST_ROWS", 2)
    _export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="docx", queued=False
    )
    done = jobs.execute(job.id)
    assert done.state == Job.State.FAILED
    assert "quá dài" in done.message
