"""Signing in: name and password, a growing wait after failures, one audit entry each way (N1 to N4, A1).

A name nobody has, a wrong password and a disabled person get the same words after the same work.
"""

from dataclasses import replace

from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import SignInRefused
from oms_tui.desk.names import LONGEST_NAME, name_key
from oms_tui.desk.sessions import new_token, session_id
from oms_tui.desk.waits import forget, take_try
from oms_tui.desk.writing import REFUSED, writing
from oms_tui.domain.people import Actor, Origin
from oms_tui.store import people
from oms_tui.store.engine import Connection
from oms_tui.store.people import Known

SIGN_IN, SIGN_OUT = "sign_in", "sign_out"
NOBODY = "a name that nobody has"
WRONG = "Name and password do not go together."


def sign_in(desk: Desk, name: str, password: str, origin: Origin, place: str) -> Actor:
    """The person behind a name and a password.

    Args:
        desk: The desk.
        name: As typed; case does not count.
        password: As typed or pasted; "" in sample data.
        origin: The door the person came through.
        place: Where they sit, as far as it is known, for the wait of that place.

    Raises:
        SignInRefused: They do not go together, or the wait is not over.
    """
    key = name_key(name[:LONGEST_NAME])
    try:
        take_try(desk, key, place)
    except SignInRefused:
        _log_wait(desk, _found(desk, key), origin, place)
        raise
    found = _found(desk, key)
    desk.waits_told.discard((_who(found), place))
    if not _is_right(desk, found, password) or found is None:
        raise _refusal(desk, found, origin)
    return _let_in(desk, found, password, origin, place)


def sign_out(desk: Desk, actor: Actor) -> None:
    """Write that somebody signed out."""
    with writing(desk) as work:
        work.log(actor, SIGN_OUT, f"{actor.name} signed out", subject=actor.name)


def _found(desk: Desk, key: str) -> Known | None:
    with desk.store.read() as conn:
        return people.find(conn, key)


def _who(found: Known | None) -> str:
    """For the log: a name that nobody has is not written, it may be a password."""
    return "" if found is None else found.person.name


def _log_wait(desk: Desk, found: Known | None, origin: Origin, place: str) -> None:
    """Write that a try was refused because the wait is not over (A1): once in each wait, so that knocking on
    does not fill the log."""
    who = _who(found)
    if (who, place) in desk.waits_told:
        return
    _log_refusal(desk, who, origin, f"Sign-in as {who or NOBODY} refused: the wait is not over")
    desk.waits_told.add((who, place))


def _log_refusal(desk: Desk, who: str, origin: Origin, summary: str) -> None:
    nobody = Actor(name="", display_name="", roles=frozenset(), origin=origin)
    with writing(desk) as work:
        work.log(nobody, SIGN_IN, summary, subject=who, result=REFUSED)


def _is_right(desk: Desk, found: Known | None, password: str) -> bool:
    """Whether the password is theirs; whoever it is, the same work is done."""
    if desk.is_sample and found is not None and not found.password_hash and not password:
        return not found.person.is_disabled
    desk.hasher.warm_up()
    is_right = desk.hasher.verify("" if found is None else found.password_hash, password)
    return is_right and found is not None and not found.person.is_disabled


def _refusal(desk: Desk, found: Known | None, origin: Origin) -> SignInRefused:
    """Write the failure and give the error."""
    who = _who(found)
    _log_refusal(desk, who, origin, f"Sign-in as {who or NOBODY} failed")
    return SignInRefused(WRONG)


def _let_in(desk: Desk, found: Known, password: str, origin: Origin, place: str) -> Actor:
    person = found.person
    actor = Actor(
        name=person.name,
        display_name=person.display_name,
        roles=person.roles,
        origin=origin,
        session=session_id(new_token()),
    )
    is_weak = bool(found.password_hash) and desk.hasher.needs_rehash(found.password_hash)
    stronger = desk.hasher.hash(password) if is_weak else ""
    with writing(desk) as work:
        if stronger:
            _rehash(work.conn, found, stronger)
        forget(desk, work.conn, found.name_key, place)
        work.log(actor, SIGN_IN, f"{person.name} signed in", subject=person.name)
    return actor


def _rehash(conn: Connection, found: Known, stronger: str) -> None:
    """Keep the password at today's cost (N2), unless somebody gave them another one meanwhile."""
    now = people.find(conn, found.name_key)
    if now is not None and now.password_hash == found.password_hash:
        people.save(conn, replace(now, password_hash=stronger))
