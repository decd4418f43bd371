"""One mode for life: home, database and stores must agree with the configuration (AR-128)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.test import override_settings

from tangthu.kernel import deployment, isolation
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, PortUnusable
from tangthu.kernel.home import Home
from tests.support import warm
from tests.support.commands import call
from tests.support.house import TestHouse
from tests.support.isolated import isolated_house
from tests.support.records import make_dossier, sealed_package


def alone(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command on a home of its own, with its own embedded database."""
    given = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return warm.run(words, {**given, "TANGTHU_HOME": str(home), **environment}, timeout=180)


@pytest.mark.req("AR-128")
def test_a_home_keeps_the_mode_that_it_was_set_up_with(tmp_path: Path) -> None:
    home = tmp_path / "nha"
    made = alone(home, "migrate", TANGTHU_MODE="isolated_lan")
    assert made.returncode == 0, made.stderr
    assert (home / "mode").read_text() == "tangthu-origin:isolated_lan\n"
    told = alone(home, "mode", "show", "--json")
    assert json.loads(told.stdout) == {"mode": "isolated_lan", "fixed": False}
    checked = alone(home, "check", "--json")
    assert json.loads(checked.stdout)["mode"] == "isolated_lan"
    for command in (("check",), ("migrate",), ("up", "--no-demo"), ("worker",), ("search", "x")):
        refused = alone(home, *command, TANGTHU_MODE="connected")
        assert refused.returncode == 2, command
        assert "thuộc chế độ isolated_lan" in refused.stderr
        assert "Traceback" not in refused.stderr
    wrong = alone(home, "check", TANGTHU_MODE="lan")
    assert wrong.returncode == 2
    assert "không phải là một chế độ" in wrong.stderr
    changed = alone(home, "mode", "set", "connected", "--decision", "12/QĐ-UBND", "--json")
    assert changed.returncode == 0, changed.stderr
    assert json.loads(alone(home, "mode", "show", "--json").stdout)["mode"] == "connected"
    (home / "mode").write_text("tangthu-origin:isolated_lan\n")
    mixed = alone(home, "check")
    assert mixed.returncode == 2
    assert "Cơ sở dữ liệu thuộc chế độ connected" in mixed.stderr
    (home / "mode").write_text("rubbish")
    assert "Không đọc được chế độ" in alone(home, "check").stderr


@pytest.mark.req("AR-128")
def test_a_home_from_before_there_were_modes_is_connected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "nha").ensure()
    (home.stores / "kho-a").mkdir()
    monkeypatch.setenv("TANGTHU_MODE", "isolated_lan")
    with pytest.raises(deployment.WrongMode):
        deployment.settle(home)
    monkeypatch.delenv("TANGTHU_MODE")
    assert deployment.settle(home) == "connected"
    empty = Home(tmp_path / "moi").ensure()
    monkeypatch.setenv("TANGTHU_MODE", "isolated_lan")
    assert deployment.settle(empty) == "isolated_lan"
    monkeypatch.delenv("TANGTHU_MODE")
    assert deployment.settle(empty) == "isolated_lan", "the home says so by itself"


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("to", deployment.MODES)
def test_an_installation_that_holds_something_keeps_its_mode(cast: TestHouse, to: str) -> None:
    with (
        psycopg.connect(cast.url, autocommit=True) as owner,
        pytest.raises(deployment.ModeFixed),
    ):
        deployment.change(cast.home, owner, to, "12/QĐ")
    words = ("mode", "set", "isolated_lan", "--decision", "12/QĐ", "--json")
    refused = call(cast, *words, DATABASE_OWNER_URL=cast.url)
    assert refused.returncode == 2
    assert "đã có dữ liệu" in json.loads(refused.stdout)["error"]["message"]
    assert deployment.read_mark(deployment.home_mark(cast.home)) == "connected"


@pytest.mark.req("AR-128")
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO kernel_deployment (mode) VALUES ('isolated_lan')",
        "INSERT INTO kernel_deployment (mode) VALUES ('lan')",
        "UPDATE kernel_deployment SET mode = 'isolated_lan'",
        "DELETE FROM kernel_deployment",
        "TRUNCATE kernel_deployment",
    ],
)
def test_the_database_itself_refuses_another_mode(shared_cast: TestHouse, statement: str) -> None:
    for role in ("owner", "default"):
        with (
            pytest.raises((IntegrityError, ProgrammingError)),
            transaction.atomic(using=role),
            connections[role].cursor() as cursor,
        ):
            cursor.execute(statement)
    connections["owner"].close()


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("table", ["records_document", "records_dossier"])
@pytest.mark.parametrize("change", ["secrecy = '1', access_level = '03'", "access_level = '03'",
                                    "secrecy = '1'"])  # fmt: skip
def test_a_connected_database_refuses_every_secret(
    cast: TestHouse, table: str, change: str
) -> None:
    make_dossier(cast)
    with (
        pytest.raises(IntegrityError, match="no state secrets"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET {change}")


@pytest.mark.req("AR-128")
def test_a_connected_site_has_no_secrecy_anywhere(cast: TestHouse) -> None:
    from tangthu.archive.actions.classify_record import classify_document
    from tangthu.identity.actions.grant_clearance import set_clearance
    from tangthu.identity.models import Clearance, Person

    made = make_dossier(cast)
    acting = cast.acting("cuc")
    for degree in ("1", ""):
        with pytest.raises(NotFoundForViewer):
            classify_document(acting, made.documents[0].pk, degree=degree, basis="x")
    person = Person.objects.get(account__username="hoa")
    with pytest.raises(NotFoundForViewer):
        set_clearance(
            cast.acting("dung"), person.pk, body_id=person.home_body_id, degree="1", decision="x"
        )
    with pytest.raises(IntegrityError, match="no clearances"), transaction.atomic():
        Clearance.objects.create(
            person=person,
            body_id=person.home_body_id,
            degree="1",
            decision="x",
            effective_from="2026-01-01",
        )
    refused = call(cast, "--as", "dung", "clearance", "hoa", "1", "--decision", "x")
    assert refused.returncode == 2
    assert "isolated_lan" in refused.stderr


@pytest.mark.req("AR-128")
def test_a_connected_pages_and_forms_know_no_secrecy(cast: TestHouse) -> None:
    from django.test import Client

    from tests.support.house import PASSWORD

    made = make_dossier(cast)
    client = Client()
    client.post("/dang-nhap/", {"username": "cuc", "password": PASSWORD})
    for address in (
        "/", "/ho-so/", "/tai-lieu/", "/tim/?q=thanh+ly", f"/ho-so/{made.dossier.pk}/",
        f"/ho-so/{made.dossier.pk}/mo-ta/", f"/tai-lieu/{made.documents[0].pk}/mo-ta/",
    ):  # fmt: skip
        text = client.get(address).content.decode()
        for word in ("Độ mật", "mode-band", "tangthu:band", "Tối mật", "secrecy"):
            assert word not in text, (address, word)
    for address in (
        f"/ho-so/{made.dossier.pk}/do-mat/", f"/tai-lieu/{made.documents[0].pk}/do-mat/",
        "/duoc-tiep-can/",
    ):  # fmt: skip
        assert client.get(address).status_code == 404
        assert client.post(address, {"degree": "1", "basis": "x"}).status_code == 404


@pytest.mark.req("AR-128")
def test_a_store_of_the_other_mode_is_not_opened(cast: TestHouse) -> None:
    from tangthu.repository.models import Store
    from tangthu.repository.stores import StoreOfOtherMode, open_store

    sealed_package(cast, make_dossier(cast))
    store = Store.objects.get(name="kho-a")
    mark = deployment.store_mark(Path(store.path))
    assert mark.read_text() == "tangthu-origin:connected\n"
    open_store(store)
    with override_settings(DEPLOYMENT_MODE="isolated_lan"), pytest.raises(StoreOfOtherMode):
        open_store(store)
    mark.write_text("tangthu-origin:isolated_lan\n")
    with pytest.raises(StoreOfOtherMode, match="isolated_lan"):
        open_store(store)
    mark.write_text("x")
    with pytest.raises(StoreOfOtherMode):
        open_store(store)
    mark.unlink()
    open_store(store)
    with override_settings(DEPLOYMENT_MODE="isolated_lan"), pytest.raises(StoreOfOtherMode):
        open_store(store)


@pytest.mark.req("AR-128")
def test_a_database_of_the_other_mode_is_not_opened(test_house: TestHouse) -> None:
    with isolated_house(test_house) as house:
        with psycopg.connect(house.url, autocommit=True) as owner:
            deployment.require_same(owner)
            with (
                override_settings(DEPLOYMENT_MODE="connected"),
                pytest.raises(deployment.WrongMode, match="thuộc chế độ isolated_lan"),
            ):
                deployment.require_same(owner)
        deployment.write_mark(deployment.home_mark(house.home), "connected")
        refused = call(house, "check")
        assert refused.returncode == 2
        assert "Cơ sở dữ liệu thuộc chế độ isolated_lan" in refused.stderr


@pytest.mark.req("AR-128")
def test_a_log_says_by_its_origin_where_it_comes_from(isolated_cast: TestHouse) -> None:
    from tangthu.ledger.logs import all_logs, open_log
    from tests.support.records import signed_events

    make_dossier(isolated_cast)
    assert all(log.origin.startswith("isolated-lan/") for log in all_logs())
    signed_events()
    checkpoints = list(isolated_cast.home.ledger.rglob("checkpoint"))
    assert checkpoints
    for path in checkpoints:
        assert path.read_text(encoding="utf-8").startswith("isolated-lan/")
    with pytest.raises(InvalidInput), transaction.atomic():
        open_log(isolated_cast.body("H30.81").id, "test.example/x")
    with (
        override_settings(DEPLOYMENT_MODE="connected"),
        pytest.raises(InvalidInput),
        transaction.atomic(),
    ):
        open_log(isolated_cast.body("H30.81").id, "isolated-lan/test.example/x")


@pytest.mark.req("AR-128")
@pytest.mark.parametrize(
    "given", ["8.8.8.0/24", "0.0.0.0/0", "10.0.0.0/7", "x", "::/0", "10.1.1.1/8"]
)
def test_only_private_networks_can_be_declared_local(given: str) -> None:
    with pytest.raises(isolation.Outward):
        isolation.local_networks(given)


@pytest.mark.req("AR-128")
def test_the_server_listens_only_where_the_mode_lets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANGTHU_LOCAL_NETWORKS", "192.168.10.0/24, fd00::/8")
    for address, connected, isolated in (
        ("127.0.0.1", True, True), ("::1", True, True), ("192.168.10.5", False, True),
        ("192.168.11.5", False, False), ("0.0.0.0", False, False), ("::", False, False),
        ("8.8.8.8", False, False), ("fd00::5", False, True), ("example.com", False, False),
    ):  # fmt: skip
        monkeypatch.setenv("TANGTHU_BIND", address)
        for mode, allowed in (("connected", connected), ("isolated_lan", isolated)):
            if allowed:
                assert isolation.bind_address(mode) == address
            else:
                with pytest.raises(PortUnusable):
                    isolation.bind_address(mode)
    monkeypatch.delenv("TANGTHU_BIND")
    assert isolation.bind_address("isolated_lan") == "127.0.0.1"


@pytest.mark.req("AR-128")
def test_an_isolated_process_reaches_nothing_outside(tmp_path: Path) -> None:
    script = """
import socket, sys, urllib.request
from tangthu.kernel.home import Home
Home.from_environment().ensure()
import django; django.setup()
from tangthu.kernel.isolation import Outward
def refused(act):
    try:
        act()
    except Outward:
        return True
    except OSError as error:
        print("let through:", error)
    return False
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tied = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
checks = [
    refused(lambda: udp.sendmsg([b"x"], [], 0, ("192.0.2.1", 53))),
    refused(lambda: tied.connect_ex(("192.0.2.1", 53))),
    refused(lambda: socket.getaddrinfo("secret-name.example.com", 80)),
    refused(lambda: socket.getaddrinfo(b"secret-name.example.com", None)),
    refused(lambda: socket.gethostbyname("secret-name.example.com")),
    refused(lambda: socket.gethostbyname_ex("secret-name.example.com")),
    refused(lambda: socket.gethostbyaddr("192.0.2.1")),
    refused(lambda: socket.getnameinfo(("192.0.2.1", 80), 0)),
    refused(lambda: socket.create_connection(("192.0.2.1", 80), timeout=1)),
    refused(lambda: udp.sendto(b"x", ("192.0.2.1", 53))),
    refused(lambda: socket.socket().bind(("0.0.0.0", 0))),
    refused(lambda: socket.create_connection(("10.9.9.9", 80), timeout=1)),
    refused(lambda: urllib.request.urlopen("http://192.0.2.1/", timeout=1)),
]
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), timeout=5).close()
socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
socket.getaddrinfo(None, 80, flags=socket.AI_PASSIVE)
socket.getaddrinfo("192.0.2.1", 80)
socket.gethostbyname("127.0.0.1"), socket.gethostbyaddr("127.0.0.1")
socket.gethostbyname("localhost")
socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST)
here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
here.sendmsg([b"x"], [], 0, ("127.0.0.1", server.getsockname()[1]))
here.connect(("127.0.0.1", server.getsockname()[1]))
here.sendmsg([b"x"])
one, other = socket.socketpair()
one.sendmsg([b"x"])
print(checks)
sys.exit(0 if all(checks) else 1)
"""
    home = tmp_path / "nha"
    given = {**os.environ, "TANGTHU_HOME": str(home), "DJANGO_SETTINGS_MODULE":
             "tangthu.kernel.settings", "TANGTHU_MODE": "isolated_lan",
             "DATABASE_URL": "postgresql://x@127.0.0.1/x"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script], env=given, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


ELSEWHERE = [
    {"DATABASE_URL": "postgresql://x@192.0.2.1/x"},
    {"DATABASE_URL": "postgresql://x@10.1.1.1/x"},
    {"DATABASE_URL": "postgresql://x@127.0.0.1,192.0.2.1/x"},
    {"DATABASE_URL": "postgresql://a:b@localhost/db?hostaddr=203.0.113.5"},
    {"DATABASE_URL": "postgresql://a:b@127.0.0.1,localhost/db?hostaddr=127.0.0.1,203.0.113.5"},
    {"DATABASE_URL": "host=/var/run/postgresql hostaddr=203.0.113.5 dbname=x user=x"},
    {"DATABASE_URL": "postgresql://x@db.example.com/x"},
    {"DATABASE_URL": "postgresql:///?service=elsewhere"},
    {"DATABASE_URL": "postgresql://x@127.0.0.1/x", "PGHOSTADDR": "203.0.113.5"},
    {"DATABASE_URL": "dbname=x user=x", "PGHOST": "203.0.113.5"},
    {"PGSERVICE": "elsewhere"}, {"PGSERVICEFILE": "/tmp/x"}, {"PGHOSTADDR": "203.0.113.5"},
    {"DATABASE_URL": "postgresql://x@127.0.0.1/x",
     "DATABASE_INTEGRATOR_URL": "postgresql://tangthu_integrator@203.0.113.5/x"},
    {"DATABASE_URL": "postgresql://x@127.0.0.1/x",
     "DATABASE_APP_URL": "postgresql://tangthu_app@localhost/x?hostaddr=203.0.113.5"},
    {"DATABASE_URL": "postgresql://127.0.0.1/x",
     "DATABASE_OWNER_URL": "postgresql://owner@203.0.113.5/x"},
]  # fmt: skip
LOCAL = [
    {}, {"DATABASE_URL": "postgresql://x@127.0.0.1/x"}, {"DATABASE_URL": "postgresql://x@[::1]/x"},
    {"DATABASE_URL": "postgresql://x@localhost/x"}, {"DATABASE_URL": "dbname=x user=x"},
    {"DATABASE_URL": "host=/run/postgresql dbname=x user=x"},
    {"DATABASE_URL": "postgresql://x@192.168.10.9/x",
     "DATABASE_OWNER_URL": "postgresql://owner@192.168.10.9/x"},
    {"DATABASE_URL": "postgresql://x@kho.noi-bo/x?hostaddr=192.168.10.9&sslmode=verify-full"},
]  # fmt: skip


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("given", [*ELSEWHERE, *LOCAL])
def test_every_login_of_an_isolated_site_must_lead_to_a_database_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    from tangthu.kernel.database import places

    for name in [name for name in os.environ if name.startswith(("DATABASE_", "PG"))]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    home = Home(tmp_path / "nha").ensure()
    networks = isolation.local_networks("192.168.10.0/24")
    if given in LOCAL:
        isolation.require_local_databases(places(home), networks)
        return
    with pytest.raises(isolation.Outward):
        isolation.require_local_databases(places(home), networks)


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("number", [0, 3, 8, 13, 15])
def test_an_isolated_site_does_not_start_with_a_database_elsewhere(
    tmp_path: Path, number: int
) -> None:
    given = ELSEWHERE[number]
    refused = alone(tmp_path / "nha", "check", TANGTHU_MODE="isolated_lan", **given)
    assert refused.returncode == 2
    assert "mạng nội bộ" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.req("AR-128")
def test_a_visitor_from_another_network_is_turned_away(isolated_cast: TestHouse) -> None:
    from django.test import Client

    for address, status in (("127.0.0.1", 200), ("192.0.2.7", 403), ("10.1.1.1", 403)):
        answer = Client(REMOTE_ADDR=address).get("/dang-nhap/")
        assert answer.status_code == status, address
    with override_settings(LOCAL_NETWORKS=isolation.local_networks("10.0.0.0/8")):
        assert Client(REMOTE_ADDR="10.1.1.1").get("/dang-nhap/").status_code == 200
