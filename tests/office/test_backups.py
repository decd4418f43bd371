"""The page of backups: for administrators alone; it tells, and orders what is asked for."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from tangthu.backup.actions.order_backup import order_backup
from tangthu.backup.sets import entries, place_of
from tangthu.kernel.jobs import execute
from tangthu.kernel.models import Job
from tests.office.conftest import SignIn
from tests.support.clamd import VIRUS, scanner
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package


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


@pytest.mark.req("RM-958")
def test_a_scan_for_viruses_is_ordered_by_button_and_its_report_names_no_hidden_package(
    cast: TestHouse, place: Path, tmp_path: Path, sign_in: SignIn
) -> None:
    own = sealed_package(cast, make_dossier(cast))
    sealed_package(cast, make_dossier(cast, "nga"))
    made = execute(order_backup(cast.acting("dung"), place, queued=False).id)
    folder = place / made.result["set"]
    mets = [one for one in entries(folder) if one.path.endswith("/METS.xml")]
    working = next(one for one in entries(folder) if one.path.startswith("home/"))
    for one in (*mets, working):
        place_of(folder, one).write_bytes(VIRUS)
    client = sign_in("dung")
    page = client.get("/sao-luu/").content.decode()
    assert "Chưa quét" in page and "Chưa có máy quét mã độc (TANGTHU_CLAMD)." in page
    assert client.post("/sao-luu/dat/", {"decision": "scan"}).status_code == 403
    with scanner(tmp_path) as clamd, override_settings(CLAMD=str(clamd.path)):
        answer = client.post("/sao-luu/dat/", {"decision": "scan"})
        (job,) = Job.objects.filter(kind="backup.scan")
        assert answer["Location"] == f"/cong-viec/{job.pk}/"
        assert "Đang quét mã độc" in client.get("/sao-luu/").content.decode()
        assert execute(job.pk).state == Job.State.DONE
    page = client.get("/sao-luu/").content.decode()
    assert "Có mã độc" in page and f"/sao-luu/quet/{job.pk}/" in page
    assert f"có {len(mets) + 1} tệp mang mã độc" in page
    report = client.get(f"/sao-luu/quet/{job.pk}/").content.decode()
    assert "Test.Virus-1" in report and working.path in report and "27350" in report
    assert [one.path in report for one in mets] == [
        own.objid.split(":")[-1] in one.path for one in mets
    ]
    hidden = len([one for one in mets if one.path not in report])
    assert 0 < hidden < len(mets)
    assert f"{hidden} tệp nữa nằm trong các gói mà bạn không được biết đến" in report


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
        assert client.get(f"/sao-luu/quet/{uuid.uuid4()}/").status_code == 404
        assert "/sao-luu/" not in client.get("/").content.decode()
    assert list(place.iterdir()) == []
