"""The signer: it alone holds the log's key, and it never signs two histories (IN-44, IN-45).

Its own state file remembers size and root of what it signed last. It signs a larger tree only with
a proof that the old one is a prefix of it, the same size only with the same root; the state is on
disk before a signature leaves. It trusts neither the database nor the tiles.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tangthu.kernel.errors import HouseError
from tangthu.kernel.home import Home
from tangthu.standards import durable
from tangthu.standards.tlog import merkle
from tangthu.standards.tlog.checkpoint import Checkpoint, format_checkpoint
from tangthu.standards.tlog.errors import TlogError
from tangthu.standards.tlog.note import Signer as NoteSigner
from tangthu.standards.tlog.note import VerifierKey


class SignerRefused(HouseError):
    """The signer was asked to sign what does not extend its last signature."""


@dataclass(frozen=True, slots=True)
class SignedState:
    """Size and root of the newest tree that was signed."""

    size: int
    root: bytes


class Signer:
    """Signs the checkpoints of one log."""

    def __init__(self, home: Home, log_id: int, origin: str) -> None:
        self._folder = home.secrets / "ledger"
        self._key_path = self._folder / f"{log_id}.key"
        self._state_path = self._folder / f"{log_id}.state"
        self._origin = origin

    @property
    def verifier_key(self) -> VerifierKey:
        """The public key of this log; the private one is made on first use."""
        return self._note_signer().vkey

    def _note_signer(self) -> NoteSigner:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        try:
            handle = os.open(self._key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return NoteSigner(self._origin, self._key_path.read_bytes())
        seed = os.urandom(32)
        with os.fdopen(handle, "wb") as out:
            out.write(seed)
            out.flush()
            os.fsync(out.fileno())
        durable.fsync_dir(self._folder)
        return NoteSigner(self._origin, seed)

    def state(self) -> SignedState | None:
        """What was signed last, or None before the first signature."""
        try:
            stored = json.loads(self._state_path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        return SignedState(stored["size"], bytes.fromhex(stored["root"]))

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> bytes:
        """The signed checkpoint note of a tree; `proof` shows that it extends the last one signed.

        The proof is empty for the first signature and for the same size again. Raises SignerRefused.
        """
        signer = self._note_signer()
        with self._alone():
            last = self.state()
            if last is not None:
                self._check(last, size, root, proof)
            state = json.dumps({"size": size, "root": root.hex()})
            durable.write_file(
                self._state_path, [state.encode("ascii")], what="signer.state", mode=0o600
            )
            checkpoint = Checkpoint(self._origin, size, root)
            return format_checkpoint(checkpoint, [signer.sign(checkpoint.text())])

    @staticmethod
    def _check(last: SignedState, size: int, root: bytes, proof: Sequence[bytes]) -> None:
        if size == last.size and root == last.root:
            return
        try:
            if size <= last.size:
                raise SignerRefused("Sổ cái không được lùi hoặc rẽ nhánh.", size=size)
            if last.size:
                merkle.verify_consistency(last.size, size, last.root, root, list(proof))
        except TlogError as error:
            raise SignerRefused(
                "Cây mới không nối tiếp cây đã ký.", size=size, signed=last.size
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def key_file_path(home: Home, log_id: int) -> Path:
    """Where the private key of a log lies (its administrators keep it out of ordinary backups)."""
    return home.secrets / "ledger" / f"{log_id}.key"
