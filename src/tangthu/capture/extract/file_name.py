"""What the name of a file says: “46 TB.pdf”, “07-CT-UBND.pdf”, “123_QD-UBND (1).pdf”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tangthu.capture.extract.evidence import Proposal
from tangthu.standards.vietnamese.codes import canonical_notation, parse_code

_NOISE = re.compile(
    r"(\.signed|\.pdf|\.tiff?|\.jpe?g|\.png|\.docx?|_\d{8}_\d{6}|\(\d{1,2}\))+$", re.I
)
_ARCHIVE_CODE = re.compile(r"^[\w-]+(\.[\w-]+){4,}$")
_CODE = re.compile(
    r"(?<![\w.])(\d{1,5})\s?[-_ /.]?\s?([^\W\d_]{2,6}(?:\s?[-_]\s?[^\W\d_]{2,12}){0,3})(?![\w])"
)


def read_file_name(name: str) -> Iterator[Proposal]:
    """Proposals for number, type and notation from the original name of a file; never sure.

    Only a number followed by a known abbreviation of a type counts. Names that are archive codes
    (001.03.08.H30…) say where a file stands, not what it is.
    """
    stem = _NOISE.sub("", name[-200:])
    if _ARCHIVE_CODE.match(stem.replace(" ", "")):
        return
    for match in _CODE.finditer(stem):
        notation = canonical_notation("/" + match.group(2).replace("_", "-").replace(" ", ""))
        code = parse_code("/" + notation)
        if code.type_code is None:
            continue
        yield Proposal("number", match.group(1), 0.5, "file_name", name[-200:])
        yield Proposal("type", code.type_code, 0.5, "file_name", name[-200:])
        if "-" in notation:
            yield Proposal("notation", notation, 0.45, "file_name", name[-200:])
        return
