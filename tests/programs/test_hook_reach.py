"""Where hooks may lead, how long a receiver may take, and how many hooks a person has."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from typing import Any

import pytest
from django.test import override_settings

from tangthu.identity.models import Account
from tangthu.kernel import reaching
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.reaching import may_reach, networks
from tangthu.programs import hook_sending
from tangthu.programs.actions import send_hooks
from tangthu.programs.actions.make_hook import MOST_HOOKS, make_hook
from tangthu.programs.hook_sending import Outcome
from tangthu.programs.models import Hook, HookDelivery, HookRun
from tests.programs.hooking import due_now, hooked, opened, to
from tests.support.house import TestHouse
from tests.support.receiving import Receiver, receiver
from tests.support.records import make_dossier, signed_events

__all__ = ["opened", "to"]


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
