"""What a hook may tell of: kinds of events, cut to what its person may know of at this moment.

Told are the events that stand in the history of a thing whom its person may open: dossiers,
documents, fonds, batches, packages and his own use packages. Who looked at what is not among them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tangthu.archive import queries as archive
from tangthu.archive.models import Inventory
from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.identity.queries import viewer_of
from tangthu.identity.roles import RIGHTS
from tangthu.kernel import clock
from tangthu.ledger import kinds
from tangthu.ledger.history import Told
from tangthu.programs.models import Hook
from tangthu.records import queries as records
from tangthu.repository import queries as repository

GROUPS: Mapping[str, Promise] = {
    "records.dossier": _("Hồ sơ"),
    "records.document": _("Tài liệu"),
    "archive.dossier": _("Xếp hồ sơ vào mục lục"),
    "archive.fonds": _("Phông lưu trữ"),
    "archive.inventory": _("Mục lục"),
    "archive.batch": _("Đợt số hóa"),
    "archive.dip": _("Gói sử dụng của tôi"),
    "repository.package": _("Gói bảo quản"),
}


def kinds_offered() -> list[str]:
    """The names that a hook may ask for: of groups of kinds, and of every kind in one."""
    found = [
        one.name for one in kinds.all_kinds() if one.chain == "c" and group_of(one.name) in GROUPS
    ]
    return [*GROUPS, *found]


def group_of(kind: str) -> str:
    """The group of a kind: its name without the verb."""
    return kind.rpartition(".")[0]


def _inventories(viewer: Viewer) -> QuerySet[Any]:
    return Inventory.objects.filter(fonds__in=archive.fonds(viewer).order_by().values("pk"))


_VISIBLE: Mapping[str, Callable[[Viewer], QuerySet[Any]]] = {
    "records.dossier": records.dossiers,
    "records.document": records.documents,
    "archive.dossier": records.dossiers,
    "archive.fonds": archive.fonds,
    "archive.inventory": _inventories,
    "archive.batch": archive.batches,
    "archive.dip": archive.dips,
    "repository.package": repository.packages,
}


def viewer_at(hook: Hook) -> Viewer | None:
    """What the person of a hook may see through it now; None if he has left the body, or his
    account or its key has ended."""
    key = hook.key
    if key is not None and (key.revoked_at is not None or key.expires_at <= clock.now()):
        return None
    if not Account.objects.filter(person=hook.person, is_active=True).exists():
        return None
    whole = viewer_of(hook.person)
    viewer = whole.by_key(hook.body_id, RIGHTS if key is None else key.scopes)
    return viewer if hook.body_id in viewer.bodies() else None


def wanted(hook_kinds: Collection[str], events: Iterable[Told]) -> list[Told]:
    """Those of some events that a hook asks for."""
    return [
        one
        for one in events
        if one.ch == "c"
        and group_of(one.kind_name) in GROUPS
        and (one.kind_name in hook_kinds or group_of(one.kind_name) in hook_kinds)
    ]


def known_to(viewer: Viewer, events: Sequence[Told]) -> list[Told]:
    """Those of some events whose things the viewer may see; one query for each group of kinds."""
    asked: dict[str, set[uuid.UUID]] = {}
    for one in events:
        asked.setdefault(group_of(one.kind_name), set()).add(one.obj)
    seen = {
        group: set(_VISIBLE[group](viewer).filter(pk__in=objs).values_list("pk", flat=True))
        for group, objs in asked.items()
    }
    return [one for one in events if one.obj in seen[group_of(one.kind_name)]]
