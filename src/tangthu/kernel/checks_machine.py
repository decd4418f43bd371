"""Checks of what the installation stands on: Python, libraries, programs, fonts, disk, files."""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import stat
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from tangthu.kernel import sandbox_filter
from tangthu.kernel.checks import Bodies, Finding
from tangthu.kernel.home import FILLING, NEARLY_FULL, ROOM_TO_LEAVE, Home

_GB = 1_000_000_000
_NAME = re.compile(r"^[\w.-]+")
_MANY = 5
# Folders of the home that hold secrets or papers: nobody but our account enters them. A group may
# have been let into the second ones.
_PRIVATE = ("secrets", "quarantine", "uploads", "working", "dip", "tmp")
_CLOSED_TO_OTHERS = ("stores", "cache", "logs", "postgres")
# Programs of Debian that help whoever works on a checkout; an installed package has no such list.
_PACKAGES = settings.PACKAGE.parents[1] / "packages.debian"


def look_at_software(bodies: Bodies) -> Iterator[Finding]:
    """Versions, libraries that are missing, and programs that would add something."""
    yield Finding(
        "ok",
        _("Tàng Thư %(version)s, Python %(python)s.")
        % {"version": settings.VERSION, "python": platform.python_version()},
    )
    missing = [name for name, version in versions() if not version]
    for name in missing:
        yield Finding(
            "error",
            _("Thiếu thư viện %(name)s.") % {"name": name},
            _("Việc nào cần đến nó sẽ dừng với lỗi không lường trước."),
            f"{sys.executable} -m pip install {name}",
        )
    fonts = settings.PACKAGE / "ui" / "static" / "ui" / "vendor"
    if not any(fonts.glob("*/*-vietnamese-*.woff2")):
        yield Finding(
            "warning",
            _("Thiếu phông chữ của giao diện."),
            _("Dấu tiếng Việt chồng (ế, ỗ, ự) có thể hiện lệch trên màn hình."),
            _("Cài lại Tàng Thư, hoặc chạy `make setup`."),
        )
    yield from programs(_PACKAGES)
    if not sandbox_filter.known():
        yield Finding(
            "warning",
            _("Máy này không có seccomp."),
            _("Tệp độc hại chiếm được tiến trình đọc tệp thì còn ghi và ra mạng được."),
            _("Chạy trên x86_64 hoặc aarch64, nhân Linux có CONFIG_SECCOMP_FILTER."),
        )


def programs(listed: Path) -> Iterator[Finding]:
    """A note for each package of the list at `listed` that is not installed; none without list."""
    if not listed.exists():
        return
    for line in listed.read_text(encoding="utf-8").splitlines():
        package, _space, rest = line.partition(" ")
        file, _space, lost = rest.strip().partition(" ")
        if package and not package.startswith("#") and not Path(file).exists():
            yield Finding(
                "note",
                _("Chưa cài %(package)s.") % {"package": package},
                _("Không có nó thì thiếu: %(lost)s.") % {"lost": lost.strip()},
                f"apt-get install {package}",
            )


def versions() -> list[tuple[str, str]]:
    """The libraries that this installation is made of, with their versions; "" for one missing."""
    found = []
    for requirement in metadata.requires("tangthu") or ():
        name = "".join(_NAME.findall(requirement)[:1])
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            found.append((name, ""))
    return sorted(found, key=lambda one: one[0].lower())


def look_at_disk(bodies: Bodies) -> Iterator[Finding]:
    """The room that is left where the home lies."""
    home: Home = settings.HOME
    usage = shutil.disk_usage(home.root)
    yield room_of_home(usage.free, usage.total)
    # Folders of the home may be mounts of their own.
    for folder, what in ((home.postgres, _("cơ sở dữ liệu")), (home.working, _("kho làm việc"))):
        if folder.exists() and folder.stat().st_dev != home.root.stat().st_dev:
            apart = shutil.disk_usage(folder)
            yield room_of_home(apart.free, apart.total, what)


def room_of_home(free: int, total: int, what: str = "") -> Finding:
    """What it means that `free` of `total` bytes are left on the disk of the home."""
    named = what or _("thư mục dữ liệu")
    told = _("Ổ đĩa của %(what)s còn trống %(free)s GB (%(share)s%%).") % {
        "what": named,
        "free": f"{free / _GB:.1f}".replace(".", ","),
        "share": free * 100 // max(total, 1),
    }
    cost = _("Đầy đĩa thì việc nền và tệp gửi lên bị từ chối; cơ sở dữ liệu có thể dừng.")
    remedy = _("Mở rộng ổ đĩa; tạm thời: %(command)s") % {
        "command": "journalctl --vacuum-size=500M"
    }
    if free < max(total * NEARLY_FULL, ROOM_TO_LEAVE):
        return Finding("error", told, cost, remedy)
    if free < total * FILLING:
        return Finding("warning", told, cost, remedy)
    return Finding("ok", told)


def look_at_files(bodies: Bodies) -> Iterator[Finding]:
    """Whether somebody else of this machine can read secrets or papers."""
    home: Home = settings.HOME
    open_files = [path for path in _files(home.secrets) if _mode(path) & 0o077]
    for path in open_files[:_MANY]:
        yield Finding(
            "error",
            _("Tệp bí mật %(name)s đọc được bởi người khác.") % {"name": path.name},
            _("Ai đọc được tệp này thì giả được hệ thống hoặc vào được cơ sở dữ liệu."),
            f"chmod 600 {shlex.quote(str(path))}",
        )
    if len(open_files) > _MANY:
        yield Finding(
            "error",
            _("Còn %(n)s tệp bí mật khác cũng đọc được bởi người khác.")
            % {"n": len(open_files) - _MANY},
            "",
            f"chmod -R go= {shlex.quote(str(home.secrets))}",
        )
    wrong = list(_open_folders(home))
    for folder, mode in wrong:
        yield Finding(
            "error" if folder.name == "secrets" else "warning",
            _("Thư mục %(name)s có quyền %(mode)s.")
            % {"name": folder.name, "mode": f"{_mode(folder):o}"},
            _("Tài khoản khác của máy này đọc được hồ sơ, không qua hệ thống."),
            f"chmod {mode} {shlex.quote(str(folder))}",
        )
    if not open_files and not wrong:
        yield Finding("ok", _("Tệp bí mật và thư mục dữ liệu chỉ tài khoản của hệ thống đọc được."))


def _files(folder: Path) -> Iterator[Path]:
    """The files under a folder, as far as this account may look: others keep theirs closed."""
    for place, _folders, names in os.walk(folder):
        for name in names:
            yield Path(place, name)


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        return 0


def _open_folders(home: Home) -> Iterator[tuple[Path, str]]:
    """Folders that let too many in, with the change of mode that mends each."""
    for names, forbidden, change in (
        (_PRIVATE, 0o077, "go="),
        (_CLOSED_TO_OTHERS, 0o007, "o="),
    ):
        for name in names:
            if _mode(home.root / name) & forbidden:
                yield home.root / name, change
