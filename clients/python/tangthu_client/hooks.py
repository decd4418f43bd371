"""What a receiver does with a message of a hook: make sure of it before believing a word."""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from tangthu_client.ed25519 import is_signed
from tangthu_client.errors import NotGenuine

_DELIVERY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SECONDS = re.compile(r"[0-9]{1,12}")


def verify(
    public_key: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    tolerance: float = 300,
    now: float | None = None,
) -> dict[str, Any]:
    """The message in `body`, once it is certain that the house sent it, unchanged and just now.

    `public_key`: in hex, as the page of the hook shows it. `headers` of the request, by any
    spelling of their names. A message may come more than once, under the same id
    (`message["delivery"]`): remember those that were handled. Raises NotGenuine.
    """
    given = {name.lower(): value.strip() for name, value in headers.items()}
    delivery = given.get("tangthu-delivery", "")
    timestamp = given.get("tangthu-timestamp", "")
    if not _DELIVERY.fullmatch(delivery) or not _SECONDS.fullmatch(timestamp):
        raise NotGenuine("headers of a hook are missing")
    moment = time.time() if now is None else now
    if abs(moment - int(timestamp)) > tolerance:
        raise NotGenuine("sent too long ago, or by another clock")
    try:
        signature = base64.b64decode(given.get("tangthu-signature", ""), validate=True)
        key = bytes.fromhex(public_key)
    except (binascii.Error, ValueError) as error:
        raise NotGenuine("key or signature cannot be read") from error
    words = f"tangthu-hook-1\n{delivery}\n{timestamp}\n".encode("ascii") + body
    if not is_signed(key, words, signature):
        raise NotGenuine("not signed by this key")
    message = json.loads(body)
    if not isinstance(message, dict) or message.get("delivery") != delivery:
        raise NotGenuine("another message than the headers say")
    return message
