"""Lines of the security log, devices and sessions, in words."""

from __future__ import annotations

import datetime as dt
import json
import re

from django.utils.translation import gettext as _

from tangthu.identity.models import Grant, Role
from tangthu.identity.roles import RIGHTS
from tangthu.ledger import kinds
from tangthu.signin.models import SecurityEntry

_BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("coc_coc", "Cốc Cốc"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def device(agent: str) -> str:
    """What a program calls itself, in two words that people know; its own words if none fit."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (browser, system))) or agent[:40] or "–"


def of_entry(entry: SecurityEntry) -> str:
    """What a line tells beyond its columns."""
    detail = entry.detail
    parts = []
    name = detail.get("event")
    if name:
        try:
            sentence = kinds.kind(str(name)).sentence()
        except kinds.UnknownKind:
            sentence = str(name)
        parts.append(_filled(sentence, detail))
    parts += _rights(detail)
    if detail.get("right") and not name:
        parts.append(_("thiếu quyền %(right)s") % {"right": detail["right"]})
    if detail.get("by"):
        parts.append(", ".join(method(one) for one in detail["by"]))
    if detail.get("cloned"):
        parts.append(_("bộ đếm của khóa lùi lại: khóa có thể đã bị sao chép"))
    if detail.get("why"):
        parts.append(_why(str(detail["why"])))
    if detail.get("session_of"):
        parts.append(device(str(detail["session_of"])))
    if detail.get("more_left_out"):
        parts.append(_("những lần sau trong 10 phút không ghi nữa"))
    return " · ".join(parts)


def _rights(detail: dict[str, object]) -> list[str]:
    """What right is given by a change, for what, by what it is held."""
    parts = []
    if detail.get("gives"):
        parts.append(str(RIGHTS.get(str(detail["gives"]), detail["gives"])))
    kind, _space, which = str(detail.get("scope") or "").partition(" ")
    if kind in Grant.Scope.values and which:
        parts.append(f"{Grant.Scope(kind).label} {which}")
    kind, _space, which = str(detail.get("holder") or "").partition(" ")
    if kind in Grant.Holder.values and which:
        parts.append(f"{Grant.Holder(kind).label}: {which}")
    if detail.get("group"):
        parts.append(_("nhóm %(name)s") % {"name": detail["group"]})
    elif detail.get("change") and detail.get("position"):
        role = str(detail.get("role"))
        label = Role(role).label if role in Role.values else role
        parts.append(f"{detail['position']} ({label})")
    if detail.get("rights"):
        named = str(detail["rights"]).split(", ")
        parts.append(", ".join(str(RIGHTS.get(one, one)) for one in named))
    if detail.get("to"):
        parts.append(_("cho %(name)s") % {"name": detail["to"]})
    return parts


def _why(reason: str) -> str:
    """Why a way in that was right did not open."""
    return {
        "no_position": _("đúng mật khẩu, không giữ chức vụ nào"),
        "key_ended": _("khóa API đã thu hồi hoặc hết hạn"),
        "key_without_position": _("khóa API của người không giữ chức vụ"),
    }.get(reason, reason)


def method(name: str) -> str:
    """A way to prove who one is, in words."""
    return {
        "password": _("mật khẩu"),
        "totp": _("mã từ ứng dụng"),
        "passkey": _("khóa truy cập"),
        "recovery": _("mã khôi phục"),
        "oidc": _("đăng nhập một lần"),
        "oidc-second": _("bước hai ở nơi cấp danh tính"),
    }.get(name, name)


def _filled(sentence: str, values: dict[str, object]) -> str:
    """A sentence of an event with its values; what is not known stays open."""
    return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], "…")), sentence)


def as_row(entry: SecurityEntry) -> tuple[str, ...]:
    """A line as texts, for a file: time in UTC, then kind to agent."""
    at = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True) if entry.detail else ""
    return (
        at, str(entry.kind), str(entry.outcome), entry.source, str(entry.port or ""),
        entry.account, entry.target, detail, entry.agent,
    )  # fmt: skip
