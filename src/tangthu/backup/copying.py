"""Writing a set: bytes that the chain does not have yet are copied, others are named.

Every copied file is hashed while it is read; what is known by its digest already (a file of the
working store, of a package) is not even read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from tangthu.backup.places import require_room
from tangthu.backup.sets import BYTES, DATABASE, FILES, Entry
from tangthu.standards import durable
from tangthu.standards.ocfl.files import open_regular

Watch = Callable[[int], None]


class SetWriter:
    """The files of one set while it is written into `folder` (hidden until it is whole).

    `name` is what the set will be called. `watch` hears of bytes as they are written; what it
    raises stops the copying.
    """

    def __init__(self, folder: Path, name: str, watch: Watch) -> None:
        self.folder, self.name = folder, name
        self.files = self.bytes = self.own_bytes = 0
        self.watch = watch
        # Where bytes lie that the chain has: by digest the set, the place in it and the size.
        self._known: dict[bytes, tuple[str, str, int]] = {}
        self._paths: set[str] = set()
        self._list: BinaryIO = (folder / FILES).open("xb")

    def take_over(self, earlier: Iterator[Entry]) -> None:
        """Let files be named by where an earlier set of the chain says that their bytes lie."""
        for one in earlier:
            self._known[bytes.fromhex(one.sha256)] = (one.set, one.at, one.size)

    def has(self, path: str) -> bool:
        """Whether the set has a file of this path."""
        return path in self._paths

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
        `expected`. Raises OSError, and NoRoom before the disk of the place is full."""
        at = f"{BYTES}/{path}"
        target = self.folder / at
        handle = open_regular(source)
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
            while piece := os.read(handle, durable.CHUNK):
                writing.write(piece)
                hasher.update(piece)
                size += len(piece)
                self.watch(len(piece))
        return size, hasher.hexdigest()

    def copy_tree(self, area: str, root: Path, *, again: bool = False) -> None:
        """Copy every file below `root`, each as `area`/relative path.

        What writers have not finished is left out, and what vanishes meanwhile. With `again` files
        that the set has are left as they are.
        """
        for folder, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                source = Path(folder, name)
                path = f"{area}/{source.relative_to(root).as_posix()}"
                if name.endswith(".tmp") or (again and self.has(path)):
                    continue
                with contextlib.suppress(FileNotFoundError):
                    self.copy(path, source)

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
        self.files += 1
        self.bytes += entry.size

    def close(self) -> None:
        """Finish the list of files."""
        self._list.close()
