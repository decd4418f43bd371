"""The signer: it alone holds the log's key, and it never signs two histories (IN-44, IN-45).

Its own state file remembers size and root of what it signed last. It signs a larger tree only with
a proof that the old one is a prefix of it, the same size only with the same root; the state is on
disk before a signature leaves. It trusts neither the database nor the tiles.

Key and state are made together, once; if either is lost later, the signer refuses instead of making
a new one: a fresh key would be another identity, a fresh memory would allow a fork.
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
from tangthu.standards.tlog.errors import KeyFormatError, TlogError
from tangthu.standards.tlog.note import Signer as NoteSigner
from tangthu.standards.tlog.note import VerifierKey

_RESTORE = "Lấy lại tệp từ bản sao lưu khóa; không tạo khóa mới cho sổ cái đã ký."


class SignerRefused(HouseError):
    """The signer was asked to sign what does not extend its last signature."""


class Recovering(HouseError):
    """The log came back from a backup and nobody has compared it with what was signed since."""


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
        self._recovering_path = self._folder / f"{log_id}.recovering"
        self._origin = origin

    @property
    def verifier_key(self) -> VerifierKey:
        """The public key of this log. Raises SignerRefused if there is no key."""
        return self._note_signer().vkey

    def has_key(self) -> bool:
        """Whether the private key of this log is here."""
        return self._key_path.exists()

    def create(self) -> None:
        """Make key and empty state of a new log; does nothing if both are there.

        A killed run is finished by the next. Raises SignerRefused if one of the two was lost.
        """
        durable.make_dirs(self._folder)
        self._folder.chmod(0o700)
        with self._alone():
            if self._key_path.exists():
                self.state()
                return
            if self._state_path.exists() and self.state().size:
                raise self._lost("khóa")
            self._store(SignedState(0, merkle.EMPTY_ROOT))
            durable.write_file(
                self._key_path, [os.urandom(32)], what="signer.key", algorithms=(), mode=0o600
            )

    def _note_signer(self) -> NoteSigner:
        try:
            return NoteSigner(self._origin, self._key_path.read_bytes())
        except FileNotFoundError as error:
            raise self._lost("khóa") from error
        except KeyFormatError as error:
            raise SignerRefused(
                "Tệp khóa ký của sổ cái bị hỏng.", hint=_RESTORE, origin=self._origin
            ) from error

    def state(self) -> SignedState:
        """What was signed last; size 0 before the first signature. Raises SignerRefused."""
        try:
            stored = json.loads(self._state_path.read_bytes())
            state = SignedState(stored["size"], bytes.fromhex(stored["root"]))
        except FileNotFoundError as error:
            raise self._lost("trạng thái") from error
        except (ValueError, KeyError, TypeError) as error:
            raise SignerRefused(
                "Tệp trạng thái ký của sổ cái bị hỏng.", hint=_RESTORE, origin=self._origin
            ) from error
        if type(state.size) is not int or state.size < 0 or len(state.root) != merkle.HASH_SIZE:
            raise SignerRefused(
                "Tệp trạng thái ký của sổ cái bị hỏng.", hint=_RESTORE, origin=self._origin
            )
        return state

    def signed_size(self) -> int:
        """Size of the newest tree that was signed here; 0 for a log not signed yet, or elsewhere.

        Raises SignerRefused if it cannot be known.
        """
        return self.state().size if self._state_path.exists() or self._key_path.exists() else 0

    def require_whole(self) -> None:
        """Raise SignerRefused unless key and memory are there and can be read."""
        self._note_signer()
        self.state()

    def recovering(self) -> bool:
        """Whether the house was restored and this log was not yet compared with what is known."""
        return self._recovering_path.exists()

    def recovery(self) -> str | None:
        """The words that `begin_recovery` was given; None if the log is not in recovery."""
        try:
            return self._recovering_path.read_text("utf-8", "replace")
        except FileNotFoundError:
            return None

    def require_recovered(self) -> None:
        """Raise Recovering while nothing may be integrated or signed (IN-89)."""
        if self.recovering():
            raise Recovering(
                f"Sổ cái {self._origin} đang ở chế độ phục hồi: chưa ghi tiếp, chưa ký.",
                hint=f"So với cây đã công bố bằng `tangthu ledger recover {self._origin}`.",
                origin=self._origin,
            )

    def begin_recovery(self, words: str) -> None:
        """Refuse from now on to sign, until `end_recovery`; `words` say what was restored."""
        durable.make_dirs(self._folder)
        self._folder.chmod(0o700)
        durable.write_file(
            self._recovering_path, [words.encode("utf-8")], what="signer.recovering", mode=0o600
        )

    def end_recovery(self) -> None:
        """Let the log go on; the caller has compared it."""
        self._recovering_path.unlink(missing_ok=True)
        durable.fsync_dir(self._folder)

    def remember(self, size: int, root: bytes) -> None:
        """Take over the memory of a signature that this log bears, made before a restore.

        The caller has verified the signature. Memory only grows. Raises SignerRefused for another
        root of the same size.
        """
        with self._alone():
            known = self._state_path.exists()
            last = self.state() if known else SignedState(0, merkle.EMPTY_ROOT)
            if size == last.size and root != last.root:
                raise SignerRefused("Sổ cái không được lùi hoặc rẽ nhánh.", size=size)
            if size > last.size or not known:
                self._store(SignedState(size, root))

    def _store(self, state: SignedState) -> None:
        text = json.dumps({"size": state.size, "root": state.root.hex()})
        durable.write_file(
            self._state_path,
            [text.encode("ascii")],
            what="signer.state",
            algorithms=(),
            mode=0o600,
        )

    def _lost(self, what: str) -> SignerRefused:
        return SignerRefused(
            f"Không có tệp {what} ký của sổ cái.", hint=_RESTORE, origin=self._origin
        )

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> bytes:
        """The signed checkpoint note of a tree; `proof` shows that it extends the last one signed.

        The proof is empty for the first signature and for the same size again. Raises
        SignerRefused.
        """
        signer = self._note_signer()
        with self._alone():
            self.require_recovered()
            self._check(self.state(), size, root, proof)
            self._store(SignedState(size, root))
            checkpoint = Checkpoint(self._origin, size, root)
            return format_checkpoint(checkpoint, [signer.sign(checkpoint.text())])

    @staticmethod
    def _check(last: SignedState, size: int, root: bytes, proof: Sequence[bytes]) -> None:
        if size == last.size and root == last.root:
            return
        if size <= last.size:
            raise SignerRefused("Sổ cái không được lùi hoặc rẽ nhánh.", size=size, signed=last.size)
        try:
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
