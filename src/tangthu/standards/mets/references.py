"""Between paths in a package and the URI references that METS writes (RFC 3986)."""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

_SAFE = "/!$&'()*+,;=:@~-._"


def href_of(path: str) -> str:
    """Return the relative URI reference of a POSIX path, UTF-8 percent-encoded.

    A first segment with a colon gets `./` before it, else it would read as a scheme (§4.2).
    """
    href = quote(path, safe=_SAFE)
    return f"./{href}" if ":" in href.split("/", 1)[0] else href


def path_of(href: str) -> str | None:
    """Return the path that a relative reference names, None if it is absolute or names nothing.

    Absolute means a scheme, an authority, a leading slash or backslash. `.` and `..` are kept;
    `decide_path` in the caller resolves them against the folder of the METS file.
    """
    reference = href.split("#", 1)[0].split("?", 1)[0]
    first = reference.split("/", 1)[0]
    if not reference or reference.startswith("/") or ":" in first or "\\" in reference:
        return None
    try:
        return unquote_to_bytes(reference).decode("utf-8")
    except UnicodeDecodeError:
        return None
