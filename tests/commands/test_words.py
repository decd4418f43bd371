"""The command line speaks Vietnamese, also where click speaks, and English to an English locale."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from tangthu.faces.cli.words import VIETNAMESE, language
from tests.support.commands import TANGTHU

VI = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "C.UTF-8"}
EN = {**VI, "LANG": "en_US.UTF-8"}


def say(locale: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(
        [TANGTHU, *words], env={**os.environ, **locale}, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "vietnamese", "english"),
    [
        (("--help",), "Cách dùng: tangthu [TÙY CHỌN] LỆNH", "Usage: tangthu [OPTIONS] COMMAND"),
        (("--help",), "Tùy chọn:", "Options:"),
        (("--help",), "Hiện hướng dẫn này rồi thoát.", "Show this message and exit."),
        (("--help",), "Đưa cơ sở dữ liệu về đúng phiên bản.", "Bring the database"),
        (("import", "--help"), "[bắt buộc]", "[required]"),
        (("worker", "--help"), "[mặc định: 1; 1<=x<=32]", "[default: 1; 1<=x<=32]"),
        (("--bogus",), "Không có tùy chọn '--bogus'.", "No such option '--bogus'."),
        (("frobnicate",), "Không có lệnh 'frobnicate'.", "No such command 'frobnicate'."),
        (("dossier", "seal"), "Thiếu đối số", "Missing argument"),
        (("import",), "Thiếu tùy chọn '--index'.", "Missing option '--index'."),
        (("worker", "--concurrency", "99"), "nằm ngoài khoảng", "is not in the range"),
        (("worker", "--concurrency", "x"), "không phải là số hợp lệ", "is not a valid integer"),
        (("check", "more"), "Thừa đối số (more)", "Got unexpected extra argument (more)"),
        (("import", "--index", "/x"), "Tệp '/x' không có.", "File '/x' does not exist."),
        (("--version",), "phiên bản", "version"),
    ],
)
def test_clicks_own_words_are_vietnamese_and_english_for_an_english_locale(
    words: tuple[str, ...], vietnamese: str, english: str
) -> None:
    assert vietnamese in say(VI, *words)
    told = say(EN, *words)
    assert english in told
    assert vietnamese not in told


def test_no_command_has_a_word_of_english_in_its_help() -> None:
    from tangthu.faces.cli.main import cli, in_language

    words = re.compile(r"\b(Usage|Options|Commands|Show|Error|required|default|TEXT|INTEGER)\b")

    def walk(command: click.Command, name: str) -> None:
        context = click.Context(command, info_name=name)
        assert not words.search(in_language(command).get_help(context)), name
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found is not None
                walk(found, f"{name} {inner}")

    walk(cli, "tangthu")


WALK = """
import click
from tangthu.faces.cli.main import cli, in_language

def walk(command, name):
    context = click.Context(command, info_name=name)
    print(in_language(command).get_help(context))
    for inner in command.list_commands(context) if isinstance(command, click.Group) else ():
        walk(command.get_command(context, inner), f"{name} {inner}")

walk(cli, "tangthu")
"""


def test_no_command_has_a_word_of_vietnamese_in_its_help_for_an_english_locale() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WALK], env={**os.environ, **EN}, capture_output=True, text=True,
        check=True, timeout=60,
    )  # fmt: skip
    assert "Usage: tangthu dip make" in done.stdout
    vietnamese = [line for line in done.stdout.splitlines()
                  if not re.sub("Tàng Thư|[…“”]", "", line).isascii()]  # fmt: skip
    assert vietnamese == []


def test_every_word_that_we_translate_is_still_one_of_clicks() -> None:
    source = "".join(
        re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8"))
        for path in Path(click.__file__).parent.glob("*.py")
    )
    gone = [words for words in VIETNAMESE if words.replace("\n", "\\n").replace("\t", "\\t")
            not in source]  # fmt: skip
    assert gone == []


def test_the_first_locale_that_is_set_decides() -> None:
    assert language({}) == "vi"
    assert language({"LANG": "C"}) == "vi"
    assert language({"LANG": "en_US.UTF-8"}) == "en"
    assert language({"LANG": "en_GB", "LC_ALL": "vi_VN.UTF-8"}) == "vi"
    assert language({"LANG": "vi_VN", "LC_MESSAGES": "en"}) == "en"
    assert language({"LANG": "eno_XX"}) == "vi"
