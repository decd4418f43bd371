"""Hooks tell a real receiver what happened: signed, in order, again after failures, nothing more
than its person may know of, and nowhere else."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tangthu_client import NotGenuine, verify
from tangthu_client.ed25519 import is_signed

from tangthu.identity.models import Account
from tangthu.kernel import checks
from tangthu.kernel.errors import NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.programs import hook_keys
from tangthu.programs.actions import make_hook as actions
from tangthu.programs.actions import send_hooks
from tangthu.programs.actions.make_key import make_key, revoke_key
from tangthu.programs.models import Hook, HookDelivery, HookRun
from tangthu.signin.models import SecurityEntry
from tests.programs.hooking import due_now, hooked, opened, to
from tests.support.house import PASSWORD, TestHouse
from tests.support.programs import Program
from tests.support.receiving import Receiver, receiver
from tests.support.records import change_dossier, make_dossier, signed_events
from tests.support.workers import process, wait_until

__all__ = ["opened", "to"]


def message(to: Receiver, number: int = -1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to.came[number][1])
    return found


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
