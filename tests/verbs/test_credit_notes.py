"""Reverse credit note: once, by a counter-document, as long as it is not settled (spec 6)."""

from dataclasses import replace

import pytest

from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.events import apply_event
from oms_tui.domain.order import Order
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import LineStatus, OperationKind
from oms_tui.domain.world import World
from oms_tui.verbs import ArgumentError, Policy, Subject
from oms_tui.verbs.credit_notes import REVERSE_CREDIT_NOTE
from oms_tui.verbs.price import ADJUST_PRICE
from tests.build import NOON, actor, card, context, eur, line, operation, order, shipment
from tests.domain.shop import Shop

WORLD = World(document_number=lambda order, kind: f"{kind.value}-{len(order.documents)}")


def credited() -> Order:
    """10.00 captured and invoiced, 1.00 taken off since: a refund is asked for, a credit note issued."""
    taken = operation(2, OperationKind.CAPTURE, 1000, shipment="S-1")
    value = order(
        line(1, LineStatus.SHIPPED, 1000, shipment="S-1"),
        shipments=(shipment(shipped_at=NOON, invoice="I-1"),),
        payments=(card(1000, taken),),
    )
    subject = Subject(order=value)
    given = ADJUST_PRICE.read({"lines": ["1"], "reason": "late", "amount": "1.00"}, subject, Policy())
    assert ADJUST_PRICE.apply is not None
    return ADJUST_PRICE.apply(subject, given, context(world=WORLD)).order


def do(value: Order, **raw: object) -> Outcome:
    subject = Subject(order=value)
    assert REVERSE_CREDIT_NOTE.apply is not None
    given = REVERSE_CREDIT_NOTE.read({"reason": "a mistake"} | raw, subject, Policy())
    return REVERSE_CREDIT_NOTE.apply(subject, given, context(Role.OP, world=WORLD))


def blockers(value: Order) -> list[str]:
    found = REVERSE_CREDIT_NOTE.blockers(Subject(order=value), actor(Role.OP), Policy())
    return [one.reason for one in found]


def test_a_counter_document_takes_it_back_once() -> None:
    value = credited()
    (note,) = [one for one in value.documents if one.kind is DocumentKind.CREDIT_NOTE]
    outcome = do(value, note="rang")
    counter = outcome.order.documents[-1]
    assert (counter.kind, counter.refers_to, counter.total) == (DocumentKind.REVERSAL, note.number, eur(100))
    assert outcome.order.documents[: len(value.documents)] == value.documents
    assert outcome.summary == f"Reversed credit note {note.number}: a mistake (rang)"
    assert outcome.warnings == ("Its refund of 1.00 € is asked for already: this does not stop it.",)
    assert outcome.intents == ()
    assert "was reversed by" in blockers(outcome.order)[0]


def test_a_settled_one_is_refused_and_a_failed_refund_settles_nothing() -> None:
    shop, value = Shop(), credited()
    for kind, refused in (("refund_failed", False), ("refunded", True)):
        event = shop.event(value, kind, reference="r1")
        told = apply_event(value, event, shop.context).order
        assert bool(blockers(told)) is refused
        if refused:
            assert "is settled" in blockers(told)[0]
        else:
            assert do(told).warnings == ()


def test_without_a_credit_note_there_is_nothing_to_take_back() -> None:
    assert blockers(replace(credited(), documents=())) == ["No credit note was issued for this order."]
    with pytest.raises(ArgumentError, match="Credit note cannot be 'X'"):
        do(credited(), document="X")
    with pytest.raises(ArgumentError, match="Reason is needed"):
        do(credited(), reason=" ")
