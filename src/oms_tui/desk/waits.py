"""The growing wait after failed sign-ins, per name and per place, kept in the database (invariant N3).

A place from which a name has signed in well before waits for its own failures only, so that nobody elsewhere
can keep a person out by failing in their name.
"""

from datetime import timedelta
from math import ceil

from oms_tui.clock import to_micros
from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import SignInRefused
from oms_tui.store import people
from oms_tui.store.engine import Connection

FREE_FAILURES = 2
"""Failures before the first wait."""
FIRST_WAIT = 1
"""Seconds; doubled by each further failure."""
LONGEST_WAIT = 60
"""Seconds: at most some 70 tries an hour."""
FORGOTTEN_AFTER = timedelta(hours=24)
"""Failures of a name or place that was quiet for so long count no more."""
_MICROS = 1_000_000


def wait_after(failures: int) -> int:
    """Seconds to wait after so many failures in a row."""
    if failures <= FREE_FAILURES:
        return 0
    doublings = min(failures - FREE_FAILURES - 1, LONGEST_WAIT.bit_length())
    return min(FIRST_WAIT << doublings, LONGEST_WAIT)


def take_try(desk: Desk, name_key: str, place: str) -> None:
    """Count one try as failed until it proves right, or refuse it while the wait is not over.

    Counting comes first, so that many tries at once are no more tries.

    Raises:
        SignInRefused: With the seconds still to wait; nothing is counted.
    """
    with desk.store.write() as conn:
        scopes = _scopes(conn, name_key, place)
        remaining = max(_remaining(desk, conn, scope) for scope in scopes)
        if remaining == 0:
            for scope in scopes:
                _count(desk, conn, scope)
    if remaining > 0:
        raise SignInRefused(f"Too many tries: wait {remaining} s.", retry_after=remaining)


def forget(desk: Desk, conn: Connection, name_key: str, place: str) -> None:
    """A good sign-in ends the waits, and the place is remembered as one this person sits at."""
    for scope in (_pair(name_key, place), name_scope(name_key), _place(place)):
        people.clear_failures(conn, scope)
        desk.failed_at.pop(scope, None)
    people.put_failures(conn, _known(name_key, place), 0, to_micros(desk.clock.now()))


def _scopes(conn: Connection, name_key: str, place: str) -> tuple[str, ...]:
    is_known = people.failures(conn, _known(name_key, place)) is not None
    return (_pair(name_key, place) if is_known else name_scope(name_key), _place(place))


def _remaining(desk: Desk, conn: Connection, scope: str) -> int:
    """Whole seconds still to wait. A wall clock set back or forward makes no wait longer than its own, and
    within this process none shorter either (F5)."""
    found = people.failures(conn, scope)
    if found is None:
        return 0
    wait = wait_after(found.failures)
    now = to_micros(desk.clock.now())
    if found.last_at > now:
        people.put_failures(conn, scope, found.failures, now)
    passed = max(now - found.last_at, 0) / _MICROS
    here = desk.failed_at.get(scope)
    if here is not None:
        passed = desk.clock.monotonic() - here
    return max(ceil(wait - passed), 0)


def _count(desk: Desk, conn: Connection, scope: str) -> None:
    found = people.failures(conn, scope)
    now = to_micros(desk.clock.now())
    before = 0
    if found is not None and now - found.last_at < FORGOTTEN_AFTER // timedelta(microseconds=1):
        before = found.failures
    people.put_failures(conn, scope, before + 1, now)
    desk.failed_at[scope] = desk.clock.monotonic()


def name_scope(name_key: str) -> str:
    """Under which the failures in a name are kept, wherever they were made."""
    return f"name:{name_key}"


def _place(place: str) -> str:
    return f"origin:{place}"


def _pair(name_key: str, place: str) -> str:
    return f"pair:{name_key} {place}"


def _known(name_key: str, place: str) -> str:
    return f"known:{name_key} {place}"
