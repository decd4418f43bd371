"""Add a store to the register, or change what is said of one."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.kernel import advisory
from tangthu.kernel.deployment import WrongMode
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.s3_places import BadPlace, Place
from tangthu.kernel.stores import StoreDamaged
from tangthu.ledger.record import Event, record
from tangthu.repository.actions.open_stores import ensure_stores, make_root
from tangthu.repository.buckets import asking, open_bucket
from tangthu.repository.hazards import HAZARDS
from tangthu.repository.models import Package, Store
from tangthu.repository.places import require_usable
from tangthu.repository.stores import StoreUnusable
from tangthu.standards import ocfl

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
_LENGTH = 100
_YEARS, _PACE = 100, 100_000
# Every copy is checked, and its lock prolonged, within a month: half of the shortest lock outlasts
# a round that is late.
_SHORTEST_LOCK, _LONGEST_LOCK = 90, 36_500


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What is said of a store: its hazards, its carrier (AR-90), its pace (MB/s, 0: any), and for
    how many days from its last check a bucket locks each object (0: not at all)."""

    site: str = ""
    power: str = ""
    operator: str = ""
    medium: str = ""
    vendor: str = ""
    carrier_since: dt.date | None = None
    carrier_years: int | None = None
    pace: int = 0
    lock_days: int = 0


def administered_at(acting: Acting) -> uuid.UUID:
    """The body in whose log the acting person's changes of the house are told.

    Raises Refused for who does not administer the house at any body.
    """
    bodies = sorted(acting.viewer.bodies_with("house.keep"))
    if not bodies:
        raise Refused(
            _("Bạn không có quyền quản trị các kho."), hint=_("Nhờ quản trị hệ thống làm.")
        )
    return bodies[0]


def store_of(uid: uuid.UUID) -> Store:
    """The store, locked for a change. Raises NotFoundForViewer."""
    store = Store.objects.select_for_update().filter(uid=uid).first()
    if store is None:
        raise NotFoundForViewer()
    return store


def add_store(
    acting: Acting, *, name: str, path: str, facts: StoreFacts, kind: str = Store.Kind.FOLDER
) -> Store:
    """Register a further store in the folder `path`, made if it is not there, or in a bucket.

    From now on new packages go there too; those from before have to be copied (`order_copy`). While
    there are none, the store is in use at once. A folder that holds an OCFL root already, such as a
    disk that comes back, is taken as it is. Raises InvalidInput by field, Refused without a right.
    """
    body = administered_at(acting)
    with advisory.exclusive("store register"), transaction.atomic():
        problems = _problems(facts, kind)
        if not _NAME.fullmatch(name):
            problems["name"] = [_("3 đến 40 chữ thường không dấu, chữ số và gạch nối.")]
        elif Store.objects.filter(name=name).exists():
            problems["name"] = [_("Đã có kho mang tên này, kể cả kho đã thôi dùng.")]
        wrong = _unfit(path) if kind == Store.Kind.FOLDER else _unfit_address(path)
        if wrong:
            problems["path"] = [wrong]
        if problems:
            raise InvalidInput(_("Chưa thêm được kho."), problems=problems)
        if kind != Store.Kind.FOLDER:
            ensure_stores()  # a bucket is never the first
        store = Store(
            name=name,
            kind=kind,
            path=str(Path(path)) if kind == Store.Kind.FOLDER else Place.parse(path).url,
            position=(Store.objects.aggregate(last=Max("position"))["last"] or 0) + 1,
            state=Store.State.JOINING if Package.objects.exists() else Store.State.ACTIVE,
            **_values(facts),
        )
        store.save(force_insert=True)
        _make(store)
        _tell(acting, body, "repository.store.added", store)
    return store


def _make(store: Store) -> None:
    """Make the root of a new store. Raises InvalidInput."""
    try:
        make_root(store)
        require_usable(store)
    except (OSError, ocfl.OcflError) as error:
        words = _("Không tạo được kho ở thư mục này: %(why)s") % {
            "why": getattr(error, "strerror", None) or type(error).__name__
        }
        raise InvalidInput(words, problems={"path": [words]}) from error
    except (StoreUnusable, StoreDamaged, WrongMode) as error:  # or no place for its mark
        words = f"{error.message} {error.hint}".strip() if store.in_bucket else error.message
        raise InvalidInput(words, problems={"path": [words]}) from error
    _require_lock(store)


def _require_lock(store: Store) -> None:
    """Raise InvalidInput if objects are to be locked in a bucket that cannot. Nor is it guessed."""
    if not store.lock_days:
        return
    bucket = open_bucket(store)
    with asking(store):
        able = bucket.inside.locks()
    if not able:
        words = _("Bucket này không bật khóa đối tượng (object lock).")
        raise InvalidInput(words, problems={"lock_days": [words]})


def change_store(acting: Acting, uid: uuid.UUID, facts: StoreFacts) -> Store:
    """Say anew what a store shares with others, when its carrier is due, and its pace.

    Where it lies never changes: another place is another store. Raises InvalidInput, Refused,
    NotFoundForViewer.
    """
    body = administered_at(acting)
    with transaction.atomic():
        store = store_of(uid)
        problems = _problems(facts, store.kind)
        if problems:
            raise InvalidInput(_("Chưa ghi được."), problems=problems)
        values = _values(facts)
        if all(getattr(store, key) == value for key, value in values.items()):
            return store
        locks_anew = values["lock_days"] != store.lock_days
        for key, value in values.items():
            setattr(store, key, value)
        if locks_anew:
            _require_lock(store)
        store.save(update_fields=list(values))
        _tell(acting, body, "repository.store.changed", store)
    return store


def _values(facts: StoreFacts) -> dict[str, Any]:
    given = asdict(facts)
    return {**given, **{key: " ".join(given[key].split()) for key in HAZARDS}}


def _problems(facts: StoreFacts, kind: str) -> dict[str, list[str | Promise]]:
    problems: dict[str, list[str | Promise]] = {}
    for key in HAZARDS:
        if len(getattr(facts, key)) > _LENGTH:
            problems[key] = [_("Nhiều nhất 100 ký tự.")]
    if facts.carrier_since and facts.carrier_since > timezone.localdate():
        problems["carrier_since"] = [_("Ngày này chưa đến.")]
    if facts.carrier_years is not None and not 0 < facts.carrier_years <= _YEARS:
        problems["carrier_years"] = [_("Số năm từ 1 đến 100.")]
    if not 0 <= facts.pace <= _PACE:
        problems["pace"] = [_("Số MB mỗi giây, từ 0 đến 100000; 0 là không giới hạn.")]
    if facts.lock_days and kind == Store.Kind.FOLDER:
        problems["lock_days"] = [_("Thư mục không khóa được; chỉ kho S3 mới khóa.")]
    elif facts.lock_days and not _SHORTEST_LOCK <= facts.lock_days <= _LONGEST_LOCK:
        problems["lock_days"] = [_("Số ngày từ 90 đến 36500; 0 là không khóa.")]
    return problems


def _unfit_address(url: str) -> str | Promise:
    """Why an address cannot be an S3 store's; "" if it can."""
    try:
        place = Place.parse(url)
        place.require_allowed()
    except BadPlace as error:
        return f"{error.message} {error.hint}".strip()
    for other in Store.objects.filter(kind=Store.Kind.S3).exclude(state=Store.State.RETIRED):
        if place.overlaps(Place.parse(other.path)):
            return _("Thư mục này trùng hoặc lồng với kho %(name)s.") % {"name": other.name}
    return ""


def _unfit(path: str) -> str | Promise:
    """Why a folder cannot be a store's; "" if it can."""
    place = Path(path)
    if not place.is_absolute() or "\0" in path or ".." in place.parts:
        return _("Ghi đường dẫn đầy đủ, bắt đầu bằng dấu “/”.")
    home = settings.HOME.root.resolve()
    real = place.resolve()
    if home.is_relative_to(real) or (
        real.is_relative_to(home) and real.parent != settings.HOME.stores.resolve()
    ):
        return _("Thư mục này thuộc phần khác của hệ thống.")
    for other in Store.objects.filter(kind=Store.Kind.FOLDER).exclude(state=Store.State.RETIRED):
        taken = Path(other.path).resolve()
        if real.is_relative_to(taken) or taken.is_relative_to(real):
            return _("Thư mục này trùng hoặc lồng với kho %(name)s.") % {"name": other.name}
    if place.exists() and not ocfl.looks_like_root(place):
        if not place.is_dir():
            return _("Ở đây là một tệp, không phải thư mục.")
        try:
            if any(place.iterdir()):
                return _("Thư mục đang có tệp khác; chọn thư mục trống hoặc một kho OCFL.")
        except OSError:
            return _("Không đọc được thư mục này.")
    return ""


def _tell(acting: Acting, body: uuid.UUID, kind: str, store: Store) -> None:
    record(
        Event(
            kind=kind,
            obj=store.uid,
            body=body,
            actor=acting.actor(body),
            detail={
                "store": store.name,
                "kind": store.kind,
                **{key: getattr(store, key) for key in HAZARDS if getattr(store, key)},
                "carrier_since": store.carrier_since.isoformat() if store.carrier_since else "",
                "carrier_years": store.carrier_years or 0,
                "pace": store.pace,
                "lock_days": store.lock_days,
            },
        )
    )
