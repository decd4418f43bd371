"""A proof document as a file to take away."""

from __future__ import annotations

import json
import uuid

from django.http import HttpResponse
from django.utils.translation import gettext as _

from tangthu.archive.views.contents import disposition
from tangthu.archive.views.telling import closed
from tangthu.kernel.errors import HouseError
from tangthu.ledger.proofs import bundle, standing


class NotSignedYet(HouseError):
    """No event of the object is under a signature yet; the next checkpoint brings it."""

    http_status = 409


def proof_response(obj: uuid.UUID, code: str, *, whole: bool) -> HttpResponse:
    """The proof document of `obj` as JSON; unless `whole`, with its details closed."""
    found = standing(obj)
    document = bundle(obj) if found is not None and found.signed else None
    if document is None:
        raise NotSignedYet(
            _("Chưa có bằng chứng để tải."),
            hint=_("Sự kiện vừa ghi; thử lại sau điểm kiểm tra tới, thường trong một phút."),
        )
    document = document if whole else closed(document)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = disposition(f"chung-cu-{code}.json")
    response["Cache-Control"] = "private, no-store"
    return response
