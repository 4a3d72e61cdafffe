"""The countries of an order, and which of them hold it (spec 3.3, Fraud Check)."""

from dataclasses import replace

import pytest

from oms_tui.domain.fraud import Findings, cleared, combination, findings, held, is_cleared, rule_in_words
from oms_tui.domain.order import Order
from oms_tui.domain.rules import FraudRules, FraudSign
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.domain.steps.base import place_hold, release_hold
from tests.build import NOON, card, line
from tests.domain.shop import Shop, placed, with_country

F = FraudSign


def case(
    places: tuple[str, ...], bill_to: str, ship_to: str, phone: str = "", cards: tuple[str, ...] = ()
) -> Order:
    lines = [line(number, location=place) for number, place in enumerate(places, 1)]
    value = placed(*(lines or [line(1, location="")]))
    payments = tuple(
        replace(card(1, number=number), card_country=country) for number, country in enumerate(cards, 1)
    )
    value = replace(value, customer=replace(value.customer, phone=phone), payments=payments)
    return with_country(value, bill_to=bill_to, ship_to=ship_to)


def find(value: Order, rules: FraudRules | None = None) -> Findings:
    return findings(value, rules or FraudRules(), Shop().world)


@pytest.mark.parametrize(
    ("value", "signs"),
    [
        (case(("BER-1",), "DE", "DE"), ()),
        (case(("MXP-1",), "DE", "DE"), ()),
        (case(("MXP-1",), "FR", "DE"), (F.ALL_DIFFER, F.BILL_SHIP_DIFFER)),
        (case(("BER-1",), "FR", "DE"), (F.BILL_SHIP_DIFFER,)),
        (case(("BER-1", "MXP-1"), "FR", "DE"), (F.ALL_DIFFER, F.BILL_SHIP_DIFFER)),
        (case(("BER-1",), "US", "DE"), (F.OTHER_REGION, F.BILL_SHIP_DIFFER)),
        (case(("MXP-1",), "", "DE"), ()),
        (case(("MXP-1",), "FR", ""), ()),
        (case((), "FR", "DE"), (F.BILL_SHIP_DIFFER,)),
        (case(("BER-1",), "DE", "DE", phone="+1 212"), (F.PHONE_DIFFERS,)),
        (case(("BER-1",), "DE", "DE", cards=("DE", "FR")), (F.CARD_DIFFERS,)),
        (case(("BER-1",), "DE", "DE", cards=("",)), ()),
        (case(("BER-1",), "", "", phone="+1 212", cards=("FR",)), ()),
    ],
)
def test_signs(value: Order, signs: tuple[FraudSign, ...]) -> None:
    assert find(value).signs == signs


def test_the_default_holds_for_three_countries_and_another_region() -> None:
    assert find(case(("MXP-1",), "FR", "DE")).held_for == (F.ALL_DIFFER,)
    assert find(case(("BER-1",), "US", "DE")).held_for == (F.OTHER_REGION,)
    assert not find(case(("BER-1",), "FR", "DE")).is_suspicious
    assert not find(case(("BER-1",), "DE", "DE", phone="+1 2")).is_suspicious


def test_rules_of_a_channel_say_what_holds_and_which_pairs_never_do() -> None:
    value = case(("MXP-1",), "FR", "DE")
    assert not find(value, FraudRules(hold_for=frozenset())).is_suspicious
    pairs = FraudRules(allowed_pairs=frozenset({("FR", "DE")}))
    assert find(value, pairs).is_allowed_pair
    assert not find(value, pairs).is_suspicious
    assert find(with_country(value, bill_to="DE", ship_to="FR"), pairs).is_suspicious


def test_only_lines_still_to_leave_have_a_source() -> None:
    value = case(("BER-1", "MXP-1", "EWR-1"), "DE", "DE")
    gone = replace(value.lines[1], status=LineStatus.SHIPPED)
    cancelled = replace(value.lines[2], status=LineStatus.CANCELLED)
    assert find(replace(value, lines=(value.lines[0], gone, cancelled))).sources == ("DE",)


def test_a_combination_is_the_same_text_for_the_same_countries() -> None:
    one = case(("MXP-1", "BER-1"), "FR", "DE", phone="030", cards=("FR", "DE"))
    other = case(("BER-1", "MXP-1", "BER-1"), "FR", "DE", phone="030", cards=("DE", "FR"))
    text = "source=DE+IT bill-to=FR ship-to=DE phone=DE card=DE+FR"
    assert combination(one, Shop().world) == combination(other, Shop().world) == text
    assert combination(one) == "bill-to=FR ship-to=DE card=DE+FR"


def test_what_was_released_is_cleared_for_this_order() -> None:
    value = place_hold(placed(), HoldKind.FRAUD, "a", NOON, evidence="x")
    value = place_hold(value, HoldKind.FRAUD, "raised by hand", NOON, by="ana")
    value = place_hold(value, HoldKind.MANUAL, "a", NOON, evidence="y")
    assert held(value) == {"x"}
    assert not cleared(value)
    assert cleared(release_hold(value, 1, NOON, by="ana")) == {"x"}


def test_fewer_sources_of_what_was_cleared_are_no_new_combination() -> None:
    value = case(("MXP-1", "EWR-1"), "FR", "DE", phone="030")
    known = find(value).combination
    value = release_hold(place_hold(value, HoldKind.FRAUD, "a", NOON, evidence=known), 1, NOON, by="ana")
    gone = (replace(value.lines[0], status=LineStatus.SHIPPED), value.lines[1])
    for same in (value, replace(value, lines=gone), replace(value, lines=())):
        assert is_cleared(same, find(same))
    moved = (replace(value.lines[0], location="BER-1"), value.lines[1])
    for other in (replace(value, lines=moved), with_country(value, bill_to="FR", ship_to="IT")):
        assert not is_cleared(other, find(other))
    only_one = case(("MXP-1",), "FR", "DE", phone="030")
    only_one = place_hold(only_one, HoldKind.FRAUD, "a", NOON, evidence=find(only_one).combination)
    assert not is_cleared(release_hold(only_one, 1, NOON), find(value))


def test_every_sign_is_said_in_words() -> None:
    assert len({rule_in_words(sign) for sign in FraudSign}) == len(FraudSign)
    found = find(case(("MXP-1",), "US", "DE", phone="+1 2", cards=("FR",)), FraudRules(hold_for=frozenset(F)))
    assert found.short == "three countries, other region, bill-to is not ship-to, card from elsewhere"
    assert found.reason.endswith("(source IT, bill-to US, ship-to DE, card FR)")
