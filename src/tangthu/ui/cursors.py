"""Keyset cursors: where the next page begins, carried in the link, signed against shaping.

A cursor belongs to one register and one sort order. Anything else in the query (cut, altered, from
another list, of another sort) is ignored and the first page is shown: a broken link is no error.
"""

from dataclasses import dataclass

from django.core import signing

MAX_CURSOR_LENGTH = 4096
_SALT = "tangthu.ui.cursor"

CursorValue = str | int | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort values of the row at the edge of the page, and which way to go from it."""

    values: tuple[CursorValue, ...]
    backwards: bool = False


def encode_cursor(cursor: Cursor, *, register: str, sort: str) -> str:
    """Sign `cursor` for this register and sort order; the text is URL-safe.

    Raises ValueError when the sort values are too long for a link (some 500 letters are always
    safe): sort by a bounded key, for a cursor that is cut would show the first page for ever.
    """
    payload = [register, sort, int(cursor.backwards), list(cursor.values)]
    text = signing.dumps(payload, salt=_SALT, compress=True)
    if len(text) > MAX_CURSOR_LENGTH:
        raise ValueError(f"sort values of register {register!r} do not fit into a link")
    return text


def decode_cursor(text: str, *, register: str, sort: str, width: int) -> Cursor | None:
    """The cursor in `text`, or None when it is not one of ours for this register, sort and `width`
    (number of sort values)."""
    if not text or len(text) > MAX_CURSOR_LENGTH:
        return None
    try:
        payload = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    # The signature holds; the shape may still be that of an older version of this code.
    if not (isinstance(payload, list) and len(payload) == 4 and payload[:2] == [register, sort]):
        return None
    backwards, values = payload[2], payload[3]
    if not (isinstance(values, list) and len(values) == width):
        return None
    if not all(value is None or isinstance(value, str | int) for value in values):
        return None
    return Cursor(values=tuple(values), backwards=bool(backwards))
