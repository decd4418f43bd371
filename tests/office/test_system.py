"""The system page, what administrators are told on their first page, and figures for monitoring."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client

from tangthu.kernel import checks, metrics
from tangthu.kernel.metrics import Metric, Sample
from tangthu.kernel.models import Job
from tangthu.repository.models import Copy
from tests.office.conftest import SignIn
from tests.support.house import BODIES, PEOPLE, TestHouse
from tests.support.records import make_dossier, sealed_package, signed_events
from tests.support.server import DESKTOP, PHONE, Server, Visitor

HIDDEN = "Kyluatnoibo"
_HEAD = re.compile(r"# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)")
_SAMPLE = re.compile(
    r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|[+-]Inf)"
)
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(autouse=True)
def _anew() -> None:
    checks.forget()


def parsed(text: str) -> Samples:
    """The samples of a text in the format 0.0.4; it must be one, each family told before."""
    assert text.endswith("\n")
    families: dict[str, str] = {}
    found: Samples = {}
    for line in text[:-1].split("\n"):
        if head := _HEAD.fullmatch(line):
            if head[1] == "TYPE":
                assert head[2] not in families
                families[head[2]] = head[3]
            continue
        sample = _SAMPLE.fullmatch(line)
        assert sample, line
        labels = sample[2] or ""
        assert _LABEL.sub("", labels) == "", line
        family = sample[1]
        if family not in families:
            family = re.sub("_(bucket|sum|count)$", "", family)
            assert families[family] == "histogram"
        key = (sample[1], frozenset(_LABEL.findall(labels)))
        assert key not in found, line
        found[key] = float(sample[3])
    return found


def token(house: TestHouse) -> str:
    return house.home.secret("metrics-token")


def figures(house: TestHouse) -> str:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {token(house)}"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return answer.content.decode()


def one(samples: Samples, name: str, **labels: str) -> float:
    """The sample of that name whose labels hold these."""
    (value,) = [
        value for (at, has), value in samples.items() if at == name and has >= set(labels.items())
    ]
    return value


def test_administrators_see_what_is_wrong_what_it_costs_and_what_mends_it(
    shared_cast: TestHouse, sign_in: SignIn
) -> None:
    client = sign_in("dung")
    page = client.get("/he-thong/").content.decode()
    assert "PostgreSQL đang tắt fsync." in page  # the tests' own server
    assert "Mất điện là có thể hỏng cả cơ sở dữ liệu." in page
    assert "ALTER SYSTEM RESET fsync" in page
    assert page.index('id="database"') < page.index('id="disk"'), "the worst first"
    assert "pypdfium2" in page
    client.cookies["tangthu_language"] = "en"
    page = client.get("/he-thong/").content.decode()
    assert "PostgreSQL has fsync off." in page
    assert 'href="/he-thong/"' in page


def test_nobody_else_sees_the_system_page(shared_cast: TestHouse, sign_in: SignIn) -> None:
    for username in ("cuc", "hoa", "binh"):
        client = sign_in(username)
        here, missing = client.get("/he-thong/"), client.get("/khong-co/")
        assert here.status_code == missing.status_code == 404
        home = client.get("/").content.decode()
        assert "/he-thong/" not in home and "fsync" not in home


def test_an_administrator_is_told_on_his_first_page_of_errors_and_not_of_less(
    shared_cast: TestHouse, sign_in: SignIn
) -> None:
    page = sign_in("dung").get("/").content.decode()
    assert "Hệ thống đang có lỗi" in page
    assert 'href="/he-thong/#database"' in page
    assert "đang tắt fsync" in page
    assert "synchronous_commit" not in page, "a warning waits on its page"


def test_who_keeps_the_house_is_told_counts_of_all_bodies_and_nothing_of_any_record(
    cast: TestHouse, sign_in: SignIn
) -> None:
    sealed_package(cast, make_dossier(cast, title=HIDDEN))
    signed_events()
    Copy.objects.filter(store__name="kho-a").update(state="bad")
    for code in ("H30.81", "H31.07"):
        job = Job.objects.create(kind="x", body_id=cast.body(code).id, message=HIDDEN)
        Job.objects.filter(pk=job.pk).update(state="failed", finished_at=job.created_at)
    page = sign_in("dung").get("/he-thong/").content.decode()
    assert "Kho kho-a: 1 gói hỏng." in page and "2 việc không xong" in page
    assert HIDDEN not in page
    assert sign_in("quang").get("/he-thong/").status_code == 404, "an administrator of a body"
    assert "Kho kho-a" not in sign_in("quang").get("/").content.decode()


def test_the_isolated_sites_administrator_without_clearance_is_told_of_no_body(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.faces.office.views.system import told_of

    assert told_of(isolated_cast.acting("dung").viewer) == frozenset()
    page = sign_in("dung").get("/he-thong/").content.decode()
    assert "H30.81:" not in page
    assert "PostgreSQL" in page


def test_figures_are_for_who_knows_the_token(shared_cast: TestHouse) -> None:
    right = token(shared_cast)
    assert (shared_cast.home.secrets / "metrics-token").stat().st_mode & 0o777 == 0o600
    for told in ("", right, f"Basic {right}", "Bearer", "Bearer ", "Bearer sai", f"Bearer {right}x",
                 f"Bearer {right.upper()}", "Bearer ố"):  # fmt: skip
        answer = Client().get("/metrics", headers={"Authorization": told})
        assert (answer.status_code, answer.content) == (401, b"401\n"), told
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert Client().get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 401
    assert Client().post("/metrics", headers={"Authorization": f"Bearer {right}"}).status_code in (
        403, 405,
    )  # fmt: skip


def test_figures_tell_of_queue_ledger_stores_and_disk_and_name_nobody(cast: TestHouse) -> None:
    sealed_package(cast, make_dossier(cast, title=HIDDEN, documents=[{"subject": HIDDEN}]))
    signed_events()
    job = Job.objects.create(kind="x", body_id=cast.body("H30.81").id, message=HIDDEN)
    text = figures(cast)
    samples = parsed(text)
    assert one(samples, "tangthu_jobs", state="waiting", kind="x") == 1
    assert one(samples, "tangthu_job_oldest_waiting_seconds") >= 0
    assert one(samples, "tangthu_workers", state="living") == 0
    assert one(samples, "tangthu_ledger_unsigned_events") == 0
    assert one(samples, "tangthu_ledger_events") > 10
    assert one(samples, "tangthu_ledger_logs", state="running") == 2
    assert one(samples, "tangthu_store_usable", store="kho-a") == 1
    free = one(samples, "tangthu_store_free_bytes", store="kho-b")
    assert 0 < free <= one(samples, "tangthu_home_size_bytes")
    assert {value for (name, _), value in samples.items() if name == "tangthu_up"} == {1}
    people = [part for group in PEOPLE.values() for each in group for part in each[:3]]
    for word in (HIDDEN, *BODIES, *people, *(part for body in BODIES.values() for part in body),
                 str(job.id), str(job.body_id), "test.example"):  # fmt: skip
        assert word not in text, word


def test_what_ended_lately_is_told_with_its_time(cast: TestHouse) -> None:
    with connection.cursor() as cursor:
        for seconds in (10, 30):
            job = Job.objects.create(kind="x")
            cursor.execute(
                "UPDATE kernel_job SET state = 'done', started_at = now(), "
                "finished_at = now() + make_interval(secs => %s) WHERE id = %s",
                [seconds, job.pk],
            )
    samples = parsed(figures(cast))
    assert one(samples, "tangthu_jobs_ended_day", kind="x", state="done") == 2
    assert one(samples, "tangthu_job_seconds_day", kind="x") == 40
    assert one(samples, "tangthu_job_longest_seconds_day", kind="x") == 30


def test_requests_are_counted_by_status_and_time(shared_cast: TestHouse) -> None:
    from tangthu.faces.office import measuring

    before = parsed(figures(shared_cast))
    for address in ("/song", "/song", "/khong-co/"):
        Client().get(address)
    measuring.note("<script>", 400, 7.0)
    after = parsed(figures(shared_cast))

    def more(name: str, **labels: str) -> float:
        return sum(
            value - before.get((at, has), 0)
            for (at, has), value in after.items()
            if at == name and has >= set(labels.items())
        )

    assert more("tangthu_http_requests_total", method="GET", status="302") == 1
    assert more("tangthu_http_requests_total", method="GET", status="200") == 3, "and the reading"
    assert more("tangthu_http_requests_total", method="other", status="400") == 1
    assert more("tangthu_http_request_seconds_count") == 5
    assert more("tangthu_http_request_seconds_bucket", le="+Inf") == 5
    slow = more("tangthu_http_request_seconds_bucket", le="10.0")
    assert slow - more("tangthu_http_request_seconds_bucket", le="5.0") >= 1, "cumulative"
    assert more("tangthu_http_request_seconds_sum") >= 7


def test_what_cannot_be_read_is_left_out_and_told(
    shared_cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Iterator[Metric]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM khong_co")
        yield Metric("never", "", ())

    monkeypatch.setattr(metrics, "_collectors", {**metrics._collectors, "queue": away})
    samples = parsed(figures(shared_cast))
    assert one(samples, "tangthu_up", part="queue") == 0
    assert one(samples, "tangthu_up", part="ledger") == 1
    assert not [name for name, _ in samples if name == "tangthu_jobs"]


def test_labels_are_written_by_the_format(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = 'a"b\\c\nd{}ệ,x="y"'
    metric = Metric("m", "first\nsecond \\", (Sample(0.5, {"l": hostile}), Sample(1e21)))
    monkeypatch.setattr(metrics, "_collectors", {"one": lambda: [metric]})
    text = metrics.text()
    assert r'm{l="a\"b\\c\nd{}ệ,x=\"y\""} 0.5' in text.split("\n")
    assert "# HELP m first\\nsecond \\\\\n" in text
    assert parsed(text)["m", frozenset()] == 1e21


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_is_accessible_quiet_and_no_wider_than_its_window(
    shared_server: Server, visit: Callable[..., Visitor], size: tuple[int, int]
) -> None:
    visitor = visit(shared_server, "dung", size=size)
    for address in ("/he-thong/", "/"):
        visitor.go(address)
        assert (visitor.axe(), visitor.overflow(), visitor.complaints) == ([], 0, [])
