"""The page of backups: for administrators alone; it tells, and orders what is asked for."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.conf import settings

from tangthu.kernel.jobs import execute
from tangthu.kernel.models import Job
from tests.office.conftest import SignIn
from tests.support.house import TestHouse


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sets").mkdir()
    monkeypatch.setattr(settings, "BACKUP_PLACES", [tmp_path / "sets"])
    return tmp_path / "sets"


def test_an_administrator_orders_a_set_its_reading_and_its_trial_and_sees_them(
    cast: TestHouse, place: Path, sign_in: SignIn
) -> None:
    client = sign_in("dung")
    empty = client.get("/sao-luu/").content.decode()
    assert "Chưa có bộ sao lưu nào" in empty
    assert "chưa có bộ nào" in empty, "what the check found is told"
    for decision in ("make", "verify", "drill"):
        answer = client.post("/sao-luu/dat/", {"decision": decision})
        (job,) = Job.objects.filter(kind=f"backup.{decision}")
        assert answer["Location"] == f"/cong-viec/{job.pk}/"
        assert "Đang" in client.get("/sao-luu/").content.decode()
        assert execute(job.pk).state == Job.State.DONE
    page = client.get("/sao-luu/").content.decode()
    assert "Nguyên vẹn" in page and "Đầy đủ" in page and "Đạt" in page
    job.refresh_from_db()
    report = client.get(f"/sao-luu/thu/{job.pk}/").content.decode()
    assert job.result["set"] in report and "Phạm Tiến Dũng" in report
    assert "test.example/H30.81" in report


def test_what_cannot_be_ordered_is_refused_in_words(
    shared_cast: TestHouse, sign_in: SignIn, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("dung")
    assert client.post("/sao-luu/dat/", {"decision": "drill"}).status_code == 403
    monkeypatch.setattr(settings, "BACKUP_PLACES", [])
    assert client.post("/sao-luu/dat/", {"decision": "make"}).status_code == 403
    assert "TANGTHU_BACKUP_TO" in client.get("/sao-luu/").content.decode()
    assert not Job.objects.exists()


def test_for_others_there_is_no_such_page(
    shared_cast: TestHouse, sign_in: SignIn, place: Path
) -> None:
    for name in ("hoa", "binh", "cuc"):
        client = sign_in(name)
        assert client.get("/sao-luu/").status_code == 404
        assert client.post("/sao-luu/dat/", {"decision": "make"}).status_code == 404
        assert client.get(f"/sao-luu/thu/{uuid.uuid4()}/").status_code == 404
        assert "/sao-luu/" not in client.get("/").content.decode()
    assert list(place.iterdir()) == []
