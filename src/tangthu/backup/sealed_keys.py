"""The keys of a house in one sealed file, by a passphrase: apart from every set (RM-958).

What is in it: the private keys of the logs, and the secrets that the site made once (with which it
signs what it hands out, and seals second steps). The database's logins are not: a restored house
makes new ones. The file is sealed with
AES-256-GCM under a key that scrypt makes of the passphrase.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tangthu.backup import houses
from tangthu.kernel.errors import InvalidInput, Refused
from tangthu.kernel.home import Home
from tangthu.standards import durable

FORMAT = "tangthu-keys/1"
LEAST_CHARACTERS = 12
_COST, _BLOCK, _LANES = 2**17, 8, 1
_MOST_BYTES = 16 * 1024 * 1024
# Secrets of the home that a restored one makes anew, or that are for nobody but the demonstration.
_NOT_KEPT = ("postgres-owner", "demo-signins.json", "demo-finished")


class KeysSealed(Refused):
    """The file cannot be opened: another passphrase, another file, or a damaged one."""


def key_files(home: Home | None = None) -> list[Path]:
    """The files that a restored house needs and that no set holds."""
    secrets = (home or settings.HOME).secrets
    site = [
        path
        for path in sorted(secrets.iterdir())
        if path.is_file() and path.name not in _NOT_KEPT and not path.name.startswith(".")
    ]
    return [*sorted((secrets / "ledger").glob("*.key")), *site]


def seal(passphrase: str, target: Path) -> list[str]:
    """Write the keys of this house, sealed, into the new file `target`; returns their names.

    Raises InvalidInput for a passphrase that is too short, Refused if the file is there already.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise InvalidInput(
            _("Cụm mật khẩu quá ngắn."),
            hint=_("Cần ít nhất {n} ký tự.").format(n=LEAST_CHARACTERS),
        )
    if target.exists():
        raise Refused(
            _("Đã có tệp {name}.").format(name=target),
            hint=_(
                "Ghi ra tên khác; chỉ xóa tệp cũ khi tangthu backup keys --try đã mở được tệp mới."
            ),
        )
    root = settings.HOME.root
    houses.own_secret()  # among the keys from the first time on
    held = {
        path.relative_to(root).as_posix(): base64.b64encode(path.read_bytes()).decode()
        for path in key_files()
    }
    salt, nonce = os.urandom(16), os.urandom(12)
    header = {"format": FORMAT, "n": _COST, "r": _BLOCK, "p": _LANES, "salt": salt.hex(),
              "nonce": nonce.hex()}  # fmt: skip
    sealed = AESGCM(_key(passphrase, salt)).encrypt(
        nonce, json.dumps(held).encode(), _header(header)
    )
    document = {**header, "sealed": base64.b64encode(sealed).decode()}
    data = json.dumps(document, indent=1).encode() + b"\n"
    durable.write_file(target, [data], what="backup.keys", algorithms=(), mode=0o600)
    return sorted(held)


def unseal(passphrase: str, source: Path) -> dict[str, bytes]:
    """What the sealed file `source` holds: bytes by path in the home. Raises KeysSealed."""
    try:
        if source.stat().st_size > _MOST_BYTES:
            raise ValueError(source)
        document = json.loads(source.read_bytes())
        header = {name: document[name] for name in ("format", "n", "r", "p", "salt", "nonce")}
        if [header[name] for name in ("format", "n", "r", "p")] != [FORMAT, _COST, _BLOCK, _LANES]:
            raise ValueError(header["format"])
        salt, nonce = bytes.fromhex(header["salt"]), bytes.fromhex(header["nonce"])
        sealed = base64.b64decode(document["sealed"], validate=True)
        opened = AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, _header(header))
        held: dict[str, Any] = json.loads(opened)
        return {path: base64.b64decode(value) for path, value in held.items()}
    except (InvalidTag, OSError, ValueError, KeyError, TypeError) as error:
        raise KeysSealed(
            _("Không mở được tệp khóa."),
            hint=_("Kiểm tra cụm mật khẩu và tệp; thử bản sao khác của tệp khóa."),
        ) from error


def lacking(held: dict[str, bytes]) -> list[str]:
    """Names of the keys of this house that an opened file does not hold as they are here."""
    root = settings.HOME.root
    return [
        name
        for name in (path.relative_to(root).as_posix() for path in key_files())
        if held.get(name) != (root / name).read_bytes()
    ]


def put_back(home: Home, held: dict[str, bytes]) -> list[str]:
    """Write keys into `home`; returns which. Raises Refused if a log's key there is another."""
    for name, data in sorted(held.items()):
        path = home.root / name
        if path.parent not in (home.secrets, home.secrets / "ledger"):
            raise KeysSealed(_("Tệp khóa có đường dẫn lạ."), hint=_("Không dùng tệp này."))
        if path.suffix == ".key" and path.exists() and path.read_bytes() != data:
            raise Refused(
                _("Nơi này đã có khóa khác của sổ cái {name}.").format(name=path.stem),
                hint=_("Kiểm tra lại: một sổ cái không bao giờ đổi khóa."),
            )
    for name, data in sorted(held.items()):
        durable.make_dirs((home.root / name).parent)
        durable.write_file(home.root / name, [data], what="backup.key", algorithms=(), mode=0o600)
    (home.secrets / "ledger").chmod(0o700)
    return sorted(held)


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_LANES).derive(passphrase.encode())


def _header(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True).encode()
