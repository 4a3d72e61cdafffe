"""Words frozen on a paper: of lower prices, refunds that are only asked for, charges, reasons."""

from dataclasses import replace

import pytest

from oms_tui.documents.words import Told
from oms_tui.domain.adjusting import reduced_line, request_refunds
from oms_tui.domain.issuing import with_credit_notes, with_invoice
from oms_tui.domain.letters import LANGUAGES
from oms_tui.domain.order import AdjustedPart, Adjustment, Order
from oms_tui.domain.paper_words import _CHARGES, _REASONS, charge_name_in, reason_in, reduction_in
from oms_tui.domain.papers import Paper, paper_of
from oms_tui.domain.status import ChargeKind, LineStatus, OperationKind, OperationState
from tests.build import NOON, card, charge, eur, line, operation, order, shipment
from tests.documents.papers import SELLER


def credit_note(language: str) -> tuple[Order, Paper]:
    """The credit note of 15 % off a line that was captured: its refund is only asked for."""
    capture = operation(2, OperationKind.CAPTURE, 1000, shipment="S-1")
    value = order(
        line(1, LineStatus.PACKED, shipment="S-1", name="Linen shirt"),
        shipments=(shipment(packed_at=NOON),),
        payments=(card(1000, capture),),
        language=language,
    )
    value = with_invoice(value, "S-1", "I-1", NOON)
    part = AdjustedPart(line=1, charge=None, before=eur(1000), after=eur(850))
    made = Adjustment(number=1, at=NOON, person="ana", reason="damaged", parts=(part,))
    after = replace(value, lines=(reduced_line(value.lines[0], 150),), adjustments=(made,))
    after, _ = request_refunds(after, {"S-1": 150}, "price", NOON)
    after = with_credit_notes(value, after, "damaged", NOON, lambda *_: "C-1")
    return after, paper_of(after, after.documents[-1], SELLER)


def test_a_credit_note_for_a_lower_price_does_not_read_like_goods_that_came_back() -> None:
    _, paper = credit_note("de")
    assert paper.rows[0].name == "Preisnachlass 15 % – Linen shirt"
    assert paper.reason == "Beschädigt"
    assert credit_note("en")[1].rows[0].name == "Price reduction 15 % – Linen shirt"


def test_a_refund_that_is_only_asked_for_is_not_shown_as_paid() -> None:
    value, paper = credit_note("en")
    assert paper.paid == eur(0)
    assert Told(paper, 0).payments[0][1].startswith("Refund requested · Card")
    asked = value.payments[0].operations[-1]
    done = replace(asked, number=asked.number + 1, state=OperationState.SUCCEEDED, answers=asked.number)
    payment = replace(value.payments[0], operations=(*value.payments[0].operations, done))
    later = paper_of(replace(value, payments=(payment,)), value.documents[-1], SELLER)
    assert later.paid == eur(-150)
    assert Told(later, 0).payments[0][1].startswith("Card")


@pytest.mark.parametrize(
    ("kind", "name", "language", "printed"),
    [
        (ChargeKind.SHIPPING, "Shipping, Express", "de-AT", "Versand, Express"),
        (ChargeKind.GIFT_WRAP, "Gift wrap", "fr", "Emballage cadeau"),
        (ChargeKind.SHIPPING, "Frais de port", "fr", "Frais de port"),
        (ChargeKind.SHIPPING, "", "it", "Spedizione"),
        (ChargeKind.OTHER, "Engraving", "de", "Engraving"),
    ],
)
def test_a_charge_of_a_known_kind_is_named_in_the_language(
    kind: ChargeKind, name: str, language: str, printed: str
) -> None:
    assert charge_name_in(language, charge(kind=kind, name=name)) == printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_that_come_with_the_product_are_translated_and_others_stay(language: str) -> None:
    assert {reason_in(language, name) for name in _REASONS} == {
        words[LANGUAGES.index(language)] for words in _REASONS.values()
    }
    assert reason_in(language, "sun bleached") == "sun bleached"
    assert len({len(words) for words in (*_REASONS.values(), *_CHARGES.values())} | {len(LANGUAGES)}) == 1


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [(1999, 1699, "15 % –"), (999, 899, "10 % –"), (1000, 877, "reduction –"), (1000, 0, "100 % –")],
)
def test_a_percentage_is_named_only_where_it_was_one(before: int, after: int, text: str) -> None:
    part = AdjustedPart(line=1, charge=None, before=eur(before), after=eur(after))
    assert text in reduction_in("en", "A", part)
