"""From an empty home to somebody who works there: what `up` says, and the commands that begin."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.support import batches
from tests.support.running import TANGTHU, Up, Visitor, call


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("127.0.0.1", "http://localhost:8000/"),
        ("::1", "http://localhost:8000/"),
        ("127.0.0.2", "http://127.0.0.2:8000/"),
        ("192.168.10.5", "http://192.168.10.5:8000/"),
        ("fd00::5", "http://[fd00::5]:8000/"),
    ],
)
def test_the_address_told_is_the_one_that_is_listened_at(address: str, told: str) -> None:
    from tangthu.faces.cli.up import site_address

    assert site_address(address, 8000) == told


BODY = (
    "--code", "H30.81", "--archive-code", "001.03.08", "--name", "Ủy ban nhân dân xã Sen Hồng",
    "--short-name", "UBND xã Sen Hồng", "--origin", "luutru.example/H30.81",
    "--admin", "dung", "--admin-name", "Phạm Tiến Dũng",
)  # fmt: skip


@pytest.fixture(scope="module", params=["connected", "isolated_lan"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A house of each mode that was started on an empty home, without a demonstration."""
    folder = tmp_path_factory.mktemp("nhà")
    more = {"TANGTHU_MODE": request.param, "TANGTHU_BIND": "127.0.0.2"}
    with Up(
        folder / "var", folder, command=(TANGTHU, "up", "--no-demo"),
        TANGTHU_HOSTS="127.0.0.2", **more,
    ) as up:  # fmt: skip
        yield up.ready()
    shutil.rmtree(folder, ignore_errors=True)


def answered(up: Up, *words: str, status: int = 0) -> dict[str, Any]:
    done = call(up.home, *words, "--json")
    assert done.returncode == status, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert not found.get("password") or found["password"] not in done.stderr
    return found


def test_from_an_empty_home_to_somebody_who_signs_in_and_imports(empty: Up, tmp_path: Path) -> None:
    isolated = "isolated_lan" in (empty.home / "mode").read_text()
    address = f"http://127.0.0.2:{empty.port}/"
    assert f"Tàng Thư: {address}" in empty.out
    assert "Chưa có tài khoản nào." in empty.out
    assert "tangthu begin" in empty.out
    first = answered(empty, "begin", *BODY)
    again = answered(empty, "begin", *BODY, "--code", "H99", status=2)
    assert "đã có cơ quan" in again["error"]["message"]
    add = ("--as", "dung", "person", "add")
    at = ("--body", "H30.81", "--position", "Lưu trữ viên", "--role", "archivist")
    archivist = answered(empty, *add, "cuc", "--name", "Nguyễn Thị Cúc", *at)
    passwords = {"dung": first["password"], "cuc": archivist["password"]}
    assert len({*passwords.values()}) == 2
    assert min(map(len, passwords.values())) >= 16
    if isolated:
        words = ("--as", "dung", "clearance", "cuc", "3", "--decision", "05/QĐ-UBND")
        assert answered(empty, *words)["degree"] == "3"
    own: dict[str, str] = {}
    for username, password in passwords.items():
        visitor = Visitor(address.rstrip("/"), username, password)
        assert "Việc của tôi" not in visitor.get("/"), "a password that others know opens nothing"
        own[username] = f"Cua-rieng-{username}-2026"
        page = visitor.post(
            "/tai-khoan/mat-khau/", old=password, new=own[username], again=own[username]
        )
        if username == "dung":  # an administrator has a second step before he works
            secret = page.split('class="code secret">')[1].split("<")[0].replace(" ", "")
            told = visitor.post("/tai-khoan/buoc-hai/", code=pyotp.TOTP(secret).now())
            own["codes"] = told.split('<li class="code">')[1].split("<")[0]
            own["secret"] = secret
        assert "Việc của tôi" in visitor.get("/")
    index = batches.write(tmp_path / "in", batches.papers(2))
    taken = answered(
        empty, "--as", "cuc", "import", "--index", str(index), "--files",
        str(tmp_path / "in" / "tep"), "--body", "H30.81", "--fonds", "P1", "--create-fonds",
        "Phông thử", "--accept", "all-proposals",
    )  # fmt: skip
    assert taken["accepted"] == 2
    # Told once, on stdout: nothing that the house writes holds a password.
    secrets = [*passwords.values(), *own.values()]
    for path in empty.home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            held = path.read_bytes()
            assert not [one for one in secrets if one.encode() in held], path
    assert not [one for one in secrets if one in empty.out + empty.err]
