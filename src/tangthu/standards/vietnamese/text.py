"""Vietnamese text made comparable: normal form, folding, tone placement, words with their offsets.

Lengths and offsets are in characters (code points). Nothing here raises on hostile text, and all of
it runs in time linear in the length of the input: runs of combining marks are broken up first, as
the Stream-Safe Text Format does (Unicode UAX #15, section 13), because sorting an endless run of
marks takes quadratic time.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

HAN_NOM = (
    "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_DIACRITICS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
_LONG_RUN = re.compile(r".?[^\w\x00-\x7f]{14,}", re.DOTALL)
_HAS_DIACRITIC = re.compile(f"[{_DIACRITICS}]")
_MAX_MARKS = 30
_JOINER = "\u034f"

# Latin letters that no normal form takes apart. Ð (eth) and Ɖ look like Đ and stand for it in old
# files.
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ɖ": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i"}
    | {"ß": "ss", "æ": "ae", "œ": "oe"}
)
_LIKE_D = str.maketrans({"ð": "đ", "ɖ": "đ"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    `surface` is `text[start:end]` of the text as given. `exact` is for matching with accents
    (normal form, lower case, tone marks in their regular place), `folded` for matching without.
    """

    surface: str
    start: int
    end: int
    exact: str
    folded: str


def nfc(s: str) -> str:
    """Return `s` in Normalization Form C.

    A run of more than 30 combining marks gets a COMBINING GRAPHEME JOINER after each 30 (UAX #15).
    """
    return unicodedata.normalize("NFC", _stream_safe(s))


def fold(s: str) -> str:
    """Return `s` in lower case with Latin letters stripped of diacritics (đ → d), in NFC.

    Other scripts keep their marks: Hán-Nôm, Khmer, Cham, Cyrillic stay as they are. Idempotent; the
    same for composed and decomposed input.
    """
    if s.isascii():
        return s.lower()
    composed = nfc(s).lower()
    folded = composed.translate(_fold_table())
    if _HAS_DIACRITIC.search(folded) is None:
        return nfc(folded)
    return _fold_slowly(composed)


def normalise_tone(s: str) -> str:
    """Return `s` in NFC with each tone mark on its regular letter: hoà → hòa, thuỷ → thủy, tóan →
    toán.

    The placement is the older, still official one (hòa, khỏe, thủy; but hoàn, khuỷu, quý). A word
    that is not a Vietnamese syllable with exactly one tone mark is kept (café, Noël, Citroën).
    """
    if s.isascii():
        return s
    return _LETTER_RUN.sub(_place_tone_of_match, nfc(s))


def words(s: str) -> Iterator[Word]:
    """Yield the words of `s` in order: runs of letters, digits and their marks; punctuation parts
    them.

    Each Hán-Nôm character is a word of its own. `start` and `end` are offsets into `s` as given, so
    that a hit can be lit where it stands.
    """
    for match in _word_pattern().finditer(s):
        surface = match[0]
        forms = _known_forms if len(surface) <= _LONGEST_KNOWN else _forms
        yield Word(surface, match.start(), match.end(), *forms(surface))


def word_spans(s: str) -> list[tuple[int, int, str, str]]:
    """Return start, end, exact and folded form of each word of `s`, in order.

    What `words` yields, as plain tuples: for lighting, where a page of hits has thousands of words.
    """
    return [
        (*match.span(), *(_known_forms if len(match[0]) <= _LONGEST_KNOWN else _forms)(match[0]))
        for match in _word_pattern().finditer(s)
    ]


def word_forms(s: str) -> list[tuple[str, str]]:
    """Return the exact and the folded form of each word of `s`, in order: `words` without places.

    For indexing, where a word is met by the million and nobody asks where it stood.
    """
    return [
        _known_forms(surface) if len(surface) <= _LONGEST_KNOWN else _forms(surface)
        for surface in _word_pattern().findall(s)
    ]


def without_tones(s: str) -> str:
    """Return `s` in NFC without its tone marks; ă â đ ê ô ơ ư stay."""
    return _take_tones(nfc(s))[0]


def collapse_spaces(s: str) -> str:
    """Return `s` in NFC with every run of white space made one space, ends trimmed."""
    return " ".join(nfc(s).split())


def _forms(surface: str) -> tuple[str, str]:
    """Return the exact and the folded form of one word."""
    return nfc(normalise_tone(surface).lower().translate(_LIKE_D)), fold(surface)


# Vietnamese has some 7 000 syllables, so most words were seen before; long ones are not kept.
_LONGEST_KNOWN = 24
_known_forms = functools.lru_cache(maxsize=32768)(_forms)


def _stream_safe(s: str) -> str:
    return _LONG_RUN.sub(_break_run, s)


def _break_run(match: re.Match[str]) -> str:
    """Put a joiner before each mark that would be the 31st in a row once all is taken apart."""
    out: list[str] = []
    marks = 0
    for character in match[0]:
        apart = unicodedata.normalize("NFD", character)
        if not unicodedata.combining(apart[0]):
            marks = len(apart) - 1
        elif marks + len(apart) > _MAX_MARKS:
            out.append(_JOINER)
            marks = len(apart)
        else:
            marks += len(apart)
        out.append(character)
    return "".join(out)


def _fold_slowly(s: str) -> str:
    """Fold text in which marks stand apart from their letters: drop marks that follow a Latin
    base."""
    out: list[str] = []
    latin = False
    for character in unicodedata.normalize("NFD", _stream_safe(s)).lower():
        if _HAS_DIACRITIC.match(character):
            if not latin:
                out.append(character)
            continue
        if not unicodedata.combining(character):
            latin = _is_latin(character)
        out.append(character)
    return nfc("".join(out).translate(_LETTERS))


def _is_latin(character: str) -> bool:
    if character.isascii():
        return character.isalpha()
    return unicodedata.name(character, "").startswith("LATIN ")


@functools.cache
def _fold_table() -> dict[int, str]:
    """Composed Latin letters to their folded form, so that ordinary text takes one pass in C."""
    latin = [*range(0xC0, 0x250), *range(0x250, 0x2B0), *range(0x1E00, 0x1F00)]
    return {code: _fold_slowly(chr(code).lower()) for code in latin if chr(code).isalpha()}


@functools.cache
def _word_pattern() -> re.Pattern[str]:
    """Compile the pattern of a word. The class of marks is taken from Unicode, once, when first
    used."""
    marks = _ranges(c for c in range(0x300, 0x1F000) if unicodedata.category(chr(c))[0] == "M")
    letter = rf"[^\W_{HAN_NOM}]"
    return re.compile(
        rf"[{HAN_NOM}][\ufe00-\ufe0f\U000e0100-\U000e01ef]?|{letter}+(?:[{marks}]+{letter}*)*"
    )


def _ranges(codes: Iterator[int]) -> str:
    """Write ascending code points as the inside of a character class."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in spans)


_TONES = "\u0300\u0309\u0303\u0301\u0323"
_LETTER_RUN = re.compile(r"([^\W\d_]+)([^\w\x00-\x7f]?)")
_LONGEST_SYLLABLE = 8
_MARKED_VOWELS = "ăâêôơư"
_SYLLABLE = re.compile(
    r"(?P<onset>ngh|ch|gh|gi(?=[aăâeêioôơuưy])|kh|ng|nh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    r"(?P<nucleus>i[eê]u|y[eê]u|uy[eê]|uyu|uya|oai|oay|oao|oeo|uay|uây|uôi|ươi|ươu|"
    r"ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|ôi|ơi|oo|ua|uâ|ue|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|yê|"
    r"[aăâeêioôơuưy])"
    r"(?P<coda>ch|ng|nh|[cmnpt])?"
)


def _place_tone_of_match(match: re.Match[str]) -> str:
    """Place the tone of a run of letters, unless a mark follows that NFC could not join to it."""
    run, after = match.groups()
    if run.isascii() or len(run) > _LONGEST_SYLLABLE or (after and unicodedata.combining(after)):
        return match[0]
    return _place_tone(run) + after


@functools.lru_cache(maxsize=16384)
def _place_tone(syllable: str) -> str:
    """Put the tone mark of one syllable (NFC, any case) where it belongs, or return it
    unchanged."""
    plain, tones = _take_tones(syllable)
    if len(tones) != 1 or len(plain) != len(syllable):
        return syllable
    parts = _SYLLABLE.fullmatch(plain.lower())
    if parts is None:
        return syllable
    at = parts.start("nucleus") + _toned_vowel(parts["nucleus"], bool(parts["coda"]))
    return nfc(plain[: at + 1] + tones + plain[at + 1 :])


def _take_tones(s: str) -> tuple[str, str]:
    """Return `s` without its tone marks, and the tone marks."""
    apart = unicodedata.normalize("NFD", s)
    tones = "".join(c for c in apart if c in _TONES)
    return nfc("".join(c for c in apart if c not in _TONES)), tones


def _toned_vowel(nucleus: str, has_coda: bool) -> int:
    """Return the index of the vowel that carries the tone mark."""
    marked = [i for i, vowel in enumerate(nucleus) if vowel in _MARKED_VOWELS]
    if marked:
        return marked[-1]
    if len(nucleus) == 3:
        return 1
    return 1 if len(nucleus) == 2 and has_coda else 0
