"""Databases for tests: cloned from templates, thrown away after."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tangthu.kernel import database, postgres
from tangthu.kernel.home import Home

if TYPE_CHECKING:
    from tangthu.identity.acting import Acting
    from tangthu.identity.models import Body

PASSWORD = "Mat-khau-thu-nghiem-2026"
# The fixed cast: user name, full name, position, role. Outsiders are the second body's people.
PEOPLE = {
    "H30.81": [
        ("hoa", "Trần Thị Hoa", "Văn thư", "clerk"),
        ("binh", "Lê Văn Bình", "Chi cục trưởng", "leader"),
        ("cuc", "Nguyễn Thị Cúc", "Lưu trữ viên", "archivist"),
        ("dung", "Phạm Tiến Dũng", "Quản trị hệ thống", "administrator"),
    ],
    "H31.07": [
        ("lan", "Đỗ Thị Lan", "Văn thư", "clerk"),
        ("minh", "Hoàng Đức Minh", "Giám đốc", "leader"),
        ("nga", "Vũ Thúy Nga", "Lưu trữ viên", "archivist"),
        ("quang", "Bùi Quang", "Quản trị hệ thống", "administrator"),
    ],
}
# Who keeps the house, beside administering his body.
KEEPER = "dung"
BODIES = {
    "H30.81": ("001.03.08", "Chi cục An toàn vệ sinh thực phẩm tỉnh Hậu Giang", "Chi cục ATVSTP"),
    "H31.07": ("001.03.09", "Trung tâm Lưu trữ tỉnh Thử Nghiệm", "TTLT Thử Nghiệm"),
}
_FOLDERS = ("ledger", "secrets/ledger", "stores", "working", "quarantine", "uploads", "cache",
            "dip")  # fmt: skip


class TestHouse:
    """The server, its templates and the database a test works on."""

    __test__ = False

    def __init__(self, home: Home) -> None:
        self.home = home
        self._numbers = itertools.count(1)
        self.name = "tangthu"

    @property
    def url(self) -> str:
        """Owner connection string of the database the test works on."""
        return postgres.url(self.home, self.name)

    @property
    def where(self) -> dict[str, str]:
        """Where the database is, by libpq's keywords; not who logs in."""
        return postgres.place(self.home, self.name)

    @property
    def environment(self) -> dict[str, str]:
        """Environment of a second process that works on the same database and home.

        It says where the database is, as for a real process of the site, and no owner's login.
        """
        where = make_conninfo(**self.where)
        return {**os.environ, "TANGTHU_HOME": str(self.home.root), "DATABASE_URL": where}

    def make_templates(self) -> None:
        """Migrate the empty template and fill the one with the cast."""
        from tangthu.kernel.prepare import prepare

        prepare()
        with self._admin() as admin:
            # Crash tests kill our processes, never the power: the server need not wait for disks.
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                admin.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
            admin.execute("ALTER SYSTEM SET max_wal_size = '256MB'")
            admin.execute("SELECT pg_reload_conf()")
        self._copy("tangthu", "template_empty")
        with self.clone("empty"):
            make_cast()
            self._copy(self.name, "template_cast")

    def _admin(self) -> psycopg.Connection[object]:
        return psycopg.connect(postgres.url(self.home, "postgres"), autocommit=True)

    def _copy(self, source: str, target: str) -> None:
        self.close_connections()
        with self._admin() as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(target), sql.Identifier(source)
                )
            )
            # A copy takes over everything but who may do what in the database as a whole.
            database.narrow_database(admin, target)

    def close_connections(self) -> None:
        """Close Django's connections of this thread."""
        from django.db import connections

        connections.close_all()

    def point_at(self, name: str) -> None:
        """Let Django's connections open the database `name` from now on."""
        from django.db import connections

        self.close_connections()
        self.name = name
        for alias in ("default", "owner", "integrator"):
            connections[alias].settings_dict["NAME"] = name

    @contextmanager
    def clone(self, template: str) -> Iterator[str]:
        """Work on a fresh copy of `template` and an empty home; drop both after."""
        before = self.name
        name = f"t{next(self._numbers)}"
        self._copy(f"template_{template}", name)
        self.point_at(name)
        try:
            yield name
        finally:
            self.point_at(before)
            with self._admin() as admin:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            for folder in _FOLDERS:
                shutil.rmtree(self.home.root / folder, ignore_errors=True)
            self.home.ensure()

    def acting(self, username: str) -> Acting:
        """The person of the cast with this user name, acting by command."""
        from tangthu.identity.acting import Acting
        from tangthu.identity.queries import viewer_named

        viewer = viewer_named(username)
        assert viewer is not None
        return Acting(viewer, "cli")

    def body(self, code: str) -> Body:
        """The body of the cast with this code."""
        from tangthu.identity.models import Body

        return Body.objects.get(code=code)

    def named_since(self, code: str, day: dt.date) -> Body:
        """The body, as if it had been opened here under its name on `day`."""
        from django.db import transaction

        from tangthu.identity.acting import SYSTEM
        from tangthu.ledger.record import Event, record

        body = self.body(code)
        detail = {"old": body.name, "name": body.name, "code": code, "decision": "–"}
        with transaction.atomic():
            body.names.update(effective_from=day)  # type: ignore[attr-defined]
            actor = SYSTEM.actor(body.pk)
            record(Event("identity.body.renamed", body.pk, body.pk, actor, detail=detail))
        return body


def make_cast() -> None:
    """Make the two bodies and their people through the real actions."""
    from tangthu.identity.acting import SYSTEM
    from tangthu.identity.actions.add_person import add_person, appoint
    from tangthu.identity.actions.keep_house import begin_house
    from tangthu.identity.actions.open_body import open_body
    from tangthu.signin.actions.set_password import take_as_own

    for code, people in PEOPLE.items():
        archive_code, name, short_name = BODIES[code]
        body = open_body(
            SYSTEM,
            code=code,
            archive_code=archive_code,
            name=name,
            short_name=short_name,
            origin=f"test.example/{code}",
        )
        for username, full_name, position, role in people:
            person = add_person(
                SYSTEM, body=body, full_name=full_name, username=username, password=PASSWORD
            )
            appoint(
                SYSTEM,
                person=person,
                body=body,
                position=position,
                role=role,
                since=dt.date(2020, 1, 1),
            )
            if username == KEEPER:
                begin_house(person)
            take_as_own(person.account, demonstration=True)
