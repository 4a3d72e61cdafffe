"""Payment Authorization: whether what is authorized or captured covers the total, and what is wrong where it
does not (spec 3.3; issue 4).

A declined, pending or lapsed authorization holds the order, once each. A later authorization releases the
hold; so does a person who may, and then the order goes on without the money.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from oms_tui.domain.flow import Complete, Failed, FlowTask, Waiting
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import IN_THE_AIR, asked_at, balance, latest
from oms_tui.domain.order import Hold, Order, Payment
from oms_tui.domain.status import HoldKind, OperationKind, OperationState
from oms_tui.domain.steps.base import (
    SYSTEM,
    FlowContext,
    Step,
    is_gone,
    own_holds,
    place_hold,
    release_hold,
    step,
)
from oms_tui.domain.totals import order_total

_AND: Final = "; "
"""Stands between the names of what one hold was released for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Why the money of an order is not secured."""

    evidence: str
    """Names the operation or payment, so that each holds the order once."""
    reason: str
    """For the hold: "authorization declined: insufficient funds"."""
    said: str
    """For the task."""
    since: datetime | None = None
    """Since when an answer is waited for; None = there will be none."""


def payment_authorization(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Complete once what is authorized or captured covers the total, or somebody let the order go on without;
    what is declined, lapsed or not answered in time places one hold, which goes when the payment comes."""
    order = lapsed(order, context.now)
    found = lack(order)
    if found is None:
        for hold in own_holds(order, HoldKind.PAYMENT):
            if hold.is_open:
                order = release_hold(order, hold.number, context.now)
        said = f"{_money(order, secured_of(order))} secured" if order_total(order) else "nothing is owed"
        return step(Complete(said), order)
    if not has_to_leave(order):
        return step(Complete(f"{found.said}; nothing is left that has to leave"), order)
    if released := _let_go(order, found):
        return step(Complete(f"{found.said}; let go on by {released.released_by}"), order)
    until = None if found.since is None else found.since + context.rules.authorization_wait
    is_early = until is not None and until > context.now
    placed = own_holds(order, HoldKind.PAYMENT)
    if not is_early and not any(hold.is_open or hold.evidence == found.evidence for hold in placed):
        order = place_hold(order, HoldKind.PAYMENT, found.reason, context.now, evidence=found.evidence)
    return step(Failed(found.said) if until is None else Waiting(found.said, until), order)


def is_settled(order: Order) -> bool:
    """Whether a run of Payment Authorization would complete it: the total is covered, or somebody who may
    let it go on without."""
    found = lack(order)
    return found is None or _let_go(order, found) is not None


def let_go(order: Order, number: int, now: datetime, by: str) -> Order:
    """The order with this payment hold released by a person, who decides about all that is known to lack now.

    What is declined or lapses later holds it again. The hold may have been placed for another reason than
    the one that lacks by now: its provider was silent first, and declined while it was open.
    """
    order = lapsed(order, now)
    decided = replace(order, holds=tuple(_about(order, x) if x.number == number else x for x in order.holds))
    return release_hold(decided, number, now, by=by)


def _about(order: Order, hold: Hold) -> Hold:
    """The hold, with all that lacks as its evidence."""
    names = [*hold.evidence.split(_AND), *(one.evidence for one in _lacking(order))]
    return replace(hold, evidence=_AND.join(dict.fromkeys(name for name in names if name)))


def _let_go(order: Order, found: Lack) -> Hold | None:
    """The hold by whose release a person decided about what lacks."""
    return next(
        (
            hold
            for hold in order.holds
            if hold.kind is HoldKind.PAYMENT
            and not hold.is_open
            and hold.released_by != SYSTEM
            and found.evidence in hold.evidence.split(_AND)
        ),
        None,
    )


def lapsed(order: Order, now: datetime) -> Order:
    """The order with every authorization marked that expired before all of it was captured."""
    payments = tuple(
        replace(one, lapsed_at=one.expires_at) if _has_lapsed(one, now) else one for one in order.payments
    )
    return order if payments == order.payments else replace(order, payments=payments)


def _has_lapsed(payment: Payment, now: datetime) -> bool:
    is_over = payment.expires_at is not None and payment.expires_at <= now
    return is_over and payment.lapsed_at is None and balance(payment).to_capture > 0


def has_to_leave(order: Order) -> bool:
    """Whether some piece is still to leave the house."""
    return not all(is_gone(line) for line in order.lines)


def secured_of(order: Order) -> int:
    """Minor units of what is authorized or captured, over all tenders."""
    return sum(_secured(payment) for payment in order.payments)


def _secured(payment: Payment) -> int:
    """What of a tender is captured, asked to be, or still authorized. A lapsed authorization is worth
    nothing."""
    sums = balance(payment)
    to_capture = 0 if payment.lapsed_at is not None else sums.to_capture
    return sums.held + sums.pending_capture + to_capture


def missing_of(order: Order) -> Money:
    """What of the total is neither captured, asked to be, nor authorized; zero if nothing."""
    return Money(max(order_total(order).minor - secured_of(order), 0), order.currency)


def lack(order: Order) -> Lack | None:
    """What is wrong with the money of an order; None where all of it is authorized or captured.

    An answer that is waited for comes first; else the last thing that happened to an authorization.
    """
    return next(iter(_lacking(order)), None)


def _lacking(order: Order) -> tuple[Lack, ...]:
    """All that is wrong with it, the foremost first."""
    if not (missing := missing_of(order)):
        return ()
    lacking = f"{format_money(missing)} of the total is not authorized"
    pending = _pending(order)
    found = (*((pending,) if pending else ()), *_refused(order, lacking))
    return found or (Lack(evidence="nothing authorized", reason=lacking, said=lacking, since=order.created),)


def _pending(order: Order) -> Lack | None:
    asked = [
        (asked_at(payment, one), payment, one)
        for payment in order.payments
        for one in latest(payment.operations)
        if one.kind is OperationKind.AUTHORIZE and one.state in IN_THE_AIR
    ]
    if not asked:
        return None
    since, payment, first = min(asked, key=lambda item: item[0])
    said = f"the provider has not answered for {_money(order, sum(one.amount.minor for *_, one in asked))}"
    evidence = f"pending authorization {payment.number}/{first.number}"
    return Lack(evidence=evidence, reason=said, said=said, since=since)


def _refused(order: Order, lacking: str) -> tuple[Lack, ...]:
    """The authorizations that were declined or have lapsed, the last first."""
    found: list[tuple[datetime, str, str]] = []
    for payment in order.payments:
        for one in latest(payment.operations):
            if one.kind is OperationKind.AUTHORIZE and one.state is OperationState.FAILED:
                why = f"declined: {one.cause}" if one.cause else "declined"
                found.append((one.at, f"declined authorization {payment.number}/{one.number}", why))
        if payment.lapsed_at is not None and (left := balance(payment).to_capture):
            why = f"lapsed: {_money(order, left)} is not reserved any more"
            evidence = f"lapsed authorization {payment.number} {payment.lapsed_at:%Y-%m-%dT%H:%M}"
            found.append((payment.lapsed_at, evidence, why))
    # Of two at once the later row counts as the last.
    return tuple(
        Lack(evidence=evidence, reason=f"authorization {why}", said=f"{why}, {lacking}")
        for _, evidence, why in sorted(found, key=lambda item: item[0])[::-1]
    )


def _money(order: Order, minor: int) -> str:
    return format_money(Money(minor, order.currency))
