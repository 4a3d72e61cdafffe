"""Retry void: what is reserved for nothing is let go of, or lapses by itself (spec 4)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from oms_tui.domain.asking import as_failed, as_unknown, unanswered
from oms_tui.domain.concerns import ConcernKind, concerns
from oms_tui.domain.engine import next_due
from oms_tui.domain.operations import balance
from oms_tui.domain.order import Operation, Order
from oms_tui.domain.payment import order_payment_status
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentStatus
from oms_tui.verbs import ArgumentError, Policy, Refused, Subject
from oms_tui.verbs.cancel import CANCEL
from oms_tui.verbs.voids import RETRY_VOID
from tests.build import NOON, actor, card, context, eur, line, operation, order, shipment
from tests.domain.shop import Shop, placed

S, K, ST, P = LineStatus, OperationKind, OperationState, PaymentStatus
VOID = operation(3, K.VOID, 200, state=ST.REQUESTED)


def paid(*operations: Operation, authorized: int = 1200) -> Order:
    """10.00 of 12.00 captured for a parcel that left; the rest was asked to be voided."""
    rows = (operation(2, K.CAPTURE, 1000, shipment="S-1"), VOID, *operations)
    return order(
        line(1, S.SHIPPED, 1000, shipment="S-1"),
        shipments=(shipment(shipped_at=NOON),),
        payments=(card(authorized, *rows),),
    )


def answered(state: OperationState, cause: str = "") -> Operation:
    return operation(4, K.VOID, 200, state=state, answers=3, cause=cause)


def do(value: Order, **raw: object) -> Outcome:
    subject = Subject(order=value)
    assert RETRY_VOID.apply is not None
    return RETRY_VOID.apply(subject, RETRY_VOID.read(raw, subject, Policy()), context(Role.OP))


def blockers(value: Order) -> list[str]:
    found = RETRY_VOID.blockers(Subject(order=value), actor(Role.OP), Policy())
    return [one.reason for one in found]


def test_a_failed_void_is_asked_for_again_and_the_status_says_what_there_is() -> None:
    value = paid(answered(ST.FAILED, "not possible"))
    assert order_payment_status(value) is P.FAILED
    outcome = do(value, note="the bank says try now")
    row = outcome.order.payments[0].operations[-1]
    assert (row.kind, row.state, row.amount, row.answers) == (K.VOID, ST.REQUESTED, eur(200), 4)
    assert [(x.kind, x.operation, x.amount) for x in outcome.intents] == [("void", row.number, eur(200))]
    assert outcome.summary == "Asked for void 1.3 of 2.00 € again: the bank says try now"
    assert outcome.warnings == ()
    assert order_payment_status(outcome.order) is P.CAPTURED
    assert blockers(outcome.order) == ["A void of 2.00 € is on its way: the provider has not answered yet."]
    again = as_failed(outcome.order, 1, row.number, "still not possible", NOON)
    assert blockers(again) == []
    done = Shop().hear(do(again).order, "voided", reference="v1")
    assert balance(done.payments[0]).voided == 200
    assert blockers(done) == ["No void failed of money that is still reserved, and none is unknown."]


def test_an_unknown_void_may_be_asked_for_again() -> None:
    value = as_unknown(paid(), 1, 3, NOON)
    assert order_payment_status(value) is P.UNKNOWN
    outcome = do(value)
    assert outcome.warnings[0].startswith("It is not known whether the first request was done")
    assert balance(outcome.order.payments[0]).pending_void == 200
    assert sorted(unanswered(outcome.order)) == [(1, 5)]


def test_only_what_is_still_reserved_is_let_go_of() -> None:
    value = paid(answered(ST.FAILED), operation(5, K.VOID, 150))
    assert do(value).intents[0].amount == eur(50)
    assert "No void failed" in blockers(paid(answered(ST.FAILED), operation(5, K.VOID, 200)))[0]


def test_what_may_be_needed_is_not_let_go_of() -> None:
    value = paid(answered(ST.FAILED))
    inside = replace(value, lines=(replace(value.lines[0], status=S.PACKED),))
    assert blockers(inside) == []
    dearer = replace(value, lines=(replace(value.lines[0], amount=eur(1100)),))
    assert blockers(dearer) == ["1.00 € is still due: what is reserved may be needed for it."]
    with pytest.raises(Refused, match="still due"):
        do(dearer)
    with pytest.raises(ArgumentError, match="Void cannot be"):
        do(value, void="9.9")


def test_what_lapses_is_no_failure_any_more() -> None:
    value = paid(answered(ST.FAILED))
    gone = replace(value, payments=(replace(value.payments[0], lapsed_at=NOON, expires_at=NOON),))
    assert order_payment_status(gone) is P.PARTLY_CAPTURED
    assert "No void failed" in blockers(gone)[0]
    assert concerns(gone, NOON) == ()


def test_of_a_cancelled_order_it_lapses_by_itself() -> None:
    """Its flow is over; that the provider did not let go of the money ends at the moment it expires."""
    expires = NOON + timedelta(days=2)
    value = placed(payments=(replace(card(1000), expires_at=expires),))
    subject = Subject(order=value)
    assert CANCEL.apply is not None
    given = CANCEL.read({"reason": "duplicate"}, subject, Policy())
    value = CANCEL.apply(subject, given, context()).order
    assert next_due(value) is None
    value = as_failed(value, 1, 2, "not possible", NOON)
    assert (order_payment_status(value), next_due(value), blockers(value)) == (P.FAILED, expires, [])
    shop = Shop(now=expires)
    assert shop.step(value).outcome.summary == "An authorization lapsed"
    value = shop.go(value)
    assert (order_payment_status(value), next_due(value)) == (P.LAPSED, None)
    assert not shop.step(value).is_news


@pytest.mark.parametrize(
    ("state", "kind", "text"),
    [
        (ST.FAILED, ConcernKind.VOID_FAILED, "A void of 2.00 € failed: not possible"),
        (ST.UNKNOWN, ConcernKind.VOID_UNKNOWN, "A void of 2.00 € is unknown"),
    ],
)
def test_a_profile_says_that_a_void_came_to_nothing(
    state: OperationState, kind: ConcernKind, text: str
) -> None:
    found = concerns(paid(answered(state, "not possible")), NOON)
    assert [(one.kind, one.text) for one in found] == [(kind, text)]
