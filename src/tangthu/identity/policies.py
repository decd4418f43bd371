"""Who may: rights follow from roles, body by body; what is not granted is denied."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tangthu.identity.models import Role
from tangthu.kernel.deployment import isolated

# Access levels of TT05 (mode): 01 public, 02 conditional. 03 (secret) never exists on a connected
# installation (AR-127); on an isolated LAN it is told apart by its degree: S1, S2, S3 (AR-128).
PUBLIC, CONDITIONAL = "01", "02"
SECRET = "S"  # noqa: S105 - the beginning of the levels of secrets
DEGREES = ("1", "2", "3")

RIGHTS: Mapping[str, frozenset[str]] = {
    "read.public": frozenset({Role.CLERK, Role.LEADER, Role.OFFICER, Role.ARCHIVIST}),
    "read.conditional": frozenset({Role.LEADER, Role.ARCHIVIST}),
    "dissemination.make": frozenset({Role.CLERK, Role.LEADER, Role.OFFICER, Role.ARCHIVIST}),
    "archive.import": frozenset({Role.ARCHIVIST}),
    "archive.describe": frozenset({Role.ARCHIVIST}),
    "archive.seal": frozenset({Role.ARCHIVIST}),
    "repository.audit": frozenset({Role.ARCHIVIST, Role.ADMINISTRATOR}),
    "use.oversee": frozenset({Role.LEADER, Role.ARCHIVIST}),
    "house.administer": frozenset({Role.ADMINISTRATOR}),
    "quarantine.decide": frozenset({Role.LEADER}),
    "people.manage": frozenset({Role.ADMINISTRATOR}),
    "clearance.grant": frozenset({Role.LEADER, Role.ADMINISTRATOR}),
}
# Rights over whole holdings: what they show cannot be cut record by record, so on an isolated LAN
# they are for people who are cleared for everything (docs/decisions/006-two-modes.md).
HOLDINGS = frozenset(
    {"archive.import", "archive.seal", "repository.audit", "quarantine.decide", "use.oversee"}
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person and the roles held today, as (body id, role) pairs.

    `clearances`: the highest degree of secrecy he may see at a body, as (body id, degree) pairs; a
    body that is not there has cleared him for nothing. `only`: the one access level to which he has
    narrowed his view ("" all). `scopes`: the rights that the key in use opens; None without one.
    """

    person_id: uuid.UUID
    full_name: str
    positions: tuple[tuple[uuid.UUID, str, str], ...]  # body id, role, position title
    clearances: tuple[tuple[uuid.UUID, str], ...] = ()
    only: str = ""
    scopes: frozenset[str] | None = None

    def bodies_with(self, right: str) -> frozenset[uuid.UUID]:
        """Bodies in which this viewer has `right`. Raises KeyError for an unknown right."""
        roles = RIGHTS[right]
        if self.scopes is not None and right not in self.scopes:
            return frozenset()
        found = frozenset(body for body, role, _ in self.positions if role in roles)
        return self._cleared_for_all(found) if right in HOLDINGS else found

    def may(self, right: str, body_id: uuid.UUID) -> bool:
        """Whether this viewer has `right` at the body."""
        return body_id in self.bodies_with(right)

    def whole_bodies(self) -> frozenset[uuid.UUID]:
        """Bodies none of whose records can be hidden from this viewer.

        On an isolated LAN there may always be one beyond his clearance, unless that is the highest.
        """
        return self._cleared_for_all(self.bodies_with("read.conditional"))

    def _cleared_for_all(self, bodies: frozenset[uuid.UUID]) -> frozenset[uuid.UUID]:
        """Those of `bodies` at which nothing is beyond his clearance."""
        if not isolated():
            return bodies
        return frozenset(body for body in bodies if self.clearance_at(body) == DEGREES[-1])

    def clearance_at(self, body_id: uuid.UUID) -> str:
        """The highest degree of secrecy that this viewer may see at the body ("" none)."""
        return max((degree for body, degree in self.clearances if body == body_id), default="")

    @property
    def clearance(self) -> str:
        """The highest degree that this viewer may see anywhere; it opens nothing by itself."""
        return max((degree for _body, degree in self.clearances), default="")

    def may_anywhere(self, right: str) -> bool:
        """Whether this viewer has `right` at any body."""
        return bool(self.bodies_with(right))

    @property
    def held_back(self) -> bool:
        """Whether a role gives rights over whole holdings that his clearance does not open."""
        rights = ((right, RIGHTS[right]) for right in HOLDINGS)
        return any(
            role in roles and body not in self.bodies_with(right)
            for right, roles in rights
            for body, role, _ in self.positions
        )

    def levels(self) -> list[tuple[uuid.UUID, tuple[str, ...]]]:
        """For each body that this viewer may read: its id and the access levels open to him."""
        public = self.bodies_with("read.public")
        conditional = self.bodies_with("read.conditional")
        found = [
            (
                body,
                ((PUBLIC, CONDITIONAL) if body in conditional else (PUBLIC,)) + self._secrets(body),
            )
            for body in sorted(public | conditional)
        ]
        if not self.only:
            return found
        return [(body, (self.only,)) for body, levels in found if self.only in levels]

    def _secrets(self, body_id: uuid.UUID) -> tuple[str, ...]:
        mine = self.clearance_at(body_id)
        return tuple(f"{SECRET}{degree}" for degree in DEGREES if degree <= mine)

    def narrowed(self, level: str) -> Viewer:
        """The same person looking at records of one access level only ("" all again)."""
        return replace(self, only=level)

    def by_key(self, body_id: uuid.UUID, scopes: Iterable[str]) -> Viewer:
        """The same person as a key lets him in: at one body, with no right outside `scopes`."""
        return replace(
            self,
            positions=tuple(one for one in self.positions if one[0] == body_id),
            clearances=tuple(one for one in self.clearances if one[0] == body_id),
            scopes=frozenset(scopes),
        )

    def position_at(self, body_id: uuid.UUID) -> str:
        """The position title under which this viewer acts at the body ("" if none)."""
        return next((title for body, _, title in self.positions if body == body_id), "")


NOBODY = Viewer(uuid.UUID(int=0), "", ())
