"""The evidence of a fraud flag: what is on the card, and who gets it (spec 6, Fraud flag; invariant Z3)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from oms_tui.config import ChannelFraudSettings, FlowSettings, FraudSettings, Settings
from oms_tui.desk import ask, commit, errors
from oms_tui.desk.desk import policy_of
from oms_tui.desk.evidence import evidence
from oms_tui.domain.answers import ComparedCountry, CountryDistance, FraudEvidence
from oms_tui.domain.authority import AUTHORITY, Authority, Right
from oms_tui.domain.fraud import findings
from oms_tui.domain.money import Money
from oms_tui.domain.order import Address, Hold
from oms_tui.domain.people import Role
from oms_tui.domain.rules import FraudRules
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.domain.world import EarlierCase, Location, World
from oms_tui.store import stock
from tests.build import NOON, card, eur, line, order
from tests.desk.conftest import add_person, take_in

DAY = timedelta(days=1)
WORLD = "source=DE bill-to=FR ship-to=US phone=DE card=CH"
HELD = Hold(
    number=1,
    kind=HoldKind.FRAUD,
    reason="the card was issued in another country than bill-to (bill-to FR, ship-to US, card CH)",
    placed_at=NOON,
    placed_by="system",
    evidence=WORLD,
)


def suspicious(**rest):
    """An order from Germany, paid in France with a Swiss card, to America, with a German telephone."""
    values = {
        "bill_to": Address(country="FR"),
        "ship_to": Address(country="US"),
        "payments": (card(10_000, card_country="CH"),),
        "holds": (HELD,),
    }
    return order(line(1, minor=10_000), **(values | rest))


@pytest.fixture
def shop(desk):
    """A desk that knows where its stock is."""
    with desk.store.write() as conn:
        stock.put_locations(conn, [Location(code="BER-1", name="Berlin", country="DE")])
    return desk


def test_the_card_compares_every_country_and_says_how_far_they_are_apart(shop, ana):
    take_in(shop, suspicious())
    found = evidence(shop, ana, "10427")
    assert (found.order_id, found.version) == ("10427", 1)
    assert (found.held_since, found.held_by, found.reason) == (NOON, "system", HELD.reason)
    assert found.compared == (
        ComparedCountry("source", "DE", "Germany"),
        ComparedCountry("bill-to", "FR", "France"),
        ComparedCountry("ship-to", "US", "United States"),
        ComparedCountry("phone", "DE", "Germany"),
        ComparedCountry("card", "CH", "Switzerland"),
    )
    assert found.missing == ()
    assert len(found.distances) == 6
    assert found.distances[0] == CountryDistance("source, phone", "ship-to", 6710)
    kilometres = [pair.km or 0 for pair in found.distances]
    assert kilometres == sorted(kilometres, reverse=True)
    assert found.signs == (
        "source location, bill-to and ship-to are in three countries",
        "bill-to and ship-to are in different regions of the world",
        "bill-to and ship-to are in different countries",
        "the phone belongs to neither the bill-to nor the ship-to country",
        "the card was issued in another country than bill-to",
    )
    assert found.rule == (
        "An order of Web Germany is held if source location, bill-to and ship-to are in three countries, "
        "or if bill-to and ship-to are in different regions of the world. "
        "Here source location, bill-to and ship-to are in three countries; "
        "bill-to and ship-to are in different regions of the world."
    )


def test_countries_that_are_not_known_are_named_as_missing(shop, ana):
    nobody = replace(order().customer, phone="")
    take_in(shop, order(bill_to=Address(), customer=nobody))
    found = evidence(shop, ana, "10427")
    assert found.missing == ("bill-to", "phone", "card")
    assert found.distances == ()
    assert (found.held_since, found.held_by, found.reason) == (None, "", "")
    assert found.rule.endswith("Nothing of that is so here.")


def test_what_was_cleared_on_the_order_is_told(shop, ana):
    released = replace(HELD, released_at=NOON, released_by="ana")
    take_in(shop, suspicious(holds=(released,)))
    found = evidence(shop, ana, "10427")
    assert found.cleared == (WORLD,)
    assert found.rule.endswith("; this combination was cleared on this order before.")
    assert found.held_since is None


def test_the_rule_is_that_of_the_channel(shop, ana):
    take_in(shop, suspicious())

    def rule(fraud: FraudSettings) -> str:
        shop.policy = policy_of(Settings(fraud=fraud, flow=FlowSettings()))
        return evidence(shop, ana, "10427").rule

    assert rule(FraudSettings(allowed_pairs=("FR>US",))).endswith(
        "Orders from France to the United States are always allowed."
    )
    own = ChannelFraudSettings(hold_for=())
    assert rule(FraudSettings(channels={"web-de": own})) == (
        "No combination of countries holds an order of Web Germany. Nothing of that is so here."
    )
    other = ChannelFraudSettings(hold_for=("phone differs",))
    assert "is held if the phone belongs to neither" in rule(FraudSettings(channels={"web-de": other}))


def test_the_customers_past_is_on_the_card(shop, ana):
    take_in(
        shop,
        *(
            order(line(1, LineStatus.DELIVERED, minor=minor), id=f"e{minor}", created=NOON - 9 * DAY)
            for minor in (1000, 4000, 9000)
        ),
        suspicious(id="c1", created=NOON - 3 * DAY),
        suspicious(
            id="c2", created=NOON - 2 * DAY, holds=(replace(HELD, released_at=NOON, released_by="ana"),)
        ),
        suspicious(),
    )
    commit.commit(
        shop, ana, "order.cancel", "c1", {"reason": "fraud", "note": "told us"}, version=1, key=uuid4().hex
    )
    found = evidence(shop, ana, "10427")
    assert (found.earlier_orders, found.usual, found.value) == (4, eur(4000), eur(10_000))
    assert found.against_usual == "2.5 times their usual 40.00 €"
    assert found.pairs == (("DE", "DE", 3), ("FR", "US", 1))
    assert set(found.cases) == {EarlierCase("c1", WORLD, "fraud"), EarlierCase("c2", WORLD, "genuine")}


@pytest.mark.parametrize(
    ("value", "usual", "words"),
    [
        (10_000, 4_000, "2.5 times their usual 40.00 €"),
        (12_345, 1_000, "12.3 times their usual 10.00 €"),
        (4_100, 4_000, "about their usual 40.00 €"),
        (1_000, 4_000, "less than their usual 40.00 €"),
        (0, 4_000, "they usually spend 40.00 €"),
        (4_000, 0, "they usually spend 0.00 €"),
        (4_000, None, "nothing earlier in this currency to compare with"),
    ],
)
def test_the_value_is_put_beside_the_usual_in_words(value, usual, words):
    usually = None if usual is None else eur(usual)
    assert FraudEvidence(order_id="1", version=1, value=eur(value), usual=usually).against_usual == words


def test_yen_are_compared_without_decimals():
    found = FraudEvidence(order_id="1", version=1, value=Money(30_000, "JPY"), usual=Money(10_000, "JPY"))
    assert found.against_usual.startswith("3.0 times")


def test_it_is_for_those_who_decide_and_of_orders_that_are_there(shop, ana):
    take_in(shop, suspicious())
    for role in (Role.NM, Role.OP, Role.AD):
        with pytest.raises(errors.NoRight):
            evidence(shop, add_person(shop, f"p-{role.value}", role), "10427")
    with pytest.raises(errors.Missing):
        evidence(shop, ana, "99")


def test_no_evidence_leaves_for_anybody_else(shop, ana):
    take_in(shop, suspicious())
    nina, olga = add_person(shop, "nina", Role.NM), add_person(shop, "olga", Role.OP)
    commit.commit(
        shop, ana, "order.fraud", "10427", {"decision": "genuine", "reason": "known customer", "note": "x"},
        version=1, key=uuid4().hex,
    )  # fmt: skip
    assert WORLD in _all(shop, ana)
    assert "card CH" in _all(shop, ana)
    assert "card CH" in _all(shop, olga)
    assert WORLD not in _all(shop, olga)
    assert WORLD not in _all(shop, nina)
    assert "CH" not in _all(shop, nina)


def test_a_reason_without_the_card_is_one_for_those_who_may_not_see_it():
    """The words that are cut are those that the fraud check writes."""
    world = World(
        locations=(Location(code="BER-1", name="", country="DE"),), phone_country=lambda phone, home: ""
    )
    rules = FraudRules(hold_for=frozenset(FraudRules().hold_for))
    assert ", card CH" in findings(suspicious(), rules, world).reason


def test_whoever_decides_without_seeing_payments_learns_no_card(shop, ana):
    take_in(
        shop,
        suspicious(id="c1", created=NOON - DAY, holds=(replace(HELD, released_at=NOON, released_by="x"),)),
        suspicious(holds=(HELD, replace(HELD, number=2, released_at=NOON, released_by="x"))),
    )
    matrix = {**AUTHORITY, Right.VIEW_PAYMENT_DETAIL: frozenset({Role.OP})}
    shop.policy = replace(shop.policy, authority=Authority(matrix))
    found = evidence(shop, ana, "10427")
    assert "CH" not in msgspec.json.encode(found).decode()
    assert "card" not in found.missing
    assert len(found.compared) == 4
    assert found.cases[0].combination == "source=DE bill-to=FR ship-to=US phone=DE"
    assert found.value == eur(10_000)


def _all(desk, actor) -> str:
    answers = (ask.order(desk, actor, "10427"), ask.timeline(desk, actor, "10427"))
    return "".join(msgspec.json.encode(answer).decode() for answer in answers)
