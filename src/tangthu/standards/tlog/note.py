"""Signed notes and verifier keys: C2SP signed-note v1.0.0, cosignatures of tlog-cosignature v1.

A note is UTF-8 text ending in a newline, an empty line, and signature lines
`— <key name> base64(key ID ‖ signature)`. Two signature types are known: 0x01, Ed25519 over the
text, and 0x04, a witness's timestamped Ed25519 cosignature. Others are ignored, as the text says.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tangthu.standards.tlog.errors import (
    AmbiguousKeyError,
    BadSignatureError,
    KeyFormatError,
    NoteFormatError,
    UnknownKeyTypeError,
    UnverifiedNoteError,
)

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_NOTE_BYTES = 64 * 1024
MAX_SIGNATURES = 100
_PUBLIC_SIZE = 32
_SIGNATURE_SIZE = 64
_MAX_TIME = 2**63 - 1


def decode_base64(text: str) -> bytes | None:
    """Bytes of canonical standard base64 (RFC 4648 §4, padded), or None for anything else."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return data if base64.b64encode(data).decode("ascii") == text else None


def encode_base64(data: bytes) -> str:
    """Standard padded base64 of `data`."""
    return base64.b64encode(data).decode("ascii")


def is_key_name(name: str) -> bool:
    """Whether `name` may name a key: not empty, no Unicode space, no plus, no control character."""
    return bool(name) and not any(c.isspace() or c == "+" or c < " " for c in name)


def key_id(name: str, kind: int, public: bytes) -> int:
    """Key ID of a public key: first 4 bytes of SHA-256(name ‖ LF ‖ kind ‖ key), big endian."""
    digest = sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()
    return int.from_bytes(digest[:4], "big")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: key name, key ID and the bytes after the key ID."""

    name: str
    key_id: int
    body: bytes

    def line(self) -> str:
        """The line with its newline."""
        blob = self.key_id.to_bytes(4, "big") + self.body
        return f"— {self.name} {encode_base64(blob)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note: text with its final newline, and signatures in the order of their lines."""

    text: str
    signatures: tuple[Signature, ...]


def _check_text(text: str) -> bytes:
    """UTF-8 of a note text. Raises NoteFormatError."""
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise NoteFormatError(reason="lone surrogate") from error
    if not text.endswith("\n"):
        raise NoteFormatError(reason="text does not end in a newline")
    if any(byte < 0x20 and byte != 0x0A for byte in data):
        raise NoteFormatError(reason="control character")
    return data


def parse_signature(line: str) -> Signature:
    """Parse one signature line without its newline. Raises NoteFormatError."""
    head, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    blob = decode_base64(encoded)
    if head != "—" or not is_key_name(name) or blob is None or len(blob) < 5:
        raise NoteFormatError(reason="malformed signature line")
    return Signature(name, int.from_bytes(blob[:4], "big"), blob[4:])


def parse_note(data: bytes) -> Note:
    """Parse a signed note without checking signatures. Raises NoteFormatError.

    Accepts at most 64 kB and 100 signatures. Format and parse are inverse byte for byte.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise NoteFormatError(reason="longer than 64 kB")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise NoteFormatError(reason="not UTF-8") from error
    _check_text(whole)
    split = whole.rfind("\n\n")
    lines = whole[split + 2 :].split("\n")[:-1]
    if split < 0 or not lines:
        raise NoteFormatError(reason="no signatures")
    if len(lines) > MAX_SIGNATURES:
        raise NoteFormatError(reason="more than 100 signatures")
    return Note(whole[: split + 1], tuple(parse_signature(line) for line in lines))


def format_note(note: Note) -> bytes:
    """The bytes of a note. Raises NoteFormatError if it could not be parsed again."""
    _check_text(note.text)
    data = (note.text + "\n" + "".join(s.line() for s in note.signatures)).encode()
    if parse_note(data) != note:
        raise NoteFormatError(reason="a signature cannot be written")
    return data


def _cosigned(text: str, time: int) -> bytes:
    """The message under a cosignature of type 0x04."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public Ed25519 key under a name, for notes (type 0x01) or cosignatures (type 0x04)."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise KeyFormatError(reason="key name")
        if self.kind not in (ED25519, COSIGNATURE):
            raise UnknownKeyTypeError(kind=self.kind)
        if len(self.public) != _PUBLIC_SIZE:
            raise KeyFormatError(reason="key length", length=len(self.public))

    @property
    def key_id(self) -> int:
        """The 32-bit key ID."""
        return key_id(self.name, self.kind, self.public)

    def encode(self) -> str:
        """The vkey: `<name>+<8 hex digits of the key ID>+base64(type ‖ key)`."""
        encoded = encode_base64(bytes([self.kind]) + self.public)
        return f"{self.name}+{self.key_id:08x}+{encoded}"

    def verify(self, text: str, body: bytes) -> int | None:
        """Check signature bytes (after the key ID) over a note text.

        Returns the time (POSIX seconds) of a cosignature, None for type 0x01. Raises
        BadSignatureError.
        """
        message, time = text.encode(), None
        if self.kind == COSIGNATURE:
            time, body = int.from_bytes(body[:8], "big"), body[8:]
            message = _cosigned(text, time)
        if len(body) != _SIGNATURE_SIZE or (time is not None and time > _MAX_TIME):
            raise BadSignatureError(key=self.name)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(body, message)
        except InvalidSignature as error:
            raise BadSignatureError(key=self.name) from error
        return time


def parse_vkey(vkey: str) -> VerifierKey:
    """Parse a verifier key. Raises KeyFormatError, UnknownKeyTypeError for other types."""
    name, _, rest = vkey.partition("+")
    stated, _, encoded = rest.partition("+")
    blob = decode_base64(encoded)
    if not blob:
        raise KeyFormatError(reason="base64")
    key = VerifierKey(name, blob[0], blob[1:])
    if stated != f"{key.key_id:08x}":
        raise KeyFormatError(reason="key ID")
    return key


class _Ed25519Key:
    """A private Ed25519 key under a name; `vkey` is its public half."""

    _kind = ED25519

    def __init__(self, name: str, seed: bytes) -> None:
        """`seed`: the 32 bytes of the private key. Raises KeyFormatError."""
        if len(seed) != _PUBLIC_SIZE:
            raise KeyFormatError(reason="seed length", length=len(seed))
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.vkey = VerifierKey(name, self._kind, self._private.public_key().public_bytes_raw())


class Signer(_Ed25519Key):
    """Signs note texts with Ed25519, type 0x01."""

    def sign(self, text: str) -> Signature:
        """Signature over a note text (ending in a newline). Raises NoteFormatError."""
        return Signature(self.vkey.name, self.vkey.key_id, self._private.sign(_check_text(text)))


class Cosigner(_Ed25519Key):
    """Cosigns checkpoints as a witness, type 0x04."""

    _kind = COSIGNATURE

    def cosign(self, text: str, time: int) -> Signature:
        """Cosignature over a checkpoint text at `time` (POSIX seconds). Raises NoteFormatError."""
        _check_text(text)
        if not 0 <= time <= _MAX_TIME:
            raise NoteFormatError(reason="time", time=time)
        body = time.to_bytes(8, "big") + self._private.sign(_cosigned(text, time))
        return Signature(self.vkey.name, self.vkey.key_id, body)


@dataclass(frozen=True, slots=True)
class Verified:
    """A known key whose signature is good, and the time of its cosignature, if it is one."""

    key: VerifierKey
    time: int | None


def verify_note(note: Note, keys: Iterable[VerifierKey]) -> tuple[Verified, ...]:
    """Check every signature of a known key; return the keys that signed, each once.

    Unknown lines are ignored. Raises BadSignatureError if any line of a known key is false,
    UnverifiedNoteError if no known key signed, AmbiguousKeyError for two keys with one name and ID.
    """
    known: dict[tuple[str, int], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise AmbiguousKeyError(key=key.name)
    verified: dict[VerifierKey, Verified] = {}
    for signature in note.signatures:
        match = known.get((signature.name, signature.key_id))
        if match is not None:
            time = match.verify(note.text, signature.body)
            verified.setdefault(match, Verified(match, time))
    if not verified:
        raise UnverifiedNoteError()
    return tuple(verified.values())


def open_note(data: bytes, keys: Iterable[VerifierKey]) -> tuple[Note, tuple[Verified, ...]]:
    """Parse a note and check its signatures: parse_note, then verify_note; raises what they do."""
    note = parse_note(data)
    return note, verify_note(note, keys)
