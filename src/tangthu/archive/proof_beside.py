"""What the proof beside a package says of it, told with each package of a rebuild (IN-81).

A rebuild cannot know which key the lost house signed with: it says which key the proof holds under,
and people compare that with what was published. A proof that does not hold, or that was made of
another package, is told as such.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tangthu.ledger.proofs import BundleRefused, verify_bundle
from tangthu.repository.actions.note_beside import proof_path
from tangthu.repository.stored import NotOurs, StoredObject
from tangthu.standards import ocfl
from tangthu.standards.ril.errors import RilError
from tangthu.standards.tlog.errors import TlogError
from tangthu.standards.tlog.note import parse_vkey

_LARGEST = 64 * 1024 * 1024
_SEALED = "repository.package.sealed"


@dataclass(frozen=True, slots=True)
class ProofBeside:
    """In words what the proof says; `holds` False where it contradicts the package."""

    words: str
    holds: bool


def proof_beside(folder: Path, stored: StoredObject, origin: str) -> ProofBeside:
    """Check the proof in the folder beside a copy against the log `origin` and the package."""
    path = proof_path(folder, stored.objid)
    try:
        if not path.exists():
            return ProofBeside(_("không có chứng minh cạnh gói"), True)
        with path.open("rb") as handle:
            document = json.loads(handle.read(_LARGEST))
        key = parse_vkey(document["keys"][0])
        verify_bundle(document, origin, [key])
        sealed = _sealed(document)
        there = {one.number: one.inventory_sha256 for one in stored.versions()}
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, NotOurs,
            BundleRefused, RilError, TlogError, ocfl.OcflError) as error:  # fmt: skip
        words = _("chứng minh cạnh gói không đúng ({why})").format(why=type(error).__name__)
        return ProofBeside(words, False)
    wrong = sorted(number for number, digest in sealed.items() if there.get(number) != digest)
    if wrong or not sealed:
        words = _("chứng minh cạnh gói nói về nội dung khác (v{versions})")
        return ProofBeside(words.format(versions=", v".join(map(str, wrong)) or "0"), False)
    words = _("chứng minh cạnh gói đúng tới v{n}, khóa {key}")
    return ProofBeside(words.format(n=max(sealed), key=document["keys"][0]), True)


def _sealed(document: Any) -> dict[int, str]:
    """The digest of the inventory by number of version, of each event that seals one."""
    found: dict[int, str] = {}
    for event in document["events"]:
        opened = {name: one["value"] for name, one in event.get("open", {}).items()}
        detail = opened.get("detail") or {}
        if detail.get("event") == _SEALED:
            digests = {one["id"]: one["h"] for one in opened["content"]}
            found[int(detail["version"])] = digests["inventory"]
    return found
