"""Fraud: raise a flag, and review what was flagged (spec 6, Fraud flag).

Nothing of it reaches a customer: no message goes out from here, and the cancellation that may follow names no
reason.
"""

from collections.abc import Mapping
from dataclasses import replace

from oms_tui.domain.authority import Right
from oms_tui.domain.fraud import CONFIRMED, combination, confirmed_by
from oms_tui.domain.order import Hold, Order
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import BEFORE_PACKED, HoldKind, word
from oms_tui.domain.steps.base import place_hold, release_hold
from oms_tui.verbs.arguments import note_argument
from oms_tui.verbs.base import (
    Argument,
    ArgumentKind,
    Arguments,
    Blocker,
    Choice,
    Context,
    Following,
    Policy,
    Refused,
    Subject,
    Verb,
)
from oms_tui.verbs.hold import already_out, why_nothing_to_hold

GENUINE, FRAUD = "genuine", "fraud"


def _open(order: Order) -> tuple[Hold, ...]:
    return tuple(hold for hold in order.open_holds() if hold.kind is HoldKind.FRAUD)


def _check_flag(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if _open(subject.order):
        return (Blocker("It is flagged already.", fix="order.fraud", is_idle=True),)
    why = why_nothing_to_hold(subject.order)
    return (Blocker(why),) if why else ()


def _flag(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, reason = subject.order, str(arguments["reason"])
    after = place_hold(order, HoldKind.FRAUD, reason, context.now, by=context.actor.name)
    return Outcome(
        order=after,
        warnings=already_out(order),
        action="raise the flag",
        summary=f"Raised a fraud flag on order {order.id}: {reason}",
    )


def _check_review(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if _open(subject.order):
        return ()
    return (Blocker("No fraud review is open.", fix="order.flag", is_idle=True),)


def _decisions(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return (Choice(GENUINE, "genuine"), Choice(FRAUD, "fraud"))


def _review(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, reason = subject.order, str(arguments["reason"])
    note = f" ({arguments['note']})" if arguments["note"] else ""
    if arguments["decision"] == GENUINE:
        return _cleared(order, f"{reason}{note}", context)
    if by := confirmed_by(order):
        raise Refused([_decided(order, by)])
    marked = tuple(
        replace(hold, reason=_confirmed(hold, reason, context.actor)) if hold in _open(order) else hold
        for hold in order.holds
    )
    return Outcome(
        order=replace(order, holds=marked),
        warnings=_what_follows(order),
        action="decide fraud",
        summary=f"Decided that order {order.id} is fraud: {reason}{note}",
    )


def _cleared(order: Order, why: str, context: Context) -> Outcome:
    """Every fraud hold is released; the combination in its evidence is remembered for this order, so that it
    is not held for it again."""
    order = _with_combination(order, context)
    after = order
    for hold in _open(order):
        after = release_hold(after, hold.number, context.now, by=context.actor.name)
    left = [word(hold.kind) for hold in after.open_holds()]
    remembered = dict.fromkeys(hold.evidence for hold in _open(order) if hold.evidence)
    warnings = [f"It is not held for this combination again: {', '.join(remembered)}."] if remembered else []
    warnings += [f"Still held: {', '.join(dict.fromkeys(left))}."] if left else []
    return Outcome(
        order=after,
        warnings=tuple(warnings),
        action="decide genuine",
        summary=f"Cleared the fraud review of order {order.id} as genuine: {why}",
    )


def _with_combination(order: Order, context: Context) -> Order:
    """The order with the countries as they are on each open hold that has none: a flag that a person raised
    is cleared for what was looked at."""
    seen = combination(order, context.world)
    open_now = _open(order)
    return replace(
        order,
        holds=tuple(
            replace(hold, evidence=seen) if hold in open_now and not hold.evidence else hold
            for hold in order.holds
        ),
    )


def _confirmed(hold: Hold, reason: str, actor: Actor) -> str:
    """The hold's reason with the decision behind it."""
    return f"{hold.reason.split(CONFIRMED)[0]}{CONFIRMED}{actor.name}: {reason}"


def _can_cancel(order: Order) -> bool:
    return any(line.status in BEFORE_PACKED for line in order.lines)


def _decided(order: Order, by: str) -> Blocker:
    """Why it is not decided as fraud once more, and what comes next instead."""
    told = f"Confirmed as fraud by {by}."
    if _can_cancel(order):
        return Blocker(f"{told} Cancelling comes next.", fix="order.cancel")
    return Blocker(f"{told} Nothing of it can be cancelled any more.")


def _what_follows(order: Order) -> tuple[str, ...]:
    if _can_cancel(order):
        return ("The hold stays. Cancelling comes next, with the reason filled in.",)
    return ("The hold stays. Nothing of it can be cancelled any more: every piece is packed or has left.",)


def _following(arguments: Arguments) -> Following | None:
    return Following("order.cancel", {"reason": "fraud"}) if _is_fraud(arguments) else None


def _is_fraud(arguments: Mapping[str, object]) -> bool:
    return str(arguments.get("decision") or "").strip().casefold() == FRAUD


FLAG_FRAUD = Verb(
    id="order.flag",
    key="f",
    label="Raise fraud flag",
    help="Hold the order for a fraud review; the customer is told nothing of it.",
    right=Right.FRAUD,
    arguments=(
        Argument(
            name="reason",
            kind=ArgumentKind.TEXT,
            label="Reason",
            help="What makes you think so.",
            is_required=True,
        ),
    ),
    check=_check_flag,
    apply=_flag,
)
REVIEW_FRAUD = Verb(
    id="order.fraud",
    key="f",
    label="Review fraud",
    help="Decide whether a flagged order is genuine or fraud.",
    right=Right.FRAUD,
    arguments=(
        Argument(
            name="decision",
            kind=ArgumentKind.CHOICE,
            label="Decision",
            help="Genuine releases the hold; fraud keeps it and goes on to Cancel.",
            is_required=True,
            choices=_decisions,
        ),
        Argument(
            name="reason",
            kind=ArgumentKind.TEXT,
            label="Reason",
            help="What made you decide so.",
            is_required=True,
        ),
        note_argument("Words of your own for the timeline."),
    ),
    form="fraud",
    check=_check_review,
    apply=_review,
    following=_following,
)
