"""The command line's own words: what click says of itself, and in which language.

click asks gettext for its words and has no Vietnamese. Here they are, with Vietnamese as everywhere
the default; somebody whose locale (LC_ALL, LC_MESSAGES, LANG) is English reads them in English. The
JSON answers do not change with it.
"""

from __future__ import annotations

import functools
import gettext
import importlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import click

VIETNAMESE: Mapping[str, str] = {
    "Aborted!": "Đã hủy.",
    "Options": "Tùy chọn",
    "Positional arguments": "Đối số",
    "Commands": "Lệnh",
    "Usage:": "Cách dùng:",
    "deprecated": "sắp bỏ",
    "Got unexpected extra argument ({args})": "Thừa đối số ({args})",
    "Got unexpected extra arguments ({args})": "Thừa các đối số ({args})",
    "Missing command.": "Thiếu tên lệnh.",
    "Takes {nargs} values but 1 was given.": "Cần {nargs} giá trị nhưng chỉ có 1.",
    "Takes {nargs} values but {len} were given.": "Cần {nargs} giá trị nhưng có {len}.",
    "env var: {var}": "biến môi trường: {var}",
    "default: {default}": "mặc định: {default}",
    "(dynamic)": "(tính khi chạy)",
    "required": "bắt buộc",
    "Do you want to continue?": "Có tiếp tục không?",
    "Confirm the action without prompting.": "Đồng ý luôn, không hỏi lại.",
    "%(prog)s, version %(version)s": "%(prog)s, phiên bản %(version)s",
    "Show the version and exit.": "Hiện phiên bản rồi thoát.",
    "Show this message and exit.": "Hiện hướng dẫn này rồi thoát.",
    "Did you mean {possibility}?": "Ý bạn là {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Ý bạn là một trong: {possibilities}?)",
    "Error: {message}": "Lỗi: {message}",
    "Try '{command} {option}' for help.": "Xem hướng dẫn: {command} {option}.",
    "Invalid value: {message}": "Giá trị không hợp lệ: {message}",
    "Invalid value for {param_hint}: {message}": "Giá trị của {param_hint} không hợp lệ: {message}",
    "Missing argument": "Thiếu đối số",
    "Missing option": "Thiếu tùy chọn",
    "Missing parameter": "Thiếu tham số",
    "Missing {param_type}": "Thiếu {param_type}",
    "Missing parameter: {param_name}": "Thiếu tham số: {param_name}",
    "No such option {name!r}.": "Không có tùy chọn {name!r}.",
    "No such command {name!r}.": "Không có lệnh {name!r}.",
    "unknown error": "lỗi không rõ",
    "Could not open file {filename!r}: {message}": "Không mở được tệp {filename!r}: {message}",
    "Argument {name!r} takes {nargs} values.": "Đối số {name!r} cần {nargs} giá trị.",
    "Option {name!r} does not take a value.": "Tùy chọn {name!r} không nhận giá trị.",
    "Option {name!r} requires an argument.": "Tùy chọn {name!r} cần một giá trị.",
    "Option {name!r} requires {nargs} arguments.": "Tùy chọn {name!r} cần {nargs} giá trị.",
    "Repeat for confirmation": "Nhập lại để xác nhận",
    "Error: The two entered values do not match.": "Lỗi: hai lần nhập không giống nhau.",
    "Error: invalid input": "Lỗi: không đọc được điều vừa nhập",
    "Choose from:\n\t{choices}": "Chọn một trong:\n\t{choices}",
    "{value!r} is not {choice}.": "{value!r} không phải là {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} không phải là một trong {choices}.",
    "{value!r} does not match the format {format}.": "{value!r} không theo dạng {format}.",
    "{value!r} does not match the formats {formats}.": "{value!r} không theo dạng nào: {formats}.",
    "{value!r} is not a valid {number_type}.": "{value!r} không phải là số hợp lệ ({number_type}).",
    "{value} is not in the range {range}.": "{value} nằm ngoài khoảng {range}.",
    "{value!r} is not a valid boolean. Recognized values: {states}": (
        "{value!r} không phải có/không. Nhận: {states}"
    ),
    "{value!r} is not a valid UUID.": "{value!r} không phải là UUID.",
    "file": "Tệp",
    "directory": "Thư mục",
    "path": "Đường dẫn",
    "{name} {filename!r} does not exist.": "{name} {filename!r} không có.",
    "{name} {filename!r} is a file.": "{name} {filename!r} là một tệp.",
    "{name} {filename!r} is a directory.": "{name} {filename!r} là một thư mục.",
    "{name} {filename!r} is not readable.": "{name} {filename!r} không đọc được.",
    "{name} {filename!r} is not writable.": "{name} {filename!r} không ghi được.",
    "{name} {filename!r} is not executable.": "{name} {filename!r} không chạy được.",
    "{len_type} values are required, but {len_value} was given.": (
        "Cần {len_type} giá trị nhưng có {len_value}."
    ),
    "{len_type} values are required, but {len_value} were given.": (
        "Cần {len_type} giá trị nhưng có {len_value}."
    ),
}
# click's modules that say something; each has its gettext under the name `_`.
_SPEAKING = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")


def language(environment: Mapping[str, str] | None = None) -> str:
    """`en` if the locale of whoever calls is an English one, else `vi`."""
    given = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        named = given.get(name, "")
        if named:
            return "en" if re.match(r"en(?![a-z])", named, re.IGNORECASE) else "vi"
    return "vi"


@functools.cache
def _english() -> gettext.NullTranslations:
    """The catalogue of the whole house; where it was not compiled, sentences stay Vietnamese."""
    folder = Path(__file__).resolve().parents[2] / "locale"
    return gettext.translation("django", folder, languages=["en"], fallback=True)


def translate(sentence: str) -> str:
    """A Vietnamese sentence of ours in the language of whoever calls."""
    return _english().gettext(sentence) if language() == "en" else sentence


def _of_click(sentence: str) -> str:
    return sentence if language() == "en" else VIETNAMESE.get(sentence, sentence)


def _plural_of_click(one: str, many: str, count: int) -> str:
    return _of_click(one if count == 1 else many)


def speak() -> None:
    """Have click say its words through this module; to be called before commands are made."""
    for name in _SPEAKING:
        module = importlib.import_module(f"click.{name}")
        for known, ours in (("_", _of_click), ("ngettext", _plural_of_click)):
            if hasattr(module, known):
                setattr(module, known, ours)


# Placeholders that click writes into usage lines without asking gettext.
_PLACES = {"text": "CHỮ", "integer": "SỐ", "integer range": "SỐ", "path": "ĐƯỜNG DẪN"}


def in_language(command: click.Command) -> click.Command:
    """The command with the placeholders of its usage line in the language of whoever calls."""
    if language() == "en":
        return command
    command.options_metavar = "[TÙY CHỌN]"
    if isinstance(command, click.Group):
        command.subcommand_metavar = "LỆNH [ĐỐI SỐ]..."
        for inner in command.commands.values():
            in_language(inner)
    for param in command.params:
        if param.metavar is None and not getattr(param, "is_flag", False):
            param.metavar = _PLACES.get(param.type.name)
    return command
