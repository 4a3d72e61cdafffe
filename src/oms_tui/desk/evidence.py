"""The evidence of a fraud flag: what Customer Support decides on (spec 6, Fraud flag).

It leaves the desk for those with the right to decide, and for nobody else.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from oms_tui.desk import masks
from oms_tui.desk.authorise import allows, authorise
from oms_tui.desk.desk import Desk
from oms_tui.desk.places.countries import country_name, in_country
from oms_tui.desk.subjects import find_order
from oms_tui.desk.world import world_of
from oms_tui.domain.answers import ComparedCountry, CountryDistance, FraudEvidence
from oms_tui.domain.authority import Right
from oms_tui.domain.fraud import Findings, cleared, findings, is_cleared, rule_in_words
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.people import Actor
from oms_tui.domain.rules import FraudRules, FraudSign
from oms_tui.domain.status import HoldKind
from oms_tui.domain.totals import order_total
from oms_tui.domain.world import EarlierCase, World

SOURCE, BILL_TO, SHIP_TO, PHONE, CARD = "source", "bill-to", "ship-to", "phone", "card"
_CARD_PART = f" {CARD}="


def evidence(desk: Desk, actor: Actor, order_id: str) -> FraudEvidence:
    """Everything a fraud flag on this order is decided on, as it stands now.

    Somebody who may not see payment details does not learn where a card was issued (invariant Z3).

    Raises:
        Missing: There is no order of that ID.
        NoRight: They decide no fraud.
    """
    actor = authorise(desk, actor, Right.FRAUD, subject=order_id)
    sees_cards = allows(actor, Right.VIEW_PAYMENT_DETAIL, desk.policy.authority)
    with desk.store.read() as conn:
        order = find_order(conn, order_id).order
        world = world_of(desk, conn, numbers=False)
        rules = desk.policy.flow.fraud_of(order.channel.code)
        seen = order if sees_cards else replace(order, payments=())
        card = _card(seen, rules, world, value=order_total(order), sees_cards=sees_cards)
    return replace(card, reason=masks.text_for_actor(card.reason, actor, desk.policy.authority))


def _card(order: Order, rules: FraudRules, world: World, *, value: Money, sees_cards: bool) -> FraudEvidence:
    found = findings(order, rules, world)
    history = world.history(order)
    held = next((hold for hold in order.open_holds() if hold.kind is HoldKind.FRAUD), None)
    compared = _compared(found)
    known = {country.part for country in compared}
    parts = (SOURCE, BILL_TO, SHIP_TO, PHONE, CARD) if sees_cards else (SOURCE, BILL_TO, SHIP_TO, PHONE)
    return FraudEvidence(
        order_id=order.id,
        version=order.version,
        held_since=held.placed_at if held else None,
        held_by=held.placed_by if held else "",
        reason=held.reason if held else "",
        compared=compared,
        missing=tuple(part for part in parts if part not in known),
        distances=_distances(compared, world),
        signs=tuple(rule_in_words(sign) for sign in found.signs),
        rule=_rule(order, found, rules),
        value=value,
        usual=history.usual,
        earlier_orders=history.orders,
        pairs=history.pairs,
        cases=tuple(case if sees_cards else _without_card(case) for case in history.cases),
        cleared=tuple(sorted(text if sees_cards else _cut(text) for text in cleared(order))),
    )


def _without_card(case: EarlierCase) -> EarlierCase:
    return replace(case, combination=_cut(case.combination))


def _cut(combination: str) -> str:
    """A combination without the country of the card, which stands last."""
    return combination.partition(_CARD_PART)[0]


def _compared(found: Findings) -> tuple[ComparedCountry, ...]:
    parts = (
        *((SOURCE, country) for country in found.sources),
        (BILL_TO, found.bill_to),
        (SHIP_TO, found.ship_to),
        (PHONE, found.phone),
        *((CARD, country) for country in found.cards),
    )
    return tuple(ComparedCountry(part, code, country_name(code)) for part, code in parts if code)


def _distances(compared: Iterable[ComparedCountry], world: World) -> tuple[CountryDistance, ...]:
    """Between each two countries that differ, the farthest first, those not known last."""
    parts: dict[str, list[str]] = {}
    for country in compared:
        parts.setdefault(country.country, []).append(country.part)
    found = [
        CountryDistance(", ".join(parts[one]), ", ".join(parts[other]), world.distance(one, other))
        for one, other in combinations(parts, 2)
    ]
    return tuple(sorted(found, key=lambda pair: -1 if pair.km is None else pair.km, reverse=True))


def _rule(order: Order, found: Findings, rules: FraudRules) -> str:
    """What the channel's rule says, and what it says of this order."""
    channel = order.channel.name or order.channel.code
    return f"{_what_holds(rules, channel)} {_what_it_says(order, found)}"


def _what_holds(rules: FraudRules, channel: str) -> str:
    signs = [rule_in_words(sign) for sign in FraudSign if sign in rules.hold_for]
    if not signs:
        return f"No combination of countries holds an order of {channel}."
    return f"An order of {channel} is held if {', or if '.join(signs)}."


def _what_it_says(order: Order, found: Findings) -> str:
    if found.is_allowed_pair:
        pair = f"{in_country(found.bill_to)} to {in_country(found.ship_to)}"
        return f"Orders from {pair} are always allowed."
    if not found.is_suspicious:
        return "Nothing of that is so here."
    said = "; ".join(rule_in_words(sign) for sign in found.held_for)
    if is_cleared(order, found):
        return f"Here {said}; this combination was cleared on this order before."
    return f"Here {said}."
