"""Open a further body with its first administrator (docs/decisions)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tangthu.identity.acting import SYSTEM, Acting
from tangthu.identity.actions.add_person import employ
from tangthu.identity.actions.begin import parts_of
from tangthu.identity.actions.open_body import open_body
from tangthu.identity.models import Body, Person, Role
from tangthu.kernel import advisory


def open_further(
    acting: Acting,
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
    """Open a body beside those there are, and add its first administrator, both or neither.

    Whoever administers the installation at one of its bodies may; at the new one he has no right.
    Its first administrator is set up with it, as that of the first body is: at a new body there is
    nobody who could ask or confirm. Raises Refused, InvalidInput.
    """
    kept = parts_of(code=code, archive_code=archive_code, name=name, short_name=short_name)
    with transaction.atomic():
        advisory.until_commit("begin")
        body = open_body(acting, origin=origin, **kept)
        person = employ(
            SYSTEM,
            body=body,
            full_name=full_name,
            username=username,
            password=password,
            position=position,
            role=Role.ADMINISTRATOR,
            since=since,
        )
    return body, person
