"""Open a further body with its first administrator (docs/decisions)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tangthu.identity.acting import Acting
from tangthu.identity.actions.begin import open_with_administrator, parts_of
from tangthu.identity.models import Body, Person
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

    Whoever keeps the installation may; at the new body he has no right.
    Raises Refused, InvalidInput.
    """
    kept = parts_of(code=code, archive_code=archive_code, name=name, short_name=short_name)
    with transaction.atomic():
        advisory.until_commit("begin")
        return open_with_administrator(
            acting,
            kept,
            origin=origin,
            username=username,
            full_name=full_name,
            position=position,
            password=password,
            since=since,
        )
