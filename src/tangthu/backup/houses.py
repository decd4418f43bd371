"""Whose a set is: the house that made it seals the manifest with a secret of its own.

A set is code that a restore runs: its dump is loaded by the database's owner. So nothing is done
with a set by itself (a trial, a set that builds upon it, its removal) unless this very house made
it. The secret is among the sealed keys; a restore with those keys knows the house's sets by it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from tangthu.backup.sets import MANIFEST, SEAL, SetFacts, sets_in, write_manifest
from tangthu.kernel.errors import Refused
from tangthu.standards import durable

KEY_FILE = "backup-house"
# How far the clock of the database may be before that of the house.
_CLOCKS_DIFFER = dt.timedelta(hours=1)


def own_secret() -> bytes:
    """The secret of this house, made when it is first asked for."""
    return settings.HOME.secret(KEY_FILE).encode("ascii")


def house_id() -> str:
    """The name of this house among houses; nobody finds the secret from it."""
    return hmac.new(own_secret(), b"house", hashlib.sha256).hexdigest()[:32]


def write_sealed(folder: Path, facts: SetFacts) -> str:
    """Write the manifest of a set and this house's seal on it; returns the manifest's digest."""
    facts.house = house_id()
    digest = write_manifest(folder, facts)
    words = f"{_seal((folder / MANIFEST).read_bytes(), own_secret())}\n".encode()
    durable.write_file(folder / SEAL, [words], what="backup.seal", mode=0o600)
    return digest


def made_with(folder: Path, secret: bytes) -> bool:
    """Whether the house with this secret made the set in `folder` as it lies there."""
    try:
        stated = (folder / SEAL).read_bytes().strip()
        manifest = (folder / MANIFEST).read_bytes()
    except OSError:
        return False
    return hmac.compare_digest(stated, _seal(manifest, secret).encode())


def _seal(manifest: bytes, secret: bytes) -> str:
    return hmac.new(secret, b"set\n" + manifest, hashlib.sha256).hexdigest()


def require_own(folder: Path) -> None:
    """Raise Refused unless this house made the set in `folder`."""
    if not made_with(folder, own_secret()):
        raise Refused(
            _("Bộ sao lưu {name} không phải do hệ thống này lập.").format(name=folder.name),
            hint=_("Chỉ thử phục hồi bộ của chính hệ thống này: bộ lạ có thể chứa mã lệnh."),
        )


def own_sets(place: Path, now: dt.datetime) -> list[SetFacts]:
    """The sets in `place` that this house made until `now`, oldest first."""
    secret = own_secret()
    return [
        one
        for one in sets_in(place)
        if not is_ahead(one, now) and made_with(place / one.name, secret)
    ]


def is_ahead(facts: SetFacts, now: dt.datetime) -> bool:
    """Whether a set says that it is of a moment which has not come."""
    return facts.made_at > now + _CLOCKS_DIFFER
