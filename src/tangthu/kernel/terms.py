"""Whose words the screens use for two concepts of the law (RM-013).

The law of 2024 says “lưu trữ hiện hành” and “thời hạn lưu trữ”, decree 30/2020 “Lưu trữ cơ quan”
and “thời hạn bảo quản”. Each is one concept with one name in code; sentences and labels are written
in the words of 2024, and spoken in those that the body of whoever reads them chose. Titles, notes
and other data of records are no words of ours and are never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeData, SafeString

LAW_2024, ND30 = "law2024", "nd30"
_MARK = "speaks_terms"
_chosen: ContextVar[str] = ContextVar("terms", default=LAW_2024)
_OF_2020 = (
    ("Thời hạn lưu trữ", "Thời hạn bảo quản"),
    ("thời hạn lưu trữ", "thời hạn bảo quản"),
    ("Lưu trữ hiện hành", "Lưu trữ cơ quan"),
    ("lưu trữ hiện hành", "Lưu trữ cơ quan"),
    ("Current archive", "Agency archive"),
    ("current archive", "agency archive"),
)


@contextmanager
def using(terms: str) -> Iterator[None]:
    """Speak in these words within the block."""
    token = _chosen.set(terms)
    try:
        yield
    finally:
        _chosen.reset(token)


def spoken(text: str) -> str:
    """A sentence or label of ours in the words that are chosen."""
    if _chosen.get() != ND30:
        return text
    changed = text
    for ours, theirs in _OF_2020:
        changed = changed.replace(ours, theirs)
    return SafeString(changed) if isinstance(text, SafeData) else changed


def install() -> None:
    """Let every translated sentence be spoken so; at start-up, and again without effect.

    All ways to translate that are used here (gettext, its lazy form, templates) end in these two
    functions, see docs/decisions/017-words-of-a-body.md. Raises RuntimeError for a Django in which
    they are not found.
    """
    ends: Any = getattr(translation, "_trans", None)
    for name in ("gettext", "ngettext"):
        found = getattr(ends, name, None)
        if found is None:
            raise RuntimeError(f"this Django translates elsewhere: no {name} to speak for")
        if not hasattr(found, _MARK):
            setattr(ends, name, _speaking(found))


def _speaking(translate: Callable[..., str]) -> Callable[..., str]:
    def speak(*words: Any) -> str:
        return spoken(translate(*words))

    setattr(speak, _MARK, True)
    return speak
