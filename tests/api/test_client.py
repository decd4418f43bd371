"""The Python client against a live server: the example from scan to proof, and bad networks."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tangthu_client import Client, NotWhole, Problem, Unreachable

from tangthu.kernel import jobs
from tests.office.test_labels import CONFIDENTIAL, describe
from tests.support import batches
from tests.support.programs import program
from tests.support.records import make_dossier, open_a_fonds
from tests.support.server import Server
from tests.support.workers import process

ROOT = Path(__file__).resolve().parents[2] / "clients" / "python"


def test_the_example_goes_from_a_folder_to_verified_files(server: Server, tmp_path: Path) -> None:
    house = server.house
    acting = house.acting("cuc")
    open_a_fonds(acting, house.body("H30.81"), code="P7")
    folder = tmp_path / "quet"
    batches.write(folder, batches.papers(2))
    target = tmp_path / "ra"
    target.mkdir()
    asking = program(house, "cuc")
    with (
        process(house, tmp_path / "worker.log", "worker"),
        process(house, tmp_path / "integrator.log", "integrator"),
    ):
        done = subprocess.run(
            [sys.executable, ROOT / "examples" / "scan_to_archive.py", server.url, "P7", folder,
             target],
            capture_output=True, text=True, timeout=120, check=False,
            env={"PATH": "", "PYTHONPATH": str(ROOT), "TANGTHU_KEY": asking.token},
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(target.glob("*.pdf"))) == 2
    assert "events proven" in done.stdout or "next checkpoint" in done.stdout
    assert asking.token not in done.stdout + done.stderr


def test_lists_records_and_refusals_as_they_come(server: Server) -> None:
    for number in range(1, 6):
        make_dossier(server.house, number=f"{number:02d}", documents=[{}, {"access_level": "02"}])
    cuc = Client(server.url, program(server.house, "cuc").token)
    hoa = Client(server.url, program(server.house, "hoa").token, language="en")
    found = list(cuc.dossiers(limit=2, sort="code"))
    assert len({one["id"] for one in found}) == 5
    assert len(list(hoa.documents(limit=2))) == 5
    assert len(list(cuc.search("thanh ly", limit=3))) == len(list(cuc.search("thanh ly"))) > 3
    dossier = cuc.get(f"/dossiers/{found[0]['id']}")
    changed = cuc.change(f"/dossiers/{dossier['id']}", dossier["state"], {"title": "Đổi"})
    assert changed["changed"] == ["title"]
    with pytest.raises(Problem) as told:
        cuc.change(f"/dossiers/{dossier['id']}", dossier["state"], {"title": "Đổi nữa"})
    assert (told.value.status, told.value.kind) == (412, "precondition-failed")
    with pytest.raises(Problem) as told:
        hoa.change(f"/dossiers/{dossier['id']}", changed["state"], {"title": "x"})
    assert told.value.right == "archive.describe"
    with pytest.raises(Problem) as told:
        cuc.post("/views", {"name": "", "source": "search"})
    assert list(told.value.fields) == ["name"]
    view = {"name": "Một lần", "source": "search", "query": "q=a"}
    assert cuc.post("/views", view, name="n1") == cuc.post("/views", view, name="n1")
    cuc.delete(f"/views/{cuc.get('/views')['items'][0]['id']}")
    assert (
        list(cuc.jobs()) == []
        and list(Client(server.url, program(server.house, "binh").token).freezes()) == []
    )
    preview = cuc.preview(
        "documents", "describe", {"field": "note", "value": "x"}, {"year": "2010"}
    )
    assert (preview["able"], len(list(cuc.rows(preview)))) == (10, 10)
    job = cuc.confirm(preview)
    assert jobs.execute(uuid.UUID(job["id"])).state == "done"
    assert {row["outcome"] for row in cuc.rows(cuc.get(f"/bulk-acts/{preview['id']}"))} == {"done"}


def test_a_change_that_waits_is_found_and_decided_by_another_person(server: Server) -> None:
    made = make_dossier(server.house)
    describe(server.house, made.dossier, sensitivity=CONFIDENTIAL, access_level="02")
    cuc = Client(server.url, program(server.house, "cuc").token)
    binh = Client(server.url, program(server.house, "binh").token)
    here = f"/dossiers/{made.dossier.pk}"
    for title in ("Một", "Hai", "Ba"):
        cuc.change(here, cuc.get(here)["state"], {"title": title})
    third, second, first = binh.edits("waiting")
    with pytest.raises(Problem) as told:
        cuc.approve(first)
    assert told.value.status == 403
    assert cuc.withdraw(third)["state"] == "withdrawn"
    assert binh.refuse(second, "Chưa đủ căn cứ")["state"] == "refused"
    assert binh.approve(first)["changed"] == ["title"]
    assert cuc.get(here)["title"] == "Một"
    assert list(binh.edits("waiting")) == [] and len(list(cuc.edits())) == 3


def test_a_download_goes_on_where_it_broke_off_and_is_compared(
    server: Server, tmp_path: Path
) -> None:
    made = make_dossier(server.house, pages=3)
    cuc = Client(server.url, program(server.house, "cuc").token)
    (file,) = cuc.get(f"/documents/{made.documents[0].id}")["files"]
    whole = cuc.download(file, tmp_path / "a.pdf").read_bytes()
    assert len(whole) == file["size"]
    with pytest.raises(FileExistsError):
        cuc.download(file, tmp_path / "a.pdf")
    (tmp_path / "b.pdf.part").write_bytes(whole[:100])
    assert cuc.download(file, tmp_path / "b.pdf").read_bytes() == whole
    (tmp_path / "c.pdf.part").write_bytes(b"x" * 100)
    with pytest.raises(NotWhole):
        cuc.download(file, tmp_path / "c.pdf")
    assert not list(tmp_path.glob("c.pdf*"))


Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def standing_in(answer: Callable[[int, Any], Answer | None]) -> Iterator[tuple[str, list[Any]]]:
    """A bad server: `answer` gives what the nth request gets; None breaks the connection."""
    asked: list[Any] = []

    class Bad(http.server.BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            asked.append((self.command, self.path, dict(self.headers), self.rfile.read(size)))
            told = answer(len(asked), asked[-1])
            if told is None:
                self.close_connection = True
                self.connection.close()
                return
            status, headers, body = told
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = handle_any  # noqa: N815 - as the library calls them

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    bad = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bad)
    thread = threading.Thread(target=bad.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{bad.server_port}", asked
    finally:
        bad.shutdown()
        bad.server_close()
        thread.join()


def test_a_change_whose_answer_is_lost_is_sent_again_under_the_same_name() -> None:
    good = json.dumps({"id": "1"}).encode()

    def answer(number: int, _asked: Any) -> Answer | None:
        if number == 1:
            return None
        if number == 2:
            return 429, {"Retry-After": "0"}, b"{}"
        return (503, {"Retry-After": "0"}, b"") if number == 3 else (201, {}, good)

    with standing_in(answer) as (address, asked):
        assert Client(address, "ttk_x").post("/views", {"name": "a"}) == {"id": "1"}
    assert len({one[2]["Idempotency-Key"] for one in asked}) == 1
    assert len(asked) == 4
    assert {one[3] for one in asked} == {b'{"name": "a"}'}


def test_a_redirect_is_not_followed_and_takes_no_key_along() -> None:
    with standing_in(lambda *_: (200, {}, b"{}")) as (other, stolen):
        told = (302, {"Location": f"{other}/x"}, b"")
        with standing_in(lambda *_: told) as (address, _asked), pytest.raises(Problem):
            Client(address, "ttk_x").get("/me")
        assert stolen == []


@pytest.mark.parametrize("body", [b"<html>", b"\xff", b"{", b"[1,2"])
def test_an_answer_that_is_no_document_is_told_as_such(body: bytes) -> None:
    with standing_in(lambda *_: (200, {}, body)) as (address, _asked), pytest.raises(Unreachable):
        Client(address, "ttk_x", retries=0).get("/me")
    with standing_in(lambda *_: (500, {}, body)) as (address, _asked):
        with pytest.raises(Problem) as told:
            Client(address, "ttk_x", retries=0).get("/me")
        assert told.value.status == 500


def test_nobody_there_is_told_without_the_key() -> None:
    with pytest.raises(Unreachable) as told:
        Client("http://127.0.0.1:1", "ttk_verborgen", retries=0).get("/me")
    assert "verborgen" not in str(told.value) + repr(Client("http://localhost", "ttk_verborgen"))


@pytest.mark.parametrize(
    "address", ["http://luutru.example", "ftp://x", "luutru.example", "https://", "https://a@b/"]
)
def test_a_key_is_not_sent_in_the_open(address: str) -> None:
    with pytest.raises(ValueError):
        Client(address, "ttk_x")


@pytest.mark.parametrize("key", ["", "a b", "a\nb", "khóa"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        Client("https://luutru.example", key)


def test_the_client_needs_nothing_but_python() -> None:
    found = subprocess.run(
        [sys.executable, "-I", "-S", "-c",
         f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tangthu_client"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
