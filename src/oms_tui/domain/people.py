"""People who work with orders, their roles, and who is acting (spec 1, 5)."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of spec 1. A person holds a set of them; rights are the union."""

    CS = "cs"
    NM = "nm"
    OP = "op"
    AD = "ad"

    @property
    def title(self) -> str:  # type: ignore[override]
        """The role's name as a person reads it."""
        return _TITLES[self]


_TITLES = {
    Role.CS: "Customer Support",
    Role.NM: "New Member",
    Role.OP: "Operations Specialist",
    Role.AD: "Administrator",
}
DESK_ROLES: tuple[Role, ...] = (Role.CS, Role.NM, Role.OP)
"""The roles with a dashboard of their own."""


class Origin(StrEnum):
    """By which door an action came in (invariant A2)."""

    CONSOLE = "console"
    COMMAND_LINE = "command line"
    WORKER = "worker"
    """The flow itself: no person did it."""
    EVENT = "event"
    """The world outside told us."""
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may sign in. `name` is what they type, unique without regard to case."""

    name: str
    display_name: str
    roles: frozenset[Role]
    is_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is acting, as authenticated by the desk: never taken from what a client says (invariant A2)."""

    name: str
    display_name: str
    roles: frozenset[Role]
    origin: Origin = Origin.CONSOLE
    session: str = ""

    @property
    def desk_role(self) -> Role | None:
        """The role whose dashboard opens first: the one with most to do, None for a pure administrator."""
        return next((role for role in (Role.OP, Role.CS, Role.NM) if role in self.roles), None)

    @property
    def roles_text(self) -> str:
        """All roles by their codes: "CS", "CS+AD"."""
        return "+".join(role.value.upper() for role in Role if role in self.roles)


LOCAL_ACTOR = Actor(
    name="local", display_name="local", roles=frozenset(), origin=Origin.COMMAND_LINE, session=""
)
"""Whoever runs import, demo, doctor, db and people on a local file (issue text of the command line)."""
FLOW_ACTOR = Actor(name="flow", display_name="flow", roles=frozenset(), origin=Origin.WORKER)
"""Who acts when a worker carries an order's flow on."""
OUTSIDE = Actor(name="outside", display_name="outside", roles=frozenset(), origin=Origin.EVENT)
"""Who acts when an event tells what happened: shop, warehouse, carrier, payment provider, customer."""
