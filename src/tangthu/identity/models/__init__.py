"""Bodies (cơ quan), their units and positions, people, accounts, and who may do what."""

from tangthu.identity.models.bodies import AgencyCode, Body, BodyName, Position, Role, Unit
from tangthu.identity.models.people import (
    Account,
    AccountManager,
    Appointment,
    Delegation,
    ListChoice,
    Person,
)
from tangthu.identity.models.rights import Clearance, Grant, Group, GroupMember

__all__ = [
    "Account",
    "AccountManager",
    "AgencyCode",
    "Appointment",
    "Body",
    "BodyName",
    "Clearance",
    "Delegation",
    "Grant",
    "Group",
    "GroupMember",
    "ListChoice",
    "Person",
    "Position",
    "Role",
    "Unit",
]
