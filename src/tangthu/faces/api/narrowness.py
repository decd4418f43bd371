"""What a key may not do that opens less than its person may read, or nothing to read at all.

Lists and packages that are written in the background are written with the rights of the person, and
judged by them when they are fetched: a narrower key would be handed more than its scopes, or make
the house throw away what its owner may well have.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tangthu.identity.policies import LEVELS_OF, Viewer
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import Refused


class NarrowKey(Refused):
    """The key opens less than its person may read."""


def require_reader(request: Any) -> None:
    """Raise Refused unless the key reads anything: what its person kept or looked at is told to no
    program that was made for something else."""
    if not any(request.viewer.may_anywhere(right) for right in LEVELS_OF):
        request.acting.require("read.public", request.key.body_id)


def require_whole_reader(request: Any) -> None:
    """Raise NarrowKey unless the key reads all that its person reads."""
    whole = viewer_of(request.key.person)
    key: Viewer = request.viewer
    if (whole.levels(), whole.scopes_open()) != (key.levels(), key.scopes_open()):
        raise NarrowKey(
            _("Khóa này đọc được ít hơn người giữ khóa nên không lấy được tệp lập theo quyền "
              "của người ấy."),
            hint=_("Dùng khóa có mọi quyền đọc của bạn, hoặc đọc từng hồ sơ, tài liệu."),
        )  # fmt: skip
