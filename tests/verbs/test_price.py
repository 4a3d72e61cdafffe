"""Price adjustment: one test for each rule and refusal of spec 6, and properties over random orders (M4,
M5)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.desk.checks import why_not_money
from oms_tui.domain.differences import consequences
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.payment import balance, order_balance, overcharge
from oms_tui.domain.plan import Outcome
from oms_tui.domain.returns import Return, ReturnLine
from oms_tui.domain.status import CreditNoteStatus as CreditNotes
from oms_tui.domain.status import (
    LineStatus,
    OperationKind,
    OperationState,
    PaymentMethod,
    RefundStatus,
    ReturnStatus,
)
from oms_tui.domain.totals import current_tax, order_total, price, totals
from oms_tui.verbs import ArgumentError, Refused, Subject, canonical
from oms_tui.verbs.price import ADJUST_PRICE, charge_options, line_options, read_percent
from tests.build import NOON, actor, card, charge, context, eur, line, operation, order, shipment

S, K = LineStatus, OperationKind


def adjust(value: Order, *lines: str, returns: tuple[Return, ...] = (), **raw: object) -> Outcome:
    subject = Subject(order=value, returns=returns)
    given = {"reason": "late", "lines": list(lines), **raw}
    policy = context().policy
    assert ADJUST_PRICE.apply is not None
    return ADJUST_PRICE.apply(subject, ADJUST_PRICE.read(given, subject, policy), context())


def blockers(value: Order) -> list[str]:
    return [b.reason for b in ADJUST_PRICE.blockers(Subject(order=value), actor(), context().policy)]


def refunds(outcome: Outcome) -> list[tuple[int | None, str | None, int]]:
    return [
        (i.payment, i.shipment, i.amount.minor) for i in outcome.intents if i.kind == "refund" and i.amount
    ]


def notes(outcome: Outcome) -> list[tuple[str | None, int]]:
    return [(x.shipment, -x.total.minor) for x in outcome.order.documents]


def test_fifteen_percent_off_two_of_three_lines() -> None:
    value = order(line(1, minor=1000), line(2, minor=2000), line(3, minor=500))
    outcome = adjust(value, "1", "2", percent="15")
    assert [price(x).minor for x in outcome.order.lines] == [850, 1700, 500]
    assert order_total(outcome.order) == eur(3050)
    (entry,) = outcome.order.adjustments
    assert (entry.person, entry.reason, entry.at) == ("ana", "late", NOON)
    assert [(p.line, p.before, p.after) for p in entry.parts] == [
        (1, eur(1000), eur(850)),
        (2, eur(2000), eur(1700)),
    ]
    assert outcome.action == "take 15 % off 2 lines"
    assert outcome.summary == "Took 4.50 € (15 %) off 2 lines of order 10427: late"
    assert outcome.intents == ()
    rows = {row.path: row for row in consequences(value, outcome)}
    assert (rows["to_capture"].before, rows["to_capture"].after) == ("35.00 €", "30.50 €")
    assert rows["adjustments/1"].after == "late: line 1 10.00 € → 8.50 €, line 2 20.00 € → 17.00 €"


def test_the_placed_total_stays_and_the_total_follows() -> None:
    value = order(line(1, minor=1000), charges=(charge(1, 490),))
    outcome = adjust(value, "1", charges=["1"], amount="2.98")
    assert outcome.order.placed_total == value.placed_total
    assert totals(outcome.order).adjustments == eur(298)
    assert [price(x).minor for x in outcome.order.lines] == [800]
    assert [price(x).minor for x in outcome.order.charges] == [392]
    assert outcome.action == "take 2.98 € off 1 line and 1 charge"


def test_the_reason_proposes_a_percentage_that_can_be_changed() -> None:
    value = order(line(1, minor=1000))
    assert price(adjust(value, "1").order.lines[0]).minor == 900
    assert price(adjust(value, "1", reason="damaged").order.lines[0]).minor == 800
    assert price(adjust(value, "1", reason="damaged (20 %)", percent="12,5").order.lines[0]).minor == 875
    bare = context().policy
    reason = ADJUST_PRICE.argument("reason")
    assert reason.choices is not None
    labels = [c.label for c in reason.choices(Subject(order=value), bare)]
    assert labels[0] == "damaged (20 %)"


def test_a_reason_that_proposes_nothing_needs_a_figure() -> None:
    value = order(line(1))
    subject = Subject(order=value)
    policy = replace(context().policy, adjustment_reasons={"tax": 0})
    assert ADJUST_PRICE.apply is not None
    read = ADJUST_PRICE.read({"lines": ["1"], "reason": "tax"}, subject, policy)
    with pytest.raises(ArgumentError, match="Say how much comes off"):
        ADJUST_PRICE.apply(subject, read, replace(context(), policy=policy))


def test_part_of_a_quantity_takes_its_share_and_splits_nothing() -> None:
    value = order(line(1, minor=1000, quantity=3))
    outcome = adjust(value, "1:1", percent="100")
    assert len(outcome.order.lines) == 1
    assert price(outcome.order.lines[0]).minor == 667


def test_included_tax_follows_in_proportion() -> None:
    value = order(line(1, minor=1190, tax=eur(190), tax_rate=190_000))
    after = adjust(value, "1", percent="50").order.lines[0]
    assert (after.reduction, after.tax_reduction, price(after)) == (eur(595), eur(95), eur(595))


def test_tax_on_top_is_part_of_the_price() -> None:
    value = order(line(1, minor=1000, tax=eur(190), tax_included=False))
    after = adjust(value, "1", amount="1.19").order.lines[0]
    assert (after.reduction, after.tax_reduction, price(after)) == (eur(100), eur(19), eur(1071))


def test_a_second_adjustment_starts_from_the_current_price() -> None:
    first = adjust(order(line(1, minor=1000)), "1", percent="10").order
    second = adjust(first, "1", percent="10").order
    assert price(second.lines[0]) == eur(810)
    assert [(p.before, p.after) for a in second.adjustments for p in a.parts] == [
        (eur(1000), eur(900)),
        (eur(900), eur(810)),
    ]
    assert second.adjustments[0] is first.adjustments[0]


# -- what was captured goes back -------------------------------------------------------------------------


def two_shipments(*more: object, **rest: object) -> Order:
    """Shipment S-1 captured (10.00), S-2 not yet (5.00), the charge (4.90) with the first."""
    paid = card(1990, operation(2, K.CAPTURE, 1490, shipment="S-1"))
    return order(
        line(1, S.SHIPPED, 1000, shipment="S-1"),
        line(2, S.CONFIRMED, 500, shipment="S-2"),
        charges=(charge(1, 490),),
        shipments=(shipment("S-1", shipped_at=NOON, invoice="DE-1"), shipment("S-2")),
        payments=(paid,),
        **rest,
    )


def test_captured_part_by_part() -> None:
    value = two_shipments()
    outcome = adjust(value, "1", "2", charges=["1"], percent="10")
    assert refunds(outcome) == [(1, "S-1", 149)]
    assert notes(outcome) == [("S-1", 149)]
    assert overcharge(outcome.order) == eur(0)
    refund = outcome.order.payments[0].operations[-1]
    assert (refund.kind, refund.state, refund.cause) == (
        K.REFUND,
        OperationState.REQUESTED,
        "price adjustment: late",
    )
    labels = {row.label for row in consequences(value, outcome)}
    assert {"refund", "credit note", "authorization to capture"} <= labels


def test_what_is_not_captured_only_lowers_its_position() -> None:
    outcome = adjust(two_shipments(), "2", percent="10")
    assert outcome.intents == ()
    assert order_total(outcome.order) == eur(1940)


def test_no_credit_note_where_no_paper_was_given() -> None:
    value = two_shipments()
    value = replace(value, shipments=(replace(value.shipments[0], invoice=""), value.shipments[1]))
    outcome = adjust(value, "1", percent="10")
    assert refunds(outcome) == [(1, "S-1", 100)]
    assert notes(outcome) == []


def test_prepaid_money_goes_back_last_tender_first() -> None:
    gift = card(600, operation(2, K.CAPTURE, 600), method=PaymentMethod.GIFT_CARD)
    prepaid = card(1400, operation(2, K.CAPTURE, 1400), number=2)
    value = order(line(1, minor=1700), line(2, minor=300), payments=(gift, prepaid))
    outcome = adjust(value, "1", amount="15.00")
    assert refunds(outcome) == [(2, None, 1400), (1, None, 100)]
    assert [balance(p).refundable for p in outcome.order.payments] == [500, 0]


def test_a_gift_card_that_pays_part_is_not_given_back_while_more_is_to_be_paid() -> None:
    gift = card(300, operation(2, K.CAPTURE, 300), method=PaymentMethod.GIFT_CARD)
    value = order(line(1, minor=1000), payments=(gift, card(700, number=2)))
    assert refunds(adjust(value, "1", percent="10")) == []
    assert refunds(adjust(value, "1", percent="80")) == [(1, None, 100)]


def test_a_shipment_that_a_gift_card_paid_in_full_gives_back() -> None:
    """It left, so nothing of it is to be captured any more, though no capture names it."""
    gift = card(300, operation(2, K.CAPTURE, 300), method=PaymentMethod.GIFT_CARD)
    value = order(
        line(1, S.SHIPPED, 300, shipment="S-1"),
        line(2, S.CONFIRMED, 200, shipment="S-2"),
        shipments=(shipment("S-1", shipped_at=NOON), shipment("S-2")),
        payments=(gift, card(200, number=2)),
    )
    first = adjust(value, "1", amount="1.00")
    assert refunds(first) == [(1, "S-1", 100)]
    assert refunds(adjust(first.order, "1", amount="0.50")) == [(1, "S-1", 50)]
    assert refunds(adjust(value, "2", amount="1.00")) == []


def test_an_imported_order_gives_back_from_its_ledger_and_says_so() -> None:
    ledger = card(1000, operation(2, K.IMPORTED, 1000), method=PaymentMethod.LEDGER)
    ledger = replace(ledger, operations=ledger.operations[1:])
    value = order(line(1, S.DELIVERED, 1000), payments=(ledger,), source="uci")
    outcome = adjust(value, "1", percent="10")
    assert refunds(outcome) == [(1, None, 100)]
    assert notes(outcome) == [(None, 100)]
    assert "not known" in outcome.warnings[0]


def test_an_overcharge_that_was_there_is_not_given_back_with_it() -> None:
    paid = card(2000, operation(2, K.CAPTURE, 1500))
    value = order(line(1, S.CONFIRMED, 1000), payments=(paid,))
    outcome = adjust(value, "1", percent="10")
    assert refunds(outcome) == [(1, None, 100)]
    assert overcharge(outcome.order) == eur(500)


def test_never_more_than_was_paid_and_not_returned() -> None:
    back = operation(3, K.REFUND, 1000, cause="return")
    paid = card(1500, operation(2, K.CAPTURE, 1500), back)
    value = order(line(1, S.RETURNED, 1000), line(2, S.DELIVERED, 500), payments=(paid,))
    assert refunds(adjust(value, "2", percent="100")) == [(1, None, 500)]
    gone = replace(paid, operations=(*paid.operations, operation(4, K.REFUND, 400, cause="return")))
    with pytest.raises(Refused, match=r"Only 1\.00 € of what was paid can still be refunded"):
        adjust(replace(value, payments=(gone,)), "2", percent="100")


# -- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "why"), [(S.CANCELLED, "Line 1 is cancelled"), (S.RETURNED, "Line 1 is returned")]
)
def test_a_cancelled_or_returned_part_is_refused(status: LineStatus, why: str) -> None:
    value = order(line(1, status), line(2))
    assert blockers(value) == []
    with pytest.raises(Refused, match=why):
        adjust(value, "1")
    assert "line 1 is" in blockers(order(line(1, status)))[0]


def test_a_cancelled_charge_is_refused() -> None:
    with pytest.raises(Refused, match="Charge 1 is cancelled"):
        adjust(order(line(1), charges=(charge(is_cancelled=True),)), charges=[1])


@pytest.mark.parametrize("state", [OperationState.REQUESTED, OperationState.UNKNOWN])
def test_a_capture_that_is_not_answered_is_refused(state: OperationState) -> None:
    value = two_shipments()
    asked = operation(3, K.CAPTURE, 500, shipment="S-2", state=state)
    paid = replace(value.payments[0], operations=(*value.payments[0].operations, asked))
    value = replace(value, payments=(paid,))
    assert [o.refusal for o in line_options(Subject(order=value))] == [
        "",
        "a capture for line 2 is not answered yet",
    ]
    assert [o.refusal for o in charge_options(Subject(order=value))] == [""]
    with pytest.raises(Refused, match="A capture for line 2 is not answered yet"):
        adjust(value, "2")
    whole = replace(paid, operations=(paid.operations[0], replace(asked, number=2, shipment=None)))
    assert "not answered yet" in blockers(replace(value, payments=(whole,)))[0]


def test_a_free_line_cannot_cost_less() -> None:
    assert "line 1 costs nothing already" in blockers(order(line(1, minor=0)))[0]


def test_an_order_without_parts() -> None:
    assert blockers(order(line(1), lines=())) == ["The order has neither lines nor charges."]


@pytest.mark.parametrize(
    ("raw", "field", "message"),
    [
        ({"lines": []}, "lines", "Mark the lines or charges"),
        ({"lines": ["9"]}, "lines", "no line 9"),
        ({"lines": ["1:3"]}, "lines", "has 2 pieces, not 3"),
        ({"lines": [], "charges": ["7"]}, "charges", "no charge 7"),
        ({"charges": ["x"]}, "charges", "is no charge"),
        ({"charges": [True]}, "charges", "is no charge"),
        ({"charges": ["1", 1]}, "charges", "named twice"),
        ({"charges": "1"}, "charges", "list of their numbers"),
        ({"percent": "0"}, "percent", "more than 0 %"),
        ({"percent": "100.01"}, "percent", "at most 100 %"),
        ({"percent": "1.005"}, "percent", "two decimals"),
        ({"percent": "-5"}, "percent", "is no percentage"),
        ({"percent": "NaN"}, "percent", "is no percentage"),
        ({"percent": "1e1"}, "percent", "is no percentage"),
        ({"percent": "\u0661\u0665"}, "percent", "is no percentage"),
        ({"percent": "0.01"}, "percent", "comes to nothing"),
        ({"percent": "10", "amount": "1.00"}, "amount", "not both"),
        ({"amount": "20.01"}, "amount", "costs 20.00 €: no price can be below zero"),
        ({"amount": "0.00"}, "amount", "more than nothing"),
        ({"amount": "-1.00"}, "amount", "more than nothing"),
        ({"amount": "1,00"}, "amount", "two ways"),
        ({"amount": "1.005"}, "amount", "3 decimals"),
        ({"reason": "other"}, "note", "needs a note"),
        ({"reason": "because"}, "reason", "cannot be"),
        ({"reason": None}, "reason", "is needed"),
        ({"note": "card 4111111111111111"}, "note", "card number"),
    ],
)
def test_arguments_that_cannot_be(raw: dict[str, object], field: str, message: str) -> None:
    value = order(line(1, minor=2000, quantity=2), charges=(charge(),))
    with pytest.raises(ArgumentError, match=message) as refused:
        adjust(value, **{"lines": ["1"], **raw})  # type: ignore[arg-type]
    assert refused.value.name == field


def test_a_return_on_the_line_is_said() -> None:
    coming = ReturnLine(
        number=1,
        order_line=1,
        sku="SKU-1",
        name="Article 1",
        quantity=1,
        status=ReturnStatus.CREATED,
        refund=eur(1000),
        refund_status=RefundStatus.REVIEW_PENDING,
        credit_note_status=CreditNotes.PENDING,
    )
    value = Return(id="R1", order_id="10427", created=NOON, lines=(coming,))
    bought = order(line(1, S.DELIVERED))
    assert "Line 1 is in return R1" in adjust(bought, "1", returns=(value,)).warnings[0]
    closed = replace(value, closed_at=NOON)
    assert adjust(bought, "1", returns=(closed,)).warnings == ()


def test_the_customer_is_told_the_new_prices_and_what_goes_back_but_never_why() -> None:
    value = replace(two_shipments(), language="en")
    (message,) = adjust(value, "1").messages
    assert (message.recipient, message.template, message.language) == (
        *("hans@example.com", "price_reduced", "en"),
    )
    assert "Article 1: 10.00 € → 9.00 €" in message.text
    assert "We refund 1.00 € the way you paid." in message.text
    assert "late" not in message.text


def test_who_was_not_charged_yet_is_told_what_will_be_charged_instead() -> None:
    (message,) = adjust(order(line(1, minor=1000), language="en"), "1").messages
    assert message.text.endswith("Still to be charged: 9.00 € instead of 10.00 €.")
    nobody = order(line(1), customer=replace(order().customer, email=""))
    outcome = adjust(nobody, "1")
    assert outcome.messages == ()
    assert outcome.warnings == ("No e-mail is known: the customer is not told by us.",)


def test_the_body_is_the_same_for_the_same_intent() -> None:
    subject = Subject(order=order(line(1), charges=(charge(),)))
    first = ADJUST_PRICE.read({"lines": ["1"], "charges": ["1"], "reason": "late"}, subject, context().policy)
    second = ADJUST_PRICE.read(
        {"lines": [[1, 0]], "charges": [1], "reason": "late"}, subject, context().policy
    )
    assert canonical(first) == canonical(second)
    assert canonical(first)["charges"] == [1]


# -- properties ------------------------------------------------------------------------------------------

PERCENTS = st.integers(1, 10_000).map(lambda n: f"{n // 100}.{n % 100:02}")
PARTS = st.lists(
    st.tuples(
        st.integers(0, 20_000),  # amount
        st.integers(0, 100),  # discount, percent of it
        st.integers(0, 30),  # tax, percent of what is left
        st.booleans(),  # included
        st.integers(1, 5),  # pieces
    ),
    min_size=1,
    max_size=6,
)


def built(parts: list[tuple[int, int, int, bool, int]], captured: int) -> Order:
    lines = []
    for number, (minor, discount, tax, included, pieces) in enumerate(parts, 1):
        off = minor * discount // 100
        lines.append(
            line(
                number,
                minor=minor,
                quantity=pieces,
                discount=eur(off),
                tax=eur((minor - off) * tax // 100),
                tax_included=included,
            )
        )
    value = order(*lines)
    taken = order_total(value).minor * captured // 100
    paid = card(order_total(value).minor, *([operation(2, K.CAPTURE, taken)] if taken else []))
    return replace(value, payments=(paid,))


@given(PARTS, st.integers(0, 100), st.lists(st.tuples(st.integers(0, 2**6 - 1), PERCENTS), max_size=4))
def test_totals_hold_and_nothing_goes_below_zero(
    parts: list[tuple[int, int, int, bool, int]], captured: int, steps: list[tuple[int, str]]
) -> None:
    """Whatever is taken off, again and again: sums are exact, tax follows, refunds stay within M8."""
    value = built(parts, captured)
    for chosen, percent in steps:
        numbers = [x.number for x in value.lines if chosen >> (x.number - 1) & 1 and price(x).minor]
        try:
            outcome = adjust(value, *map(str, numbers), percent=percent)
        except ArgumentError:
            continue
        after = outcome.order
        off = sum(price(x).minor for x in value.lines) - sum(price(x).minor for x in after.lines)
        (*_, entry) = after.adjustments
        assert off == sum(p.before.minor - p.after.minor for p in entry.parts)
        assert order_total(value).minor - order_total(after).minor == off
        assert why_not_money(after) is None
        for was, now in zip(value.lines, after.lines, strict=True):
            assert 0 <= price(now).minor <= price(was).minor
            assert 0 <= current_tax(now).minor <= current_tax(was).minor
            if was.number not in numbers:
                assert now is was
            elif price(was).minor and was.tax_included:
                exact = current_tax(was).minor * price(now).minor
                assert abs(current_tax(now).minor * price(was).minor - exact) <= price(was).minor
        sums = order_balance(after)
        assert 0 <= sums.refunded + sums.pending_refund <= sums.captured
        assert overcharge(after).minor == overcharge(value).minor
        value = after


@given(PARTS, st.integers(1, 100))
def test_an_amount_is_split_to_the_last_cent(
    parts: list[tuple[int, int, int, bool, int]], share: int
) -> None:
    value = built(parts, 0)
    numbers = [str(x.number) for x in value.lines if price(x).minor]
    whole = sum(price(x).minor for x in value.lines)
    minor = whole * share // 100
    if not minor:
        return
    after = adjust(value, *numbers, amount=f"{minor // 100}.{minor % 100:02}").order
    assert whole - sum(price(x).minor for x in after.lines) == minor
    for was, now in zip(value.lines, after.lines, strict=True):
        off = price(was).minor - price(now).minor
        assert abs(off * whole - minor * price(was).minor) < whole


def test_yen_and_dinar() -> None:
    for code, amount, left in (("JPY", "333", 667), ("KWD", "0.333", 667)):
        zero = Money(0, code)
        one = replace(
            line(1, minor=1000, currency=code), tax=zero, reduction=zero, tax_reduction=zero, discount=zero
        )
        value = order(one)
        assert price(adjust(value, "1", amount=amount).order.lines[0]) == Money(left, code)


def test_percentages_people_write() -> None:
    assert [str(read_percent(text)) for text in ("15", "12.5 %", "7,25%", "100")] == [
        "15.0",
        "12.5",
        "7.25",
        "100.0",
    ]
