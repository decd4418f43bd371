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

LAW_2024, ND30 = "law2024", "nd30"
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
    for ours, theirs in _OF_2020:
        text = text.replace(ours, theirs)
    return text


def install() -> None:
    """Let every translated sentence be spoken so; called once, at start-up.

    All ways to translate (gettext, its lazy form, templates) end in these two functions.
    """
    ends: Any = translation._trans  # type: ignore[attr-defined]
    for name in ("gettext", "ngettext"):
        setattr(ends, name, _speaking(getattr(ends, name)))


def _speaking(translate: Callable[..., str]) -> Callable[..., str]:
    def speak(*words: Any) -> str:
        return spoken(translate(*words))

    return speak
