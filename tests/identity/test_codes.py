"""The registry of identifiers: loaded with its days, searched, and what it refuses (AR-37).

All codes, names and decisions here are made up.
"""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tangthu.archive import dry_run
from tangthu.identity import agency_codes
from tangthu.identity.actions.load_codes import load_codes
from tangthu.identity.models import AgencyCode
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer
from tangthu.ledger.history import history
from tangthu.records.models import Dossier
from tests.support import batches
from tests.support.house import PASSWORD, TestHouse

HEAD = "ma_dinh_danh,ten,tu_ngay,den_het_ngay,quyet_dinh\n"
FILE = HEAD + (
    "H99.81,Chi cục Ví dụ,2021-01-01,2025-06-30,QĐ ví dụ 12\n"
    "H99.81,Chi cục Ví dụ (mới),2026-01-01,,QĐ ví dụ 13\n"
    "H30.81,Chi cục Thử,2005-01-01,2009-12-31,QĐ ví dụ 14\n"
)


def load(house: TestHouse, text: str, name: str = "ma.csv", who: str = "dung") -> int:
    return load_codes(house.acting(who), house.body("H30.81").pk, name, text.encode()).standing


def test_a_file_replaces_what_was_loaded_and_the_ledger_tells_its_digest(cast: TestHouse) -> None:
    with pytest.raises(NotFoundForViewer):
        load(cast, FILE, who="cuc")
    assert load(cast, FILE) == 3
    event = history(cast.body("H30.81").pk)[-1]
    assert event.kind_name == "identity.codes.loaded" and event.fields["detail"]["count"] == 3
    toml = '[[codes]]\nma_dinh_danh = "H98"\nten = "Sở Ví dụ"\ntu_ngay = 2025-07-01\n'
    assert load(cast, toml, "ma.toml") == 1
    assert AgencyCode.objects.get().effective_from == dt.date(2025, 7, 1)


@pytest.mark.parametrize(
    "text",
    [
        "", HEAD, "x\n1\n", HEAD + "H99,,2021-01-01,,\n", HEAD + "h 99,Tên,2021-01-01,,\n",
        HEAD + "H99,Tên,01/01/2021,,\n", HEAD + "H99,Tên,2021-01-01,2020-01-01,\n",
        HEAD + "H99,Tên,2021-01-01,,\nH99,Tên,2022-01-01,,\n",
        HEAD + "H99,Tên,2021-01-01,2022-01-01,\nH99,Tên,2022-01-01,,\n",
        HEAD + "H99,Tên\0,2021-01-01,,\n", HEAD + "H99,Tên,2021-01-01,,QĐ \u202e12\n",
        HEAD.strip() + "," * 40 + "\nH99,Tên,2021-01-01,,\n",
        HEAD + "H99," + "x" * 200_000 + ",2021-01-01,,\n",
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_anywhere_is_refused_whole(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        agency_codes.read("ma.csv", text.encode())
    assert set(refused.value.problems) == {"file"}
    for name, data in (("ma.csv", b"\xff\xfe"), ("ma.toml", b"a ="), ("ma.toml", b"codes = 1")):
        with pytest.raises(InvalidInput):
            agency_codes.read(name, data)


def test_a_code_is_retired_only_after_the_last_of_its_days(cast: TestHouse) -> None:
    load(cast, FILE)
    ends = {"2009-12-31": False, "2010-01-01": False, "2030-01-01": False}
    for day, gone in ends.items():
        # A body here bears H30.81 today, whatever the registry says.
        ends_of = agency_codes.ends_of(["H30.81"])
        found = agency_codes.retired(ends_of, "H30.81", dt.date.fromisoformat(day))
        assert bool(found) == gone
    load(cast, HEAD + "H99.81,Ví dụ,2021-01-01,2025-06-30,QĐ ví dụ 12\n")
    for day, gone in {"2020-01-01": False, "2025-06-30": False, "2025-07-01": True}.items():
        on, ends_of = dt.date.fromisoformat(day), agency_codes.ends_of(["H99.81", "H97"])
        assert (agency_codes.retired(ends_of, "H99.81", on) is not None) == gone
        assert agency_codes.retired(ends_of, "H97", on) is None


@pytest.mark.req("AR-37")
def test_a_dossier_after_the_last_day_of_its_code_is_found_and_refused(
    cast: TestHouse, tmp_path: Path
) -> None:
    ended = HEAD + "H99.81,Chi cục Ví dụ,2001-01-01,2009-12-31,QĐ ví dụ 12\n"
    load(cast, ended)
    answers = {"body_code": "H99.81"}
    batch = batches.checked(cast, tmp_path, batches.papers(1), answers=answers)
    told = [one for one in dry_run.report_of(batch).findings if one.code == "dossier.code-retired"]
    assert len(told) == 1 and "31/12/2009" in told[0].text() and "QĐ ví dụ 12" in told[0].text()
    batches.accept(cast, batch, "all-proposals")
    assert not Dossier.objects.exists()
    # Whoever confirms the finding all the same is refused by the acceptance itself.
    from tangthu.archive.retired_codes import require_in_use
    from tangthu.kernel.errors import Refused

    batch.decisions = [{"kind": "take", "target": told[0].id, "field": "", "value": ""}]
    (ready,) = dry_run.outcome_of(batch, "all-proposals").ready
    with pytest.raises(Refused, match="QĐ ví dụ 12"):
        require_in_use(ready)
    load(cast, ended.replace("2009-12-31", "2010-06-30"))
    require_in_use(ready)


def test_the_page_shows_searches_and_loads(cast: TestHouse) -> None:
    client = Client()
    client.post("/dang-nhap/", {"username": "dung", "password": PASSWORD})
    assert "Chưa có mã nào" in client.get("/ma-dinh-danh/").content.decode()
    wrong = {"file": SimpleUploadedFile("ma.csv", b"x")}
    assert client.post("/ma-dinh-danh/nap/", wrong).status_code == 422
    given = {"file": SimpleUploadedFile("ma.csv", FILE.encode())}
    page = client.post("/ma-dinh-danh/nap/", given, follow=True).content.decode()
    assert "H99.81" in page and "30/06/2025" in page and "Nạp danh mục" in page
    few = client.get("/ma-dinh-danh/", {"q": "chi cục thử"}).content.decode().split("<main")[1]
    assert "H30.81" in few and "H99.81" not in few
    client.post("/dang-xuat/")
    client.post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    assert "Nạp danh mục" not in client.get("/ma-dinh-danh/").content.decode().split("</main>")[0]
    assert client.get("/ma-dinh-danh/nap/").status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "n = " + "9" * 5000, "a" + ".a" * 20_000 + " = 1", "[[" + "a." * 5000 + "a]]",
        "x = " + "[" * 5000,
        '[[codes]]\nma_dinh_danh = "H98"\nten = "a\\u0000"\ntu_ngay = 2025-07-01',
    ],
)  # fmt: skip
def test_what_would_keep_the_reader_of_toml_busy_is_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(InvalidInput) as refused:
        agency_codes.read("ma.toml", text.encode())
    assert set(refused.value.problems) == {"file"} and time.perf_counter() - began < 1


def test_a_small_file_does_not_fill_the_memory() -> None:
    columns = ",".join(f"c{n}" for n in range(2000))
    text = f"{HEAD.strip()},{columns}\n" + "a\n" * 2000
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput):
            agency_codes.read("ma.csv", text.encode())
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_characters_that_no_database_holds_find_nothing(shared_cast: TestHouse) -> None:
    assert list(agency_codes.found("\0x")) == []
