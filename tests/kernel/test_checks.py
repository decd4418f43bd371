"""Checks of the installation: each fault is found, with what it costs and what mends it."""

from __future__ import annotations

import datetime as dt
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import DatabaseError, connection, connections
from django.test import override_settings
from tests.support.commands import COULD_NOT, call, told
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package, signed_events

from tangthu.kernel import (
    checks,
    checks_database,
    checks_machine,
    checks_site,
    clock_readings,
    workers,
)
from tangthu.kernel.checks import Finding
from tangthu.kernel.home import ROOM_TO_LEAVE
from tangthu.kernel.models import ClockReading, Job, Worker
from tangthu.ledger.integrator import stop
from tangthu.ledger.logs import log_of
from tangthu.ledger.signer import Signer
from tangthu.repository.models import Copy, Store
from tangthu.signin.models import Kind, SecurityEntry, SignInState

A, B = "H30.81", "H31.07"


def found(name: str, bodies: checks.Bodies = None) -> list[Finding]:
    """What the check `name` finds now."""
    (one,) = (each for each in checks.run(bodies) if each.name == name)
    return list(one.findings)


def faults(name: str, bodies: checks.Bodies = None) -> list[tuple[str, str]]:
    """Level and sentence of what needs a hand; each must say what it costs and what mends it."""
    bad = [one for one in found(name, bodies) if one.level in ("warning", "error")]
    assert all(one.cost and one.remedy for one in bad), bad
    return [(one.level, one.message) for one in bad]


@pytest.fixture
def registered() -> Iterator[None]:
    """Whatever a test registers is forgotten after."""
    before = dict(checks._checks)
    yield
    checks._checks.clear()
    checks._checks.update(before)


@pytest.mark.usefixtures("registered")
def test_a_check_that_fails_is_a_finding_and_the_others_are_made(shared_cast: TestHouse) -> None:
    def database(bodies: checks.Bodies) -> Iterator[Finding]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'Kinnhatkhac' / 0")
        yield Finding("ok", "")

    def ours(bodies: checks.Bodies) -> list[Finding]:
        raise KeyError("Kinnhatkhac")

    checks.register("a", "Một", database, order=0)
    checks.register("b", "Hai", ours, order=1)
    with pytest.raises(ValueError, match="already"):
        checks.register("b", "Hai", ours)
    first, second, third, *_rest = checks.run()
    assert (first.level, second.level) == ("error", "error")
    assert "Kinnhatkhac" not in first.findings[0].message + second.findings[0].message
    assert third.name == "software"
    with pytest.raises(DatabaseError):
        list(database(None))


def test_a_note_is_better_than_a_warning_and_nothing_is_well() -> None:
    levels = [Finding("note", ""), Finding("warning", ""), Finding("ok", "")]
    assert checks.worst(levels) == "warning"
    assert checks.worst([*levels, Finding("error", "")]) == "error"
    assert checks.worst([]) == "ok"


def test_settings_that_lose_data_are_told(shared_cast: TestHouse) -> None:
    # The tests' own server waits for no disk.
    told_now = {message: level for level, message in faults("database")}
    assert told_now == {
        "PostgreSQL đang tắt fsync.": "error",
        "PostgreSQL đang tắt full_page_writes.": "error",
        "PostgreSQL đang tắt synchronous_commit.": "warning",
    }
    well = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit", "autovacuum"), "on")
    assert [one.level for one in checks_database._durability({**well, "data_checksums": "on"})] == [
        "ok"
    ]
    (bad,) = [
        one
        for one in checks_database._durability({**well, "data_checksums": "off"})
        if one.level != "ok"
    ]
    assert "pg_checksums --enable" in bad.remedy


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, "ok"), (1, "ok"), (3, "warning"), (-3, "warning"), (61, "error")]
)
def test_clocks_that_differ_are_told(seconds: int, level: str) -> None:
    before = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
    after = before + dt.timedelta(seconds=10)  # the asking itself took ten seconds
    theirs = (after if seconds > 0 else before) + dt.timedelta(seconds=seconds)
    (one,) = checks_database.skew_of(before, theirs, after)
    assert one.level == level


@pytest.mark.parametrize(
    ("free", "level"), [(50, "ok"), (11, "ok"), (9, "warning"), (4, "warning"), (2, "error")]
)
def test_a_disk_that_fills_is_told_at_ten_and_at_three_in_a_hundred(free: int, level: str) -> None:
    assert checks_machine.room_of_home(free * 10**10, 10**12).level == level
    assert checks_machine.room_of_home(ROOM_TO_LEAVE - 1, ROOM_TO_LEAVE).level == "error"


def test_what_others_can_read_is_told_and_the_command_mends_it(cast: TestHouse) -> None:
    assert faults("files") == []
    for number in range(8):
        secret = cast.home.secrets / f"thử {number}"
        secret.write_text("x")
        secret.chmod(0o640)
    cast.home.working.chmod(0o755)
    cast.home.stores.chmod(0o750)  # a group was let in
    bad = [one for one in found("files") if one.level != "ok"]
    assert [one.level for one in bad] == ["error"] * 6 + ["warning"]
    assert "Còn 3 tệp" in bad[5].message
    try:
        for one in bad:
            subprocess.run(shlex.split(one.remedy), check=True)
        assert faults("files") == []
    finally:
        for number in range(8):
            (cast.home.secrets / f"thử {number}").unlink()


def test_a_program_that_is_not_installed_is_told_with_its_command(tmp_path: Path) -> None:
    listed = tmp_path / "packages.debian"
    listed.write_text(f"# gói\nco-san {listed} không gì\nthieu   /khong/co   trang in, ảnh\n")
    (one,) = checks_machine.programs(listed)
    assert (one.level, one.remedy) == ("note", "apt-get install thieu")
    assert "trang in, ảnh" in one.cost
    assert list(checks_machine.programs(tmp_path / "absent")) == []


def test_every_library_has_a_version() -> None:
    known = dict(checks_machine.versions())
    assert {"pypdfium2", "psycopg", "lxml"} <= set(known)
    assert all(known.values())


def test_a_queue_that_nobody_works_on_is_told(cast: TestHouse) -> None:
    assert [one.level for one in found("queue")] == ["note"]
    job = Job.objects.create(kind="x", body_id=cast.body(A).id)
    assert faults("queue") == [("error", "Không có máy nào đang chạy việc, 1 việc đang chờ.")]
    worker = workers.begin(1)
    workers.me = None
    assert faults("queue") == []
    old = job.created_at - dt.timedelta(hours=2)
    Job.objects.filter(pk=job.pk).update(created_at=old)
    assert faults("queue") == [("warning", "Việc chờ lâu nhất đã chờ 120 phút.")]
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=job.created_at)
    assert faults("queue") == [("warning", "1 việc không xong trong một ngày qua.")]
    Job.objects.filter(pk=job.pk).update(finished_at=job.created_at - dt.timedelta(days=2))
    assert faults("queue") == []
    Worker.objects.filter(pk=worker.pk).update(version="0.0.9")
    assert "0.0.9" in faults("queue")[0][1]
    Worker.objects.filter(pk=worker.pk).update(seen_at=old)
    assert "mất liên lạc" in faults("queue")[0][1]


def test_stores_are_told_when_they_are_away_full_hurt_or_long_unread(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_package(cast, make_dossier(cast))
    assert [one.level for one in found("stores")] == ["ok", "ok", "note", "ok"]
    for filling, nearly, level in ((1.0, 0.0, "warning"), (1.0, 1.0, "error")):
        with monkeypatch.context() as patch:
            patch.setattr("tangthu.repository.stores.FILLING", filling)
            patch.setattr("tangthu.repository.stores.NEARLY_FULL", nearly)
            assert [one[0] for one in faults("stores")] == [level] * 2
    copy = Copy.objects.get(store__name="kho-a")
    for state, level in (("bad", "error"), ("unrepairable", "error"), ("unchecked", "warning")):
        Copy.objects.filter(pk=copy.pk).update(state=state)
        ((one, message),) = faults("stores")
        assert (one, "kho-a" in message) == (level, True)
    Copy.objects.filter(pk=copy.pk).update(
        state="good", verified_at=copy.verified_at - dt.timedelta(days=38)
    )
    assert "lâu chưa kiểm tra nhất" in faults("stores")[0][1]
    store = Path(Store.objects.get(name="kho-b").path)
    store.rename(store.with_name("away"))
    assert ("error", "Không mở được kho kho-b.") in faults("stores")


def test_a_log_that_does_not_go_on_is_told(cast: TestHouse) -> None:
    signed_events()
    assert [one.level for one in found("ledger")] == ["ok", "ok"]
    log = log_of(cast.body(A).id)
    signer = Signer(cast.home, log.log_id, log.origin)
    stop(log, "thử")
    assert faults("ledger") == [("error", f"Sổ cái {log.origin} đã dừng: thử.")]
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_tree SET stopped = NULL")
    signer.begin_recovery("thử")
    assert faults("ledger") == [("error", f"Sổ cái {log.origin} đang ở chế độ phục hồi.")]
    signer.end_recovery()
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE ledger_tree SET signed_size = size - 1 WHERE log_id = %s",
                       [log.log_id])  # fmt: skip
        assert faults("ledger") == []
        cursor.execute("SELECT now() - interval '11 minutes'")
        (when,) = cursor.fetchone()
        cursor.execute("ALTER TABLE ledger_checkpoint DISABLE TRIGGER ALL")
        cursor.execute("UPDATE ledger_checkpoint SET signed_at = %s", [when])
    assert faults("ledger") == [("warning", f"Sổ cái {log.origin} có 1 sự kiện chưa được ký.")]
    (cast.home.secrets / "ledger" / f"{log.log_id}.key").unlink()
    assert ("error", f"{log.origin}: Không có tệp khóa ký của sổ cái.") in faults("ledger")


def test_passwords_of_others_and_failed_sign_ins_are_told(cast: TestHouse) -> None:
    assert faults("accounts") == []
    SignInState.objects.filter(account__username__in=["dung", "cuc"]).update(demonstration=False)
    assert faults("accounts") == [("warning", "1 người phải xác thực hai bước mà chưa thiết lập.")]
    SignInState.objects.update(demonstration=True)
    SignInState.objects.filter(account__username="hoa").update(password_at=None)
    assert faults("accounts") == [("warning", "1 tài khoản vẫn dùng mật khẩu do người khác cấp.")]
    old = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    SignInState.objects.update(password_at=old)
    assert [one.message for one in found("accounts")] == ["2 quản trị có mật khẩu quá hạn."]
    SecurityEntry.objects.create(
        kind=Kind.LOCKED, outcome="refused", source="192.0.2.7", body_id=cast.body(A).id, at=old
    )
    assert "1 lần bị khóa tạm" in faults("accounts")[0][1]


def test_nothing_is_told_of_other_bodies(cast: TestHouse) -> None:
    sealed_package(cast, make_dossier(cast))
    signed_events()
    Copy.objects.filter(store__name="kho-a").update(state="bad")
    Job.objects.create(kind="x", body_id=cast.body(A).id)
    SignInState.objects.filter(account__username="hoa").update(password_at=None)
    stop(log_of(cast.body(A).id), "thử")
    mine, other = frozenset({cast.body(A).id}), frozenset({cast.body(B).id})
    for name in ("queue", "stores", "ledger", "accounts"):
        assert faults(name, mine), name
        assert faults(name, other) == [], name
    words = str(checks.run(other))
    assert A not in words and "1 gói" not in words
    assert B in words


def pem(until: dt.datetime) -> bytes:
    """A certificate that ends at `until`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "luutru.example")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(until - dt.timedelta(days=90)).not_valid_after(until)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    from cryptography.hazmat.primitives.serialization import Encoding

    return made.public_bytes(Encoding.PEM)


def test_a_certificate_is_told_in_time(tmp_path: Path) -> None:
    now = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
    file = tmp_path / "c.pem"
    for days, level in ((31, "ok"), (29, "warning"), (6, "error"), (-1, "error")):
        file.write_bytes(pem(now + dt.timedelta(days=days)))
        assert checks_site.certificate(file, now).level == level, days
    for what in (b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        file.write_bytes(what)
        assert checks_site.certificate(file, now).level == "warning"
    assert checks_site.certificate(tmp_path / "absent", now).level == "warning"


@pytest.mark.parametrize(
    ("given", "levels"),
    [
        ({"ALLOWED_HOSTS": ["localhost"]}, ["note"]),
        ({"ALLOWED_HOSTS": ["luutru.example"], "SITE_HTTPS": True}, ["ok"]),
        ({"ALLOWED_HOSTS": ["luutru.example"], "SITE_HTTPS": False}, ["error"]),
        ({"ALLOWED_HOSTS": ["*"], "SITE_HTTPS": True}, ["warning", "ok"]),
        ({"ALLOWED_HOSTS": [".example"], "SITE_HTTPS": True}, ["warning", "ok"]),
        ({"ALLOWED_HOSTS": ["a.example"], "SITE_HTTPS": True, "DEBUG": True}, ["error", "ok"]),
    ],
)
def test_a_site_that_is_open_too_wide_is_told(given: dict[str, object], levels: list[str]) -> None:
    with override_settings(**given):
        assert [one.level for one in checks_site.look(None)] == levels


def test_without_its_database_the_rest_is_checked(shared_cast: TestHouse) -> None:
    given = {"DATABASE_URL": "postgresql://x:geheim@127.0.0.1:1/tangthu"}
    done = call(shared_cast, "check", "--json", **given)
    document = told(done, "check", COULD_NOT)
    assert document["postgresql"] is None and document["database_login"] is None
    assert document["findings"][0]["check"] == "reach"
    assert {one["check"] for one in document["findings"]} == {
        "reach", "rules", "software", "disk", "files", "site", "antivirus",
    }  # fmt: skip
    assert "geheim" not in done.stdout + done.stderr


def test_a_database_that_is_not_prepared_is_told_and_the_server_is_checked(
    cast: TestHouse,
) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'signin'")
    document = told(call(cast, "check", "--json"), "check", COULD_NOT)
    assert "tangthu migrate" in document["findings"][0]["remedy"]
    assert {one["check"] for one in document["findings"]} >= {"reach", "database", "logins"}
    assert not {one["check"] for one in document["findings"]} & {"queue", "stores", "ledger"}
    assert document["postgresql"] >= 15


@pytest.mark.req("RM-960")
def test_the_drift_of_clocks_is_recorded_and_told(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsynchronised = clock_readings.Synchronised(follows=False, estimated_us=0)
    monkeypatch.setattr(clock_readings, "of_kernel", lambda: unsynchronised)
    words = " ".join(one.message for one in found("clock"))
    assert "Nguồn thời gian" in words and "không đồng bộ" in words and "Chưa có số đo" in words
    first = clock_readings.read()
    assert abs(first.skew_us) < 1_000_000 and first.follows is False and first.source
    assert "1 lần đo" in " ".join(one.message for one in found("clock"))
    assert faults("clock") == []
    monkeypatch.setattr(clock_readings, "skew_now", lambda: dt.timedelta(seconds=-3))
    late = clock_readings.read()
    assert late.skew_us == -3_000_000
    ((level, told),) = faults("clock")
    assert level == "warning" and "3000,0 mili giây" in told
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_clockreading SET at = now() - interval '14 months'")
    clock_readings.read()
    assert ClockReading.objects.count() == 1, "what is older than the rules ask for goes"


def test_a_kernel_that_cannot_be_asked_is_a_note(
    shared_cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_readings, "of_kernel", lambda: None)
    assert any(one.level == "note" and "hệ điều hành" in one.message for one in found("clock"))
