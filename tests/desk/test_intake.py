"""Intake: whole new orders through the same checks, rows and counters, nothing twice (architecture 3; A1,
X5)."""

from dataclasses import replace
from typing import Any

import pytest

from oms_tui.desk import ask, doctor, intake
from oms_tui.desk.errors import NoRight
from oms_tui.desk.intake import Batch, OrderChange
from oms_tui.domain.money import Money
from oms_tui.domain.order import AdjustedPart, Adjustment, Hold, Note, Order
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.returns import CreditNote, CreditNoteLine, Return, ReturnLine
from oms_tui.domain.status import (
    Cause,
    CreditNoteStatus,
    HoldKind,
    LineStatus,
    OperationKind,
    RefundStatus,
    ReturnStatus,
)
from tests.build import NOON, WEB_DE, card, charge, eur, flow, line, operation, order, shipment
from tests.desk.conftest import add_person, entries, take_in

DELIVERED = LineStatus.DELIVERED


def sale(order_id="10427", **rest):
    return order(line(1, DELIVERED, quantity=3, minor=3000), line(2, DELIVERED), id=order_id, **rest)


def return_of(order_id="10427", return_id="R-1", **rest):
    values: dict[str, Any] = {
        "number": 1,
        "order_line": 1,
        "sku": "SKU-1",
        "name": "Article 1",
        "quantity": 1,
        "status": ReturnStatus.COMPLETED,
        "refund": eur(1000),
        "refund_status": RefundStatus.NOT_KNOWN,
        "credit_note_status": CreditNoteStatus.ISSUED,
    } | rest
    return Return(id=return_id, order_id=order_id, created=NOON, lines=(ReturnLine(**values),))


def credit_note(number="C1", **rest):
    row = CreditNoteLine(number=1, code="SKU-1", name="Article 1", quantity=1, amount=eur(1000), **rest)
    return CreditNote(number=number, at=NOON, currency="EUR", lines=(row,))


def returned(value: Order) -> Order:
    """The order with its second line returned."""
    lines = [
        replace(x, status=LineStatus.RETURNED, cause=Cause.RETURN_ACCEPTED) if x.number == 2 else x
        for x in value.lines
    ]
    return replace(value, lines=tuple(lines))


CHANGE = OrderChange(
    order_id="10427", apply=returned, cause="return", summary="Line 2 came back on credit note C1"
)


def test_everything_comes_in_with_one_audit_entry_each(desk):
    before = entries(desk)
    batch = Batch(
        orders=[sale(), sale("10428")], returns=[return_of()], credit_notes=[credit_note()], changes=[CHANGE]
    )
    taken = intake.take_in(desk, batch, source="test")
    assert (taken.orders, taken.returns, taken.credit_notes, taken.changes) == (2, 1, 1, 1)
    assert (taken.already_here, taken.refused) == (0, ())
    assert entries(desk) == before + 5
    profile = ask.order(desk, LOCAL_ACTOR, "10427")
    assert profile.order == replace(returned(sale()), version=2)
    assert [value.id for value in profile.returns] == ["R-1"]
    assert doctor.examine(desk).findings == ()


def test_the_timeline_says_what_came_in_and_from_where(desk):
    intake.take_in(desk, Batch(orders=[sale()], returns=[return_of()], changes=[CHANGE]), source="uci")
    summaries = [entry.summary for entry in ask.timeline(desk, LOCAL_ACTOR, "10427")]
    assert summaries == [
        "Line 2 came back on credit note C1",
        "Taken in from uci: return of order 10427, −10.00 €",
        "Taken in from uci: order of 2 lines, 40.00 €",
    ]
    first = ask.timeline(desk, LOCAL_ACTOR, "10427")[-1]
    assert [len(change.after) for change in first.changes] == [64]
    assert first.version == 1


def test_the_same_again_adds_nothing(desk):
    batch = Batch(orders=[sale()], returns=[return_of()], credit_notes=[credit_note()], changes=[CHANGE])
    intake.take_in(desk, batch, source="test")
    before = entries(desk), ask.order(desk, LOCAL_ACTOR, "10427")
    taken = intake.take_in(desk, batch, source="test")
    assert (taken.orders, taken.returns, taken.credit_notes, taken.changes) == (0, 0, 0, 0)
    assert taken.already_here == 4
    assert (entries(desk), ask.order(desk, LOCAL_ACTOR, "10427")) == before


def test_what_is_twice_in_a_batch_comes_in_once(desk):
    batch = Batch(
        orders=[sale(), sale()],
        returns=[return_of(), return_of()],
        credit_notes=[credit_note(), credit_note()],
    )
    taken = intake.take_in(desk, batch, source="test")
    assert (taken.orders, taken.returns, taken.credit_notes) == (1, 1, 1)
    assert [name for name, _ in taken.refused] == ["10427", "R-1", "C1"]


def test_returns_and_changes_of_orders_that_are_here(desk):
    take_in(desk, sale())
    taken = intake.take_in(desk, Batch(returns=[return_of()], changes=[CHANGE]), source="test")
    assert (taken.returns, taken.changes) == (1, 1)
    assert ask.order(desk, LOCAL_ACTOR, "10427").order.version == 2


def test_several_changes_of_one_order_follow_each_other(desk):
    def noted(value: Order) -> Order:
        number = len(value.notes) + 1
        return value.with_note(Note(number=number, at=NOON, person="import", text=f"note {number}"))

    change = OrderChange(order_id="10427", apply=noted, cause="note", summary="noted")
    intake.take_in(desk, Batch(orders=[sale()], changes=[change, CHANGE, change]), source="test")
    value = ask.order(desk, LOCAL_ACTOR, "10427").order
    assert ([note.text for note in value.notes], value.version) == (["note 1", "note 2"], 4)
    assert doctor.examine(desk).findings == ()


USD = Money(500, "USD")
HOLD = Hold(number=1, kind=HoldKind.FRAUD, reason="rule 3", placed_at=NOON, placed_by="system")


def adjustment(**rest):
    part = AdjustedPart(**({"line": 1, "charge": None, "before": eur(900), "after": eur(800)} | rest))
    return Adjustment(number=1, at=NOON, person="ana", reason="late", parts=(part,))


WRONG_ORDERS = [
    (replace(sale(), lines=(line(1), line(1))), "line numbers"),
    (replace(sale(), lines=(line(0),)), "line numbers"),
    (replace(sale(), lines=()), "neither lines nor charges"),
    (order(line(1, quantity=0)), "0 pieces"),
    (order(line(1, quantity=-2)), "-2 pieces"),
    (order(line(1, minor=-5)), "below zero"),
    (order(line(1, discount=eur(2000))), "less than nothing"),
    (order(line(1, reduction=eur(2000))), "less than nothing"),
    (order(line(1, tax=eur(-1))), "below zero"),
    (order(line(1, tax=eur(100), tax_reduction=eur(101))), "less than nothing"),
    (order(line(1), line(2, tax=USD)), "is in USD"),
    (replace(sale(), charges=(charge(1),)), "placed total"),
    (
        replace(sale(), placed_total=eur(4001)),
        "placed total is 40.01 €, its lines and charges come to 40.00 €",
    ),
    (replace(sale(), placed_total=Money(4000, "USD")), "placed total is in USD"),
    (replace(sale(), channel=replace(WEB_DE, currency="GBP")), "sells in GBP"),
    (replace(sale(), currency="XXX"), "'XXX' is no currency"),
    (replace(sale(), channel=replace(WEB_DE, time_zone="Mars/Olympus")), "no time zone"),
    (replace(sale(), channel=replace(WEB_DE, code="")), "no channel"),
    (replace(sale(), created=NOON.replace(tzinfo=None)), "no time zone"),
    (replace(sale(), id=""), "ID is empty"),
    (replace(sale(), id=" 1"), "blanks around"),
    (replace(sale(), id="1\x1b[2J"), "cannot be printed"),
    (replace(sale(), id="x" * 65), "more than 64"),
    (replace(sale(), version=0), "version 0"),
    (order(line(1, shipment="S-9")), "names shipment S-9"),
    (order(line(1, parent=7)), "part of line 7"),
    (replace(sale(), method="a\0b"), "NUL"),
    (replace(sale(), method="a\ud800b"), "half a character"),
    (order(line(1, name="x" * 1001)), "more than 1,000"),
    (replace(sale(), payments=(card(100), card(200))), "payment numbers must rise"),
    (replace(sale(), payments=(replace(card(100), currency="USD"),)), "is not in EUR"),
    (replace(sale(), payments=(card(-100),)), "below zero"),
    (
        replace(sale(), payments=(card(100, operation(2, OperationKind.REFUND, 50)),)),
        "gave back more than it took",
    ),
    (
        replace(sale(), payments=(card(100, operation(1, OperationKind.CAPTURE, 50)),)),
        "operation numbers must rise",
    ),
    (
        replace(sale(), payments=(card(100, operation(2, OperationKind.CAPTURE, 50, answers=9)),)),
        "answer to an operation that is not there",
    ),
    (replace(sale(), payments=(replace(card(100), masked_card="4111111111111111"),)), "16 digits"),
    (replace(sale(), payments=(replace(card(100), holder="4111 1111 1111 1111"),)), "card number"),
    (
        replace(sale(), notes=(Note(number=1, at=NOON, person="x", text="card 4111111111111111"),)),
        "holds card data",
    ),
    (replace(sale(), notes=(Note(number=1, at=NOON, person="x", text="n" * 4001),)), "more than 4,000"),
    (replace(sale(), lines=sale().lines[::-1]), "line numbers"),
    (order(line(1, LineStatus.CANCELLED)), "cancelled by the cause accepted"),
    (order(line(1, DELIVERED, cause=Cause.CANCEL)), "delivered by the cause cancel"),
    (order(line(1, LineStatus.UNDELIVERED)), "undelivered by the cause accepted"),
    (replace(sale(), charges=(charge(2), charge(1)), placed_total=eur(4980)), "charge numbers must rise"),
    (replace(sale(), shipments=(shipment(), shipment())), "shipment number is there twice"),
    (replace(sale(), tasks=(*flow(), *flow())), "task of the flow is there twice"),
    (replace(sale(), holds=(replace(HOLD, released_at=NOON),)), "when and by whom"),
    (replace(sale(), holds=(HOLD, HOLD)), "hold numbers must rise"),
    (replace(sale(), adjustments=(adjustment(line=1, charge=1),)), "of a line or of a charge"),
    (replace(sale(), adjustments=(adjustment(after=USD),)), "adjustment is not in EUR"),
]


def test_an_order_that_breaks_a_rule_is_refused_by_name_and_the_others_come_in(desk):
    for number, (wrong, why) in enumerate(WRONG_ORDERS):
        before = entries(desk)
        good = (sale(f"{number}-1"), sale(f"{number}-2"))
        taken = intake.take_in(desk, Batch(orders=[good[0], wrong, good[1]]), source="test")
        assert taken.orders == 2, why
        assert [name for name, _ in taken.refused] == [wrong.id]
        assert why in taken.refused[0][1]
        assert entries(desk) == before + 2


def test_a_channel_that_is_known_with_other_facts_is_refused(desk):
    take_in(desk, sale())
    moved = replace(WEB_DE, region="APAC")
    fresh = replace(WEB_DE, code="web-at", country="AT")
    batch = Batch(
        orders=[
            sale("1", channel=moved),
            sale("2", channel=fresh),
            sale("3", channel=replace(fresh, region="X")),
        ]
    )
    taken = intake.take_in(desk, batch, source="test")
    assert taken.orders == 1
    assert [name for name, _ in taken.refused] == ["1", "3"]
    assert all("other facts" in why for _, why in taken.refused)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (return_of("no-such-order"), "order no-such-order is not here"),
        (return_of(return_id="X-1"), "starts with R"),
        (replace(return_of(), lines=()), "no lines"),
        (return_of(order_line=9), "names line 9"),
        (return_of(quantity=0), "0 pieces"),
        (return_of(refund=eur(-1)), "below zero"),
        (return_of(refund=USD), "is in USD"),
        (replace(return_of(), created=NOON.replace(tzinfo=None)), "no time zone"),
    ],
)
def test_a_wrong_return_is_refused_by_name(desk, wrong, why):
    taken = intake.take_in(desk, Batch(orders=[sale()], returns=[wrong]), source="test")
    assert (taken.orders, taken.returns) == (1, 0)
    assert [(name, why in text) for name, text in taken.refused] == [(wrong.id, True)]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (replace(credit_note(), lines=()), "no rows"),
        (replace(credit_note(), currency="USD"), "not every amount is in USD"),
        (replace(credit_note(), currency="ZZZ"), "no currency"),
        (replace(credit_note(), number=""), "ID is empty"),
        (replace(credit_note(), lines=credit_note().lines * 2), "twice"),
    ],
)
def test_a_wrong_credit_note_is_refused_by_name(desk, wrong, why):
    taken = intake.take_in(desk, Batch(credit_notes=[wrong]), source="test")
    assert taken.credit_notes == 0
    assert why in taken.refused[0][1]


def test_a_change_that_breaks_a_rule_is_refused_and_writes_nothing(desk):
    take_in(desk, sale())
    wrong = OrderChange(
        order_id="10427", apply=lambda value: replace(value, placed_total=eur(1)), cause="x", summary="x"
    )
    missing = replace(CHANGE, order_id="nowhere")
    before = entries(desk)
    taken = intake.take_in(desk, Batch(changes=[wrong, missing]), source="test")
    assert taken.changes == 0
    assert [name for name, _ in taken.refused] == ["10427", "nowhere"]
    assert entries(desk) == before
    assert ask.order(desk, LOCAL_ACTOR, "10427").order == sale()


def test_a_batch_stands_or_falls_as_one(desk):
    def breaks(value):
        raise RuntimeError("broken off")

    before = entries(desk), desk.store.data_version()
    change = OrderChange(order_id="10427", apply=breaks, cause="x", summary="x")
    with pytest.raises(RuntimeError):
        intake.take_in(desk, Batch(orders=[sale()], changes=[change]), source="test")
    assert (entries(desk), desk.store.data_version()) == before


@pytest.mark.parametrize("role", [Role.CS, Role.NM])
def test_only_those_with_the_right_take_orders_in(desk, role):
    with pytest.raises(NoRight):
        intake.take_in(desk, Batch(orders=[sale()]), source="test", actor=add_person(desk, "ana", role))
    olga = add_person(desk, "olga", Role.OP)
    assert intake.take_in(desk, Batch(orders=[sale()]), source="test", actor=olga).orders == 1
