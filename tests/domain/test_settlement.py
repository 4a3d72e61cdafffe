"""Matching a provider's settlement file with our operations: every verdict, and what mends it."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.events import apply_event
from oms_tui.domain.money import Money
from oms_tui.domain.settlement import (
    Covered,
    Judgement,
    Reason,
    RowKind,
    SettlementRow,
    Standing,
    Verdict,
    held_of,
    judge,
    missing_there,
    standing_after,
)
from oms_tui.domain.settlement_answers import SettlementLine
from oms_tui.domain.settlement_ways import MARK_PAID, RECORD_REFUND, REFUND_OVERCHARGE, Case, explain, ways_on
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentMethod
from oms_tui.verbs import verb
from tests.build import NOON, card, eur, line, operation, order, shipment
from tests.domain.shop import Shop

CAPTURE, REFUND = OperationKind.CAPTURE, OperationKind.REFUND
MATCHED, HERE, DIFFERENT = Verdict.MATCHED, Verdict.MISSING_HERE, Verdict.DIFFERENT
BERLIN = ZoneInfo("Europe/Berlin")


def row(number, reference="c1", minor=1000, kind=RowKind.CAPTURE, **rest):
    values = {"line": number + 1, "at": NOON, "fee": eur(0), "amount": eur(minor)} | rest
    return SettlementRow(number=number, reference=reference, kind=kind, **values)


def taken(number, minor=1000, reference="c1", state=OperationState.SUCCEEDED, kind=CAPTURE, **rest):
    return operation(number, kind, minor, reference=reference, state=state, **rest)


def verdicts(rows, payment, *, is_disputed=False):
    return [(one.verdict, one.reason) for one in judge(rows, payment, is_disputed=is_disputed)]


@pytest.mark.parametrize(
    ("rows", "operations", "expected"),
    [
        ([row(1)], [taken(2)], [(MATCHED, Reason.EXACT)]),
        ([row(1, " C1 ")], [taken(2)], [(MATCHED, Reason.EXACT)]),
        ([row(1, minor=999)], [taken(2)], [(DIFFERENT, Reason.AMOUNT)]),
        ([row(1, amount=Money(1000, "USD"))], [taken(2)], [(DIFFERENT, Reason.CURRENCY)]),
        ([row(1)], [], [(HERE, Reason.NOTHING)]),
        ([row(1)], [taken(2, state=OperationState.REQUESTED)], [(HERE, Reason.REQUESTED)]),
        ([row(1)], [taken(2, state=OperationState.UNKNOWN)], [(HERE, Reason.UNKNOWN)]),
        ([row(1)], [taken(2, state=OperationState.FAILED)], [(HERE, Reason.FAILED)]),
        ([row(1, minor=999)], [taken(2, state=OperationState.FAILED)], [(HERE, Reason.FAILED)]),
        # A capture asked for without a reference, settled under the payment's own.
        ([row(1, "auth-1")], [taken(2, 1000, "", OperationState.UNKNOWN)], [(HERE, Reason.UNKNOWN)]),
        ([row(1, "auth-1")], [taken(2)], [(MATCHED, Reason.EXACT)]),
        # The same row twice.
        ([row(1), row(2)], [taken(2)], [(MATCHED, Reason.EXACT), (HERE, Reason.TWICE)]),
        # Split otherwise, to the same sum and to another.
        ([row(1, minor=400), row(2, minor=600)], [taken(2)], [(MATCHED, Reason.IN_PARTS)] * 2),
        ([row(1, minor=400), row(2, minor=500)], [taken(2)], [(DIFFERENT, Reason.PARTS_DIFFER)] * 2),
        # Two partial captures under the payment's reference, one of them with another amount.
        (
            [row(1, "auth-1", 400), row(2, "auth-1", 700)],
            [taken(2, 600, "x"), taken(3, 400, "y")],
            [(MATCHED, Reason.EXACT), (DIFFERENT, Reason.AMOUNT)],
        ),
        # What failed and was asked for again.
        (
            [row(1, "c2")],
            [taken(2, state=OperationState.FAILED), taken(3, reference="c2")],
            [(MATCHED, Reason.EXACT)],
        ),
        ([row(1, "auth-1", 1000, RowKind.AUTHORIZE)], [], [(MATCHED, Reason.EXACT)]),
        ([row(1, kind=RowKind.REFUND)], [taken(2)], [(HERE, Reason.NOTHING)]),
        (
            [row(1, "r", 500, RowKind.REFUND)],
            [taken(2), taken(3, 500, "r", kind=REFUND)],
            [(MATCHED, Reason.EXACT)],
        ),
        ([row(1, kind=RowKind.FEE)], [], [(MATCHED, Reason.FEE)]),
        ([row(1, kind=RowKind.CHARGEBACK)], [taken(2)], [(HERE, Reason.NO_DISPUTE)]),
    ],
)  # fmt: skip
def test_a_row_against_what_we_hold(rows, operations, expected):
    assert verdicts(rows, card(1000, *operations)) == expected


def test_a_chargeback_is_matched_by_a_dispute_that_we_know_of():
    rows = [row(1, kind=RowKind.CHARGEBACK)]
    assert verdicts(rows, card(1000), is_disputed=True) == [(MATCHED, Reason.DISPUTED)]


def test_a_reference_that_leads_to_nothing():
    rows = [row(1), row(2, "", kind=RowKind.FEE)]
    assert verdicts(rows, None) == [(HERE, Reason.NO_PAYMENT), (MATCHED, Reason.FEE)]


def test_the_later_word_counts():
    asked = taken(2, reference="", state=OperationState.REQUESTED)
    answered = taken(3, answers=2)
    failed = taken(4, answers=3, state=OperationState.FAILED)
    assert [held.root for held in held_of(card(1000, asked, answered, failed))] == [1, 2]
    assert verdicts([row(1)], card(1000, asked, answered)) == [(MATCHED, Reason.EXACT)]
    assert verdicts([row(1)], card(1000, asked, answered, failed)) == [(HERE, Reason.FAILED)]


@st.composite
def faithful(draw):
    """A payment with captures and refunds, and the rows a provider would settle it with."""
    amounts = draw(st.lists(st.integers(2, 10**6), min_size=1, max_size=5))
    kinds = draw(st.lists(st.sampled_from((CAPTURE, REFUND)), min_size=len(amounts), max_size=len(amounts)))
    operations = [
        taken(number + 2, minor, f"x{number}", kind=kind)
        for number, (minor, kind) in enumerate(zip(amounts, kinds, strict=True))
    ]
    rows = [
        row(number + 1, one.reference, one.amount.minor, RowKind(one.kind.value))
        for number, one in enumerate(operations)
    ]
    return card(sum(amounts), *operations), rows, draw(st.integers(0, len(rows) - 1))


def found(payment, rows):
    """Every difference: of rows by their number, of our operations by their reference."""
    judged = dict(zip((one.number for one in rows), judge(rows, payment, is_disputed=False), strict=True))
    differing = {number: one.reason for number, one in judged.items() if one.verdict is not MATCHED}
    seen = {one.operation for one in judged.values()}
    covered = Covered(
        since=NOON - timedelta(days=1), until=NOON + timedelta(days=1), currencies=frozenset({"EUR"}),
        methods=frozenset({PaymentMethod.CARD}),
    )  # fmt: skip
    lacking = [
        x.now.reference for x in held_of(payment) if covered.expects(payment, x) and x.root not in seen
    ]
    return differing, lacking


@given(faithful(), st.sampled_from(["none", "drop", "amount", "currency", "twice", "unknown state", "order"]))
def test_what_was_done_to_a_faithful_file_is_what_is_found(made, mutation):
    payment, rows, at = made
    one = rows[at]
    expected: tuple[dict[int, Reason], list[str]] = {}, []
    if mutation == "drop":
        rows = [*rows[:at], *rows[at + 1 :]]
        expected = {}, [one.reference]
    elif mutation == "amount":
        rows[at] = replace(one, amount=eur(one.amount.minor - 1))
        expected = {one.number: Reason.AMOUNT}, []
    elif mutation == "currency":
        rows[at] = replace(one, amount=Money(one.amount.minor, "USD"))
        expected = {one.number: Reason.CURRENCY}, []
    elif mutation == "twice":
        rows.append(replace(one, number=99))
        expected = {99: Reason.TWICE}, []
    elif mutation == "unknown state":
        operations = tuple(
            replace(x, state=OperationState.UNKNOWN) if x.reference == one.reference else x
            for x in payment.operations
        )
        payment = replace(payment, operations=operations)
        expected = {one.number: Reason.UNKNOWN}, []
    elif mutation == "order":
        rows.reverse()
    assert found(payment, rows) == expected


def test_what_a_file_must_have():
    covered = Covered(
        since=NOON, until=NOON + timedelta(days=1), currencies=frozenset({"EUR"}),
        methods=frozenset({PaymentMethod.CARD}),
    )  # fmt: skip
    payment = card(1000, taken(2))
    capture = held_of(payment)[1]
    assert covered.expects(payment, capture)
    assert not covered.expects(payment, held_of(payment)[0])
    assert not covered.expects(replace(payment, method=PaymentMethod.WALLET), capture)
    assert not covered.expects(replace(payment, currency="USD"), capture)
    for moment, is_expected in ((NOON - timedelta(seconds=1), False), (covered.until, False), (NOON, True)):
        moved = card(1000, taken(2, at=moment))
        assert covered.expects(moved, held_of(moved)[1]) is is_expected
    assert missing_there(capture, is_in_another_file=False).verdict is Verdict.MISSING_THERE
    assert missing_there(capture, is_in_another_file=True).reason is Reason.IN_ANOTHER_FILE
    assert missing_there(None, is_in_another_file=False).reason is Reason.NOT_HELD


@pytest.mark.parametrize("before", [None, *Standing])
@pytest.mark.parametrize("verdict", Verdict)
def test_where_a_row_stands_after(before, verdict):
    after = standing_after(verdict, before)
    if verdict is MATCHED:
        assert after is (Standing.MATCHED if before in (None, Standing.MATCHED) else Standing.MENDED)
    else:
        assert after.is_open
        assert after.value == verdict.value


# -- words and ways ----------------------------------------------------------------------------------------


def case(one, payment, *lines, shipments=()):
    of = order(*lines, payments=(payment,), shipments=shipments)
    judged = judge([one], payment, is_disputed=False)[0]
    return Case(row=one, judgement=judged, order=of, payment=payment, source="day.csv")


def left(status=LineStatus.SHIPPED):
    return line(1, status, 1000, shipment="S-1")


def asked_for(way):
    """The arguments of a way, all of which its verb must ask for."""
    assert set(way.arguments) <= {argument.name for argument in verb(way.verb).arguments}
    return dict(way.arguments)


def test_a_capture_that_never_reached_us_is_marked_as_paid_with_all_that_the_file_says():
    unknown = taken(2, reference="c1", state=OperationState.UNKNOWN, shipment="S-1")
    at = NOON.replace(hour=23, minute=30)
    of = case(row(1, at=at), card(1000, unknown), left(), shipments=(shipment("S-1"),))
    (way,) = ways_on(of, BERLIN)
    assert way.verb == MARK_PAID
    assert asked_for(way) == {
        "shipment": "S-1",
        "payment": "1",
        "captured": "2026-11-23",
        "reference": "c1",
        "note": "settlement file day.csv, line 2",
    }
    assert "10.00 € due" in way.text
    assert "not known here" in explain(of)


def test_a_reference_of_the_payment_alone_is_not_taken_for_one_of_the_capture():
    unknown = taken(2, reference="", state=OperationState.UNKNOWN, shipment="S-1")
    of = case(row(1, "auth-1"), card(1000, unknown), left(), shipments=(shipment("S-1"),))
    (way,) = ways_on(of, BERLIN)
    assert "reference" not in asked_for(way)
    assert "the capture's own reference" in way.text


def test_nothing_that_has_left_cannot_be_marked_as_paid():
    of = case(row(1), card(1000, taken(2, state=OperationState.FAILED, shipment="S-1")),
              left(LineStatus.PACKED), shipments=(shipment("S-1"),))  # fmt: skip
    (way,) = ways_on(of, BERLIN)
    assert way.verb == ""
    assert "Once the goods have left" in way.text


def test_a_refund_that_failed_here_is_recorded():
    payment = card(1000, taken(2), taken(3, 400, "r", OperationState.FAILED, REFUND))
    (way,) = ways_on(case(row(1, "r", 400, RowKind.REFUND), payment, left()), BERLIN)
    assert way.verb == RECORD_REFUND
    assert asked_for(way) == {
        "refund": "1.3",
        "tender": "card",
        "reference": "r",
        "refunded": "2026-11-22",
        "note": "settlement file day.csv, line 2",
    }


def test_what_was_taken_too_much_is_given_back():
    of = case(row(1, minor=1200), card(1500, taken(2, 1100)), left())
    assert [way.verb for way in ways_on(of, BERLIN)] == [REFUND_OVERCHARGE]


@pytest.mark.parametrize(
    ("kind", "theirs", "state", "minor"),
    [
        (RowKind.CAPTURE, 1000, OperationState.REQUESTED, 1000),
        (RowKind.CAPTURE, 1000, OperationState.SUCCEEDED, 0),
        (RowKind.REFUND, 1000, OperationState.FAILED, -1000),
        (RowKind.REFUND, None, OperationState.SUCCEEDED, 1000),
        (RowKind.CAPTURE, None, OperationState.SUCCEEDED, -1000),
    ],
)
def test_a_difference_has_the_sign_of_the_sums_and_counts_only_what_is_done(kind, theirs, state, minor):
    our = operation(2, OperationKind(kind.value), 1000, state=state)
    given = None if theirs is None else row(1, minor=theirs, kind=kind)
    one = SettlementLine(
        number=1, file=1, row=given, our=our, order_id="1", payment=1, version=1,
        judgement=Judgement(verdict=HERE, reason=Reason.REQUESTED, ours=eur(1000), state=state),
        standing=Standing.MISSING_HERE,
    )  # fmt: skip
    assert one.difference == eur(minor)
    assert (one.held is None) == (state is not OperationState.SUCCEEDED)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_words_and_every_difference_a_way(reason):
    is_fine = {
        Reason.EXACT,
        Reason.IN_PARTS,
        Reason.FEE,
        Reason.DISPUTED,
        Reason.IN_ANOTHER_FILE,
        Reason.NOT_HELD,
    }
    of = case(row(1), card(1000, taken(2)), left())
    verdict = MATCHED if reason in is_fine else Verdict.MISSING_THERE
    of = replace(of, judgement=replace(of.judgement, reason=reason, verdict=verdict))
    assert explain(of)
    assert bool(ways_on(of, BERLIN)) is (reason not in is_fine)


def test_what_mends_another_amount_is_the_same_event_once_more():
    """As the way says it: the reference of ours with the amount of theirs; then the row matches."""
    one = row(1, minor=1100)
    given = case(one, card(1000, taken(2)), line())
    (way,) = ways_on(given, BERLIN)
    assert way.text == (
        "If theirs holds, have the provider send captured with c1 and 11.00 € (oms-tui ingest): it corrects "
        "ours. Else accept it with a note."
    )
    shop = Shop()
    told = shop.event(given.order, "captured", reference="c1", amount=eur(1100))
    after = apply_event(given.order, told, shop.context).order
    assert verdicts([one], after.payments[0]) == [(MATCHED, Reason.EXACT)]


def test_another_amount_of_what_has_no_reference_is_asked_about():
    given = case(row(1, "pay-1", minor=1100), replace(card(1000, taken(2, reference="")), reference="pay-1"))
    assert [way.text for way in ways_on(given, BERLIN)] == [
        "Ask the provider which amount holds, then accept it with a note: ours came without a reference."
    ]
