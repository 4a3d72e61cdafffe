"""Provide status: what the customer is told of their order and their money, and what never (spec 6)."""

from dataclasses import replace
from datetime import timedelta
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms_tui.domain.letters import LANGUAGES
from oms_tui.domain.order import Hold, Operation, Order
from oms_tui.domain.status import HoldKind, LineStatus, OperationKind, OperationState
from oms_tui.domain.telling import _TEXTS, NAMES
from oms_tui.verbs.status import status_text
from tests.build import NOON, card, charge, eur, line, operation, order, shipment
from tests.domain.test_letters import FORBIDDEN
from tests.support import scaled

S, K, ST = LineStatus, OperationKind, OperationState
ZONE = ZoneInfo("Europe/Berlin")


def told(value: Order, language: str = "en") -> str:
    return status_text(replace(value, language=language), ZONE)


def asked(number: int, kind: OperationKind, minor: int, state: OperationState, **rest: object) -> Operation:
    return operation(number, kind, minor, state=state, **rest)


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_has_the_same_fields_in_every_language_and_no_forbidden_word(name: str) -> None:
    texts = _TEXTS[name]
    assert len(texts) == len(LANGUAGES)
    fields = [{field for _, field, _, _ in Formatter().parse(text) if field} for text in texts]
    assert all(one == fields[0] for one in fields)
    assert not [word for text in texts for word in FORBIDDEN if word in text.lower()]


def test_what_is_reserved_is_not_charged() -> None:
    text = told(order(line(1)))
    assert "Nothing has been charged. Reserved and not charged yet: 10.00 €." in text


def test_what_is_charged_and_what_goes_back_is_named_apart() -> None:
    rows = (
        operation(2, K.CAPTURE, 3000),
        operation(3, K.REFUND, 500),
        asked(4, K.REFUND, 700, ST.REQUESTED),
    )
    text = told(order(line(1, S.DELIVERED, 1800), payments=(card(3000, *rows),)))
    assert "Charged: 30.00 €. Refunded: 5.00 €. Refund on its way: 7.00 €." in text
    assert "Nothing has been charged" not in text


def test_a_refund_of_a_cancelled_order_that_failed_is_said_to_be_worked_on() -> None:
    rows = (operation(2, K.CAPTURE, 1000), asked(3, K.REFUND, 1000, ST.FAILED))
    text = told(order(line(1, S.CANCELLED), payments=(card(1000, *rows),)))
    assert "Charged: 10.00 €. The refund of 10.00 € has not gone through yet; we are on it." in text


def test_who_may_not_see_payments_does_not_read_them_here() -> None:
    value = order(line(1), payments=(card(1000, operation(2, K.CAPTURE, 600)),), language="en")
    text = status_text(value, ZONE, with_payments=False)
    assert "Order total: 10.00 €." in text
    assert not [word for word in ("Reserved", "harged", "6.00", "4.00") if word in text]


@pytest.mark.parametrize("is_lapsed", [True, False])
def test_an_order_that_waits_for_a_payment_asks_for_another(is_lapsed: bool) -> None:
    declined = replace(card(0), operations=(asked(1, K.AUTHORIZE, 1000, ST.FAILED),))
    payment = card(1000, lapsed_at=NOON, expires_at=NOON) if is_lapsed else declined
    text = told(order(line(1), payments=(payment,)))
    assert "We could not reserve 10.00 € the way you chose to pay; we need another payment." in text
    assert "Reserved and" not in text
    assert "another payment" not in told(order(line(1, S.DELIVERED), payments=(payment,)))


def test_a_cancelled_order_says_that_its_reservation_is_let_go() -> None:
    row = asked(2, K.VOID, 1000, ST.REQUESTED)
    text = told(order(line(1, S.CANCELLED), payments=(card(1000, row),)))
    assert "Reserved, not charged and about to be released: 10.00 €." in text


def test_each_parcel_is_named_where_there_are_several() -> None:
    left = {"released_at": NOON, "packed_at": NOON, "shipped_at": NOON, "carrier": "DHL"}
    value = order(
        line(1, S.SHIPPED, shipment="S-1"),
        line(2, S.PACKED, 2000, shipment="S-2"),
        shipments=(shipment("S-1", tracking="T1", **left), shipment("S-2")),
        payments=(
            card(3000, operation(2, K.CAPTURE, 1000, shipment="S-1")),
        ),
    )  # fmt: skip
    text = told(value)
    assert "Parcel S-1: sent on 22 November 2026, DHL, tracking number T1." in text
    assert "Parcel S-1: The carrier will deliver it next." in text
    assert "Parcel S-2: It will be handed to the carrier next." in text
    assert "Charged: 10.00 € (Parcel S-1: 10.00 €)." in text
    assert "Reserved and not charged yet: 20.00 € (Parcel S-2: 20.00 €)." in text


def test_an_address_that_fails_is_asked_for() -> None:
    wrong = Hold(number=1, kind=HoldKind.ADDRESS, reason="no such city", placed_at=NOON, placed_by="flow")
    text = told(order(line(1), holds=(wrong,)))
    assert "We need your correct address to send it to you." in text
    assert "no such city" not in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Ihre Bestellung 10427 vom 22. November 2026: wird vorbereitet."),
        ("fr", "Votre commande 10427 du 22 novembre 2026: en préparation."),
        ("es", "Su pedido 10427 del 22 de noviembre de 2026: en preparación."),
        ("ja", "2026年11月22日のご注文 10427: 準備中."),
    ],
)
def test_it_is_in_the_language_of_the_order(language: str, said: str) -> None:
    assert told(order(line(1, S.CONFIRMED)), language).startswith(said)


@settings(max_examples=scaled(300))
@given(
    language=st.sampled_from(LANGUAGES),
    statuses=st.lists(st.sampled_from(LineStatus), min_size=1, max_size=4),
    moves=st.lists(
        st.tuples(
            st.sampled_from((K.CAPTURE, K.REFUND, K.VOID)),
            st.sampled_from((ST.REQUESTED, ST.SUCCEEDED, ST.FAILED, ST.UNKNOWN)),
        ),
        max_size=4,
    ),
    kinds=st.lists(st.sampled_from(HoldKind), max_size=3),
    lapsed=st.booleans(),
)
def test_nothing_internal_is_in_any_answer(
    language: str,
    statuses: list[LineStatus],
    moves: list[tuple[OperationKind, OperationState]],
    kinds: list[HoldKind],
    lapsed: bool,
) -> None:
    rows = [asked(number, kind, 400, state) for number, (kind, state) in enumerate(moves, 2)]
    payment = card(2000, *rows, lapsed_at=NOON if lapsed else None)
    holds = tuple(
        Hold(number=n, kind=kind, reason="fraud ring, on hold", placed_at=NOON, placed_by="risk review")
        for n, kind in enumerate(kinds, 1)
    )
    lines = (line(number, status, 500) for number, status in enumerate(statuses, 1))
    value = order(*lines, charges=(charge(),), payments=(payment,), holds=holds)
    value = replace(value, created=NOON - timedelta(days=40), placed_total=eur(2000))
    text = told(value, language)
    assert not [word for word in FORBIDDEN if word in text.lower()]
    others = tuple(hold for hold in holds if hold.kind is HoldKind.ADDRESS)
    assert told(replace(value, holds=others), language) == text
