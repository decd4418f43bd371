"""Where a dossier of a package stood: its inventory and its fonds, made again if they are lost."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from tangthu.archive.models import Fonds, Inventory
from tangthu.archive.rebuilt import Found
from tangthu.archive.states import FONDS_FIELDS, fonds_state, inventory_state
from tangthu.identity.acting import Acting
from tangthu.identity.models import Body
from tangthu.ledger.record import Event, record
from tangthu.records.models import Dossier
from tangthu.repository.models import PackageVersion


def stand_again(
    acting: Acting, body: Body, found: Found, sealed_at: dt.datetime, told: Mapping[str, Any]
) -> Inventory:
    """The inventory in which the dossier stood, and its fonds, made if they are not there.

    `sealed_at` is when the package's newest version was sealed: the fonds is described as by the
    package that was sealed last. `told` goes into the events.
    """
    telling = _Telling(acting, body, told)
    borne = found.stood
    fonds = Fonds.objects.select_for_update().filter(body=body, code=borne.fonds["code"]).first()
    if fonds is None:
        values = {name: borne.fonds[name] for name in FONDS_FIELDS if name in borne.fonds}
        fonds = Fonds(body=body, **{"agency_code": body.code, **values, **_id(borne.fonds)})
        fonds.save(force_insert=True)
        telling.of_fonds(fonds)
    elif "id" in borne.fonds:
        _describe_again(fonds, found, sealed_at, telling)
    code = borne.inventory["code"]
    inventory = Inventory.objects.filter(fonds=fonds, code=code).first()
    if inventory is None:
        inventory = Inventory(
            fonds=fonds, code=code, title=borne.inventory["title"], **_id(borne.inventory)
        )
        inventory.save(force_insert=True)
        telling.of_inventory(inventory)
    return inventory


def last_sealed(**of: Any) -> dt.datetime | None:
    """When one of the dossiers that the filter finds was sealed last; None if none was."""
    dossiers = Dossier.objects.filter(**of).values("pk")
    versions = PackageVersion.objects.filter(package__dossier_id__in=dossiers)
    last: dt.datetime | None = versions.aggregate(last=Max("sealed_at"))["last"]
    return last


@dataclass(frozen=True, slots=True)
class _Telling:
    acting: Acting
    body: Body
    told: Mapping[str, Any]

    def of_fonds(self, fonds: Fonds) -> None:
        self._tell("archive.fonds.rebuilt", fonds, fonds_state(fonds))

    def of_inventory(self, inventory: Inventory) -> None:
        self._tell("archive.inventory.rebuilt", inventory, inventory_state(inventory))

    def _tell(
        self, kind: str, row: Fonds | Inventory, state: tuple[str, Mapping[str, Any]]
    ) -> None:
        record(
            Event(
                kind=kind,
                obj=row.pk,
                body=self.body.pk,
                actor=self.acting.actor(self.body.pk),
                state=state,
                ref=row.code,
                detail={**self.told, "code": row.code},
            )
        )


def _describe_again(fonds: Fonds, found: Found, sealed_at: dt.datetime, telling: _Telling) -> None:
    """Let the description of the fonds be that of the package that was sealed last."""
    last = last_sealed(place__inventory__fonds=fonds)
    values = {name: found.stood.fonds[name] for name in FONDS_FIELDS}
    changed = [name for name, value in values.items() if getattr(fonds, name) != value]
    if not changed or (last is not None and last > sealed_at):
        return
    for name in changed:
        setattr(fonds, name, values[name])
    fonds.save(update_fields=changed)
    telling.of_fonds(fonds)


def _id(borne: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": uuid.UUID(borne["id"])} if "id" in borne else {}
