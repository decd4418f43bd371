"""Whom and what an event of accounts or rights is about, for its line of the security log."""

from __future__ import annotations

import uuid
from typing import Any

from tangthu.identity.actions.change_rights import KINDS
from tangthu.identity.models import (
    Account,
    Appointment,
    Body,
    Clearance,
    Grant,
    Group,
    GroupMember,
    Position,
    Unit,
)
from tangthu.ledger.record import Event


def of_event(event: Event) -> tuple[uuid.UUID | None, str, dict[str, object]]:
    """The person whom an event concerns, if one, his user name or else the name of what it is
    about, and more: what right, for what, by what it is held."""
    detail: dict[str, object] = {
        key: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        for key, value in event.detail.items()
        if isinstance(value, str | int | bool | list | tuple)
    }
    change = _change(str(event.detail.get("change", "")))
    if isinstance(change, Grant):
        detail |= {"gives": change.right, "scope": _scope(change)}
        if change.holder_kind != Grant.Holder.PERSON:
            held = _holder(change)
            return None, held, {**detail, "holder": f"{change.holder_kind} {held}"}
        return _person(change.holder, {**detail, "holder": ""})
    if isinstance(change, GroupMember):
        return _person(change.person_id, {**detail, "group": change.group.name})
    if isinstance(change, Clearance):
        return _person(change.person_id, {"degree": change.degree, **detail})
    if isinstance(change, Appointment):
        place = change.position
        return _person(change.person_id, {"position": place.title, "role": place.role, **detail})
    for key in ("to", "person"):
        if key in detail:
            detail[key] = _username(_key(str(detail[key]))) or detail[key]
    whose = event.detail.get("person") if event.kind.startswith("programs.") else None
    return _person(_key(str(whose)) or event.obj, detail)


def _change(text: str) -> Any:
    """The change of rights of that id, of whichever kind; None if there is none."""
    found = _key(text)
    if found is None:
        return None
    rows = (model.objects.filter(pk=found).first() for model in KINDS.values())  # type: ignore[attr-defined]
    return next((one for one in rows if one is not None), None)


def _person(
    obj: uuid.UUID, detail: dict[str, object]
) -> tuple[uuid.UUID | None, str, dict[str, object]]:
    name = _username(obj)
    if name:
        return obj, name, detail
    title = detail.get("name") or detail.get("title") or detail.get("username")
    return None, str(title or obj), detail


def _username(person_id: uuid.UUID | None) -> str:
    names = Account.objects.filter(person_id=person_id).values_list("username", flat=True)
    return names.first() or ""


def _scope(grant: Grant) -> str:
    """For what a grant gives its right: a body by its code, a record by its id, never its title."""
    if grant.scope_kind == Grant.Scope.BODY:
        code = Body.objects.filter(pk=grant.scope).values_list("code", flat=True).first()
        return f"body {code or grant.scope}"
    return f"{grant.scope_kind} {grant.scope}"


def _holder(grant: Grant) -> str:
    models: dict[str, Any] = {
        Grant.Holder.POSITION: Position, Grant.Holder.UNIT: Unit, Grant.Holder.GROUP: Group,
    }  # fmt: skip
    return str(models[grant.holder_kind].objects.filter(pk=grant.holder).first() or grant.holder)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
