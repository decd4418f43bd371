"""Sort keys that put Vietnamese in dictionary order when compared byte by byte (COLLATE "C").

The order, decided here because the database has no Vietnamese collation: syllable by syllable, as
Vietnamese dictionaries and class lists do. Within a syllable first the letters (a ă â b c d đ e ê f
g h i j k l m n o ô ơ p q r s t u ư v w x y z), then the tone (ngang, huyền, hỏi, ngã, sắc, nặng).
So "hòa bình" stands before "hóa an": all of hòa come before all of hóa. Numbers come before letters
and by their value; other scripts come last, by code point. Capitals, punctuation and repeated
spaces do not count: rows with equal keys need a second column.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from tangthu.standards.vietnamese.text import fold, nfc, normalise_tone, words

MAX_KEY = 600
_TONE_ORDER = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_QUALITY = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}  # ă, then â ê ô, then ơ ư
_PIECE = re.compile(r"[0-9]+|[^0-9]+")
_ASIDE = re.compile(r"\([^()]*\)")
_LONGEST_NUMBER = 99


def title_sort_key(s: str) -> str:
    """Return the sort key of a title: printable ASCII, at most 600 characters (fits a B-tree
    index)."""
    return _key_of(s[:MAX_KEY])[:MAX_KEY]


def name_sort_key(full_name: str) -> str:
    """Return the sort key of a person's name: given name, then middle names, then family name.

    The given name is the last word, the family name the first; what stands in round brackets is
    left out. Printable ASCII, at most 600 characters.
    """
    parts = [word.surface for word in words(_ASIDE.sub(" ", full_name[:MAX_KEY]))]
    if not parts:
        return ""
    middle = " ".join(parts[1:-1])
    family = parts[0] if len(parts) > 1 else ""
    return "!".join(_key_of(part) for part in (parts[-1], middle, family))[:MAX_KEY]


def _key_of(s: str) -> str:
    return "".join(_word_key(word.surface) for word in words(s))


@functools.lru_cache(maxsize=16384)
def _word_key(word: str) -> str:
    return "".join(
        _number_key(piece) if piece[0].isascii() and piece[0].isdigit() else _letters_key(piece)
        for piece in _PIECE.findall(normalise_tone(word))
    )


def _number_key(digits: str) -> str:
    """Length before digits, so that 9 stands before 10."""
    value = digits.lstrip("0")
    return f"{min(len(value), _LONGEST_NUMBER):02d}{value}"


def _letters_key(letters: str) -> str:
    """Each letter as its base, with a digit where the alphabet splits it; then the tone.

    A tone is a digit and digits sort before letters, so a word stands before its continuations.
    """
    out: list[str] = []
    tone = "0"
    for letter in nfc(letters).lower():
        apart = unicodedata.normalize("NFD", letter)
        base, marks = apart[0], apart[1:]
        tone = next((_TONE_ORDER[m] for m in marks if m in _TONE_ORDER), tone)
        out.append(_letter_key(base, marks))
    return "".join(out) + tone


def _letter_key(base: str, marks: str) -> str:
    if base in ("đ", "ð", "ɖ"):
        return "d1"
    plain = fold(base)
    if not (plain.isascii() and plain.isalnum()):
        return "" if unicodedata.combining(base) else f"~{ord(base):06x}"
    if plain not in ("a", "d", "e", "o", "u"):
        return plain
    return plain + next((_QUALITY[m] for m in marks if m in _QUALITY), "0")
