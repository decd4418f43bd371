"""`tangthu hook make|list|show|pause|resume|remove`: addresses that events are told to."""

from __future__ import annotations

import uuid
from typing import Any

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

_LAST = 30


@click.group(help=_("Nơi nhận tin: địa chỉ mà hệ thống báo khi có việc xảy ra."))
def hook() -> None:
    """Commands about hooks."""


@hook.command(help=_("Đặt một nơi nhận tin của người ở --as."))
@click.argument("name", metavar=_("TÊN"))
@click.argument("url", metavar=_("ĐỊA CHỈ"))
@click.option("--body", "code", required=True, help=_("Mã cơ quan."))
@click.option(
    "--kind", "kinds", multiple=True, required=True,
    help=_("Loại sự kiện, ví dụ records.dossier hoặc archive.batch.accepted."),
)  # fmt: skip
@json_option
@click.pass_context
def make(
    ctx: click.Context, name: str, url: str, code: str, kinds: tuple[str, ...], as_json: bool
) -> None:
    """Have events told to an address from now on."""
    with house():
        from tangthu.identity.queries import body as body_of
        from tangthu.programs.actions.make_hook import make_hook

        who = acting(ctx)
        body = body_of(who.viewer, code)
        if body is None:
            raise InvalidInput(f"Không có cơ quan {code}.", hint="Kiểm tra lại --body.")
        try:
            made = make_hook(who, name=name, body_id=body.pk, url=url, kinds=kinds)
        except InvalidInput as error:
            told = " ".join(str(one) for found in error.problems.values() for one in found)
            raise InvalidInput(error.message, hint=told) from error
        facts = _facts(who, _found(who, str(made.pk)))
        words = f"Đã đặt nơi nhận tin {made.name}, khóa {facts['key_id']}: {made.public_key}"
        answer(facts, as_json=as_json, words=words)


@hook.command("list", help=_("Nơi nhận tin của người ở --as và của những người họ quản lý."))
@json_option
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """The hooks, newest first."""
    with house():
        from tangthu.programs.queries import hooks

        who = acting(ctx)
        found = [_facts(who, one) for one in hooks(who.viewer)]
        lines = [f"{one['id']}  {one['state']:8} {one['name']}  {one['url']}" for one in found]
        words = "\n".join(lines) or "Chưa có nơi nhận tin nào."
        answer({"hooks": found}, as_json=as_json, words=words)


@hook.command(help=_("Một nơi nhận tin và các lần gửi gần đây."))
@click.argument("hook_id", metavar=_("MÃ"))
@json_option
@click.pass_context
def show(ctx: click.Context, hook_id: str, as_json: bool) -> None:
    """One hook and how its last messages went."""
    with house():
        from tangthu.programs.queries import deliveries
        from tangthu.programs.wording import outcome_words

        who = acting(ctx)
        found = _found(who, hook_id)
        last = deliveries(found, _LAST)
        told = [
            {
                "id": str(one.pk), "made_at": one.made_at.isoformat(), "events": one.events,
                "attempts": one.attempts, "outcome": one.outcome, "status": one.status,
                "done": one.done,
            }
            for one in last
        ]  # fmt: skip
        facts = _facts(who, found)
        lines = [f"{facts['id']}  {facts['state']}  {facts['name']}  {facts['url']}"]
        for one in last:
            went = outcome_words(one.outcome, one.status)
            lines.append(f"  {one.made_at:%d/%m/%Y %H:%M}  {one.events}  {went}")
        answer({**facts, "deliveries": told}, as_json=as_json, words="\n".join(lines))


def _turning(name: str, action: str, words: str, help_: str) -> None:
    @hook.command(name, help=help_)
    @click.argument("hook_id", metavar=_("MÃ"))
    @json_option
    @click.pass_context
    def turn(ctx: click.Context, hook_id: str, as_json: bool) -> None:
        with house():
            from tangthu.programs.actions import make_hook as actions

            who = acting(ctx)
            found = _found(who, hook_id)
            changed = getattr(actions, action)(who, found.pk)
            facts = {**_facts(who, found), "state": changed.state, "why": changed.why}
            answer(facts, as_json=as_json, words=f"{words} {found.name}.")


_turning("pause", "pause_hook", "Đã tạm dừng", _("Tạm dừng; tin chưa gửi vẫn được giữ."))
_turning("resume", "resume_hook", "Đã cho gửi tiếp", _("Gửi tiếp từ tin chưa gửi được."))
_turning("remove", "remove_hook", "Đã xóa", _("Xóa một nơi nhận tin."))


def _found(who: Any, hook_id: str) -> Any:
    from tangthu.programs.queries import hook as one_hook

    try:
        wanted = uuid.UUID(hook_id)
    except ValueError:
        hint = "Xem tangthu hook list."
        raise InvalidInput(f"{hook_id} không phải mã nơi nhận tin.", hint=hint) from None
    return one_hook(who.viewer, wanted)


def _facts(who: Any, one: Any) -> dict[str, Any]:
    from tangthu.programs import hook_keys
    from tangthu.programs.hook_addresses import host_of

    failing = one.run.failing_since
    return {
        "id": str(one.pk),
        "name": one.name,
        # What follows the host may be a secret of whoever made it.
        "url": one.url if one.person_id == who.viewer.person_id else host_of(one.url),
        "person": one.person.full_name,
        "body": one.body.code,
        "kinds": one.kinds,
        "key_id": hook_keys.key_id(one.public_key),
        "public_key": one.public_key,
        "state": one.state,
        "why": one.why,
        "created_at": one.created_at.isoformat(),
        "failing_since": failing.isoformat() if failing else None,
    }
