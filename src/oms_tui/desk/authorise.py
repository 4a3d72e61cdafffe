"""The one check of rights (spec 5, invariants Z1, Z4): deny by default, the person read anew at each
action."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import NoRight, SignedOut
from oms_tui.desk.names import name_key
from oms_tui.desk.writing import REFUSED, writing
from oms_tui.domain.authority import Authority, Right
from oms_tui.domain.people import LOCAL_ACTOR, Actor
from oms_tui.store import people
from oms_tui.store.engine import Connection

LOCAL_RIGHTS = frozenset(
    {
        Right.SEARCH_ORDERS,
        Right.OPEN_ORDER,
        Right.FILTER_BASIC,
        Right.FILTER_ALL,
        Right.VIEW_ITEM_FLOW,
        Right.VIEW_LINES,
        Right.VIEW_QUEUES,
        Right.VIEW_PAYMENT_DETAIL,
        Right.VIEW_RETURNS,
        Right.FILTER_RETURNS,
        Right.EVENT_PROBLEMS,
        Right.EXPORT,
        Right.MANAGE_PEOPLE,
    }
)
"""What whoever may open the file can do on the command line without naming a person: read, import, keep
people. Never a verb on an order."""


def allows(actor: Actor, right: Right, authority: Authority) -> bool:
    """Whether `actor`, as read by `as_of_now`, has a right."""
    if actor == LOCAL_ACTOR:
        return right in LOCAL_RIGHTS
    return authority.allows(actor.roles, right)


def as_of_now(conn: Connection, actor: Actor) -> Actor:
    """The actor with the roles the person has now; a change of roles counts from the next action on (Z4).

    Raises:
        SignedOut: The person was disabled or is no longer there.
    """
    if actor == LOCAL_ACTOR:
        return actor
    found = people.find(conn, name_key(actor.name))
    if found is None or found.person.is_disabled:
        raise SignedOut(f"{actor.name} may no longer sign in: ask an administrator.")
    return replace(actor, roles=found.person.roles, display_name=found.person.display_name)


def authorise(desk: Desk, actor: Actor, right: Right, *, subject: str = "") -> Actor:
    """The actor as of now, if they have `right`; a refusal is in the audit log before this raises (A1).

    Raises:
        NoRight: They do not have it.
        SignedOut: They may no longer sign in.
    """
    with desk.store.read() as conn:
        actor = as_of_now(conn, actor)
    if not allows(actor, right, desk.policy.authority):
        raise refuse(desk, actor, right, why_not(right, desk.policy.authority), subject)
    return actor


def refuse(desk: Desk, actor: Actor, right: Right, reason: str, subject: str = "") -> NoRight:
    """Write that `actor` was refused `right`, and give the error to raise."""
    with writing(desk) as work:
        work.log(actor, right.value, reason, subject=subject, result=REFUSED)
    return NoRight(reason)


class RightMissing(Exception):  # noqa: N818 - becomes `NoRight` once the refusal is written
    """The actor lacks a right, found out inside a transaction that leaves nothing behind."""

    def __init__(self, actor: Actor, right: Right, reason: str, subject: str) -> None:
        super().__init__(reason)
        self.actor = actor
        self.right = right
        self.subject = subject


@contextmanager
def refusals_written(desk: Desk) -> Iterator[None]:
    """Write the refusal of a right found inside the block, after its transaction is over (A1).

    Raises:
        NoRight: In place of `RightMissing`.
    """
    try:
        yield
    except RightMissing as missing:
        raise refuse(desk, missing.actor, missing.right, str(missing), missing.subject) from missing


def why_not(right: Right, authority: Authority) -> str:
    """Why somebody without a right cannot do it, naming who may."""
    holders = " or ".join(role.value.upper() for role in authority.who_may(right))
    return f"{right.value.replace('_', ' ').capitalize()} is for {holders or 'nobody'}."
