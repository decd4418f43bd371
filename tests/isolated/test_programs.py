"""On an isolated LAN a key opens no secret beyond the clearance of its person (AR-128)."""

from __future__ import annotations

import json

import pytest

from tests.support.house import TestHouse
from tests.support.isolated import clear, secret_dossier
from tests.support.programs import Program, program
from tests.support.records import make_dossier

TOKEN = "Xanhdamtrang"
LISTS = (
    "/dossiers", "/documents", f"/search?q={TOKEN}", "/search?q=ke+hoach", "/uses", "/jobs",
    "/fonds", "/dossiers?facets=true", "/documents?q=2010",
)  # fmt: skip


def seen(asking: Program) -> dict[str, str]:
    found = {}
    for path in LISTS:
        answer = asking.ask("GET", path)
        assert answer.status_code == 200, (path, answer.content)
        found[path] = answer.content.decode().replace(f"q={TOKEN}", "")
    return found


@pytest.mark.req("AR-128")
def test_a_key_of_a_stranger_tells_the_same_whether_secrets_are_there_or_not(
    isolated_cast: TestHouse,
) -> None:
    make_dossier(isolated_cast, number="01")
    askings = {name: program(isolated_cast, name) for name in ("hoa", "lan")}
    before = {name: seen(asking) for name, asking in askings.items()}
    made = secret_dossier(isolated_cast, "2", number="02", token=TOKEN)
    for name, asking in askings.items():
        assert seen(asking) == before[name]
        for path in (
            f"/dossiers/{made.dossier.id}", f"/documents/{made.documents[0].id}",
            f"/files/{made.files[0].id}/content", f"/documents/{made.documents[0].id}/pages/1",
            f"/documents/{made.documents[0].id}/history", f"/dossiers/{made.dossier.id}/proof",
        ):  # fmt: skip
            assert asking.ask("GET", path).status_code == 404, path
        assert asking.ask("GET", "/dossiers?secrecy=2").status_code == 422


@pytest.mark.req("AR-128")
def test_a_key_follows_the_clearance_of_its_person_and_tells_the_degree_of_its_answer(
    isolated_cast: TestHouse,
) -> None:
    plain = make_dossier(isolated_cast, number="01")
    low = secret_dossier(isolated_cast, "1", number="02", token=TOKEN)
    high = secret_dossier(isolated_cast, "3", number="03", token=TOKEN)
    cuc, binh = program(isolated_cast, "cuc"), program(isolated_cast, "binh")
    for asking, made, status, degree in (
        (cuc, plain, 200, "0"), (cuc, low, 200, "1"), (cuc, high, 200, "3"),
        (binh, low, 200, "1"), (binh, high, 404, "0"),
    ):  # fmt: skip
        answer = asking.ask("GET", f"/dossiers/{made.dossier.id}")
        assert (answer.status_code, answer.headers["X-Secrecy"]) == (status, degree)
    assert cuc.ask("GET", "/dossiers").headers["X-Secrecy"] == "3"
    assert binh.ask("GET", "/dossiers").headers["X-Secrecy"] == "1"
    assert cuc.ask("GET", "/dossiers?secrecy=1").headers["X-Secrecy"] == "1"
    clear(isolated_cast, "cuc", "")
    gone = cuc.ask("GET", f"/dossiers/{low.dossier.id}")
    assert (gone.status_code, gone.headers["X-Secrecy"]) == (404, "0")
    assert TOKEN not in json.dumps(cuc.get("/documents"))
