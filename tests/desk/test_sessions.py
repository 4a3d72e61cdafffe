"""Sessions end by themselves, measured by a clock that nobody can set (invariants N4, F5)."""

from datetime import timedelta

import pytest

from oms_tui.clock import FixedClock
from oms_tui.desk.errors import SignedOut
from oms_tui.desk.sessions import Session, SessionLimits, new_token, session_id
from tests.build import NOON, actor

ANA = actor()


@pytest.fixture
def clock():
    return FixedClock(NOON)


@pytest.fixture
def session(clock):
    return Session(ANA, SessionLimits(), elapsed=clock.monotonic)


def test_a_session_lives_while_something_is_done(session, clock):
    for _ in range(40):
        clock.advance(timedelta(minutes=14, seconds=59))
        assert session.actor() == ANA


def test_fifteen_idle_minutes_end_it(session, clock):
    clock.advance(timedelta(minutes=15))
    with pytest.raises(SignedOut, match="Nothing was done"):
        session.actor()
    with pytest.raises(SignedOut, match="signed out"):
        session.actor()


def test_what_the_console_does_by_itself_keeps_nothing_alive(session, clock):
    for _ in range(14):
        clock.advance(timedelta(minutes=1))
        session.actor(is_own_doing=False)
    clock.advance(timedelta(minutes=1))
    with pytest.raises(SignedOut):
        session.actor(is_own_doing=False)


def test_twelve_hours_end_it_whatever_is_done(session, clock):
    for _ in range(71):
        clock.advance(timedelta(minutes=10))
        session.actor()
    clock.advance(timedelta(minutes=10))
    with pytest.raises(SignedOut, match="full time"):
        session.actor()


@pytest.mark.parametrize("jump", [timedelta(days=-365), timedelta(days=365)])
def test_a_clock_that_jumps_ends_no_session_and_saves_none(session, clock, jump):
    clock.set(NOON + jump)
    assert session.actor() == ANA
    clock.advance(timedelta(minutes=15))
    with pytest.raises(SignedOut):
        session.actor()


def test_signing_out_ends_it(session):
    session.end()
    with pytest.raises(SignedOut):
        session.actor()


def test_tokens_are_long_and_their_names_give_nothing_away():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    sixteen_bytes_as_text = 22
    assert all(len(token) >= sixteen_bytes_as_text for token in tokens)
    assert not any(session_id(token) in token for token in tokens)
