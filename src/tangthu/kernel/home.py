"""The home folder: the only place that an installation writes to (TANGTHU_HOME, default ./var)."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tangthu.kernel.errors import AlreadyRunning, HomeUnusable
from tangthu.standards import durable

MIN_FREE_BYTES = 200 * 1024 * 1024
# What work that fills the disk leaves free: the embedded database may need two new log segments to
# say how it ended.
ROOM_TO_LEAVE = 64 * 1024 * 1024
# At which share of free room a disk is told to be filling, and to be nearly full.
FILLING, NEARLY_FULL = 0.10, 0.03


@dataclass(frozen=True, slots=True)
class Home:
    """Paths inside the home folder. Creating the object touches nothing on disk."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """Home named by TANGTHU_HOME, else ./var under the working folder; always absolute."""
        given = Path(os.environ.get("TANGTHU_HOME") or "var")
        try:
            return cls(given.expanduser().absolute())
        except RuntimeError:
            return cls(given.absolute())  # "~nobody-of-this-name" is a folder's name then
        except FileNotFoundError as error:
            raise HomeUnusable(
                "Thư mục hiện hành không còn nữa.",
                hint="Chuyển sang thư mục khác, hoặc đặt TANGTHU_HOME tới một đường dẫn đầy đủ.",
            ) from error

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger"

    @property
    def stores(self) -> Path:
        return self.root / "stores"

    @property
    def working(self) -> Path:
        return self.root / "working"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    @property
    def dips(self) -> Path:
        return self.root / "dip"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def restoring(self) -> Path:
        """The mark of a home that a restore has not finished: nothing else may use it."""
        return self.root / "restoring"

    def ensure(self, *, by_restore: bool = False) -> Home:
        """Create the folders that are missing and prove that the home can be written to.

        Raises HomeUnusable with one clear sentence: read-only, no permission, not a folder, full,
        or half restored (unless the caller is the restore itself).
        """
        # `os.path.exists` is False for a path that cannot be; why it cannot is said below.
        if not by_restore and os.path.exists(self.restoring):  # noqa: PTH110
            raise HomeUnusable(
                f"Việc phục hồi vào {self.root} chưa xong, nên chưa dùng được.",
                hint="Chạy lại tangthu backup restore vào đúng thư mục này: phần dở được dọn đi.",
            )
        try:
            for path in (self.root, self.ledger, self.run):
                path.mkdir(parents=True, exist_ok=True)
            # Records lie in the open here. An administrator may let a group in later on.
            for path in (self.stores, self.cache, self.logs):
                path.mkdir(mode=0o700, exist_ok=True)
            for private in (
                self.secrets, self.quarantine, self.uploads, self.working, self.dips, self.temporary
            ):  # fmt: skip
                private.mkdir(parents=True, exist_ok=True)
                private.chmod(0o700)
            with tempfile.NamedTemporaryFile(dir=self.run) as probe:
                probe.write(b"\0" * 65536)
                probe.flush()
                os.fsync(probe.fileno())
        except OSError as error:
            raise unusable(self.root, error) from error
        return self

    def keep_temporary_files(self) -> None:
        """Let this process and its children put temporary files into the home, nowhere else."""
        os.environ["TMPDIR"] = tempfile.tempdir = str(self.temporary)

    def forget_temporary_files(self) -> None:
        """Remove what killed processes left over a day ago: temporary files, half-written ones."""
        old = time.time() - 86400
        half_written = (
            path for folder in (self.working, self.uploads) for path in folder.rglob(".*.tmp")
        )
        for path in (*self.temporary.iterdir(), *half_written):
            with suppress(OSError):
                if path.lstat().st_mtime > old:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()

    def free_bytes(self) -> int:
        """How much may still be written to the disk of the home."""
        stat = os.statvfs(self.root)
        return stat.f_bavail * stat.f_frsize

    def has_room(self, more: int = 0) -> bool:
        """Whether `more` bytes may be written and enough is left for the database to live on."""
        return self.free_bytes() - more >= ROOM_TO_LEAVE

    def require_space(self) -> None:
        """Raise HomeUnusable if the disk has too little room left to start in earnest."""
        free = self.free_bytes()
        if free < MIN_FREE_BYTES:
            raise HomeUnusable(
                f"Ổ đĩa chứa {self.root} chỉ còn {free // 1_000_000} MB trống.",
                hint="Cần ít nhất 200 MB: dọn bớt ổ đĩa hoặc đặt TANGTHU_HOME sang ổ khác.",
                free=free,
            )

    def secret(self, name: str, *, length: int = 48) -> str:
        """The text secret `name`, made once (mode 600) and read ever after.

        It is there whole or not at all, also after a kill, and the same for all who ask at once.
        """
        path = self.secrets / name
        try:
            if not path.exists():
                with self.lock_file("secrets") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    if not path.exists():
                        value = secrets.token_urlsafe(length).encode("ascii")
                        durable.write_file(path, [value], what="home.secret", mode=0o600)
            return path.read_text(encoding="ascii").strip()
        except OSError as error:
            raise unusable(self.root, error) from error

    def lock_file(self, name: str) -> IO[str]:
        """The file that the lock `name` of this home is held on, open."""
        try:
            return (self.run / f"{name}.lock").open("a")
        except OSError as error:
            raise unusable(self.root, error) from error

    @contextmanager
    def alive(self, name: str, *, wait_seconds: float) -> Iterator[int]:
        """Wait until all who inherited the handle `name` have ended, then yield that handle.

        A process hands it on to its children (`pass_fds`): however they end, the system lets go of
        it, so a later start knows when the last child of a killed one is gone. AlreadyRunning
        after `wait_seconds`.
        """
        with self.lock_file(name) as handle:
            deadline = time.monotonic() + wait_seconds
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > deadline:
                        raise AlreadyRunning(
                            f"Tiến trình của lần chạy trước trên {self.root} chưa dừng.",
                            hint="Đợi ít giây rồi thử lại, hoặc dừng các tiến trình ấy.",
                        ) from error
                    time.sleep(0.1)
            yield handle.fileno()

    @contextmanager
    def only_one(self, name: str) -> Iterator[None]:
        """Hold the exclusive lock `name` of this home; AlreadyRunning if another process has it."""
        with self.lock_file(name) as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise AlreadyRunning(
                    f"Tàng Thư đang chạy trên {self.root}.",
                    hint="Dừng tiến trình kia (Ctrl-C) hoặc dùng TANGTHU_HOME khác.",
                ) from error
            yield


def unusable(root: Path, error: OSError) -> HomeUnusable:
    """What an error of the system means for somebody who wants to use the home `root`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        words = f"Ổ đĩa chứa {root} đã đầy."
        hint = "Dọn bớt ổ đĩa hoặc đặt TANGTHU_HOME sang ổ khác."
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        words = f"Không ghi được vào {root}."
        hint = "Đặt TANGTHU_HOME tới thư mục ghi được, hoặc sửa quyền của thư mục này."
    elif error.errno in (errno.ENOTDIR, errno.EEXIST):
        words = f"{root} không phải là thư mục, hoặc nằm dưới một tệp."
        hint = "Đặt TANGTHU_HOME tới một thư mục."
    elif error.errno == errno.ENAMETOOLONG:
        words = f"Đường dẫn {str(root)[:80]}… quá dài."
        hint = "Đặt TANGTHU_HOME tới đường dẫn ngắn hơn."
    else:
        words = f"Không dùng được {root}: {error.strerror}."
        hint = "Kiểm tra ổ đĩa và quyền, hoặc đặt TANGTHU_HOME tới thư mục khác."
    return HomeUnusable(words, hint=hint, errno=error.errno)
