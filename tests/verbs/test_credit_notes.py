"""Reverse credit note: once, by a counter-document, as long as it is not settled (spec 6)."""

from dataclasses import replace

import pytest

from oms_tui.domain.asking import as_unknown, unanswered
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.events import apply_event
from oms_tui.domain.letters import LANGUAGES
from oms_tui.domain.order import Order
from oms_tui.domain.paper_words import reason_in
from oms_tui.domain.payment import order_payment_status
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import LineStatus, OperationKind, PaymentStatus
from oms_tui.domain.totals import order_total
from oms_tui.domain.world import World
from oms_tui.verbs import ArgumentError, Policy, Subject, verb
from oms_tui.verbs.credit_notes import REASONS, REVERSE_CREDIT_NOTE
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
    given = REVERSE_CREDIT_NOTE.read({"reason": "issued by mistake"} | raw, subject, Policy())
    return REVERSE_CREDIT_NOTE.apply(subject, given, context(Role.OP, world=WORLD))


def found(value: Order) -> list[tuple[str, str | None]]:
    blockers = REVERSE_CREDIT_NOTE.blockers(Subject(order=value), actor(Role.OP), Policy())
    return [(one.reason, one.fix) for one in blockers]


def blockers(value: Order) -> list[str]:
    return [reason for reason, _ in found(value)]


def told(value: Order, kind: str) -> Order:
    """The order once the provider has answered the refund."""
    shop = Shop()
    return apply_event(value, shop.event(value, kind, reference="r1"), shop.context).order


def failed() -> Order:
    return told(credited(), "refund_failed")


def test_a_counter_document_takes_it_back_once() -> None:
    value = failed()
    (note,) = [one for one in value.documents if one.kind is DocumentKind.CREDIT_NOTE]
    outcome = do(value, note="rang")
    counter = outcome.order.documents[-1]
    assert (counter.kind, counter.refers_to, counter.total) == (DocumentKind.REVERSAL, note.number, eur(100))
    assert outcome.order.documents[: len(value.documents)] == value.documents
    assert outcome.summary == f"Reversed credit note {note.number}: issued by mistake (rang)"
    assert "was reversed by" in blockers(outcome.order)[0]


def test_its_reason_is_one_that_the_paper_has_in_every_language() -> None:
    words = {(reason, language): reason_in(language, reason) for reason in REASONS for language in LANGUAGES}
    assert all(words[one, "de"] != words[one, "ja"] != one for one in REASONS)
    with pytest.raises(ArgumentError, match="needs a note"):
        do(failed(), reason="other")
    assert do(failed(), reason="other", note="rang").order.documents[-1].reason == "other"


def test_a_settled_one_is_refused_and_a_failed_refund_settles_nothing() -> None:
    assert blockers(failed()) == []
    assert "is settled" in blockers(told(credited(), "refunded"))[0]


def test_one_whose_refund_may_still_be_paid_is_refused() -> None:
    """The money would go back with no paper for it."""
    (why,) = found(credited())
    assert why == (
        "The refund of 1.00 € for credit note credit_note-0 is on its way: the credit note can be reversed "
        "only if it fails.",
        None,
    )
    value = credited()
    ((payment, row),) = unanswered(value)
    lost = as_unknown(value, payment, row, NOON)
    (why,) = found(lost)
    assert why[0].startswith(
        "It is not known whether the refund of 1.00 € for credit note credit_note-0 was paid."
    )
    assert why[1] == "order.record-refund"
    assert not verb("order.record-refund").blockers(Subject(order=lost), actor(Role.OP), Policy())
    with pytest.raises(ArgumentError, match="Credit note cannot be"):
        do(lost, document="credit_note-0")


def test_without_a_credit_note_there_is_nothing_to_take_back() -> None:
    assert blockers(replace(credited(), documents=())) == ["No credit note was issued for this order."]
    with pytest.raises(ArgumentError, match="Credit note cannot be 'X'"):
        do(credited(), document="X")
    with pytest.raises(ArgumentError, match="Printed reason is needed"):
        do(failed(), reason=" ")


def test_the_price_is_back_and_the_refund_cannot_be_retried() -> None:
    value = failed()
    assert not verb("order.retry-refund").blockers(Subject(order=value), actor(Role.OP), Policy())
    outcome = do(value)
    assert outcome.warnings == (
        "Prices rise by the 1.00 € that it took off: tell the customer, who was told the lower ones.",
        "Its refund that failed is not asked for any more.",
    )
    assert outcome.intents == ()
    assert order_total(outcome.order) == eur(1000)
    (why,) = verb("order.retry-refund").blockers(Subject(order=outcome.order), actor(Role.OP), Policy())
    assert why.reason == "No refund failed, and none is unknown."
    assert order_payment_status(outcome.order) is PaymentStatus.CAPTURED


def test_what_was_never_paid_is_said_to_be_due_again() -> None:
    value = failed()
    taken = operation(2, OperationKind.CAPTURE, 900, shipment="S-1")
    never = replace(
        value,
        payments=(card(1000, taken),),
        documents=tuple(replace(one, operations=()) for one in value.documents),
    )
    assert do(never).warnings[-1] == ("1.00 € is due again, and is captured if a payment has it authorized.")
