"""Manual holds, and who may release which (spec 5; spec 6, Place / release hold).

A hold is never a status and nobody outside hears of it: no message goes out from here.
"""

from oms_tui.domain.authority import Right
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Hold, Order
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import SHIPPED_OR_LATER, HoldKind, word
from oms_tui.domain.steps.authorization import has_to_leave, let_go, missing_of
from oms_tui.domain.steps.base import place_hold, release_hold
from oms_tui.verbs import readdressing
from oms_tui.verbs.arguments import note_argument
from oms_tui.verbs.base import (
    Argument,
    ArgumentError,
    ArgumentKind,
    Arguments,
    Blocker,
    Choice,
    Context,
    Policy,
    Refused,
    Subject,
    Verb,
)

RELEASED_HERE = (HoldKind.MANUAL, HoldKind.PAYMENT, HoldKind.DISPUTE)
"""The holds that Release hold ends; every other kind has a verb of its own, or none."""
_ELSEWHERE: dict[HoldKind, tuple[str, str | None]] = {
    HoldKind.FRAUD: ("The fraud review is for whoever may decide about fraud.", "order.fraud"),
    HoldKind.APPROVAL: ("The approval hold ends when the order is approved.", "order.approve"),
    HoldKind.ADDRESS: ("The address hold ends with a valid address.", "order.address"),
    HoldKind.DISPUTE: ("The dispute hold is released once the dispute is over.", "order.release-hold"),
    HoldKind.PAYMENT: ("The payment hold is released, not approved.", "order.release-hold"),
    HoldKind.MANUAL: ("The manual hold is released by name.", "order.release-hold"),
}


def why_nothing_to_hold(order: Order) -> str:
    """Why a hold would stop nothing of the order any more; "" if it would."""
    standing = [line for line in order.lines if not line.is_cancelled]
    if order.lines and not standing:
        return "The order is cancelled: there is nothing to hold."
    if all(line.status in SHIPPED_OR_LATER for line in standing):
        return "Every piece has left: a hold would stop nothing any more."
    return ""


def hold_name(hold: Hold) -> str:
    """A hold as a person reads it: "manual: waits for a call"."""
    return f"{word(hold.kind)}: {hold.reason}" if hold.reason else word(hold.kind)


def _check_place(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    why = why_nothing_to_hold(subject.order)
    return (Blocker(why),) if why else ()


def _place(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, reason = subject.order, str(arguments["reason"])
    note = str(arguments["note"] or "")
    after = place_hold(order, HoldKind.MANUAL, reason, context.now, by=context.actor.name)
    return Outcome(
        order=after,
        warnings=already_out(order),
        action="place the hold",
        summary=f"Placed a manual hold on order {order.id}: {reason}" + (f" ({note})" if note else ""),
    )


def already_out(order: Order) -> tuple[str, ...]:
    """What a hold that is placed now comes too late for."""
    picked = [
        one.number
        for one in order.shipments
        if one.released_at is not None
        and one.shipped_at is None
        and any(line.shipment == one.number and not line.is_cancelled for line in order.lines)
    ]
    if not picked:
        return ()
    return (
        f"The pick ticket of {', '.join(picked)} is out already: its capture and its shipment "
        "wait, the picking goes on.",
    )


def _releasable(order: Order) -> tuple[Hold, ...]:
    """The open holds that end here: an address hold too, once its address cannot change any more."""
    kinds = (*RELEASED_HERE, HoldKind.ADDRESS) if readdressing.why_not(order) else RELEASED_HERE
    return tuple(hold for hold in order.open_holds() if hold.kind in kinds)


def _by_value(order: Order) -> dict[str, Hold]:
    """What Release hold calls each hold that ends here: its kind, which is the same for every order of a
    pile; a second of a kind by its number too ("manual-3")."""
    found: dict[str, Hold] = {}
    for hold in _releasable(order):
        kind = hold.kind.value
        found[f"{kind}-{hold.number}" if kind in found else kind] = hold
    return found


def _holds(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(Choice(value, hold_name(hold)) for value, hold in _by_value(subject.order).items())


def _check_release(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    open_holds = subject.order.open_holds()
    if not open_holds:
        return (Blocker("No hold is open.", fix="order.hold", is_idle=True),)
    if _releasable(subject.order):
        return ()
    return tuple(blocked_by(hold) for hold in _one_of_each(open_holds))


def _one_of_each(holds: tuple[Hold, ...]) -> tuple[Hold, ...]:
    return tuple({hold.kind: hold for hold in holds}.values())


def blocked_by(hold: Hold) -> Blocker:
    """Why a hold of this kind cannot be released here, and the verb that does it."""
    why, fix = _ELSEWHERE[hold.kind]
    return Blocker(why, fix=fix)


def _wanted(order: Order, arguments: Arguments) -> Hold | None:
    return _by_value(order).get(str(arguments["hold"]))


def _needs_note(subject: Subject, arguments: Arguments) -> bool:
    found = _wanted(subject.order, arguments)
    return found is not None and found.kind is not HoldKind.MANUAL


def _release(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order = subject.order
    found = _wanted(order, arguments)
    if found is None:
        raise Refused([Blocker("That hold is not open any more.")])
    note = str(arguments["note"] or "")
    if _needs_note(subject, arguments) and not note:
        raise ArgumentError("note", f"Releasing a {word(found.kind)} hold needs a note that says why.")
    after = _released(order, found, context)
    left = [word(hold.kind) for hold in after.open_holds()]
    return Outcome(
        order=after,
        warnings=(
            *_without(after, found),
            *((f"Still held: {', '.join(dict.fromkeys(left))}.",) if left else ()),
        ),
        action=f"release the {word(found.kind)} hold",
        effect=found.reason,
        summary=f"Released the {word(found.kind)} hold of order {order.id} ({found.reason})"
        + (f": {note}" if note else ""),
    )


def _released(order: Order, hold: Hold, context: Context) -> Order:
    if hold.kind is HoldKind.PAYMENT:
        return let_go(order, hold.number, context.now, context.actor.name)
    return release_hold(order, hold.number, context.now, by=context.actor.name)


def _without(order: Order, hold: Hold) -> tuple[str, ...]:
    """How much the order goes on without."""
    missing = missing_of(order)
    if hold.kind is not HoldKind.PAYMENT or not missing or not has_to_leave(order):
        return ()
    amount = format_money(missing)
    return (f"{amount} is neither authorized nor captured: the order goes on without it.",)


PLACE_HOLD = Verb(
    id="order.hold",
    key="b",
    label="Place hold",
    help="Stop the order until somebody releases it: pick tickets, captures and shipments wait.",
    right=Right.HOLD,
    arguments=(
        Argument(
            name="reason",
            kind=ArgumentKind.TEXT,
            label="Reason",
            help="Why it may not proceed; colleagues read it, customers never do.",
            is_required=True,
        ),
        note_argument("Words of your own for the timeline."),
    ),
    can_work_a_pile=True,
    check=_check_place,
    apply=_place,
)
RELEASE_HOLD = Verb(
    id="order.release-hold",
    key="b",
    label="Release hold",
    help="Release a manual, payment or dispute hold; no other hold is touched.",
    right=Right.HOLD,
    arguments=(
        Argument(
            name="hold",
            kind=ArgumentKind.CHOICE,
            label="Hold",
            help="Which of the open holds, by its kind; a second one of a kind by its number too: manual-3.",
            is_required=True,
            choices=_holds,
        ),
        note_argument("Why it may go on; needed for a payment or dispute hold.", needed=_needs_note),
    ),
    can_work_a_pile=True,
    check=_check_release,
    apply=_release,
)
