"""Where in the holding a file says it belongs: codes in its name, or its folder, or “bìa hồ sơ”.

Three ways of naming are met: TT05 art. 8 and TT02/2019 (`001.03.08.H30.81.2024.K4.01.01.001.pdf`:
archive, body, year, fonds, inventory, dossier, ordinal; all but body, year, dossier and ordinal may
be missing), and the 2010 guidance (`Q3-5-1-10-4.pdf`: archive, fonds, inventory, dossier, sheet,
RM-857).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tangthu.archive.batch.matching import file_name, path_parts
from tangthu.standards.vietnamese.text import fold

_COVER = re.compile(
    r"^(?:bia|muc ?luc(?: van ban)?|mlvb|chung tu ket thuc|to ket thuc|ctkt)(?![a-z])"
)
_DOSSIER = re.compile(r"(?:^|[^a-z])(?:ho ?so|hs|dvbq)(?: so)?\s*0*(\d{1,6})(?!\d)")
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_YEAR = re.compile(r"^(?:1[89]|20)\d\d$")
_BODY = re.compile(r"^[A-Z]\d{2}$")
_PART = re.compile(r"^[A-Za-z0-9]{1,13}$")


@dataclass(frozen=True, slots=True)
class NameCodes:
    """Codes read from a file name, as written; None for what the name does not say.

    `file_code` is the name without its ordinal: by AR-50 the code of the dossier. `sheet` is the
    first sheet, which the 2010 guidance puts where others put the ordinal.
    """

    dossier: str
    archive: str | None = None
    body: str | None = None
    year: str | None = None
    fonds: str | None = None
    inventory: str | None = None
    ordinal: int | None = None
    sheet: int | None = None
    file_code: str | None = None


@lru_cache(maxsize=65_536)
def parse_name(path: str) -> NameCodes | None:
    """The codes in the name of the file at `path`; None when the name is not made of codes."""
    stem = _ENDING.sub("", file_name(path))
    if len(stem) > 120:
        return None
    if "." in stem:
        return _dotted(stem.split("."))
    return _dashed(re.split(r"\s*[-_]\s*", stem))


def _dotted(parts: list[str]) -> NameCodes | None:
    if not all(_PART.match(part) for part in parts) or not parts[-1].isdigit():
        return None
    years = [i for i, part in enumerate(parts[:-2]) if i and _YEAR.match(part)]
    if not years:
        return None
    at = years[0]
    place = parts[at + 1 : -1]
    if not 1 <= len(place) <= 4 or len(parts[-1]) > 7:
        return None
    archive, body = _bodies(parts[:at])
    number = place[-1]
    if len(place) >= 2 and number.isalpha() and place[-2].isdigit():  # 2010.01.TH: notation
        number = ".".join(place[-2:])
        place = [*place[:-2], number]
    return NameCodes(
        dossier=number,
        archive=archive,
        body=body,
        year=parts[at],
        fonds=".".join(place[:-2]) or None,
        inventory=place[-2] if len(place) >= 2 else None,
        ordinal=int(parts[-1]),
        file_code=".".join(parts[:-1]),
    )


def _bodies(parts: list[str]) -> tuple[str | None, str]:
    """Archive code and body code: the body's begins with its letter (H30.81), or, in the older
    form, ends with it (000.00.00.G09)."""
    letter = next((i for i, part in enumerate(parts) if _BODY.match(part)), None)
    if letter is None or letter == 0 or letter == len(parts) - 1:
        return None, ".".join(parts)
    return ".".join(parts[:letter]), ".".join(parts[letter:])


def _dashed(parts: list[str]) -> NameCodes | None:
    if not 4 <= len(parts) <= 6 or not all(_PART.match(part) for part in parts):
        return None
    if not re.match(r"^[A-Za-z]{1,4}\d{0,6}$|^\d{1,4}$", parts[0]):
        return None
    if not all(part.isdigit() for part in parts[2:]):
        return None
    sheet = int(parts[4]) if len(parts) > 4 else None
    return NameCodes(
        dossier=parts[3],
        archive=parts[0],
        fonds=parts[1],
        inventory=parts[2],
        sheet=sheet,
        file_code="-".join(parts[:4]),
    )


def is_cover(path: str) -> bool:
    """Whether the file is the dossier's cover, table of contents or closing certificate."""
    stem = re.sub(r"[^a-z0-9]+", " ", fold(file_name(path))).strip()
    return bool(_COVER.match(stem))


def dossier_in_words(path: str) -> str | None:
    """The dossier number that a name or folder spells out: `Bia_hoso03.pdf`, `hoso03/1.pdf`."""
    for part in reversed(path_parts(path)):
        match = _DOSSIER.search(re.sub(r"[^a-z0-9]+", " ", fold(part)))
        if match:
            return match[1].zfill(2)
    return None
