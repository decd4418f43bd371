"""What cannot be: one clear sentence on stderr, exit status 2, nothing left running."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.accounts import NOBODY, mounted, needs_root, readable_for_all
from tests.support.running import TANGTHU, call, environment, listening, one_sentence, processes_of


def refused(home: Path, *, wrap: Sequence[str] = (), **more: str) -> str:
    """Try `tangthu up`; returns its one sentence."""
    done = call(home, "up", wrap=wrap, **more)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert done.stdout == ""
    assert not processes_of(home)
    return one_sentence(done.stderr)


def test_a_busy_port_names_the_port_and_a_way_out(tmp_path: Path) -> None:
    with listening() as port:
        told = refused(tmp_path / "var", PORT=str(port))
    assert told == (
        f"Cổng {port} đang có chương trình khác dùng. "
        "Chọn cổng khác, ví dụ: PORT=8080 make run"
    )  # fmt: skip
    assert not (tmp_path / "var" / "postgres" / "data").exists(), "a database for nothing"


@pytest.mark.parametrize("given", ["abc", "0", "65536", "80 80", "-1", "٣٣", "1e3", "9" * 5000])
def test_a_port_that_is_none_is_named(tmp_path: Path, given: str) -> None:
    from tangthu.faces.cli.up import port_from_environment
    from tangthu.kernel.errors import PortUnusable

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORT", given)
        with pytest.raises(PortUnusable, match="không phải là một cổng") as told:
            port_from_environment()
    assert len(str(told.value)) < 200
    if given == "abc":
        assert "PORT=abc" in refused(tmp_path / "var", PORT=given)


def test_a_home_that_is_a_file_or_lies_under_one(tmp_path: Path) -> None:
    file = tmp_path / "tệp"
    file.write_text("x")
    assert "không phải là thư mục" in refused(file)
    assert "nằm dưới một tệp" in refused(file / "var")


def test_a_name_that_is_too_long_for_the_disk(tmp_path: Path) -> None:
    assert "quá dài" in refused(tmp_path / ("đ" * 200))


def test_a_home_named_for_a_person_who_is_not_there_is_a_plain_folder(tmp_path: Path) -> None:
    from tangthu.kernel.home import Home

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setenv("TANGTHU_HOME", "~khong-co-ai")
        assert Home.from_environment().root == tmp_path / "~khong-co-ai"


def test_a_working_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    done = subprocess.run(
        ["sh", "-c", f"mkdir {gone} && cd {gone} && rmdir {gone} && exec \"$@\"", "sh",
         TANGTHU, "up"],
        env={**environment(gone), "TANGTHU_HOME": "var"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Thư mục hiện hành" in one_sentence(done.stderr)


@needs_root
def test_a_read_only_disk(tmp_path: Path) -> None:
    home = tmp_path / "var"
    home.mkdir()
    wrap = mounted(f"mount --bind {home} {home} && mount -o remount,ro,bind {home}")
    assert refused(home, wrap=wrap).startswith(f"Không ghi được vào {home}. Đặt TANGTHU_HOME")


@needs_root
def test_a_home_of_somebody_else(open_folder: Path) -> None:
    home = open_folder / "var"
    home.mkdir(mode=0o755)
    told = refused(home, wrap=[*readable_for_all(), *NOBODY])
    assert told.startswith(f"Không ghi được vào {home}.")


@needs_root
def test_an_account_that_the_machine_has_no_name_for(open_folder: Path) -> None:
    home = open_folder / "var"
    home.mkdir()
    os.chown(home, 54321, 54321)
    become = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
    told = refused(home, wrap=[*readable_for_all(), *become])
    assert "tài khoản số 54321 không có tên" in told


@needs_root
def test_a_disk_with_little_room_left(tmp_path: Path) -> None:
    home = tmp_path / "var"
    home.mkdir()
    told = refused(home, wrap=mounted(f"mount -t tmpfs -o size=150m none {home}"))
    assert "MB trống. Cần ít nhất 200 MB" in told


@needs_root
def test_a_disk_that_is_full_to_the_last_byte(tmp_path: Path) -> None:
    home = tmp_path / "var"
    home.mkdir()
    fill = f"mount -t tmpfs -o size=1m none {home} && (cat /dev/zero > {home}/x 2>/dev/null; true)"
    assert "đã đầy" in refused(home, wrap=mounted(fill))


@needs_root
def test_a_command_that_fills_the_disk_says_so(tmp_path: Path) -> None:
    """The disk has room for the folders but not for a database."""
    home = tmp_path / "var"
    home.mkdir()
    done = call(home, "stores", wrap=mounted(f"mount -t tmpfs -o size=20m none {home}"))
    assert done.returncode == 2
    assert "đã đầy" in one_sentence(done.stderr)
    assert not processes_of(home)


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    told = refused(tmp_path / "var", DATABASE_URL="postgresql://a:bi-mat@127.0.0.1:1/x")
    assert "Không kết nối được cơ sở dữ liệu trong DATABASE_URL" in told
    assert "bi-mat" not in told


def test_a_database_url_that_is_none(tmp_path: Path) -> None:
    told = refused(tmp_path / "var", DATABASE_URL="postgresql//nothing")
    assert "DATABASE_URL không đúng dạng" in told


@needs_root
def test_a_home_made_by_another_account_is_not_taken_over(tmp_path: Path) -> None:
    home = tmp_path / "var"
    data = home / "postgres" / "data"
    data.mkdir(parents=True)
    os.chown(data, 12345, 12345)
    assert "là của tài khoản 12345" in refused(home)
    assert (data.stat().st_uid, data.parent.stat().st_uid) == (12345, 0)
