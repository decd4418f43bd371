"""`tangthu freeze`: records locked against moving, changing and destroying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tangthu.faces.cli.context import acting, answer, house, json_option
from tangthu.faces.cli.words import translate as _
from tangthu.kernel.errors import InvalidInput

if TYPE_CHECKING:
    import uuid

    from tangthu.records.models import Freeze


@click.group(help=_("Phong tỏa hồ sơ, tài liệu theo quyết định."))
def freeze() -> None:
    """Commands about freezes."""


@freeze.command(help=_("Phong tỏa các phông, hồ sơ, tài liệu của một cơ quan."))
@click.option("--name", required=True, help=_("Tên đợt phong tỏa."))
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@click.option("--fonds", multiple=True, metavar="ID", help=_("Một phông."))
@click.option("--dossier", multiple=True, metavar="ID", help=_("Một hồ sơ."))
@click.option("--document", multiple=True, metavar="ID", help=_("Một tài liệu."))
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    name: str,
    decision: str,
    fonds: tuple[str, ...],
    dossier: tuple[str, ...],
    document: tuple[str, ...],
    as_json: bool,
) -> None:
    """Lock things with all that lies in them."""
    with house():
        from tangthu.archive.actions.freeze_records import freeze_records

        things = [
            (kind, _id(one))
            for kind, ids in (("fonds", fonds), ("dossier", dossier), ("document", document))
            for one in ids
        ]
        made = freeze_records(acting(ctx), things, name=name, decision=decision)
        answer(_told(made), as_json=as_json, words=f"{made.pk}")


@freeze.command("list", help=_("Các đợt phong tỏa ở những cơ quan mà người của --as phong tỏa."))
@json_option
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """All freezes, the newest first."""
    with house():
        from tangthu.archive.actions.freeze_records import RIGHT
        from tangthu.records.models import Freeze

        bodies = acting(ctx).viewer.bodies_with(RIGHT)
        found = Freeze.objects.filter(body_id__in=bodies).order_by("-frozen_at")
        state = {True: "đã gỡ", False: "đang phong tỏa"}
        words = "\n".join(f"{one.pk}  {state[bool(one.lifted_at)]}  {one.name}" for one in found)
        answer({"freezes": [_told(one) for one in found]}, as_json=as_json, words=words)


@freeze.command(help=_("Gỡ một đợt phong tỏa theo quyết định."))
@click.argument("freeze_id", metavar="ID")
@click.option("--decision", required=True, help=_("Số, ngày và cơ quan ra quyết định."))
@json_option
@click.pass_context
def lift(ctx: click.Context, freeze_id: str, decision: str, as_json: bool) -> None:
    """End a freeze."""
    with house():
        from tangthu.archive.actions.freeze_records import lift_freeze

        ended = lift_freeze(acting(ctx), _id(freeze_id), decision=decision)
        answer(_told(ended), as_json=as_json, words=f"Đã gỡ phong tỏa {ended.name}.")


def _id(given: str) -> uuid.UUID:
    import uuid

    try:
        return uuid.UUID(given)
    except ValueError as error:
        raise InvalidInput(f"{given!r} không phải là mã.", hint="Mã có ở địa chỉ trang.") from error


def _told(one: Freeze) -> dict[str, object]:
    return {
        "id": str(one.pk),
        "body": one.body.code,
        "name": one.name,
        "decision": one.decision,
        "frozen_at": one.frozen_at.isoformat(),
        "lifted_at": one.lifted_at.isoformat() if one.lifted_at else None,
        "lift_decision": one.lift_decision,
        "things": [
            {"kind": kind, "id": str(thing)}
            for kind, thing in one.things.order_by("id").values_list("kind", "thing")
        ],
    }
