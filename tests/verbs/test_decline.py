"""A customer who asks to cancel too late is answered: by Cancel, or with no and a note."""

import pytest

from oms_tui.domain.cancel_requests import open_request
from oms_tui.domain.events import apply_event
from oms_tui.domain.filter import facts_of
from oms_tui.domain.people import Role
from oms_tui.domain.status import LineStatus
from oms_tui.store.facts import tags
from oms_tui.verbs import Subject
from oms_tui.verbs.base import ArgumentError, Policy
from oms_tui.verbs.cancel import CANCEL
from oms_tui.verbs.decline import DECLINE
from tests.build import actor, context, line, order
from tests.domain.shop import Shop


def asked(*lines, **rest):
    """An order whose customer asks to cancel two hours after placing it."""
    shop = Shop()
    value = order(*lines)
    shop.go(value, 120)
    return apply_event(value, shop.event(value, "cancel_requested", **rest), shop.context).order


def done(verb, value, **arguments):
    subject = Subject(order=value)
    given = verb.read(arguments, subject, Policy())
    return verb.apply(subject, given, context()).order


def test_a_wish_that_comes_too_late_waits_for_an_answer():
    value = asked(cause="ordered twice")
    assert open_request(value) is not None
    assert "cancel:requested" in tags(value)
    assert facts_of(value).asked is not None
    assert not DECLINE.blockers(Subject(order=value), actor(), Policy())


@pytest.mark.parametrize("status", [LineStatus.SHIPPED, LineStatus.DELIVERED])
def test_also_where_nothing_can_be_cancelled_any_more(status):
    assert open_request(asked(line(1, status))) is not None


def test_declining_answers_it_until_the_customer_asks_again():
    value = done(DECLINE, asked(), note="it is in the van")
    assert value.notes[-1].text == "Declined to cancel: it is in the van"
    assert open_request(value) is None
    assert "cancel:requested" not in tags(value)
    assert DECLINE.blockers(Subject(order=value), actor(), Policy())
    shop = Shop()
    shop.go(value, 180)
    again = apply_event(value, shop.event(value, "cancel_requested"), shop.context).order
    assert open_request(again) is not None


def test_cancelling_the_order_answers_it_and_part_of_it_does_not():
    value = asked(line(1, quantity=2))
    part = done(CANCEL, value, reason="customer request", lines=["1:1"])
    assert open_request(part) is not None
    assert open_request(done(CANCEL, part, reason="customer request")) is None


def test_a_colleagues_note_is_no_wish_of_the_customer():
    value = asked()
    note = value.notes[0]
    assert (
        open_request(order().with_note(type(note)(number=1, at=note.at, person="ana", text=note.text)))
        is None
    )


def test_who_may_cancel_may_decline_and_says_why():
    value = asked()
    assert any(b.is_right for b in DECLINE.blockers(Subject(order=value), actor(Role.OP), Policy()))
    with pytest.raises(ArgumentError, match="Note is needed"):
        DECLINE.read({"note": " "}, Subject(order=value), Policy())
