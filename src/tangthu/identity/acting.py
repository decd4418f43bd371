"""The acting person of an action: who, by which way in, and how that stands in the ledger."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from tangthu.identity.policies import NOBODY, Viewer
from tangthu.kernel.errors import Refused
from tangthu.ledger.record import Actor

Way = Literal["web", "cli", "api", "job", "system"]


@dataclass(frozen=True, slots=True)
class Acting:
    """A person acting through one way in.

    `system` acts while an installation is set up, and in checks that the house itself orders.
    `behind`: who looks through the eyes of `viewer`; he may do nothing but look, and every look is
    his own.
    """

    viewer: Viewer
    via: Way
    behind: Viewer | None = None

    @property
    def is_system(self) -> bool:
        return self.via == "system"

    @property
    def person_id(self) -> uuid.UUID | None:
        """Whose doing it is; None for the house itself."""
        return None if self.is_system else (self.behind or self.viewer).person_id

    def may(self, right: str, body_id: uuid.UUID) -> bool:
        """Whether the acting person has `right` at the body."""
        return self.is_system or (self.behind is None and self.viewer.may(right, body_id))

    def require(self, right: str, body_id: uuid.UUID) -> None:
        """Raise Refused unless the acting person has `right` at the body."""
        if not self.may(right, body_id):
            raise Refused(
                _("Bạn không có quyền làm việc này."),
                hint=_("Nhờ quản trị cơ quan phân quyền."),
                right=right,
            )

    def actor(self, body_id: uuid.UUID) -> Actor:
        """How this person is named in an event at the body."""
        who = self.behind or self.viewer
        position = who.position_at(body_id)
        if self.behind is not None:
            through = _("xem như %(name)s") % {"name": self.viewer.full_name}
            position = f"{position}; {through}" if position else str(through)
        return Actor(person_id=self.person_id, name=who.full_name, position=position, via=self.via)


SYSTEM = Acting(NOBODY, "system")
