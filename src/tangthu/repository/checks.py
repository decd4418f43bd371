"""Checks of the stores: whether each can be opened, has room, and was read lately."""

from __future__ import annotations

import datetime as dt
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.kernel import clock
from tangthu.kernel.checks import Bodies, Finding
from tangthu.kernel.models import Job
from tangthu.repository.actions.order_check import EVERY
from tangthu.repository.buckets import asking, is_here, open_bucket
from tangthu.repository.hazards import replace_by
from tangthu.repository.job_kinds import CHECK_ALL
from tangthu.repository.models import Copy, Store
from tangthu.repository.places import require_usable
from tangthu.repository.stores import Room, StoreUnusable, in_use, private_folders, room_of
from tangthu.ui import formats

# A round that is due is ordered within the hour; a week leaves time for a store that was away.
_LATE = EVERY + dt.timedelta(days=7)
_MEND = "tangthu --as NGƯỜI fixity --repair"


def look(bodies: Bodies) -> Iterator[Finding]:
    """Every store, with the copies of packages of `bodies` (None: of all)."""
    stores = list(in_use())
    if not stores:
        yield Finding("ok", _("Chưa có kho nào; kho được tạo khi đóng gói hồ sơ đầu tiên."))
        return
    for store in stores:
        yield from _of_store(store, bodies)
        yield from _open(store)
        yield from _lock(store)
        yield from _carrier(store)
    yield from _apart(stores)
    yield from _round(bodies)


def _of_store(store: Store, bodies: Bodies) -> Iterator[Finding]:
    found = list(_reached(store))
    room = room_of(store)
    if room is not None:
        found += _room(store, room)
    copies = Copy.objects.filter(store=store)
    if bodies is not None:
        copies = copies.filter(package__body_id__in=bodies)
    counts = copies.aggregate(
        lost=Count("id", filter=Q(state=Copy.State.UNREPAIRABLE)),
        hurt=Count("id", filter=Q(state=Copy.State.BAD)),
        unseen=Count("id", filter=Q(state=Copy.State.UNCHECKED)),
        all=Count("id"),
    )
    found += _copies(store, counts)
    found += _notes(store, copies.filter(note_due=True).count())
    if not found:
        told = _("Kho %(name)s: %(n)s gói, mọi bản sao nguyên vẹn.")
        found = [Finding("ok", told % {"name": store.name, "n": formats.thousands(counts["all"])})]
    yield from found


def _reached(store: Store) -> Iterator[Finding]:
    try:
        require_usable(store, patient=False)
    except StoreUnusable as error:
        yield Finding(
            "error",
            str(error.message),
            _("Gói mới không đóng được; gói cũ chỉ còn ở các kho khác."),
            str(error.hint) if store.in_bucket else f"{error.hint} findmnt --target {store.path}",
        )


def _room(store: Store, room: Room) -> Iterator[Finding]:
    if room.filling:
        yield Finding(
            "error" if room.nearly_full else "warning",
            _("Kho %(name)s còn trống %(free)s trong %(total)s.")
            % {
                "name": store.name,
                "free": formats.file_size(room.free),
                "total": formats.file_size(room.total),
            },
            _("Hết chỗ thì không đóng gói được nữa."),
            _("Mở rộng ổ đĩa của kho, hoặc chuyển kho sang ổ lớn hơn."),
        )


def _copies(store: Store, counts: dict[str, int]) -> Iterator[Finding]:
    if counts["lost"]:
        yield Finding(
            "error",
            _("Kho %(name)s: %(n)s gói hỏng, không còn bản lành để phục hồi.")
            % {"name": store.name, "n": formats.thousands(counts["lost"])},
            _("Những gói này mất, trừ khi có bản ở ngoài hệ thống."),
            _("Tìm bản lành ở bản sao lưu hoặc ở nơi đã nộp, rồi: %(command)s")
            % {"command": _MEND},
        )
    if counts["hurt"]:
        yield Finding(
            "error",
            _("Kho %(name)s: %(n)s gói hỏng.")
            % {"name": store.name, "n": formats.thousands(counts["hurt"])},
            _("Kho khác hỏng nữa là mất."),
            _MEND,
        )
    if counts["unseen"]:
        yield Finding(
            "warning",
            _("Kho %(name)s: %(n)s gói chưa kiểm tra được.")
            % {"name": store.name, "n": formats.thousands(counts["unseen"])},
            _("Không biết bản sao ấy có nguyên vẹn không."),
            _MEND,
        )


def _notes(store: Store, due: int) -> Iterator[Finding]:
    if due:
        yield Finding(
            "warning",
            _("Kho %(name)s: %(n)s gói chưa có ghi chú hạn chế tiếp cận mới nhất.")
            % {"name": store.name, "n": formats.thousands(due)},
            _("Lập lại danh mục từ riêng kho này thì tài liệu đã hạn chế hoặc giữ lại mở ra."),
            _("Gắn lại kho; ghi chú được viết trong mười phút sau đó."),
        )


def _open(store: Store) -> Iterator[Finding]:
    """Whether other accounts of this machine read a store that lies outside the home."""
    root = Path(store.path)
    if store.in_bucket or root.is_relative_to(settings.HOME.root):
        return  # the home itself is closed, and looked at with the machine
    for folder in private_folders(root):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & 0o077:
            yield Finding(
                "warning",
                _("Thư mục %(name)s có quyền %(mode)s.") % {"name": folder, "mode": f"{mode:o}"},
                _("Tài khoản khác của máy này đọc được hồ sơ, không qua hệ thống."),
                f"chmod go= {shlex.quote(str(folder))}",
            )


def _carrier(store: Store) -> Iterator[Finding]:
    """Whether the carrier is past the day by which it must be replaced (AR-90)."""
    day = replace_by(store)
    if day is not None and day < timezone.localdate():
        yield Finding(
            "warning",
            _("Kho %(name)s: phương tiện phải thay trước ngày %(day)s.")
            % {"name": store.name, "day": formats.day(day)},
            _("Phương tiện càng già càng dễ hỏng cùng lúc với bản sao khác."),
            _("Thêm kho trên phương tiện mới, chép sang, rồi thôi dùng kho này."),
        )


def _lock(store: Store) -> Iterator[Finding]:
    """Whether objects in a bucket are locked against deletion, as far as that was asked for."""
    if not store.in_bucket:
        return
    if not store.lock_days:
        yield Finding(
            "note",
            _("Kho %(name)s không khóa chống xóa.") % {"name": store.name},
            _("Ai có khóa truy cập của bucket thì xóa được bản sao ở đó."),
            _("Dùng bucket có khóa đối tượng và khai số ngày: tangthu stores change --lock-days."),
        )
        return
    try:
        bucket = open_bucket(store, patient=False)
        with asking(store):
            able = bucket.inside.locks()
    except StoreUnusable:
        return  # told already
    if not able:
        yield Finding(
            "error",
            _("Kho %(name)s phải khóa chống xóa mà bucket không bật khóa đối tượng.")
            % {"name": store.name},
            _("Bản sao ở đó xóa được, và gói mới không ghi vào được."),
            _("Bật khóa đối tượng ở máy chủ S3, hoặc chuyển sang bucket khác."),
        )


def _apart(stores: list[Store]) -> Iterator[Finding]:
    """Whether the loss of one disk would take every copy with it."""
    if any(one.in_bucket and not is_here(one) for one in stores):
        return
    disks = {Path(one.path).stat().st_dev for one in stores if Path(one.path).is_dir()}
    if len(disks) < 2:
        yield Finding(
            "note",
            _("Mọi kho nằm trên một ổ đĩa."),
            _("Hỏng ổ đĩa ấy là mất mọi bản sao của mọi gói."),
            _("Gắn ổ đĩa khác vào thư mục của kho thứ hai (docs/operations.md)."),
        )


def _round(bodies: Bodies) -> Iterator[Finding]:
    copies, rounds = Copy.objects.all(), Job.objects.filter(kind=CHECK_ALL, state=Job.State.DONE)
    if bodies is not None:
        copies = copies.filter(package__body_id__in=bodies)
        rounds = rounds.filter(body_id__in=bodies)
    oldest = copies.aggregate(at=Min("verified_at"))["at"]
    if oldest is None:
        return
    last = rounds.order_by("-finished_at").values_list("finished_at", flat=True).first()
    told = _("Bản sao lâu chưa kiểm tra nhất được đọc lúc %(when)s.") % {
        "when": formats.moment(oldest)
    }
    if last is not None:
        told += " " + _("Lần kiểm tra gần nhất xong lúc %(when)s.") % {"when": formats.moment(last)}
    if clock.now() - oldest <= _LATE:
        yield Finding("ok", told)
        return
    yield Finding(
        "warning",
        told,
        _("Đĩa hỏng mà không ai biết, cho đến khi kho kia cũng hỏng."),
        _("Xem máy chạy việc có sống không, hoặc: %(command)s") % {"command": _MEND},
    )
