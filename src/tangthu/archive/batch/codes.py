"""From what an index says to a code of the lists: `Vĩnh viễn` to 01, `Tiếng Việt` to 01.

The lists themselves are rule data (TT05, archives-law §4.6) and handed in; here are only the other
words that archivists write for them.
"""

from __future__ import annotations

import re
import unicodedata
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
MODE_SECRET = "03"  # noqa: S105 - an access level of TT05
MAX_MARK = 30
_YEARS = re.compile(r"^(\d{1,3})\s*(?:nam)?$")
_PARTS = re.compile(r"\s*[;,/+&]\s*|\s+va\s+")
# A degree in words, also behind its code as lists show it: `Tối mật`, `độ Mật`, `03 Mật`.
_SECRET = re.compile(r"^(?:0*3 )?(?:do )?(tuyet mat|toi mat|mat)$")
_SECRECY_NAME = re.compile(r"\b(do (bao )?mat|secrecy)\b")
_MORE_THAN_A_DASH = re.compile(r"[^\s\-\u2010-\u2015\u2212]")
_NO_MARK = re.compile(r"[^a-z0-9;,/+&]+")
_NOT_SECRET = frozenset({"khong", "khong mat", "thuong"})
_DEGREES = {"mat": "1", "c": "1", "toi mat": "2", "b": "2", "tuyet mat": "3", "a": "3"}
HIGHEST = "3"


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


def degree_of_mode(text: str) -> str:
    """The degree that a value of an access column (`Chế độ sử dụng`) states, "" for none.

    Figures are the codes of TT05's list there: 03, or 3, is Mật, whatever 1 and 2 mean elsewhere.
    """
    key = _mark(text)
    if key.isdigit():
        return "1" if int(key) == int(MODE_SECRET) else ""
    named = _SECRET.match(key)
    return _DEGREES[named[1]] if named else ""


def degree_of_mark(text: str) -> str:
    """The degree that a value of a secrecy column (`Độ mật`) states, "" for no secret.

    Figures are degrees there: 1 Mật, 2 Tối mật, 3 Tuyệt mật. No secret is nothing, a dash, 0,
    `Không` or `Thường` alone. A mark that nobody knows counts as the highest: those who may see
    that can put it right (docs/decisions/006-two-modes.md).
    """
    if not _MORE_THAN_A_DASH.search(text):
        return ""
    key = _mark(text)
    if key.isdigit():
        figure = key.lstrip("0")
        return figure if figure in ("", *_DEGREES.values()) else HIGHEST
    if key in _NOT_SECRET:
        return ""
    return _DEGREES.get(key.removeprefix("do "), HIGHEST)


def degree_in_words(text: str) -> str:
    """The degree whose name a value in a column of unknown meaning is, "" for none."""
    return degree_of_mode(text) if _SECRET.match(_mark(text)) else ""


def declares_secret(text: str) -> bool:
    """Whether a value of an access column says Mật, Tối mật or Tuyệt mật (AR-127)."""
    return bool(degree_of_mode(text))


def marks_secrecy(text: str) -> bool:
    """Whether a value of a secrecy column is anything but “not secret” (AR-127)."""
    return bool(degree_of_mark(text))


def names_secrecy(heading: str) -> bool:
    """Whether a heading, or the name of an additional value, speaks of secrecy: `Độ bảo mật`."""
    return bool(_SECRECY_NAME.search(" ".join(fold(heading).split())))


def _mark(text: str) -> str:
    """A mark in small letters and figures; what is too long for one keeps a sign of that."""
    text = " ".join(unicodedata.normalize("NFKC", text[: MAX_MARK * 100]).split())
    key = " ".join(_NO_MARK.sub(" ", fold(text)).split())
    return key if len(text) <= MAX_MARK else f"{key}…"


def _key(text: str) -> str:
    key = " ".join(re.sub(r"[^a-z0-9;,/+& ]+", " ", fold(text[:300])).split())
    for lead in ("tieng ", "chu "):
        key = key.removeprefix(lead)
    return key
