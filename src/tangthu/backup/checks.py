"""The check of backups: places, sets that are new enough and free of viruses, a trial of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tangthu.backup import houses, retention, rules, scheduling
from tangthu.backup.job_kinds import VERIFY
from tangthu.backup.models import Restore
from tangthu.backup.places import PlaceUnusable, carrier_since, places, require_fit, same_disk
from tangthu.backup.sets import SetFacts, damaged_in, sets_in
from tangthu.capture import antivirus
from tangthu.identity.models import Body
from tangthu.kernel import clock
from tangthu.kernel.checks import Bodies, Finding
from tangthu.kernel.models import Job
from tangthu.ui import formats

# A daily set may take its hours.
_GRACE = dt.timedelta(hours=12)


def look(_bodies: Bodies) -> Iterator[Finding]:
    """What an administrator should know of backups."""
    yield from _old_clusters()
    yield from _unread()
    known = places()
    if not known and not Body.objects.exists():
        yield Finding("ok", _("Chưa có cơ quan nào, nên chưa có gì để sao lưu."))
        return
    if not known:
        yield Finding(
            "warning",
            _("Chưa đặt nơi sao lưu: không có bản sao lưu nào được tự động lập."),
            _("Mất máy này là mất mọi hồ sơ, tài liệu và sổ cái."),
            _("Đặt TANGTHU_BACKUP_TO tới hai thư mục trên hai phương tiện (docs/backup.md)."),
        )
        return
    now = clock.now()
    for place in known:
        yield from _of_place(place, now)
    yield from _scans(now)
    if len(known) < rules.number("places"):
        yield Finding(
            "warning",
            _("Chỉ có một nơi sao lưu."),
            _("Luật đòi ít nhất hai bộ, mỗi bộ trên một phương tiện độc lập (TT05 Điều 27)."),
            _("Thêm một thư mục trên phương tiện khác vào TANGTHU_BACKUP_TO."),
        )
    elif len({place.stat().st_dev for place in known if place.is_dir()}) < len(known):
        yield Finding(
            "warning",
            _("Hai nơi sao lưu nằm trên cùng một ổ đĩa."),
            _("Hỏng ổ ấy là mất cả hai bộ."),
            _("Chuyển một nơi sang phương tiện khác."),
        )
    yield _drill(now)


def _old_clusters() -> Iterator[Finding]:
    """Clusters that upgrades left: they hold the keys of events as backups do (IN-85)."""
    for old in sorted(settings.HOME.root.glob("postgres.before-*")):
        try:
            moment = dt.datetime.strptime(old.name.rpartition("-")[2], "%Y%m%dT%H%M%S")  # noqa: DTZ007
        except ValueError:
            continue
        made = timezone.make_aware(moment)
        if rules.is_over(made, "kept", clock.now()):
            yield Finding(
                "warning",
                _("Cụm cơ sở dữ liệu cũ còn nằm ở %(place)s.") % {"place": old},
                _("Khóa sự kiện đã xóa vẫn còn trong đó quá hạn cho phép."),
                _("Xóa thư mục này khi không cần quay lại phiên bản cũ nữa."),
            )


def _unread() -> Iterator[Finding]:
    """Restores that nobody has read of yet."""
    for one in Restore.objects.filter(reads=None).order_by("restored_at"):
        yield Finding(
            "note",
            _("Hệ thống được phục hồi lúc %(when)s từ bộ %(name)s; chưa ai đọc báo cáo.")
            % {"when": formats.moment(one.restored_at), "name": one.set},
            _("Người trong cơ quan chưa biết việc nào phải làm lại."),
            _("Quản trị đăng nhập, đọc báo cáo ở Việc của tôi rồi xác nhận."),
        )


def _of_place(place: Path, now: dt.datetime) -> Iterator[Finding]:
    try:
        require_fit(place)
    except PlaceUnusable as error:
        yield Finding(
            "error", str(error.message), _("Không sao lưu được vào đây."), str(error.hint)
        )
        return
    if same_disk(place):
        yield Finding(
            "warning",
            _("Nơi sao lưu %(place)s nằm cùng ổ đĩa với hệ thống.") % {"place": place},
            _("Hỏng ổ ấy là mất cả hệ thống lẫn bản sao lưu."),
            _("Chuyển nơi sao lưu sang phương tiện khác."),
        )
    yield from _carrier(place, now)
    for name in damaged_in(place):
        yield Finding(
            "warning",
            _("Bộ sao lưu %(name)s có bản kê hỏng.") % {"name": name},
            _("Không phục hồi được từ bộ ấy và các bộ gia tăng dựa vào nó."),
            "tangthu --as NGƯỜI backup run --full",
        )
    yield from _strange(place, now)
    late = retention.overdue(place, now)
    if late.why:
        yield Finding(
            "error",
            _("%(n)s bộ quá hạn ở %(place)s chưa xóa được: %(why)s.")
            % {"n": len(late.sets), "place": place, "why": late.why},
            _("Khóa sự kiện đã xóa vẫn còn trong các bộ ấy quá hạn cho phép."),
            "tangthu --as NGƯỜI backup run --full",
        )
    sets = [one for one in houses.own_sets(place, now) if one.holds_stores]
    yield from _newest(place, sets, now)


def _carrier(place: Path, now: dt.datetime) -> Iterator[Finding]:
    """Whether a full copy onto a new carrier is due (AR-88)."""
    since = carrier_since(place)
    if since is not None and rules.is_over(since, "carrier_every", now):
        yield Finding(
            "warning",
            _("Phương tiện của nơi sao lưu %(place)s dùng từ ngày %(day)s, đã quá ba năm.")
            % {"place": place, "day": formats.day(since)},
            _("Luật đòi ba năm một lần sao lưu đầy đủ lên phương tiện mới (TT05 Điều 29–31)."),
            _("Gắn phương tiện mới, còn trống, vào đấy rồi: %(command)s")
            % {"command": "tangthu --as NGƯỜI backup run --full"},
        )


def _newest(place: Path, sets: list[SetFacts], now: dt.datetime) -> Iterator[Finding]:
    if not sets:
        yield Finding(
            "warning",
            _("Nơi sao lưu %(place)s chưa có bộ nào.") % {"place": place},
            _("Chưa có gì để phục hồi từ đây."),
            "tangthu --as NGƯỜI backup run",
        )
    elif sets[-1].problems:
        yield Finding(
            "error",
            _("Bộ sao lưu mới nhất ở %(place)s thiếu %(n)s tệp, đầu tiên là %(path)s.")
            % {"place": place, "n": len(sets[-1].problems), "path": sets[-1].problems[0][0]},
            _("Phục hồi từ bộ ấy không được đủ hồ sơ; các bộ cũ được giữ lại."),
            "tangthu --as NGƯỜI fixity --repair",
        )
    elif _found_bad(place / sets[-1].name):
        yield Finding(
            "error",
            _("Bộ sao lưu %(name)s ở %(place)s đã được kiểm tra và bị hỏng.")
            % {"name": sets[-1].name, "place": place},
            _("Không phục hồi được từ bộ ấy."),
            "tangthu --as NGƯỜI backup run --full",
        )
    elif rules.is_over(sets[-1].made_at, "every", now - _GRACE):
        yield Finding(
            "error",
            _("Bộ sao lưu mới nhất ở %(place)s là của %(when)s.")
            % {"place": place, "when": formats.moment(sets[-1].made_at)},
            _("Những gì làm từ lúc ấy không có trong bản sao lưu nào ở đây."),
            "tangthu --as NGƯỜI backup run",
        )
    else:
        yield Finding(
            "ok",
            _("%(place)s: %(n)s bộ, mới nhất %(when)s.")
            % {"place": place, "n": len(sets), "when": formats.moment(sets[-1].made_at)},
        )


def _found_bad(folder: Path) -> bool:
    """Whether the last reading through of a set found something."""
    done = Job.objects.filter(kind=VERIFY, state=Job.State.DONE, args__folder=str(folder))
    last = done.order_by("-finished_at").first()
    return last is not None and bool(last.result.get("found"))


def _strange(place: Path, now: dt.datetime) -> Iterator[Finding]:
    """Sets that count for nothing: another house's, or of a moment that has not come."""
    secret = houses.own_secret()
    for one in sets_in(place):
        words = {"name": one.name, "place": place}
        if houses.is_ahead(one, now):
            yield Finding(
                "error",
                _("Bộ sao lưu %(name)s ở %(place)s mang ngày chưa tới.") % words,
                _("Bộ ấy không được tính; đồng hồ máy từng chạy sai thì mọi hạn đều sai."),
                _("Kiểm tra đồng hồ máy; xóa hoặc chuyển bộ ấy đi nơi khác."),
            )
        elif not houses.made_with(place / one.name, secret):
            yield Finding(
                "warning",
                _("Bộ sao lưu %(name)s ở %(place)s không mang dấu của hệ thống này.") % words,
                _("Bộ ấy không được tính, không được thử phục hồi, không tự xóa khi quá hạn."),
                _("Xóa hoặc chuyển bộ ấy đi nơi khác."),
            )


def _scans(now: dt.datetime) -> Iterator[Finding]:
    """Whether the sets were scanned for viruses in time, and what was found (RM-958)."""
    for folder in scheduling.newest_sets():
        place = folder.parent
        last = scheduling.last_scan(place)
        found = dict(last.result) if last is not None else {}
        due = scheduling.scan_is_due(last, now)
        again = "tangthu --as NGƯỜI backup scan"
        if found.get("infected"):
            yield Finding(
                "error",
                _("Bộ sao lưu %(name)s ở %(place)s có %(n)s tệp mang mã độc.")
                % {"name": found["set"], "place": place, "n": found["infected"]},
                _("Phục hồi từ bộ ấy là đưa mã độc trở lại."),
                _("Xem biên bản quét ở trang Sao lưu; xử lý tệp gốc, sao lưu lại rồi: %(command)s")
                % {"command": again},
            )
        if due:
            yield Finding(
                "warning",
                (
                    _("Chưa quét mã độc bộ sao lưu nào ở %(place)s.")
                    if last is None
                    else _("Quá sáu tháng chưa quét mã độc bộ sao lưu ở %(place)s.")
                )
                % {"place": place},
                _("Mã độc nay đã nhận ra được vẫn có thể nằm trong bộ ấy."),
                again if antivirus.configured() else antivirus.TO_INSTALL,
            )
        elif found.get("unscanned"):
            yield Finding(
                "warning",
                _("Lần quét mã độc gần nhất ở %(place)s bỏ lại %(n)s tệp chưa quét được.")
                % {"place": place, "n": found["unscanned"]},
                _("Không biết các tệp ấy có mã độc không."),
                _("Xem biên bản quét ở trang Sao lưu; tệp quá lớn: nâng StreamMaxLength ở clamd."),
            )
        elif last is not None and not found.get("infected"):
            when = formats.moment(last.finished_at or last.created_at)
            yield Finding(
                "ok",
                _("%(place)s: quét mã độc gần nhất %(when)s, sạch.")
                % {"place": place, "when": when},
            )


def _drill(now: dt.datetime) -> Finding:
    last = scheduling.last_drill()
    if last is not None and not last.result.get("ok"):
        return Finding(
            "error",
            _("Lần thử phục hồi gần nhất không đạt."),
            _("Không chắc bản sao lưu dùng được."),
            "tangthu --as NGƯỜI backup drill",
        )
    if scheduling.drill_is_due(now):
        return Finding(
            "warning",
            _("Quá ba tháng chưa thử phục hồi từ bản sao lưu."),
            _("Bản sao lưu chưa thử thì chưa chắc phục hồi được (QCVN 12:2026/BCA mục 2.2.12)."),
            "tangthu --as NGƯỜI backup drill",
        )
    assert last is not None
    when = formats.moment(last.finished_at or last.created_at)
    return Finding("ok", _("Thử phục hồi gần nhất: %(when)s, đạt.") % {"when": when})
