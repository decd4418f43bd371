"""Changes with a name (Idempotency-Key): made once, however often they are asked for.

The change and the answer to it are one transaction. A refusal is kept like any other answer; our
own failure (5xx) is not, so that the same may be tried again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tangthu.faces.api.problems import BadRequest, problem
from tangthu.kernel.errors import HouseError
from tangthu.programs.actions.keep_answer import answered, keep

_NAME = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT = ("Content-Type", "Content-Language", "Location", "ETag", "Link")
MOST_KEPT = 1024 * 1024


def once(request: Any, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer to a named change: that of the first time, or of `call` now.

    Raises BadRequest for what is no name, StillAsked, OtherRequest.
    """
    name = request.headers["Idempotency-Key"]
    if not _NAME.fullmatch(name):
        raise BadRequest(
            _("Idempotency-Key không đúng."), hint=_("1 đến 255 ký tự ASCII không có dấu cách.")
        )
    asked = digest_of(request)
    with transaction.atomic():
        kept = answered(request.key, name, asked)
        if kept is not None:
            response = HttpResponse(bytes(kept.content), status=kept.status)
            for header, value in kept.headers.items():
                response[header] = value
            response["Idempotency-Replayed"] = "true"
            return response
        try:
            made = call()
        except HouseError as error:
            made = problem(error)
        if made.status_code >= 500:
            transaction.set_rollback(True)
        elif isinstance(made, HttpResponse) and len(made.content) <= MOST_KEPT:
            headers = {one: made.headers[one] for one in _KEPT if one in made.headers}
            keep(
                request.key, name, asked, status=made.status_code, headers=headers,
                content=made.content,
            )  # fmt: skip
    return made


def digest_of(request: Any) -> str:
    """What a request asks for, as one digest: method, address, state meant, and all that was sent.

    Files count by name, size and content.
    """
    parts: list[Any] = [
        request.method,
        request.get_full_path(),
        request.headers.get("If-Match", ""),
        request.document,
    ]
    if request.document is None and request.headers.get("Content-Type", "").startswith("multipart"):
        parts.append(sorted((key, values) for key, values in request.POST.lists()))
        for field in sorted(request.FILES):
            parts += [[field, file.name, file.size, _content(file)]
                      for file in request.FILES.getlist(field)]  # fmt: skip
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, default=str)
    # Keyed: what was sent may be refused as secret, and nobody should guess it from a digest.
    return salted_hmac("tangthu.api.naming", text, algorithm="sha256").hexdigest()


def _content(file: Any) -> str:
    found = hashlib.sha256()
    for piece in file.chunks():
        found.update(piece)
    file.seek(0)
    return base64.b64encode(found.digest()).decode()
