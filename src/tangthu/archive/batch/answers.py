"""Answers and edited values as fields want them: codes recognised, dates real, no secrecy."""

from __future__ import annotations

from collections.abc import Mapping

from tangthu.archive.batch.codes import CodeLists, declares_secret
from tangthu.archive.batch.duties import ANSWER_NAMES, ANSWERABLE, LISTS
from tangthu.archive.batch.errors import BadDecisionError
from tangthu.archive.batch.rows import date_of


def checked_answers(answers: Mapping[str, str], lists: CodeLists) -> dict[str, str]:
    """Answers by field name, each a code of its list. Raises BadDecisionError."""
    checked: dict[str, str] = {}
    for given, value in answers.items():
        name = ANSWER_NAMES.get(given, given)
        if name not in ANSWERABLE:
            raise BadDecisionError(what=f"không có trường “{given[:40]}” để trả lời chung")
        checked[name] = checked_value(name, value, lists)
    return checked


def checked_value(name: str, value: str, lists: CodeLists) -> str:
    """A value for a field as the field wants it, codes recognised. Raises BadDecisionError."""
    value = " ".join(value.split())
    if name == "secrecy":
        raise BadDecisionError(what="độ mật không sửa ở đây")
    listed = LISTS.get(name)
    if value and listed is not None:
        code = lists.find(listed, value)
        if code is None:
            raise BadDecisionError(what=f"“{value[:60]}” không có trong danh mục của trường {name}")
        if name == "mode" and declares_secret(code):
            raise BadDecisionError(what="hệ thống có kết nối không nhận tài liệu mật (AR-127)")
        return code
    if value and name in ("issued", "start", "end"):
        date = date_of(value)
        if date is None:
            raise BadDecisionError(what=f"“{value[:40]}” không phải ngày có thật")
        return date.vietnamese()
    if value and name in ("ordinal", "pages", "sheets", "documents"):
        if not (value.isascii() and value.isdigit() and len(value) <= 10):
            raise BadDecisionError(what=f"“{value[:40]}” không phải một số lượng")
        return str(int(value))
    if value and name == "backup" and value not in ("0", "1"):
        raise BadDecisionError(what="chế độ dự phòng là 0 hoặc 1")
    return value
