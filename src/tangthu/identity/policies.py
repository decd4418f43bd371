"""Who may: rights follow from roles, delegations and grants; what is not granted is denied."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils import timezone

from tangthu.identity.roles import RIGHTS, rights_on
from tangthu.kernel.deployment import isolated
from tangthu.kernel.terms import LAW_2024

# Access levels of TT05 (mode): 01 public, 02 conditional. 03 (secret) never exists on a connected
# installation (AR-127); on an isolated LAN it is told apart by its degree: S1, S2, S3 (AR-128).
PUBLIC, CONDITIONAL = "01", "02"
SECRET = "S"  # noqa: S105 - the beginning of the levels of secrets
DEGREES = ("1", "2", "3")
# The levels that a right to read opens where it holds.
LEVELS_OF = {"read.public": (PUBLIC,), "read.conditional": (PUBLIC, CONDITIONAL)}

# Rights over whole holdings: what they show cannot be cut record by record, so on an isolated LAN
# they are for people who are cleared for everything (docs/decisions/006-two-modes.md).
HOLDINGS = frozenset(
    {"archive.import", "archive.seal", "repository.audit", "quarantine.decide", "use.oversee"}
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A right for less than a whole body: for one fonds, dossier or document of it."""

    body: uuid.UUID
    right: str
    kind: str  # Grant.Scope
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person and what he may do today.

    `positions`: the roles he holds himself. `extra`: rights at whole bodies by delegation or grant,
    as (body id, right). `scopes`: those for less. `stands_for`: for whom he stands in, as (body id,
    words). `clearances`: the highest degree of secrecy he may see at a body, as (body id, degree)
    pairs; a body that is not there has cleared him for nothing. `only`: the one access level to
    which he has narrowed his view ("" all). `opens`: the rights that the key in use opens; None
    without one. `terms`: whose words the body of his first position uses (kernel.terms).
    """

    person_id: uuid.UUID
    full_name: str
    positions: tuple[tuple[uuid.UUID, str, str], ...]  # body id, role, position title
    clearances: tuple[tuple[uuid.UUID, str], ...] = ()
    only: str = ""
    extra: tuple[tuple[uuid.UUID, str], ...] = ()
    scopes: tuple[Scope, ...] = ()
    stands_for: tuple[tuple[uuid.UUID, str], ...] = ()
    opens: frozenset[str] | None = None
    terms: str = LAW_2024

    def bodies_with(self, right: str) -> frozenset[uuid.UUID]:
        """Bodies in which this viewer has `right`. Raises KeyError for an unknown right."""
        found = self._given(right)
        return self._cleared_for_all(found) if right in HOLDINGS else found

    def own_bodies_with(self, right: str) -> frozenset[uuid.UUID]:
        """Those in which a position of his own gives him `right`, which he may delegate."""
        if right not in RIGHTS:
            raise KeyError(right)
        given = rights_on(timezone.localdate())
        return frozenset(body for body, role, _ in self.positions if right in given.get(role, ()))

    def _given(self, right: str) -> frozenset[uuid.UUID]:
        if self.opens is not None and right not in self.opens:
            return frozenset()
        return self.own_bodies_with(right) | {body for body, given in self.extra if given == right}

    def bodies(self) -> frozenset[uuid.UUID]:
        """Bodies at which he holds a position or has any right."""
        return frozenset(
            [
                *(body for body, _role, _title in self.positions),
                *(body for body, _right in self.extra),
                *(scope.body for scope in self.scopes),
            ]
        )

    def scopes_open(self) -> tuple[Scope, ...]:
        """The scopes in which records are open to him, without those of bodies open as a whole.

        A scope opens no secret, so a view narrowed to one degree has none.
        """
        if self.only:
            return ()
        whole = self.bodies_with("read.conditional")
        return tuple(
            scope for scope in self.scopes if scope.right in LEVELS_OF and scope.body not in whole
        )

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
        """Whether this viewer has `right` at any body, or anywhere in one."""
        return bool(self.bodies_with(right)) or any(one.right == right for one in self.scopes)

    @property
    def held_back(self) -> bool:
        """Whether a role gives rights over whole holdings that his clearance does not open."""
        return any(self._given(right) - self.bodies_with(right) for right in HOLDINGS)

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

    def uncleared(self) -> Viewer:
        """The same person without any clearance for secrets."""
        return replace(self, clearances=())

    def at(self, bodies: frozenset[uuid.UUID]) -> Viewer:
        """The same person with what he has at some bodies alone."""
        return replace(
            self,
            positions=tuple(one for one in self.positions if one[0] in bodies),
            clearances=tuple(one for one in self.clearances if one[0] in bodies),
            extra=tuple(one for one in self.extra if one[0] in bodies),
            scopes=tuple(one for one in self.scopes if one.body in bodies),
            stands_for=tuple(one for one in self.stands_for if one[0] in bodies),
        )

    def by_key(self, body_id: uuid.UUID, rights: Iterable[str]) -> Viewer:
        """The same person as a key lets him in: at one body, with no right outside `rights`."""
        opens = frozenset(rights)
        return replace(
            self,
            positions=tuple(one for one in self.positions if one[0] == body_id),
            clearances=tuple(one for one in self.clearances if one[0] == body_id),
            extra=tuple(one for one in self.extra if one[0] == body_id),
            scopes=tuple(s for s in self.scopes if s.body == body_id and s.right in opens),
            stands_for=tuple(one for one in self.stands_for if one[0] == body_id),
            opens=opens,
        )

    def position_at(self, body_id: uuid.UUID) -> str:
        """The position title under which this viewer acts at the body ("" if none), and for whom
        he stands in there."""
        own = next((title for body, _, title in self.positions if body == body_id), "")
        return "; ".join(
            filter(None, [own, *(w for body, w in self.stands_for if body == body_id)])
        )


NOBODY = Viewer(uuid.UUID(int=0), "", ())
