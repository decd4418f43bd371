"""From what an index says to a code of the lists: `Vĩnh viễn` to 01, `Tiếng Việt` to 01.

The lists themselves are rule data (TT05, archives-law §4.6) and handed in; here are only the other
words that archivists write for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tangthu.standards.rules import RuleSet
from tangthu.standards.vietnamese.text import fold

LISTS = (
    "maintenance",
    "mode",
    "language",
    "confidence_level",
    "physical_condition",
    "document_types",
    "risk_recovery_status",
)

_WORDS: Mapping[str, Mapping[str, str]] = {
    "maintenance": {"lau dai": "07", "tam thoi": "07"},
    "mode": {
        "khong han che": "01",
        "su dung rong rai": "01",
        "rong rai": "01",
        "pho bien": "01",
        "han che": "02",
        "co dieu kien": "02",
        "tiep can co dieu kien": "02",
        "su dung co dieu kien": "02",
        "toi mat": "03",
        "tuyet mat": "03",
    },
    "confidence_level": {"ban so hoa": "02", "tai lieu so hoa": "02"},
    "physical_condition": {
        "con tot": "01",
        "nguyen ven": "01",
        "hu hong": "03",
        "bi hong": "03",
        "rach": "03",
        "mo chu": "03",
    },
    "language": {"viet nam": "01", "viet ngu": "01"},
    "risk_recovery_status": {"da lap": "01", "chua lap": "02"},
}
_YEARS = re.compile(r"^(\d{1,3})\s*(?:nam)?$")
_PARTS = re.compile(r"\s*[;,/+&]\s*|\s+va\s+")
_SECRET = re.compile(r"^(?:do\s+)?(?:tuyet\s+mat|toi\s+mat|mat)$")
_NOT_SECRET = frozenset({"", "0", "khong", "khong mat", "thuong", "01", "02", "1", "2"})


@dataclass(frozen=True, slots=True)
class CodeLists:
    """What the code lists of one day say: labels by code, and codes by folded word, per list."""

    labels: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Mapping[str, str]]
    # On an isolated LAN rows that say they are secret are taken with their degree (AR-128).
    secrets: bool = False

    @classmethod
    def of(cls, rules: RuleSet, on: date, *, secrets: bool = False) -> CodeLists:
        """The lists of `rules` in force on the day `on`. Raises the rule set's own errors."""
        labels: dict[str, Mapping[str, str]] = {}
        words: dict[str, Mapping[str, str]] = {}
        for name in LISTS:
            codes = rules.codes(name, on)
            labels[name] = {code.code: code.vi for code in codes}
            known = {w: c for w, c in _WORDS.get(name, {}).items() if c in labels[name]}
            for code in codes:
                for text in (code.vi, *code.aliases, *code.vi.split("/")):
                    known.setdefault(_key(text), code.code)
            words[name] = known
        return cls(labels, words, secrets)

    def label(self, name: str, code: str) -> str:
        """The label of one code, or of several joined by `;`; the code itself if unknown."""
        entries = self.labels.get(name, {})
        return "; ".join(entries.get(one, one) for one in code.split(";"))

    def has(self, name: str, code: str) -> bool:
        """Whether `code` (for languages: each of the codes joined by `;`) is in the list."""
        entries = self.labels.get(name, {})
        parts = code.split(";") if name == "language" else [code]
        return bool(code) and all(one in entries for one in parts)

    def find(self, name: str, text: str) -> str | None:
        """The code that `text` means; for `language` several, joined by `;`. None when unknown."""
        whole = self._one(name, text)
        if whole is not None or name != "language":
            return whole
        codes = [self._one(name, part) for part in _PARTS.split(fold(text)) if part][:20]
        known = [code for code in codes if code is not None]
        return ";".join(dict.fromkeys(known)) if known and len(known) == len(codes) else None

    def _one(self, name: str, text: str) -> str | None:
        key = _key(text)
        if not key:
            return None
        if key.isdigit() and len(key) <= 2:
            code = key.zfill(2)
            return code if code in self.labels.get(name, {}) else None
        found = self.words.get(name, {}).get(key)
        if found is None and name == "maintenance" and _YEARS.match(key):
            return "07" if "07" in self.labels.get(name, {}) else None
        return found


def declares_secret(text: str) -> bool:
    """Whether a value of an access or secrecy column says Mật, Tối mật, Tuyệt mật (AR-127)."""
    key = _key(text)
    return key == "03" or key == "3" or bool(_SECRET.match(key))


def degree_of(text: str) -> str:
    """The degree that a value of an access or secrecy column states: "1" Mật to "3" Tuyệt mật.

    "" for no secret. What is marked in a way nobody knows counts as the highest: those who may see
    that can put it right.
    """
    key = _key(text).removeprefix("do ")
    if key in ("03", "3", "mat", "c"):
        return "1"
    if key in ("toi mat", "b"):
        return "2"
    return "3"


def secret_in_words(text: str) -> bool:
    """Whether a value in a column of unknown meaning is nothing but a degree of secrecy."""
    return bool(text) and len(text) <= 30 and bool(_SECRET.match(_key(text)))


def marks_secrecy(text: str) -> bool:
    """Whether a value in a secrecy column (`Độ mật`) is anything but “not secret”."""
    return _key(text) not in _NOT_SECRET


def _key(text: str) -> str:
    key = " ".join(re.sub(r"[^a-z0-9;,/+& ]+", " ", fold(text[:300])).split())
    for lead in ("tieng ", "chu "):
        key = key.removeprefix(lead)
    return key
