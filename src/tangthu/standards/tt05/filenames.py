"""What digitisation file names say: AR-50, RM-857, and the dotted names met in practice.

Real names mix conventions, so a reading carries what is certain as `parts` and what is not as
`ambiguous`; nothing is guessed. An archive's own convention is a `NamePattern` tried first.

- `H49.64.33.2001.160.0000001.pdf` and `….160.pdf`: mã hồ sơ with and without ordinal (AR-50)
- `Q3-5-1-10-4.pdf`: archive, fonds, inventory, file, sheet, perhaps page (RM-857)
- `001.03.08.H30.81.2024.K4.01.02.007.pdf`: ordinal 007 of file 02; `K4.01` stand between year and
  file (store, shelf, box or inventory), `001.03.08.H30.81` before the year (archive, body)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_YEAR = re.compile(r"(1[0-9]|20)[0-9]{2}")
_DASHED = re.compile(
    r"(?P<archive>[^-]+)-(?P<fonds>[^-]+)-(?P<inventory>[^-]+)-(?P<file>[^-]+)"
    r"(?:-(?P<sheet>[0-9]+[a-z]?)(?:-(?P<page>[0-9]+[a-z]?))?)?"
)
_MAX_NAME = 1024


@dataclass(frozen=True, slots=True)
class NamePattern:
    """An archive's own convention: a regular expression for the name without its extension.

    Its named groups become the parts; those also named in `ambiguous` are reported as unsure.
    """

    name: str
    expression: re.Pattern[str]
    ambiguous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameReading:
    """What a file name says.

    `pattern`: the convention it follows, `unknown` if none. `parts`: archive, body, year, fonds,
    inventory, file, sheet, page, ordinal, file_code — only those that are certain. `ambiguous`:
    part or group of parts → the readings it allows. `extension` is lower case without the dot.
    """

    pattern: str
    extension: str
    parts: Mapping[str, str] = field(default_factory=dict)
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def ordinal(self) -> int | None:
        """The ordinal of the document in its file as a number, None if the name has none."""
        text = self.parts.get("ordinal") or self.parts.get("sheet", "")
        return int(text) if text.isascii() and text.isdigit() else None


def parse_file_name(
    name: str,
    *,
    patterns: Sequence[NamePattern] = (),
    archive_code: str | None = None,
    body_code: str | None = None,
) -> NameReading:
    """Read a file name (a path from Windows or POSIX is cut to its last part).

    `archive_code` and `body_code`, if known, settle where the one ends and the other begins.
    Nothing is raised: a name that follows no convention has pattern `unknown` and no parts.
    """
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, extension = base.rpartition(".")
    if not dot or not extension.isalnum() or extension.isdigit() or len(extension) > 5:
        stem, extension = base, ""
    extension = extension.lower()
    if not stem or len(stem) > _MAX_NAME:
        return NameReading("unknown", extension)
    for pattern in patterns:
        found = pattern.expression.fullmatch(stem)
        if found:
            given = {key: value for key, value in found.groupdict().items() if value is not None}
            return NameReading(
                pattern.name,
                extension,
                {key: value for key, value in given.items() if key not in pattern.ambiguous},
                {key: (given[key],) for key in pattern.ambiguous if key in given},
            )
    dashed = _DASHED.fullmatch(stem)
    if dashed and "." not in stem:
        parts = {key: value for key, value in dashed.groupdict().items() if value is not None}
        return NameReading("dashed-2010", extension, parts)
    return _dotted(stem.split("."), extension, archive_code, body_code)


def _dotted(
    segments: list[str], extension: str, archive_code: str | None, body_code: str | None
) -> NameReading:
    unknown = NameReading("unknown", extension)
    if not all(segments) or any(" " in segment for segment in segments):
        return unknown
    years = [at for at in range(1, len(segments) - 1) if _YEAR.fullmatch(segments[at])]
    prefixes = [p for p in (_joined(archive_code, body_code), body_code) if p]
    known = [at for at in years if ".".join(segments[:at]) in prefixes]
    years = known or years
    if not years:
        return unknown
    if len(years) > 1:
        choices = tuple(segments[at] for at in years)
        parts = {"ordinal": segments[-1]} if segments[-1].isdigit() else {}
        return NameReading("dotted", extension, parts, {"year": choices})
    at = years[0]
    parts = {"year": segments[at]}
    ambiguous: dict[str, tuple[str, ...]] = {}
    _prefix(segments[:at], archive_code, body_code, parts, ambiguous)
    after = segments[at + 1 :]
    if len(after) == 1:
        parts |= {"file": after[0], "file_code": ".".join(segments)}
        return NameReading("file-code", extension, parts, ambiguous)
    if not (after[-1].isascii() and after[-1].isdigit()):
        ambiguous["file"] = (".".join(after),)
        return NameReading("dotted", extension, parts, ambiguous)
    parts |= {"file": after[-2], "ordinal": after[-1]}
    if len(after) == 2:
        parts["file_code"] = ".".join(segments[:-1])
        return NameReading("file-code-ordinal", extension, parts, ambiguous)
    between = ".".join(after[:-2])
    ambiguous["store_shelf_box_or_inventory"] = (between,)
    ambiguous["file_code"] = (
        ".".join([*segments[: at + 1], after[-2]]),
        ".".join(segments[:-1]),
    )
    return NameReading("dotted", extension, parts, ambiguous)


def _prefix(
    prefix: list[str],
    archive_code: str | None,
    body_code: str | None,
    parts: dict[str, str],
    ambiguous: dict[str, tuple[str, ...]],
) -> None:
    text = ".".join(prefix)
    if body_code and text == body_code:
        parts["body"] = text
    elif archive_code and text.startswith(f"{archive_code}."):
        parts |= {"archive": archive_code, "body": text[len(archive_code) + 1 :]}
    elif body_code and text.endswith(f".{body_code}"):
        parts |= {"archive": text[: -len(body_code) - 1], "body": body_code}
    else:
        # A body code may begin with a letter (H30.81) or, by the older scheme, end with one
        # (001.03.08.H30); the whole may also be one body code.
        splits = [
            f"{'.'.join(prefix[:cut])} | {'.'.join(prefix[cut:])}"
            for cut in range(1, len(prefix))
            if prefix[cut][0].isalpha() or prefix[cut - 1][0].isalpha()
        ]
        if splits or len(prefix) > 1:
            ambiguous["archive_and_body"] = (*splits, text)
        else:
            parts["body"] = text


def _joined(archive_code: str | None, body_code: str | None) -> str | None:
    return f"{archive_code}.{body_code}" if archive_code and body_code else None
