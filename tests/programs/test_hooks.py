"""Hooks tell a real receiver what happened: signed, in order, again after failures, nothing more
than its person may know of, and nowhere else."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from tangthu_client import NotGenuine, verify
from tangthu_client.ed25519 import is_signed

from tangthu.identity.models import Account
from tangthu.kernel import checks, reaching
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.reaching import may_reach, networks
from tangthu.ledger.history import history
from tangthu.programs import hook_keys, hook_sending
from tangthu.programs.actions import make_hook as actions
from tangthu.programs.actions import send_hooks
from tangthu.programs.actions.make_hook import MOST_HOOKS, make_hook
from tangthu.programs.actions.make_key import make_key, revoke_key
from tangthu.programs.hook_sending import Outcome
from tangthu.programs.models import Hook, HookDelivery, HookRun
from tangthu.signin.models import SecurityEntry
from tests.support.house import PASSWORD, TestHouse
from tests.support.programs import Program
from tests.support.receiving import Receiver, receiver
from tests.support.records import change_dossier, make_dossier, signed_events
from tests.support.workers import process, wait_until

LOOPBACK = networks("127.0.0.1/32")


@pytest.fixture(autouse=True)
def opened() -> Iterator[None]:
    with override_settings(HOOK_NETWORKS=LOOPBACK):
        yield


@pytest.fixture
def to() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


def hooked(house: TestHouse, url: str, username: str = "cuc", **more: Any) -> Hook:
    acting = house.acting(username)
    given = {"name": "Nơi nhận", "kinds": ["records.dossier"], **more}
    return make_hook(acting, body_id=acting.viewer.positions[0][0], url=url, **given)


def message(to: Receiver, number: int = -1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to.came[number][1])
    return found


def due_now(hook: Hook) -> None:
    HookRun.objects.filter(hook=hook).update(due_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


def test_a_stranger_verifies_with_the_key_that_is_shown_what_happened_in_order_without_titles(
    cast: TestHouse, to: Receiver
) -> None:
    signed_events()
    hook = hooked(cast, to.url, kinds=["records.dossier.created", "records.dossier.described"])
    made = [make_dossier(cast, number=f"{number:02d}") for number in (1, 2)]
    change_dossier(cast, made[0].dossier, title="Bí mật của tiêu đề")
    assert send_hooks.send_due() == 0, "what is not signed yet is not told"
    signed_events()
    assert send_hooks.send_due() == 1
    headers, body = to.came[0]
    told = verify(hook.public_key, headers, body)
    assert [(one["kind"], one["object"]) for one in told["events"]] == [
        ("records.dossier.created", str(made[0].dossier.pk)),
        ("records.dossier.created", str(made[1].dossier.pk)),
        ("records.dossier.described", str(made[0].dossier.pk)),
    ]
    leaves = [one["leaf"] for one in told["events"]]
    assert leaves == sorted(leaves)
    assert {one["body"] for one in told["events"]} == {str(hook.body_id)}
    (event,) = [one for one in history(made[1].dossier.pk) if one.leaf_index == leaves[1]]
    assert dt.datetime.fromisoformat(told["events"][1]["time"]) == event.when
    assert set(told["events"][0]) == {"kind", "object", "body", "time", "leaf"}
    for field in ("title", "tiêu đề", made[0].dossier.title):
        assert field not in body.decode() and field not in json.dumps(headers)
    assert headers["Tangthu-Key"] == hook_keys.key_id(hook.public_key)
    for wrong in (
        {"body": body.replace(b"created", b"dreated")},
        {"public_key": hook_keys.public_key(uuid.uuid4())},
        {"headers": {**headers, "Tangthu-Delivery": str(uuid.uuid4())}},
        {"headers": {**headers, "Tangthu-Timestamp": str(int(headers["Tangthu-Timestamp"]) + 1)}},
        {"headers": {k: v for k, v in headers.items() if k != "Tangthu-Signature"}},
        {"now": int(headers["Tangthu-Timestamp"]) + 301.0},
    ):
        given = {"public_key": hook.public_key, "headers": headers, "body": body, **wrong}
        with pytest.raises(NotGenuine):
            verify(**given)  # type: ignore[arg-type]
    assert send_hooks.send_due() == 0 and len(to.came) == 1


def test_the_client_judges_signatures_as_rfc_8032_does() -> None:
    """Section 7.1, tests 1 and 2; a signature made longer by the order of the group is none."""
    first = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
        "6bd25bf5f0595bbe24655141438e7a100b"
    )
    assert is_signed(first, b"", signature)
    assert not is_signed(first, b"r", signature)
    second = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    other = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d"
        "8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert is_signed(second, b"r", other) and not is_signed(first, b"r", other)
    order = 2**252 + 27742317777372353535851937790883648493
    longer = int.from_bytes(signature[32:], "little") + order
    assert not is_signed(first, b"", signature[:32] + longer.to_bytes(32, "little"))


def test_a_message_is_sent_again_under_its_id_until_it_is_taken_and_nothing_overtakes_it(
    cast: TestHouse, to: Receiver
) -> None:
    signed_events()
    hook = hooked(cast, to.url)
    make_dossier(cast, number="01")
    signed_events()
    to.answers[:] = [500]
    assert send_hooks.send_due() == 0
    make_dossier(cast, number="02")
    signed_events()
    assert send_hooks.send_due() == 0 and len(to.came) == 1, "not before its pause is over"
    run = HookRun.objects.get(hook=hook)
    first = run.due_at - run.failing_since
    due_now(hook)
    to.answers[:] = [503]
    send_hooks.send_due()
    run.refresh_from_db()
    last = HookDelivery.objects.get(hook=hook)
    assert last.tried_at is not None
    assert run.due_at - last.tried_at > first, "pauses grow"
    assert (last.attempts, last.status, last.done) == (2, 503, False)
    assert "Chưa gửi được tin" in _checked(cast)
    due_now(hook)
    assert send_hooks.send_due() == 2
    ids = [message(to, number)["delivery"] for number in range(4)]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert to.came[0][1] == to.came[2][1]
    run.refresh_from_db()
    assert (run.attempts, run.failing_since) == (0, None)


def _checked(house: TestHouse) -> str:
    (found,) = [one for one in checks.run() if one.name == "hooks"]
    return " ".join(one.message for one in found.findings)


def test_after_three_days_without_answer_a_hook_stops_says_so_and_goes_on_when_told(
    cast: TestHouse,
) -> None:
    signed_events()
    with receiver() as gone:
        url, port = gone.url, gone.port
    hook = hooked(cast, url)
    make_dossier(cast)
    signed_events()
    send_hooks.send_due()
    assert HookDelivery.objects.get(hook=hook).outcome == "refused"
    HookRun.objects.filter(hook=hook).update(
        failing_since=dt.datetime.now(dt.UTC) - dt.timedelta(days=3, seconds=1)
    )
    due_now(hook)
    send_hooks.send_due()
    hook.refresh_from_db()
    assert (hook.state, hook.why) == ("stopped", "unanswered")
    assert history(hook.pk)[-1].kind_name == "programs.hook.stopped"
    entry = SecurityEntry.objects.get(kind="hook")
    assert entry.target == str(hook.pk) and entry.detail["why"] == "unanswered"
    assert "bi-mat" not in json.dumps([one.fields for one in history(hook.pk)]) + str(entry.detail)
    assert "Đã dừng gửi tin" in _checked(cast)
    due_now(hook)
    with receiver(port) as back:
        assert send_hooks.send_due() == 0
        actions.resume_hook(cast.acting("cuc"), hook.pk)
        assert send_hooks.send_due() == 1
        assert {one["kind"] for one in message(back)["events"]} == {
            "records.dossier.created", "records.dossier.grown",
        } & {one["kind"] for one in message(back)["events"]} != set()  # fmt: skip
    assert "Không có" in _checked(cast)


def test_what_the_person_may_no_longer_see_at_delivery_is_left_out_without_a_word(
    cast: TestHouse, to: Receiver
) -> None:
    signed_events()
    clerk, archivist = hooked(cast, to.url, "hoa"), hooked(cast, to.url, "cuc")
    stranger = hooked(cast, to.url, "nga")
    shown = make_dossier(cast, number="01").dossier
    hidden = make_dossier(cast, number="02").dossier
    signed_events()
    to.answers[:] = [500, 500]
    send_hooks.send_due()
    assert {len({one["object"] for one in message(to, n)["events"]}) for n in (0, 1)} == {2}
    change_dossier(cast, hidden, access_level="02")
    signed_events()
    for one in (clerk, archivist):
        due_now(one)
    to.came.clear()
    send_hooks.send_due()
    told: dict[str, set[str]] = {}
    for number in range(len(to.came)):
        one = message(to, number)
        told.setdefault(one["hook"], set()).update(event["object"] for event in one["events"])
    assert told[str(clerk.pk)] == {str(shown.pk)}
    assert told[str(archivist.pk)] == {str(shown.pk), str(hidden.pk)}
    assert str(stranger.pk) not in told
    assert HookRun.objects.get(hook=clerk).failing_since is None


def test_a_hook_of_a_key_knows_what_the_key_opens_and_ends_with_it(
    cast: TestHouse, to: Receiver
) -> None:
    acting = cast.acting("cuc")
    body = acting.viewer.positions[0][0]
    key, token = make_key(acting, name="k", body_id=body, scopes=["read.public"], days=3)
    signed_events()
    asking = Program(token)
    given = {"name": "Máy", "url": to.url, "kinds": ["records.dossier"]}
    made = asking.ask("POST", "/hooks", given)
    assert made.status_code == 201, made.content
    hook_id = json.loads(made.content)["id"]
    closed = make_dossier(cast, number="01").dossier
    change_dossier(cast, closed, access_level="02")
    public = make_dossier(cast, number="02").dossier
    signed_events()
    assert send_hooks.send_due() == 1
    assert {one["object"] for one in message(to)["events"]} == {str(public.pk)} != {str(closed.pk)}
    read = asking.get(f"/hooks/{hook_id}")
    assert read["url"] == to.url and read["deliveries"][0]["done"] is True
    other = Program(make_key(acting, name="o", body_id=body, scopes=["read.public"], days=3)[1])
    assert [one["url"] for one in other.get("/hooks")["items"]] == ["127.0.0.1"]
    revoke_key(acting, key.pk)
    make_dossier(cast, number="03")
    signed_events()
    assert send_hooks.send_due() == 0
    assert Hook.objects.get(pk=hook_id).why == "person"
    assert other.ask("DELETE", f"/hooks/{hook_id}").status_code == 204
    assert other.ask("GET", f"/hooks/{hook_id}").status_code == 404


def test_a_hook_stops_with_the_account_and_waits_while_it_is_paused(
    cast: TestHouse, to: Receiver
) -> None:
    signed_events()
    hook = hooked(cast, to.url)
    actions.pause_hook(cast.acting("cuc"), hook.pk)
    make_dossier(cast)
    signed_events()
    assert send_hooks.send_due() == 0
    Account.objects.filter(person=hook.person).update(is_active=False)
    actions.resume_hook(cast.acting("dung"), hook.pk)
    assert send_hooks.send_due() == 0 and not to.came
    hook.refresh_from_db()
    assert (hook.state, hook.why) == ("stopped", "person")
    Account.objects.filter(person=hook.person).update(is_active=True)
    actions.resume_hook(cast.acting("dung"), hook.pk)
    assert send_hooks.send_due() == 1, "nothing was lost meanwhile"
    actions.remove_hook(cast.acting("dung"), hook.pk)
    with pytest.raises(NotFoundForViewer):
        actions.resume_hook(cast.acting("cuc"), hook.pk)
    kinds = [one.kind_name.rpartition(".")[2] for one in history(hook.pk)]
    assert kinds == ["made", "paused", "resumed", "stopped", "resumed", "removed"]


@pytest.mark.parametrize(
    "url",
    [
        "http://nhan.example/", "ftp://nhan.example/", "https://", "https://cuc:x@nhan.example/",
        "https://nhan.example/#x", "https://10.0.0.5/", "https://169.254.169.254/latest/",
        "https://[fe80::1]/", "https://[::ffff:10.0.0.5]/", "https://0.0.0.0/", "https://[::1]/",
        "https://100.64.0.1/", "https://224.0.0.1/", "https://[64:ff9b::a00:5]/",
        "https://127.0.0.2/", "https://nhan.example/\r\nX: y", "https://testserver/",
        f"https://nhan.example/{'x' * 500}",
    ],
)  # fmt: skip
def test_an_address_that_a_hook_must_not_have_is_refused(shared_cast: TestHouse, url: str) -> None:
    with override_settings(ALLOWED_HOSTS=["testserver"]), pytest.raises(InvalidInput) as told:
        hooked(shared_cast, url)
    assert set(told.value.problems) == {"url"}
    assert not Hook.objects.exists()


def test_only_public_addresses_are_reached_unless_a_network_is_opened() -> None:
    assert may_reach("1.1.1.1") and may_reach("2606:4700:4700::1111")
    own = socket.gethostbyname("localhost")
    assert may_reach(own)
    with override_settings(HOOK_NETWORKS=networks("10.1.0.0/16, 169.254.0.0/16")):
        assert may_reach("10.1.2.3") and may_reach("::ffff:10.1.2.3")
        assert not may_reach("10.2.0.1") and not may_reach("127.0.0.1")
        assert not may_reach("169.254.169.254"), "not even if somebody opens it"
    with override_settings(DEPLOYMENT_MODE="isolated_lan"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANGTHU_LOCAL_NETWORKS", "192.168.7.0/24")
        assert may_reach("192.168.7.9") and not may_reach("192.168.8.9")
        assert not may_reach("1.1.1.1")


def test_a_name_that_leads_inside_and_a_redirect_that_does_are_not_followed(
    cast: TestHouse, to: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_events()
    inside = hooked(cast, f"https://nhan.example:{to.port}/")
    with receiver() as target:
        sent_on = hooked(cast, to.url)
        make_dossier(cast)
        signed_events()
        asked: list[str] = []

        def rebinding(host: str, port: int, *given: Any, **more: Any) -> list[Any]:
            asked.append(host)
            address = "169.254.169.254" if host == "nhan.example" else host
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", port)),
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)),
            ][host != "nhan.example" :]

        monkeypatch.setattr(reaching.socket, "getaddrinfo", rebinding)
        to.answers[:] = [f"http://127.0.0.1:{target.port}/"]
        assert send_hooks.send_due() == 0
        assert "nhan.example" in asked
        assert not target.came and len(to.came) == 1
    assert HookDelivery.objects.get(hook=inside).outcome == "address"
    last = HookDelivery.objects.get(hook=sent_on)
    assert (last.outcome, last.status) == ("status", 307)


def test_a_receiver_that_is_silent_drips_or_has_no_certificate_costs_seconds_and_no_other_hook(
    cast: TestHouse, to: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook_sending, "SECONDS", 0.5)
    signed_events()
    with receiver() as healthy, receiver() as plain:
        silent, good = hooked(cast, to.url), hooked(cast, healthy.url)
        bare = hooked(cast, plain.url.replace("http:", "https:"))
        make_dossier(cast)
        signed_events()
        to.answers[:] = ["silence"]
        assert send_hooks.send_due() == 1
        assert len(healthy.came) == 1 and not plain.came
    told = {one.hook_id: one.outcome for one in HookDelivery.objects.all()}
    assert told == {silent.pk: "timeout", good.pk: "ok", bare.pk: "tls"}


def test_a_name_server_that_is_silent_holds_no_message_beyond_its_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = threading.Event()
    monkeypatch.setattr(hook_sending, "SECONDS", 0.3)
    monkeypatch.setattr(reaching.socket, "getaddrinfo", lambda *_a, **_k: answers.wait(20) and [])
    began = time.monotonic()
    assert hook_sending.send("https://cham.example/", {}, b"{}").word == "timeout"
    assert time.monotonic() - began < 5
    answers.set()


def test_a_person_has_no_more_hooks_than_the_ceiling_and_none_at_bodies_of_others(
    cast: TestHouse, to: Receiver
) -> None:
    acting = cast.acting("cuc")
    for problem, given in {
        "body": {"body_id": cast.body("H31.07").pk},
        "kinds": {"kinds": ["identity.person.added"]},
        "name": {"name": ""},
    }.items():
        whole = {
            "name": "x", "body_id": acting.viewer.positions[0][0], "url": to.url,
            "kinds": ["records.dossier"], **given,
        }  # fmt: skip
        with pytest.raises(InvalidInput) as told:
            make_hook(acting, **whole)
        assert set(told.value.problems) == {problem}
    for _ in range(MOST_HOOKS):
        hooked(cast, to.url)
    with pytest.raises(Refused):
        hooked(cast, to.url)


def test_no_slow_receivers_of_one_person_and_none_that_fail_hold_up_the_others(
    cast: TestHouse, to: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_events()
    slow = [hooked(cast, to.url) for _ in range(MOST_HOOKS)]
    good = hooked(cast, to.url, "hoa")
    make_dossier(cast)
    signed_events()
    for one in slow:
        due_now(one)
    came, at_once, most = threading.Event(), 0, 0
    lock = threading.Lock()

    def send(one: Any) -> Outcome:
        nonlocal at_once, most
        if one.hook.pk == good.pk:
            came.set()
            return Outcome("ok", 204)
        with lock:
            at_once += 1
            most = max(most, at_once)
        heard = came.wait(20)
        with lock:
            at_once -= 1
        return Outcome("ok" if heard else "timeout", 204)

    monkeypatch.setattr(send_hooks, "_send", send)
    assert send_hooks.send_due() == MOST_HOOKS + 1
    assert most == 2
    busy = []
    for number, username in enumerate(("cuc", "binh", "hoa", "dung", "cuc")):
        hook = Hook(person=Account.objects.get(username=username).person)
        hook.run = HookRun(failing_since=dt.datetime.now(dt.UTC) if number < 4 else None)
        busy.append(hook)
    signed_events()
    make_dossier(cast, number="02")
    signed_events()
    HookRun.objects.filter(hook__in=slow[:1]).update(failing_since=dt.datetime.now(dt.UTC))
    for one in (*slow, good):
        due_now(one)
    due = {one.pk for one in send_hooks._due(busy[:4])}
    assert slow[0].pk not in due, "four that fail are enough"
    assert good.pk in due
    assert not any(one.person_id == slow[0].person_id for one in send_hooks._due(busy))


def test_hooks_that_somebody_else_may_have_set_rest_until_their_person_goes_on_with_them(
    cast: TestHouse, to: Receiver
) -> None:
    from tangthu.signin.actions.end_sessions import end_own
    from tangthu.signin.actions.set_password import (
        reset_password,
        set_own_password,
        take_as_own,
    )

    signed_events()
    hook, held = hooked(cast, to.url), hooked(cast, to.url)
    actions.pause_hook(cast.acting("cuc"), held.pk)
    gone, other = hooked(cast, to.url), hooked(cast, to.url, "hoa")
    actions.remove_hook(cast.acting("cuc"), gone.pk)
    make_dossier(cast)
    signed_events()
    cuc = Account.objects.get(username="cuc")
    for end in (
        lambda: reset_password(cast.acting("dung"), cuc.person_id),
        lambda: end_own(cuc, keep=None),
        lambda: set_own_password(cuc, old=PASSWORD, new="Trang-giay-Moi-1", suspicious=True),
    ):
        end()
        for one in (hook, held):
            one.refresh_from_db()
            assert (one.state, one.why) == ("stopped", "reset")
        for one in (gone, other):
            one.refresh_from_db()
            assert one.why == ""
        last = history(hook.pk)[-1]
        assert last.kind_name == "programs.hook.stopped"
        with pytest.raises(Refused):
            actions.resume_hook(cast.acting("dung"), hook.pk)
        take_as_own(cuc)
        client = Client()
        client.force_login(Account.objects.get(pk=cuc.pk))
        page = client.get(f"/khoa-api/nhan-tin/{hook.pk}/").content.decode().split("</main>")[0]
        assert "người đặt xem lại địa chỉ rồi cho gửi tiếp" in page
        assert client.post(f"/khoa-api/nhan-tin/{hook.pk}/gui-tiep/").status_code == 302
        hook.refresh_from_db()
        assert (hook.state, hook.why) == ("on", "")
    assert end_own(cuc, keep=None, only=uuid.uuid4()) == 0
    hook.refresh_from_db()
    assert hook.state == "on", "one session alone is no suspicion"


@pytest.mark.soak
def test_a_worker_killed_while_a_message_is_on_its_way_sends_it_again_under_the_same_id(
    cast: TestHouse, to: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANGTHU_HOOK_NETWORKS", "127.0.0.1/32")
    signed_events()
    hook = hooked(cast, to.url)
    make_dossier(cast)
    signed_events()
    to.answers[:] = ["silence"]
    with process(cast, tmp_path / "worker.log", "worker") as worker:
        wait_until(lambda: len(to.came) == 1, 60)
        worker.kill()
        worker.start()
        wait_until(lambda: HookDelivery.objects.filter(hook=hook, done=True).exists(), 60)
    assert message(to, 0) == message(to, 1) and len(to.came) == 2
