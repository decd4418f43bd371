"""People of an office before a filled index: one with five groups, and fifty of them at once."""

from __future__ import annotations

import http.client
import os
import random
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.common import percentile

MEMBER = "lan"
DOSSIERS_EACH, DOCUMENTS_EACH = 40, 10
STAFF = 50
SECONDS = 120
# What somebody does at a desk: reads lists and registers, searches, reads on after a few seconds.
THINKING_S = (2.0, 8.0)
VISITS = (
    "/tai-lieu/", "/tai-lieu/?sort=-date", "/tai-lieu/?year=2010", "/ho-so/", "/ho-so/?sort=date",
    "/tim/?q=thanh+l%C3%BD+t%C3%A0i+s%E1%BA%A3n", "/tim/?q=quyet+dinh", "/tim/?q=12%2FQ%C4%90-UBND",
    "/",
)  # fmt: skip
PEOPLE = ("hoa", "binh", "cuc", "lan", "minh", "nga")


def five_groups(username: str) -> None:
    """Make `username` a member of five groups of the first body, each with its circle of records.

    Two open its whole fonds, at the open and at the conditional level; three some dossiers and
    documents of it, scattered over all. Does nothing the second time.
    """
    from django.db import connections
    from django.utils import timezone

    from tangthu.archive.models import Fonds
    from tangthu.discovery.models import Entry
    from tangthu.identity.models import Body, Grant, Group, GroupMember, Person
    from tangthu.kernel import clock

    body = Body.objects.get(code="H30.81")
    person = Person.objects.get(account__username=username)
    if GroupMember.objects.filter(person=person).exists():
        return
    fonds = Fonds.objects.filter(body=body).first()
    assert fonds is not None
    now, today = clock.now(), timezone.localdate()
    asked: dict[str, Any] = {"asked_at": now, "confirmed_at": now, "confirmed_by": uuid.uuid4()}
    from_today = {"effective_from": today, "decision": "QĐ 01/QĐ-UBND"}
    scattered = {
        kind: list(
            Entry.objects.filter(body_id=body.pk, kind=kind)
            .order_by("obj")  # random ids: from everywhere
            .values_list("obj", flat=True)[: each * 3]
        )
        for kind, each in (("dossier", DOSSIERS_EACH), ("document", DOCUMENTS_EACH))
    }
    circles: list[list[tuple[str, str, uuid.UUID]]] = [
        [("read.public", "fonds", fonds.pk)],
        [("read.conditional", "fonds", fonds.pk)],
    ]
    for turn in range(3):
        circles.append(
            [
                ("read.conditional", kind, obj)
                for kind, each in (("dossier", DOSSIERS_EACH), ("document", DOCUMENTS_EACH))
                for obj in scattered[kind][turn * each : (turn + 1) * each]
            ]
        )
    # As the index is filled: without an event for each row, which only the owner can do.
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = 'replica'")
    for number, circle in enumerate(circles, start=1):
        group = Group(body_id=body.pk, name=f"Tổ {number}", sort_key=f"to {number}", created_at=now)
        group.save(using="owner", force_insert=True)
        member = GroupMember(group_id=group.pk, person_id=person.pk, **from_today, **asked)
        member.save(using="owner", force_insert=True)
        Grant.objects.using("owner").bulk_create(
            Grant(
                body_id=body.pk, right=right, scope_kind=kind, scope=obj, holder_kind="group",
                holder=group.pk, **from_today, **asked,
            )
            for right, kind, obj in circle
        )  # fmt: skip
    connections["owner"].close()


def fifty_at_once(root: Path) -> dict[str, Any]:
    """Fifty people with a session each at the site as `tangthu up` serves it, for two minutes.

    Server and people share this machine's cores. Milliseconds from the request to the whole answer.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "2", "--blocking-threads", "4", "--backpressure", "64",
        "--no-ws", "--log-level", "warning", "tangthu.faces.office.wsgi:application",
    ]  # fmt: skip
    environment = {**os.environ, "TANGTHU_HOME": str(root)}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        return _visits(port)
    finally:
        server.terminate()
        server.wait(30)


def _wait(port: int) -> None:
    for _ in range(300):
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/song")
            connection.getresponse().read()
            return
        time.sleep(0.1)
    raise SystemExit("the site does not answer")


def _visits(port: int) -> dict[str, Any]:
    everybody = [_Visitor(port, PEOPLE[n % len(PEOPLE)], n) for n in range(STAFF)]
    for one in everybody:
        one.sign_in()
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=one.work, args=(until,)) for one in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took: dict[str, list[float]] = {}
    for one in everybody:
        for address, milliseconds in one.took:
            took.setdefault(address, []).append(milliseconds)
    every = [value for values in took.values() for value in values]
    return {
        "staff": STAFF,
        "seconds": SECONDS,
        "pages": len(every),
        "not_answered": sum(one.failed for one in everybody),
        "p50_ms": round(percentile(every, 0.5), 1),
        "p95_ms": round(percentile(every, 0.95), 1),
        "max_ms": round(max(every), 1),
        "by_page_p95_ms": {
            urllib.parse.unquote(address): round(percentile(values, 0.95), 1)
            for address, values in took.items()
        },
    }


class _Visitor:
    """One person with a session of his own; `took` says how long each of his pages took."""

    def __init__(self, port: int, username: str, number: int) -> None:
        self.port, self.username = port, username
        self.dice = random.Random(number)
        self.cookies: dict[str, str] = {}
        self.took: list[tuple[str, float]] = []
        self.failed = 0

    def sign_in(self) -> None:
        from tests.support.house import PASSWORD

        page = self._ask("GET", "/dang-nhap/")[1]
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = {"csrfmiddlewaretoken": token, "username": self.username, "password": PASSWORD}
        status, _ = self._ask("POST", "/dang-nhap/", urllib.parse.urlencode(form))
        if status != 302:
            raise SystemExit(f"{self.username} cannot sign in: {status}")

    def work(self, until: float) -> None:
        time.sleep(self.dice.uniform(0, THINKING_S[1]))
        while time.monotonic() < until:
            address = self.dice.choice(VISITS)
            began = time.perf_counter()
            try:
                status, _ = self._ask("GET", address)
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 200:
                self.took.append((address, 1000 * (time.perf_counter() - began)))
            else:
                self.failed += 1
            time.sleep(self.dice.uniform(*THINKING_S))

    def _ask(self, method: str, address: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self.port}{address}"
        # A connection of its own each time: the server closes those that thinking keeps idle.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        for kept in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = kept.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = answer.read().decode()
        connection.close()
        return answer.status, text
