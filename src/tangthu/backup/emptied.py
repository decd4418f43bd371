"""The home that a restore goes into: empty at first, marked until it is whole.

Nothing here needs the settings, which are read from that very home afterwards. Words are therefore
not translated.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from tangthu.backup.sets import MANIFEST
from tangthu.kernel import deployment, postgres
from tangthu.kernel.errors import Refused
from tangthu.kernel.home import Home, unusable
from tangthu.standards import durable

_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")


def begin(home: Home, folder: Path) -> None:
    """Mark the empty folder `home` as being restored from the set in `folder`.

    What an earlier restore left unfinished there is removed first: it wrote all that is in it.
    Raises Refused for a folder that holds anything else, HomeUnusable.
    """
    try:
        if home.restoring.exists():
            clear(home)
        elif home.root.exists() and any(home.root.iterdir()):
            raise Refused(
                f"{home.root} không trống.",
                hint="Chỉ phục hồi vào thư mục trống: hệ thống đang có không bao giờ bị ghi đè.",
            )
        home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = f"{folder}\n".encode("utf-8", "surrogateescape")
        durable.write_file(home.restoring, [words], what="backup.restoring", mode=0o600)
        home.ensure(by_restore=True)
        deployment.write_mark(deployment.home_mark(home), _mode(folder))
    except OSError as error:
        raise unusable(home.root, error) from error


def _mode(folder: Path) -> str:
    try:
        mode = json.loads((folder / MANIFEST).read_bytes())["mode"]
    except (OSError, ValueError, KeyError, TypeError):
        mode = ""
    if mode not in deployment.MODES:
        raise Refused(
            f"{folder} không phải là một bộ sao lưu dùng được.",
            hint="Nêu đường dẫn tới thư mục của bộ sao lưu (có tệp manifest.json).",
        )
    return str(mode)


def clear(home: Home) -> None:
    """Empty a home that is being restored; the mark goes last.

    Raises OSError, and Refused if another disk was mounted below meanwhile: what is there was not
    written by a restore.
    """
    _require_one_disk(home.root)
    postgres.stop(home)
    for path in home.root.iterdir():
        if path == home.restoring:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    home.restoring.unlink()


def _require_one_disk(root: Path) -> None:
    inside = root.resolve()
    found = [place for place in _mounted() if place != inside and place.is_relative_to(inside)]
    device = _device(root)
    for folder, folders, names in os.walk(root):
        found += [
            path
            for name in (*folders, *names)
            if _device(path := Path(folder, name)) not in (device, None)
        ]
        if found:
            raise Refused(
                f"{found[0]} nằm trên ổ đĩa khác với {root}.",
                hint="Tháo ổ đĩa ấy ra trước: phần phục hồi dở bị xóa hết rồi mới làm lại.",
            )


def _mounted() -> list[Path]:
    """Where something is mounted, as the system tells; also the same disk in two places."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    return [
        Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), line.split()[4]))
        for line in lines
        if len(line.split()) > 4
    ]


def _device(path: Path) -> int | None:
    try:
        return path.lstat().st_dev
    except FileNotFoundError:  # a server that still runs there removes files of its own
        return None


def finish(home: Home) -> None:
    """Let the restored home be used."""
    os.sync()
    home.restoring.unlink()
    durable.fsync_dir(home.root)
