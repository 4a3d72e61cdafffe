"""Asking the payment provider: once each; unknown where nobody knows; in the end what the provider says."""

from datetime import timedelta

import pytest

from oms_tui.clock import to_micros
from oms_tui.desk import ask
from oms_tui.desk.cashier import Cashier
from oms_tui.domain.payment import balance
from oms_tui.domain.people import LOCAL_ACTOR
from tests.build import eur
from tests.desk import stub_provider as stub
from tests.desk.cashiers import (
    ST,
    K,
    P,
    asked_for,
    captured,
    hired,
    is_clean,
    provider,
    request,
    rows,
    settle,
    status_of,
    value_of,
)

__all__ = ["hired", "provider"]  # fixtures


def test_a_capture_is_asked_for_once_and_its_answer_taken(desk, provider, hired):
    asked_for(desk)
    cashier = hired()
    settle(cashier)
    assert status_of(desk) is P.CAPTURED
    assert [one.reference for one in value_of(desk).payments[0].operations] == ["auth-1", "", "ref-1"]
    key = rows(desk, "key")[0][0]
    assert provider.bodies == [
        {
            "key": key,
            "kind": "capture",
            "amount": {"minor": 1000, "currency": "EUR"},
            "order": "10427",
            "shipment": "S-1",
            "operation": 2,
            "payment": {"number": 1, "reference": "", "captures": []},
        }
    ]
    assert provider.headers[0]["Idempotency-Key"] == key
    assert rows(desk, "state", "next_try", "tries") == [("answered", None, 1)]
    assert ask.timeline(desk, LOCAL_ACTOR, "10427")[0].action == "event.captured"
    settle(cashier)
    assert provider.posts == {key: 1}
    assert is_clean(desk)


def test_a_refund_names_the_captures_it_is_of(desk, provider, hired):
    asked_for(desk, K.REFUND)
    settle(hired())
    assert provider.bodies[0]["payment"]["captures"] == [{"reference": "cap-0", "minor": 1000}]
    assert status_of(desk) is P.REFUNDED


@pytest.mark.parametrize(
    "fault",
    [
        stub.lose,
        stub.drop,
        stub.after(3),
        stub.status(500),
        stub.body(b" " * 10_000_000),
        stub.other(amount={"minor": 999, "currency": "EUR"}),
        stub.other(reference="ref\x1b[2J"),
    ],
)
def test_without_a_whole_answer_it_is_unknown_and_ends_as_the_provider_says(
    desk, clock, provider, hired, fault
):
    """I3: never "failed", never two captures; what it ends with is the provider's own word."""
    asked_for(desk)
    provider.faults = [fault]
    cashier = hired()
    settle(cashier)
    assert status_of(desk) is P.UNKNOWN
    assert [state for _, state in rows(desk, "pk", "state")] == ["unknown"]
    said = ask.timeline(desk, LOCAL_ACTOR, "10427")[0]
    assert said.summary.startswith("Capture of 10.00 € is unknown, checking: the")
    assert "\x1b" not in said.summary
    settle(cashier)
    assert not provider.gets  # it is asked after a while
    clock.advance(timedelta(seconds=11))
    settle(cashier)
    assert status_of(desk) is P.CAPTURED
    assert max(provider.done.values()) == 1
    assert len(provider.posts) == 1
    assert is_clean(desk)


def test_the_waits_grow_and_the_order_says_unknown_once(desk, clock, provider, hired):
    asked_for(desk)
    provider.faults = [stub.lose]
    provider.get_faults = [stub.status(500)] * 20
    cashier = hired()
    waits = []
    for _ in range(14):
        settle(cashier)
        waits.append((rows(desk, "next_try")[0][0] - to_micros(clock.now())) // 1_000_000)
        clock.advance(timedelta(seconds=waits[-1]))
    assert waits[:5] == [10, 20, 40, 80, 160]
    assert waits[-1] == 3600
    states = [one.state for one in value_of(desk).payments[0].operations]
    assert states == [ST.SUCCEEDED, ST.REQUESTED, ST.UNKNOWN]
    assert provider.posts.total() == 1


def test_what_the_provider_says_failed_has_failed(desk, provider, hired):
    asked_for(desk)
    provider.faults = [stub.other(state="failed", cause="Declined\x1b[2J: 4111 1111 1111 1111 " + "x" * 500)]
    settle(hired())
    last = value_of(desk).payments[0].operations[-1]
    assert (last.state, last.cause) == (ST.FAILED, "")  # a card number is kept nowhere (K3)
    asked_for(desk, order_id="B")
    provider.faults = [stub.other(state="failed", cause="Declined\x1b[2J " + "x" * 500)]
    settle(hired())
    last = value_of(desk, "B").payments[0].operations[-1]
    assert last.cause.startswith("Declined␛[2J xxx")
    assert len(last.cause) == 200
    assert is_clean(desk)


def test_a_void_that_failed_is_said_although_no_event_tells_it(desk, provider, hired):
    asked_for(desk, K.VOID)
    provider.states = {"void": "failed"}
    settle(hired())
    last = value_of(desk).payments[0].operations[-1]
    assert (last.kind, last.state, last.cause) == (K.VOID, ST.FAILED, "no funds")
    assert rows(desk, "state") == [("answered",)]
    assert is_clean(desk)


def test_a_provider_that_cannot_be_reached_has_got_nothing(desk, clock, provider, hired):
    asked_for(desk)
    cashier = hired(url="http://127.0.0.1:9/v1", most_days=1)
    settle(cashier)
    assert status_of(desk) is P.AUTHORIZED
    ((state, left_at, error),) = rows(desk, "state", "left_at", "error")
    assert (state, left_at) == ("requested", None)
    assert error == "the provider cannot be reached (ConnectError)"
    clock.advance(timedelta(days=1, seconds=1))
    settle(cashier)
    last = value_of(desk).payments[0].operations[-1]
    assert (last.state, last.cause) == (ST.FAILED, "it did not reach the provider within 1 days")
    assert is_clean(desk)


def test_what_was_not_let_in_is_sent_again_under_the_same_key(desk, clock, provider, hired):
    asked_for(desk)
    provider.faults = [stub.turned_away, stub.status(200)]
    cashier = hired()
    settle(cashier)
    assert (status_of(desk), rows(desk, "state", "left_at")) == (P.AUTHORIZED, [("requested", None)])
    clock.advance(timedelta(seconds=11))
    settle(cashier)
    assert status_of(desk) is P.CAPTURED
    assert (len(provider.posts), provider.posts.total(), provider.gets.total()) == (1, 2, 0)


def test_what_is_pending_is_asked_for_until_it_is_said(desk, clock, provider, hired):
    asked_for(desk)
    provider.states = {"capture": "pending"}
    cashier = hired()
    for _ in range(3):
        settle(cashier)
        assert (status_of(desk), rows(desk, "state")) == (P.AUTHORIZED, [("accepted",)])
        clock.advance(timedelta(minutes=2))
    provider.settle("succeeded")
    settle(cashier)
    assert status_of(desk) is P.CAPTURED
    assert provider.posts.total() == 1


@pytest.mark.parametrize("fault", [stub.lose, stub.other(state="pending")])
def test_what_has_its_answer_otherwise_is_asked_for_no_more(desk, clock, provider, hired, fault):
    """An event, or somebody who marked it as paid: whoever gave the answer."""
    asked_for(desk)
    provider.faults = [fault]
    cashier = hired()
    settle(cashier)
    captured(desk, reference="ref-1", amount=eur(1000), data={"operation": "2"})
    assert (status_of(desk), rows(desk, "state", "next_try")) == (P.CAPTURED, [("answered", None)])
    clock.advance(timedelta(hours=3))
    settle(cashier)
    assert not provider.gets
    assert balance(value_of(desk).payments[0]).captured == 1000
    assert is_clean(desk)


@pytest.mark.parametrize(("reference", "is_same"), [("ref-1", True), ("by hand", False)])
def test_a_late_answer_to_what_was_decided_meanwhile(desk, provider, hired, reference, is_same):
    """The same reference is the same capture; another moves nothing, and somebody is told."""
    asked_for(desk)
    provider.faults = [stub.after(0.3)]
    cashier = hired()
    cashier.work()
    provider.wait_for(lambda one: bool(one.bodies))
    captured(desk, reference=reference, amount=eur(1000))
    settle(cashier)
    assert balance(value_of(desk).payments[0]).captured == 1000
    assert rows(desk, "state") == [("answered",)]
    actions = [entry.action for entry in ask.timeline(desk, LOCAL_ACTOR, "10427")]
    assert ("event.problem" in actions) is not is_same
    assert is_clean(desk)


def test_without_a_word_for_days_a_person_decides(desk, clock, provider, hired):
    asked_for(desk)
    provider.faults = [stub.lose]
    provider.get_faults = [stub.status(500)] * 1_000
    cashier = hired(most_days=2)
    settle(cashier)
    clock.advance(timedelta(days=2, seconds=1))
    settle(cashier)
    assert (status_of(desk), rows(desk, "state", "next_try")) == (P.UNKNOWN, [("silent", None)])
    asked = provider.gets.total()
    clock.advance(timedelta(days=9))
    settle(cashier)
    assert provider.gets.total() == asked
    assert is_clean(desk)
    captured(desk, reference="found by hand", amount=eur(1000))
    assert (status_of(desk), rows(desk, "state")) == (P.CAPTURED, [("answered",)])


def test_what_was_asked_long_before_there_was_a_provider_is_not_sent(desk, clock, provider, hired):
    asked_for(desk)
    clock.advance(timedelta(days=8))
    settle(hired())
    assert not provider.posts
    assert (status_of(desk), rows(desk, "state")) == (P.UNKNOWN, [("silent",)])


def test_without_a_provider_nothing_is_sent(desk):
    asked_for(desk)
    cashier = Cashier(desk, None)
    assert not cashier.work()
    assert rows(desk, "state", "tries") == [("requested", 0)]


def test_a_void_does_not_overtake_a_capture(desk, clock, provider, hired):
    asked_for(desk, minor=1000)
    provider.faults = [stub.lose]
    cashier = hired()
    settle(cashier)
    request(desk, K.VOID, 1)
    settle(cashier)
    assert [body["kind"] for body in provider.bodies] == ["capture"]
    clock.advance(timedelta(seconds=11))
    settle(cashier)
    clock.advance(timedelta(seconds=11))
    settle(cashier)
    assert [body["kind"] for body in provider.bodies] == ["capture", "void"]
