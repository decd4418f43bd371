"""Begin: the first body of an empty installation, with its first administrator."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import SYSTEM, Acting
from tangthu.identity.actions.add_person import employ
from tangthu.identity.actions.keep_house import begin_house
from tangthu.identity.actions.open_body import open_body
from tangthu.identity.models import Body, Person, Role
from tangthu.kernel import advisory
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.standards.vietnamese import nfc

# The parts of a body that its columns bound.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_LONGEST = {"code": 35, "archive_code": 35, "name": 200, "short_name": 60}


class Begun(Refused):
    """The installation has a body already; who administers it adds the people."""


def begin(
    *,
    code: str,
    archive_code: str,
    name: str,
    short_name: str,
    origin: str,
    username: str,
    full_name: str,
    position: str,
    password: str,
    since: dt.date,
) -> tuple[Body, Person]:
    """Open the first body and add its first administrator, who keeps the house too, or nothing.

    Whoever may run commands on this home begins it: there is nobody yet to ask for a right. Raises
    Begun once there is a body, InvalidInput.
    """
    kept = parts_of(code=code, archive_code=archive_code, name=name, short_name=short_name)
    with transaction.atomic():
        advisory.until_commit("begin")
        if Body.objects.exists():
            raise Begun(
                _("Hệ thống này đã có cơ quan, không khởi đầu lần nữa được."),
                hint=_("Quản trị của cơ quan thêm người bằng tangthu person add."),
            )
        body, person = open_with_administrator(
            SYSTEM,
            kept,
            origin=origin,
            username=username,
            full_name=full_name,
            position=position,
            password=password,
            since=since,
        )
        begin_house(person)
    return body, person


def open_with_administrator(
    acting: Acting, parts: dict[str, str], *, origin: str, since: dt.date, **administrator: str
) -> tuple[Body, Person]:
    """Open a body of the codes and names `parts`, and add its administrator; in a transaction.

    At a new body there is nobody who could ask for his position or confirm it: he is set up with
    it. `administrator`: user name, full name, position and password. Raises Refused, InvalidInput.
    """
    body = open_body(
        acting,
        code=parts["code"],
        archive_code=parts["archive_code"],
        name=parts["name"],
        short_name=parts["short_name"],
        origin=origin,
    )
    person = employ(SYSTEM, body=body, role=Role.ADMINISTRATOR, since=since, **administrator)
    return body, person


def parts_of(*, code: str, archive_code: str, name: str, short_name: str) -> dict[str, str]:
    """Codes and names of a body as they are kept. Raises InvalidInput on what does not fit."""
    given = {
        "code": code, "archive_code": archive_code, "name": name, "short_name": short_name,
    }  # fmt: skip
    kept = {key: nfc(value).strip() for key, value in given.items()}
    for key, value in kept.items():
        if not 0 < len(value) <= _LONGEST[key]:
            words = _("Mã hoặc tên cơ quan bỏ trống hay dài quá.")
            raise InvalidInput(
                words,
                hint=f"--{key.replace('_', '-')}: 1–{_LONGEST[key]}",
                problems={key: [words]},
            )
    for key in ("code", "archive_code"):
        if not _CODE.fullmatch(kept[key]):
            words = _("Mã cơ quan chỉ gồm chữ cái không dấu, chữ số, dấu chấm và gạch nối.")
            raise InvalidInput(words, hint=f"--{key.replace('_', '-')}", problems={key: [words]})
    return kept
