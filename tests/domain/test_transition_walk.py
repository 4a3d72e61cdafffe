"""The whole product of line states, causes and roles is as the table and the page of the flow say (S1)."""

import re
from contextlib import suppress
from dataclasses import replace
from itertools import product

import pytest
from docs.make_flow import CAUSES, DECIDES, EVENTS, PAGE, TASKS, page, roles

from oms_tui.domain.authority import Right
from oms_tui.domain.events import TAKEN, EventKind, EventRefused, apply_event
from oms_tui.domain.flow import ORDER_FLOW
from oms_tui.domain.order import Order
from oms_tui.domain.people import Role
from oms_tui.domain.status import (
    BEFORE_PACKED,
    ENTRY_STATUSES,
    LINE_TRANSITIONS,
    Cause,
    HoldKind,
    LineStatus,
    TransitionRefused,
    next_status,
    word,
)
from oms_tui.verbs import VERBS, Subject
from oms_tui.verbs.base import Policy, Refused
from oms_tui.verbs.cancel import CANCEL
from tests.build import NOON, actor, context, line, order, shipment
from tests.domain.shop import Shop

S = LineStatus
WORDS = {word(status): status for status in LineStatus}
K = EventKind
MOVED: dict[tuple[EventKind, LineStatus], LineStatus] = {
    (K.ACKNOWLEDGED, S.PENDING_ACK): S.PENDING_CONFIRM,
    (K.CONFIRMED, S.PENDING_ACK): S.CONFIRMED,
    (K.CONFIRMED, S.PENDING_CONFIRM): S.CONFIRMED,
    (K.PACKED, S.CONFIRMED): S.PACKED,
    (K.SHIPPED, S.PACKED): S.SHIPPED,
    (K.DELIVERED, S.SHIPPED): S.DELIVERED,
    (K.DELIVERED, S.UNDELIVERED): S.DELIVERED,
    (K.UNDELIVERED, S.SHIPPED): S.UNDELIVERED,
    (K.UNDELIVERED, S.UNDELIVERED): S.UNDELIVERED,
    **{(K.SHORT, status): S.PENDING_ALLOCATION for status in BEFORE_PACKED[1:]},
}
"""What each event makes of a line; every other leaves it where it is."""


def rows() -> dict[tuple[LineStatus, str], tuple[LineStatus, str]]:
    """(from, cause in words) -> (to, by whom), as the page has it."""
    text = PAGE.read_text(encoding="utf-8").split("## What a line can do")[1].split("\n## ")[0]
    found = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", text, flags=re.MULTILINE)
    return {(WORDS[a], b): (WORDS[c], d) for a, b, c, d in found if a in WORDS}


def test_the_page_is_made_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python docs/make_flow.py"
    assert set(TASKS) == set(ORDER_FLOW)
    assert set(EVENTS) == TAKEN
    assert set(CAUSES) == set(Cause) - set(ENTRY_STATUSES)
    assert set(DECIDES) == set(HoldKind)


def test_the_page_has_every_transition_and_no_other() -> None:
    said = rows()
    for status, cause in product(LineStatus, Cause):
        if (status, word(cause)) in said:
            assert next_status(status, cause) is said[status, word(cause)][0]
        else:
            with pytest.raises(TransitionRefused):
                next_status(status, cause)
    assert len(said) == len(LINE_TRANSITIONS)


def standing_at(status: LineStatus) -> Order:
    """An order with one line there, its pick ticket out."""
    one = line(1, status, shipment=None if status is S.PENDING_ALLOCATION else "S-1")
    return order(one, shipments=(shipment(released_at=NOON),))


@pytest.mark.parametrize(("kind", "status"), list(product(sorted(TAKEN), LineStatus)))
def test_events_move_lines_along_the_table_alone(kind: EventKind, status: LineStatus) -> None:
    before = standing_at(status)
    shop = Shop()
    event = shop.event(before, kind.value, lines=((1, 0),), cause="refused", payment=1)
    after = before
    with suppress(EventRefused):
        after = apply_event(before, event, shop.context).order
    assert after.lines[0].status is MOVED.get((kind, status), status)
    if after.lines[0] != before.lines[0]:
        assert any(to is after.lines[0].status for to in reached(status, after.lines[0].cause))


def reached(status: LineStatus, last: Cause) -> set[LineStatus]:
    """Where one or two steps of the table lead whose last has that cause."""
    one = {to for (a, _), to in LINE_TRANSITIONS.items() if a is status}
    return {to for (a, cause), to in LINE_TRANSITIONS.items() if cause is last and (a is status or a in one)}


@pytest.mark.parametrize(("status", "role"), list(product(LineStatus, Role)))
def test_cancelling_is_for_those_who_may_in_the_states_the_table_names(
    status: LineStatus, role: Role
) -> None:
    subject = Subject(order=standing_at(status))
    may = role.value.upper() in roles(Right.CANCEL).split(", ")
    blockers = CANCEL.blockers(subject, actor(role), Policy())
    can = (status, Cause.CANCEL) in LINE_TRANSITIONS
    assert can == (status in BEFORE_PACKED)
    assert (not blockers) == (may and can)
    assert any(blocker.is_right for blocker in blockers) == (not may)
    if may and can:
        arguments = CANCEL.read({"reason": "duplicate"}, subject, Policy())
        assert CANCEL.apply is not None
        after = CANCEL.apply(subject, arguments, context(role)).order
        assert after.lines[0].status is next_status(status, Cause.CANCEL)


def test_no_other_verb_moves_a_line() -> None:
    """Verbs that can be done without arguments of their own leave every line where it is."""
    for status, verb in product(LineStatus, VERBS):
        subject = Subject(order=standing_at(status))
        if verb.apply is None or verb.id == CANCEL.id or any(one.is_required for one in verb.arguments):
            continue
        for role in Role:
            if verb.blockers(subject, actor(role), Policy()):
                continue
            try:
                arguments = verb.read({}, subject, Policy())
                after = verb.apply(subject, arguments, replace(context(role), world=Shop().world)).order
            except (Refused, ValueError):
                continue
            allowed = {status} | {to for (a, _), to in LINE_TRANSITIONS.items() if a is status}
            assert after.lines[0].status in allowed
