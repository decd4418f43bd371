"""Where in the holding a file says it belongs: codes in its name, or its folder, or “bìa hồ sơ”.

The names themselves are read by `standards.tt05.filenames`, which says what is certain and what is
not; here the readings become a place (dossier, ordinal) and the codes of archive and body. Where
one code ends and the other begins stays a proposal unless one of them is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tangthu.archive.batch.matching import file_name, path_parts
from tangthu.standards.tt05.filenames import parse_file_name
from tangthu.standards.vietnamese.text import fold

_COVER = re.compile(
    r"^(?:bia|muc ?luc(?: van ban)?|mlvb|chung tu ket thuc|to ket thuc|ctkt)(?![a-z])"
)
_DOSSIER = re.compile(r"(?:^|[^a-z])(?:ho ?so|hs|dvbq)(?: so)?\s*0*(\d{1,6})(?!\d)")
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_PART = re.compile(r"^[A-Za-z0-9]{1,13}$")
_OLD_ARCHIVE = re.compile(r"^[A-Za-z]{1,4}\d{0,6}$|^\d{1,4}$")


@dataclass(frozen=True, slots=True)
class NameCodes:
    """What a file name made of codes says of its place; None for what it does not say.

    `inventory` is what stands before the dossier number (inventory, box or shelf: names do not
    tell); `file_code` the name without its ordinal, by AR-50 the dossier's own code.
    """

    dossier: str
    year: str | None = None
    inventory: str | None = None
    ordinal: int | None = None
    file_code: str | None = None


@dataclass(frozen=True, slots=True)
class BodyCodes:
    """Codes of archive and body in a name. `sure` is False when they could be parted otherwise;
    `readings` are then all ways, `archive | body`."""

    archive: str | None
    body: str | None
    sure: bool
    readings: tuple[str, ...] = ()


@lru_cache(maxsize=65_536)
def parse_name(path: str) -> NameCodes | None:
    """The place that the name of the file at `path` states; None when it is not made of codes."""
    stem = _ENDING.sub("", file_name(path))
    parts = re.split(r"[.-]", stem)
    if len(stem) > 120 or not all(_PART.match(part) for part in parts):
        return None
    reading = parse_file_name(file_name(path))
    file = reading.parts.get("file")
    if file is None:
        return None
    if reading.pattern == "dashed-2010":
        old = reading.parts
        if not _OLD_ARCHIVE.match(old["archive"]) or not (
            old["inventory"].isdigit() and file.isdigit()
        ):
            return None
        return NameCodes(file, inventory=old["inventory"], file_code="-".join(parts[:4]))
    between = "".join(reading.ambiguous.get("store_shelf_box_or_inventory", ("",))[:1]).split(".")
    if file.isalpha() and between[-1].isdigit():  # 2010.01.TH: number and group of the dossier
        file, between = f"{between[-1]}.{file}", between[:-1]
    stated = "ordinal" in reading.parts
    return NameCodes(
        file,
        reading.parts.get("year"),
        between[-1] if between and between[-1] else None,
        reading.ordinal if stated else None,
        stem.rpartition(".")[0] if stated else stem,
    )


@lru_cache(maxsize=65_536)
def body_codes(path: str, archive: str | None, body: str | None) -> BodyCodes | None:
    """Archive and body in a name, given what is known of them; None when the name has neither.

    Among several ways the one whose body begins with its letter group (`H30.81`, the scheme now in
    force) is put first, as a proposal.
    """
    if parse_name(path) is None:
        return None
    reading = parse_file_name(file_name(path), archive_code=archive, body_code=body)
    options = reading.ambiguous.get("archive_and_body")
    if options is None:
        found = reading.parts.get("archive"), reading.parts.get("body")
        return BodyCodes(*found, sure=True) if any(found) else None
    split = [tuple(option.split(" | ")) for option in options if " | " in option]
    best = next((one for one in split if one[1][:1].isalpha()), None)
    if best is None:
        return BodyCodes(None, options[-1], sure=False, readings=options)
    return BodyCodes(best[0], best[1], sure=False, readings=options)


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
