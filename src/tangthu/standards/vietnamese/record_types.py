"""Free-text record types matched to the codes of TT05/2025/TT-BNV, without claiming too much.

People write `biên bản thanh lý`, `Giay thoi tra luong GTTL`; scanners read `KÉ HOẠCH`. A match says
how it was found and how well; what is not sure is a suggestion, which a person confirms.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from tangthu.standards.rules import RuleSet
from tangthu.standards.vietnamese.text import fold, words

OTHER = "32"
MAX_READ = 200
FUZZY_FLOOR = 84.0
FUZZY_MARGIN = 4.0
How = Literal["exact", "alias", "fuzzy", "none"]
_OTHER_LABEL = "Khác"
_DOSSIERS = frozenset({"ho so", "tap luu", "cap", "hop"})


@dataclass(frozen=True, slots=True)
class TypeMatch:
    """What a free-text type was taken for.

    `code` and `label`: the TT05 type, None if nothing fits. `how`: exact (the official name), alias
    (the name without accents, an abbreviation, a known other name, or the name with words after
    it), fuzzy (misspelt or misread), none. `score`: 0 to 100. `suggestion`: True if a person should
    confirm. `reason`: why, in Vietnamese.
    """

    code: str | None
    label: str | None
    how: How
    score: float
    suggestion: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of a type: its words in lower case with accents, and without.

    `general`: a single word such as Bảng or Giấy, asked last, for a misread Giấy mời begins with it
    too.
    """

    code: str
    label: str
    exact: str
    folded: str
    size: int
    official: bool

    @property
    def general(self) -> bool:
        return self.code == OTHER and not self.official and self.size == 1


def match_type(text: str, rules: RuleSet | None = None) -> TypeMatch:
    """Match a record type written by hand or read by a scanner. Reads 200 characters, never raises.

    `rules` gives the list `document_types` (default: the packaged rules, newest version: an old
    record is described in today's codes).
    """
    rules = rules or RuleSet.packaged()
    found = list(words(text[:MAX_READ]))
    exact = [word.exact for word in found]
    folded = [word.folded for word in found]
    if not found:
        return TypeMatch(None, None, "none", 0.0, True, "Không ghi tên loại.")
    if " ".join(folded) in _DOSSIERS:
        return _none("Đây là tên đơn vị bảo quản, không phải tên loại tài liệu.")
    names = _names(rules)
    sure = tuple(name for name in names if not name.general)
    return (
        _by_name(exact, folded, sure)
        or _by_abbreviation(text, rules)
        or _by_likeness(folded, sure)
        or _by_name(exact, folded, names)
        or _none("Không giống tên loại nào trong danh mục; chọn 32 Khác nếu đúng là loại khác.")
    )


def _by_name(exact: list[str], folded: list[str], names: tuple[_Name, ...]) -> TypeMatch | None:
    """Match the whole text or its first words, letter by letter; the longest name wins."""
    for name in names:
        if " ".join(folded[: name.size]) != name.folded:
            continue
        written = " ".join(exact[: name.size])
        whole = len(folded) == name.size
        if name.code == OTHER and not name.official:
            reason = f"“{name.label}” không có trong danh mục; gợi ý mã 32 Khác, cần xác nhận."
            return TypeMatch(OTHER, _OTHER_LABEL, "alias", 80.0, True, reason)
        if written == name.exact:
            if whole and name.official:
                return TypeMatch(name.code, name.label, "exact", 100.0, False, "Đúng tên loại.")
            reason = "Tên khác của loại này." if whole else "Bắt đầu bằng tên loại."
            return TypeMatch(name.code, name.label, "alias", 95.0 if whole else 90.0, False, reason)
        if written == name.folded:
            reason = "Tên loại viết không dấu."
            return TypeMatch(name.code, name.label, "alias", 92.0 if whole else 88.0, False, reason)
        reason = "Đúng chữ, khác dấu: có thể do gõ hoặc nhận dạng sai."
        return TypeMatch(name.code, name.label, "fuzzy", 90.0 if whole else 85.0, True, reason)
    return None


def _by_abbreviation(text: str, rules: RuleSet) -> TypeMatch | None:
    wanted = text.strip().replace(".", "").lower()
    for entry in rules.newest_codes("document_types"):
        own = (entry.abbreviation or "", *entry.abbreviations)
        if wanted and wanted in {abbreviation.lower() for abbreviation in own}:
            return TypeMatch(
                entry.code, entry.vi, "alias", 95.0, False, "Chữ viết tắt của loại này."
            )
    return None


def _by_likeness(folded: list[str], names: tuple[_Name, ...]) -> TypeMatch | None:
    """Match misread text: compare as many first words as the name has, spaces left out."""
    best: dict[str, tuple[float, _Name]] = {}
    for name in names:
        wanted = name.folded.replace(" ", "")
        if len(wanted) < 5:
            continue
        score = max(
            fuzz.ratio("".join(folded[:size]), wanted) for size in (1, name.size, name.size + 1)
        )
        if score > best.get(name.code, (0.0, name))[0]:
            best[name.code] = (score, name)
    ranked = sorted(best.values(), key=lambda scored: -scored[0])
    if not ranked or ranked[0][0] < FUZZY_FLOOR:
        return None
    score, name = ranked[0]
    if len(ranked) > 1 and score - ranked[1][0] < FUZZY_MARGIN:
        other = ranked[1][1]
        return _none(f"Giống cả “{name.label}” và “{other.label}”: cần người chọn.")
    label = _OTHER_LABEL if name.code == OTHER else name.label
    reason = f"Gần giống “{name.label}”: có thể do gõ hoặc nhận dạng sai."
    return TypeMatch(name.code, label, "fuzzy", round(min(score, 89.0), 1), True, reason)


def _none(reason: str) -> TypeMatch:
    return TypeMatch(None, None, "none", 0.0, True, reason)


@functools.lru_cache(maxsize=8)
def _names(rules: RuleSet) -> tuple[_Name, ...]:
    """All names of all types, longest first, so that `biên bản ghi nhớ` is not taken for `biên
    bản`."""
    names = []
    for entry in rules.newest_codes("document_types"):
        for index, name in enumerate((entry.vi, *entry.aliases)):
            parts = list(words(name))
            exact = " ".join(word.exact for word in parts)
            label = entry.vi if entry.code != OTHER else name
            names.append(_Name(entry.code, label, exact, fold(exact), len(parts), index == 0))
    return tuple(sorted(names, key=lambda name: -name.size))
