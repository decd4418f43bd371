"""Lock records against moving, changing and destroying on an order, and unlock them on another
(RM-690 g, AR-30; RM-927: a freeze overrides expiry)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity import scopes
from tangthu.identity.acting import Acting
from tangthu.identity.models import Grant
from tangthu.kernel import advisory, clock
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.record import Event, record
from tangthu.records.models import Freeze, FrozenThing
from tangthu.standards.vietnamese import nfc

RIGHT = "records.freeze"
KINDS = (Grant.Scope.FONDS, Grant.Scope.DOSSIER, Grant.Scope.DOCUMENT)
_LENGTH = 200

Thing = tuple[str, uuid.UUID]


class AlreadyFrozen(Refused):
    """The thing is locked under this freeze already."""

    http_status = 409


class AlreadyLifted(Refused):
    """The freeze was lifted before."""

    http_status = 409


def freeze_records(acting: Acting, things: Sequence[Thing], *, name: str, decision: str) -> Freeze:
    """Lock things, (kind, id) each, of one body, under a name and by a decision.

    Raises NotFoundForViewer for a thing that the acting person may not know of or lock,
    InvalidInput on "name", "decision" or for things of several bodies.
    """
    name, decision = _words(name, "name"), _words(decision, "decision")
    body_id = _body_of(acting, things)
    with transaction.atomic():
        advisory.until_commit(f"freeze {body_id}")
        freeze = Freeze(
            body_id=body_id, name=name, decision=decision, frozen_at=clock.now(),
            frozen_by=acting.viewer.person_id,
        )  # fmt: skip
        freeze.save(force_insert=True)
        wanted = dict.fromkeys(things)
        FrozenThing.objects.bulk_create(
            [FrozenThing(freeze=freeze, kind=kind, thing=thing) for kind, thing in wanted]
        )
        _tell(acting, freeze, "frozen", decision=decision, things=[str(one) for _k, one in wanted])
    return freeze


def freeze_further(acting: Acting, freeze_id: uuid.UUID, thing: Thing) -> Freeze:
    """Lock a further thing under a freeze that stands, by its decision.

    Raises NotFoundForViewer for a freeze or a thing that the acting person may not lock,
    AlreadyFrozen, InvalidInput for a thing of another body.
    """
    found = Freeze.objects.filter(pk=freeze_id).first()
    if found is None or not acting.may(RIGHT, found.body_id):
        raise NotFoundForViewer()
    if _body_of(acting, [thing]) != found.body_id:
        raise InvalidInput(
            _("Thuộc cơ quan khác với đợt phong tỏa."), hint=_("Lập đợt riêng cho cơ quan ấy.")
        )
    kind, named = thing
    with transaction.atomic():
        advisory.until_commit(f"freeze {found.body_id}")
        freeze = Freeze.objects.select_for_update().filter(pk=freeze_id, lifted_at=None).first()
        if freeze is None:
            raise NotFoundForViewer()
        if freeze.things.filter(thing=named).exists():
            raise AlreadyFrozen(
                _("Đã ở trong đợt phong tỏa này."), hint=_("Không cần thêm lần nữa.")
            )
        FrozenThing(freeze=freeze, kind=kind, thing=named).save(force_insert=True)
        shared = {"decision": freeze.decision, "name": freeze.name}
        actor = acting.actor(freeze.body_id)
        record(
            Event(
                kind="archive.freeze.extended", obj=freeze.pk, body=freeze.body_id, actor=actor,
                detail={**shared, "things": [str(named)]},
            )
        )  # fmt: skip
        record(
            Event(
                kind="archive.thing.frozen", obj=named, body=freeze.body_id, actor=actor,
                detail=shared,
            )
        )  # fmt: skip
    return freeze


def lift_freeze(acting: Acting, freeze_id: uuid.UUID, *, decision: str) -> Freeze:
    """End a freeze by a decision.

    Raises NotFoundForViewer, AlreadyLifted, InvalidInput on "decision".
    """
    decision = _words(decision, "decision")
    with transaction.atomic():
        found = Freeze.objects.select_for_update().filter(pk=freeze_id).first()
        if found is None or not acting.may(RIGHT, found.body_id):
            raise NotFoundForViewer()
        if found.lifted_at is not None:
            raise AlreadyLifted(
                _("Đợt phong tỏa này đã được gỡ."), hint=_("Lập đợt mới nếu cần phong tỏa lại.")
            )
        found.lifted_by, found.lifted_at = acting.viewer.person_id, clock.now()
        found.lift_decision = decision
        found.save(update_fields=["lifted_by", "lifted_at", "lift_decision"])
        _tell(acting, found, "unfrozen", decision=decision)
    return found


def _body_of(acting: Acting, things: Sequence[Thing]) -> uuid.UUID:
    if not things or {kind for kind, _thing in things} - set(KINDS):
        raise NotFoundForViewer()
    known = scopes.all_named(acting.viewer, things)
    bodies = {known[one].body_id for one in things if one in known}
    if len(known) < len(set(things)) or not all(acting.may(RIGHT, one) for one in bodies):
        raise NotFoundForViewer()
    if len(bodies) > 1:
        raise InvalidInput(
            _("Các hồ sơ, tài liệu thuộc nhiều cơ quan."), hint=_("Phong tỏa riêng từng cơ quan.")
        )
    return bodies.pop()


def _words(given: str, field: str) -> str:
    kept = nfc(given).strip()
    if not 0 < len(kept) <= _LENGTH:
        words = _("Bỏ trống hoặc dài quá 200 ký tự.")
        raise InvalidInput(words, problems={field: [words]})
    return kept


def _tell(acting: Acting, freeze: Freeze, what: str, **detail: object) -> None:
    """The event of the freeze, and one in the history of each thing it locks."""
    shared = {"decision": detail["decision"], "name": freeze.name}
    record(
        Event(
            kind=f"archive.freeze.{what}",
            obj=freeze.pk,
            body=freeze.body_id,
            actor=acting.actor(freeze.body_id),
            detail={**shared, **detail},
        )
    )
    for thing in freeze.things.values_list("thing", flat=True):
        record(
            Event(
                kind=f"archive.thing.{what}",
                obj=thing,
                body=freeze.body_id,
                actor=acting.actor(freeze.body_id),
                detail=shared,
            )
        )
