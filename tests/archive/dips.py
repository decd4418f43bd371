"""Use packages for tests: asked for through the real action, made by the real job."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tangthu.archive.models import Dissemination
    from tests.support.house import TestHouse


def asked(**changes: str) -> Any:
    """A request as an officer makes it."""
    from tangthu.archive.actions.order_dip import Asked

    given = {"purpose_code": "02", "purpose_text": "Giải quyết khiếu nại", "fee_class": "10"}
    return Asked(**{**given, **changes})


def ordered(
    house: TestHouse, username: str, documents: Sequence[uuid.UUID], **changes: str
) -> tuple[Dissemination, Any]:
    """A use package that was ordered, and its job, not run yet."""
    from tangthu.archive.actions.order_dip import order_dip

    return order_dip(house.acting(username), documents, asked(**changes))


def made(
    house: TestHouse, username: str, documents: Sequence[uuid.UUID], **changes: str
) -> Dissemination:
    """A use package that is ready to be taken."""
    from tangthu.archive.models import Dissemination
    from tangthu.kernel.jobs import execute

    dip, job = ordered(house, username, documents, **changes)
    ended = execute(job.id)
    assert ended.state == "done", f"{ended.message} {ended.hint}"
    return Dissemination.objects.get(pk=dip.pk)
