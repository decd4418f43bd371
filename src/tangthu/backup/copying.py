"""Writing a set: bytes that the chain does not have yet are copied, others are named.

Every copied file is hashed while it is read; what is known by its digest already (a file of the
working store, of a package) is not even read again.

A file of the house that cannot be read (a bad sector, a link, a stale mount) is a problem of the
set, which goes on. What the medium of the set refuses ends it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from tangthu.backup.places import require_room
from tangthu.backup.sets import BYTES, DATABASE, FILES, Entry
from tangthu.kernel.errors import HouseError
from tangthu.standards import durable
from tangthu.standards.ocfl.files import open_regular

Watch = Callable[[int], None]


class SourceUnreadable(Exception):
    """A file of the house cannot be read; `gone`: it is not there any more."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror or type(error).__name__)
        self.gone = isinstance(error, (FileNotFoundError, NotADirectoryError))


class NotKept(HouseError):
    """The medium of the set does not give back what was written."""

    http_status = 503


class SetWriter:
    """The files of one set while it is written into `folder` (hidden until it is whole).

    `name` is what the set will be called. `watch` hears of bytes as they are written; what it
    raises stops the copying.
    """

    def __init__(self, folder: Path, name: str, watch: Watch) -> None:
        self.folder, self.name = folder, name
        self.files = self.bytes = self.own_bytes = 0
        self.watch = watch
        self.problems: list[list[str]] = []
        # Where bytes lie that the chain has: by digest the set, the place in it and the size.
        self._known: dict[bytes, tuple[str, str, int]] = {}
        self._paths: set[str] = set()
        self._entered: set[bytes] = set()
        self._list: BinaryIO = (folder / FILES).open("xb")

    def take_over(self, earlier: Iterator[Entry]) -> None:
        """Let files be named by where an earlier set of the chain says that their bytes lie."""
        for one in earlier:
            self._known[bytes.fromhex(one.sha256)] = (one.set, one.at, one.size)

    def has(self, path: str) -> bool:
        """Whether the set has a file of this path."""
        return path in self._paths

    def has_bytes(self, sha256: str) -> bool:
        """Whether a file of the set has the content of this digest."""
        return bytes.fromhex(sha256) in self._entered

    def name_known(self, path: str, sha256: str) -> bool:
        """Enter the file `path` if the chain has its bytes; says whether."""
        found = self._known.get(bytes.fromhex(sha256))
        if found is None:
            return False
        where, at, size = found
        self._enter(Entry(path, size, sha256, where, at))
        return True

    def copy(self, path: str, source: Path, expected: str = "") -> bool:
        """Copy the file `source` as `path`; False, with nothing kept, if its digest is not that
        `expected`. Raises SourceUnreadable, OSError of the place, and NoRoom before its disk is
        full."""
        at = f"{BYTES}/{path}"
        target = self.folder / at
        try:
            handle = open_regular(source)
        except OSError as error:
            raise SourceUnreadable(error) from error
        try:
            require_room(self.folder, os.fstat(handle).st_size)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            size, sha256 = self._write(handle, target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        if expected and sha256 != expected:
            target.unlink()
            return False
        if self.name_known(path, sha256):
            target.unlink()
            return True
        self.own_bytes += size
        self._known[bytes.fromhex(sha256)] = (self.name, at, size)
        self._enter(Entry(path, size, sha256, self.name, at))
        return True

    def _write(self, handle: int, target: Path) -> tuple[int, str]:
        hasher, size = hashlib.sha256(), 0
        out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(out, "wb") as writing:
            while piece := _read(handle):
                writing.write(piece)
                hasher.update(piece)
                size += len(piece)
                self.watch(len(piece))
        return size, hasher.hexdigest()

    def keep(self, path: str, source: Path, expected: str = "") -> None:
        """Copy a file; one that is not what it should be, or cannot be read, is a problem.

        One that has vanished is none: whoever needs it, misses it by name.
        """
        try:
            if not self.copy(path, source, expected):
                self.problems.append([path, "changed"])
        except SourceUnreadable as error:
            if not error.gone:
                self.problems.append([path, f"unreadable: {error}"])

    def files_below(self, area: str, root: Path) -> Iterator[tuple[str, Path]]:
        """Every file below `root` in order, with its path in the set; unfinished ones are left out.

        A folder that cannot be listed is a problem of the set.
        """

        def unlisted(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError):
                self.problems.append([area, f"unreadable: {error.strerror}"])

        for folder, folders, names in os.walk(root, onerror=unlisted):
            # A link to a folder is not followed, and what is behind it is not in the set.
            links = [name for name in folders if Path(folder, name).is_symlink()]
            folders[:] = sorted(set(folders) - set(links))
            for name in sorted([*names, *links]):
                if not name.endswith(".tmp"):
                    source = Path(folder, name)
                    yield f"{area}/{source.relative_to(root).as_posix()}", source

    def copy_tree(self, area: str, root: Path) -> None:
        """Copy every file below `root`, each as `area`/relative path; what vanishes is left out."""
        for path, source in self.files_below(area, root):
            self.keep(path, source)

    def enter_database(self) -> None:
        """Enter the files of the dump, which lie in the set already."""
        for source in sorted((self.folder / DATABASE).rglob("*")):
            if source.is_file():
                at = source.relative_to(self.folder).as_posix()
                source.chmod(0o600)
                written = durable.digest_file(source)
                self.own_bytes += written.size
                self._enter(Entry(at, written.size, written.digests["sha256"], self.name, at))

    def _enter(self, entry: Entry) -> None:
        self._list.write(entry.line())
        self._paths.add(entry.path)
        self._entered.add(bytes.fromhex(entry.sha256))
        self.files += 1
        self.bytes += entry.size

    def close(self) -> None:
        """Finish the list of files."""
        self._list.close()

    def read_back(self) -> None:
        """Read every new file of the set from its medium again. Raises NotKept, OSError.

        Call it when the list is closed. Each file is flushed by itself, so that the system tells of
        it, and what memory still has of it is let go before it is read.
        """
        with (self.folder / FILES).open("rb") as lines:
            for line in lines:
                entry = Entry(*json.loads(line))
                if entry.set == self.name and _digest_on_medium(self.folder / entry.at) != (
                    entry.sha256
                ):
                    raise NotKept(
                        _("Nơi sao lưu không giữ đúng tệp vừa ghi: {path}.").format(
                            path=entry.path
                        ),
                        hint=_("Kiểm tra ổ đĩa sao lưu; các bộ đã có ở đó cũng cần kiểm tra lại."),
                    )
                self.watch(0)


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, durable.CHUNK)
    except OSError as error:
        raise SourceUnreadable(error) from error


def _digest_on_medium(path: Path) -> str:
    handle = os.open(path, os.O_RDONLY)
    hasher = hashlib.sha256()
    try:
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        while piece := os.read(handle, durable.CHUNK):
            hasher.update(piece)
    finally:
        os.close(handle)
    return hasher.hexdigest()
