"""Original file names in XML: text as it is where XML can hold it, percent-encoded bytes otherwise.

A name is whatever bytes a file system gave, as `os.fsdecode` hands it over. Nearly every name is
plain text. One that holds control characters or is not UTF-8 is written as a URI path segment,
marked with the prefix `pct:`; so is a plain name that itself begins with `pct:`.
"""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

from tangthu.standards.xml import forbidden_character

_MARK = "pct:"


def name_to_xml(name: str) -> str:
    """Return the XML text for a file name."""
    if forbidden_character(name) is None and not name.startswith(_MARK):
        return name
    return _MARK + quote(name.encode("utf-8", "surrogateescape"), safe="")


def name_from_xml(text: str) -> str:
    """Return the file name written by `name_to_xml`."""
    if text.startswith(_MARK):
        return unquote_to_bytes(text.removeprefix(_MARK)).decode("utf-8", "surrogateescape")
    return text
