"""The steps before anything is picked, payment, allocation and approval apart: address, fraud, duties, the
customer's confirmation, remorse (spec 3.3)."""

from dataclasses import replace

from oms_tui.domain import letters
from oms_tui.domain.flow import Complete, FlowTask, Skipped, Waiting
from oms_tui.domain.fraud import findings, held, is_cleared
from oms_tui.domain.order import Order
from oms_tui.domain.plan import Message
from oms_tui.domain.rules import EUROPEAN_UNION
from oms_tui.domain.status import HoldKind
from oms_tui.domain.steps.base import (
    FlowContext,
    Step,
    is_pickup,
    own_holds,
    place_hold,
    release_hold,
    step,
)
from oms_tui.domain.totals import order_total
from oms_tui.domain.world import AddressVerdict

FORCED = "forced by"
"""How the result of an address task begins that somebody forced (spec 6, Force address)."""
_TOLD = "told"


def address_validation(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """The rules of its country on the ship-to; what fails places one hold, what passes releases that one."""
    if is_pickup(order):
        return step(Skipped("the customer comes for the goods"), order)
    if task.runs and task.runs[-1].result.startswith(FORCED):
        return step(Complete(task.runs[-1].result), order)
    verdict = context.world.check_address(order.ship_to)
    if verdict.is_valid:
        for hold in own_holds(order, HoldKind.ADDRESS):
            if hold.is_open:
                order = release_hold(order, hold.number, context.now)
        return step(Complete("the address is valid"), order)
    reason = _what_fails(verdict)
    evidence = " ".join(sorted({problem.field for problem in verdict.problems}))
    return step(Waiting(reason), _held_for_address(order, reason, evidence, context))


def _held_for_address(order: Order, reason: str, evidence: str, context: FlowContext) -> Order:
    """Held once for the same fields; an open hold says what fails now."""
    placed = own_holds(order, HoldKind.ADDRESS)
    if any(hold.is_open for hold in placed):
        now = {h.number: replace(h, reason=reason, evidence=evidence) for h in placed if h.is_open}
        return replace(order, holds=tuple(now.get(hold.number, hold) for hold in order.holds))
    if any(hold.evidence == evidence for hold in placed):
        return order
    return place_hold(order, HoldKind.ADDRESS, reason, context.now, evidence=evidence)


def _what_fails(verdict: AddressVerdict) -> str:
    """The failing fields and why: "postal code has five digits in Germany; city is needed"."""
    return "; ".join(f"{problem.field.replace('_', ' ')} {problem.reason}" for problem in verdict.problems)


def fraud_check(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Compares the countries; a hit places a hold, but never again for a combination cleared on this
    order."""
    found = findings(order, context.rules.fraud_of(order.channel.code), context.world)
    if found.is_allowed_pair:
        return step(Complete(f"{found.bill_to} to {found.ship_to} is an allowed pair"), order)
    if not found.is_suspicious:
        return step(Complete(f"nothing found: {found.countries}"), order)
    if found.combination in held(order):
        return step(Complete(f"held already: {found.short}"), order)
    if is_cleared(order, found):
        return step(Complete(f"{found.short}, cleared before"), order)
    order = place_hold(order, HoldKind.FRAUD, found.reason, context.now, evidence=found.combination)
    return step(Complete(f"held: {found.short}"), order)


def duties(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Only goods that cross a customs border have any."""
    facts = findings(order, context.rules.fraud_of(order.channel.code), context.world)
    ship_to = order.channel.country if is_pickup(order) else order.ship_to.country
    crossing = [source for source in facts.sources if context.rules.is_cross_border(source, ship_to)]
    if crossing:
        return step(Complete(f"goods cross a customs border: {', '.join(crossing)} to {ship_to}"), order)
    if not facts.sources or not ship_to:
        return step(Skipped("the countries are not known"), order)
    if set(facts.sources) == {ship_to}:
        return step(Skipped("same country"), order)
    is_union = ship_to in EUROPEAN_UNION and set(facts.sources) <= EUROPEAN_UNION
    return step(Skipped("inside the EU" if is_union else "inside one customs union"), order)


def customer_notification(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """One order confirmation to the customer; it never names a hold."""
    if not order.customer.email:
        return step(Skipped("no e-mail is known"), order)
    if any(run.result.startswith(_TOLD) for run in task.runs):
        return step(Complete("told before"), order)
    lines = [line for line in order.lines if not line.is_cancelled]
    language = letters.language_of(order.language or order.channel.language)
    message = Message(
        recipient=order.customer.email,
        audience="customer",
        template=letters.CONFIRMATION,
        language=language,
        text=letters.confirmation(language, order.id, lines, order_total(order)),
    )
    return step(Complete(f"{_TOLD} by e-mail"), order, messages=(message,))


def remorse_period(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """The time in which a customer may still think better of it, from placement."""
    until = order.created + context.rules.remorse_of(order.channel.code)
    if context.now < until:
        return step(Waiting(f"ends {until:%Y-%m-%d %H:%M} UTC", until), order)
    return step(Complete("over"), order)
