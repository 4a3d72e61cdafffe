"""The steps before anything is picked, allocation and approval apart: payment, address, fraud, duties, the
customer's confirmation, remorse (spec 3.3)."""

from dataclasses import replace

from oms_tui.domain.flow import Complete, Failed, FlowTask, Skipped, Waiting
from oms_tui.domain.fraud import findings, held, is_cleared
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Order, Payment
from oms_tui.domain.payment import balance, latest
from oms_tui.domain.plan import Message
from oms_tui.domain.rules import EUROPEAN_UNION
from oms_tui.domain.status import HoldKind, OperationKind, OperationState
from oms_tui.domain.steps.base import (
    FlowContext,
    Step,
    is_pickup,
    own_holds,
    pieces,
    place_hold,
    release_hold,
    step,
)
from oms_tui.domain.totals import order_total
from oms_tui.domain.world import AddressVerdict

_AIR = (OperationState.REQUESTED, OperationState.UNKNOWN)
FORCED = "forced by"
"""How the result of an address task begins that somebody forced (spec 6, Force address)."""
_TOLD = "told"


def payment_authorization(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Complete once what is authorized or captured covers the total; declined places one hold, which goes
    when the payment comes."""
    total, secured = order_total(order).minor, secured_of(order)
    if secured >= total:
        after = order
        for hold in own_holds(order, HoldKind.PAYMENT):
            if hold.is_open:
                after = release_hold(after, hold.number, context.now)
        said = f"{_money(order, secured)} secured" if total > 0 else "nothing is owed"
        return step(Complete(said), after)
    lacking = _money(order, total - secured)
    operations = [(payment, one) for payment in order.payments for one in latest(payment.operations)]
    asked = [one for _, one in operations if one.kind is OperationKind.AUTHORIZE and one.state in _AIR]
    if asked:
        amount = _money(order, sum(one.amount.minor for one in asked))
        return step(Waiting(f"the provider has not answered for {amount}"), order)
    declined = [
        (payment, one)
        for payment, one in operations
        if one.kind is OperationKind.AUTHORIZE and one.state is OperationState.FAILED
    ]
    if not declined:
        return step(Waiting(f"{lacking} of the total is not authorized"), order)
    payment, last = declined[-1]
    why = f"declined: {last.cause}" if last.cause else "declined"
    evidence = f"declined authorization {payment.number}/{last.number}"
    placed = own_holds(order, HoldKind.PAYMENT)
    if not any(hold.is_open or hold.evidence == evidence for hold in placed):
        order = place_hold(order, HoldKind.PAYMENT, f"authorization {why}", context.now, evidence=evidence)
    return step(Failed(f"{why}, {lacking} of the total is not authorized"), order)


def secured_of(order: Order) -> int:
    """Minor units of what is authorized or captured, over all tenders."""
    return sum(_secured(payment) for payment in order.payments)


def _secured(payment: Payment) -> int:
    """What of a tender is captured, asked to be, or still authorized. A lapsed authorization is worth
    nothing."""
    sums = balance(payment)
    to_capture = 0 if payment.lapsed_at is not None else sums.to_capture
    return sums.captured - sums.refunded - sums.pending_refund + sums.pending_capture + to_capture


def _money(order: Order, minor: int) -> str:
    return format_money(Money(minor, order.currency))


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
    text = (
        f"Thank you for your order {order.id}.\n\n"
        + "\n".join(pieces([line]) for line in lines)
        + f"\n\nTotal: {format_money(order_total(order))}"
    )
    message = Message(
        recipient=order.customer.email,
        audience="customer",
        template="order_confirmation",
        language=order.language or order.channel.language,
        text=text,
    )
    return step(Complete(f"{_TOLD} by e-mail"), order, messages=(message,))


def remorse_period(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """The time in which a customer may still think better of it, from placement."""
    until = order.created + context.rules.remorse_of(order.channel.code)
    if context.now < until:
        return step(Waiting(f"ends {until:%Y-%m-%d %H:%M} UTC", until), order)
    return step(Complete("over"), order)
