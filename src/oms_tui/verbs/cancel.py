"""Cancel an order, lines of it, or part of a quantity (spec 6, Cancel order / lines)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from oms_tui.domain import letters
from oms_tui.domain.adjusting import asked_for, refundable, request_refunds, to_give_back
from oms_tui.domain.authority import Right
from oms_tui.domain.books import accounts
from oms_tui.domain.flow import cancel_open
from oms_tui.domain.fraud import confirmed_by
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import (
    IN_THE_AIR,
    balance,
    latest,
    next_number,
    order_balance,
    with_operation,
)
from oms_tui.domain.order import Line, Operation, Order, Payment
from oms_tui.domain.payment import still_charged, still_owed
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Intent, Message, Outcome, StockMove
from oms_tui.domain.recall import STOP_PICKING, stop_messages
from oms_tui.domain.status import (
    BEFORE_PACKED,
    SHIPPED_OR_LATER,
    Cause,
    OperationKind,
    OperationState,
    next_status,
    word,
)
from oms_tui.domain.totals import next_line_number, split_line
from oms_tui.verbs.arguments import OTHER, note_argument
from oms_tui.verbs.base import (
    Argument,
    ArgumentError,
    ArgumentKind,
    Arguments,
    Blocker,
    Choice,
    Context,
    LineOption,
    LinePart,
    Policy,
    Refused,
    Subject,
    Verb,
)
from oms_tui.verbs.messages import to_customer

PICK_CANCELLED = "pick_cancelled"
"""The event that money waits for where the location was asked to stop (spec 6)."""
MOST_NAMED = 3
"""Lines of which a part is cancelled that are named one by one."""


def _reasons(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(Choice(reason, reason) for reason in policy.cancel_reasons)


def _reason_at_hand(subject: Subject) -> str:
    """The reason that the order itself gives: somebody decided that it is fraud."""
    return "fraud" if confirmed_by(subject.order) else ""


def _refusal(line: Line) -> str:
    """Why a line cannot be cancelled, e.g. "2 of line 3 are packed in shipment S-1"; "" if it can."""
    if line.status in BEFORE_PACKED:
        return ""
    if line.is_cancelled:
        return f"line {line.number} is cancelled already"
    where = f" in shipment {line.shipment}" if line.shipment else ""
    verb = "is" if line.quantity == 1 else "are"
    return f"{line.quantity} of line {line.number} {verb} {word(line.status).lower()}{where}"


def line_options(subject: Subject) -> tuple[LineOption, ...]:
    """Every line as the form offers it: those before PACKED are free, the others say what refuses them."""
    return tuple(
        LineOption(
            number=line.number,
            quantity=line.quantity,
            available=line.quantity if line.status in BEFORE_PACKED else 0,
            refusal=_refusal(line),
        )
        for line in subject.order.lines
    )


def _check(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if not subject.order.lines:
        return (Blocker("The order has charges only: there is no line to cancel."),)
    standing = [line for line in subject.order.lines if not line.is_cancelled]
    if not standing:
        return (Blocker("Nothing is left to cancel: every line is cancelled already."),)
    if any(line.status in BEFORE_PACKED for line in standing):
        return ()
    reasons = "; ".join(_refusal(line) for line in standing[:3])
    more = f" and {len(standing) - 3} lines more" if len(standing) > 3 else ""
    return (Blocker(f"Nothing can be cancelled any more: {reasons}{more}.", fix=_fix_for(standing)),)


def _fix_for(lines: Iterable[Line]) -> str | None:
    """What to do instead: goods that left come back as a return."""
    return "return.create" if any(line.status in SHIPPED_OR_LATER for line in lines) else None


def _selected(order: Order, parts: tuple[LinePart, ...] | None) -> dict[int, int]:
    """Line number -> pieces to cancel.

    Raises:
        Refused: a piece is packed or later; order scope names them and offers the rest.
        ArgumentError: no such line, or more pieces than it has.
    """
    if parts is None:
        refused = [line for line in order.lines if not line.is_cancelled and line.status not in BEFORE_PACKED]
        if refused:
            rest = [str(line.number) for line in order.lines if line.status in BEFORE_PACKED]
            offer = f" Lines {', '.join(rest)} can still be cancelled by themselves." if rest else ""
            named = "; ".join(_refusal(line) for line in refused)
            raise Refused(
                [Blocker(f"The order cannot be cancelled whole: {named}.{offer}", fix=_fix_for(refused))]
            )
        return {line.number: line.quantity for line in order.lines if not line.is_cancelled}
    by_number = {line.number: line for line in order.lines}
    chosen = {}
    for part in parts:
        line = by_number.get(part.line)
        if line is None:
            raise ArgumentError("lines", f"Order {order.id} has no line {part.line}.")
        if line.is_cancelled:
            continue
        if line.status not in BEFORE_PACKED:
            raise Refused([Blocker(f"{_refusal(line)}.", fix=_fix_for([line]))])
        if part.quantity > line.quantity:
            raise ArgumentError(
                "lines", f"Line {line.number} has {line.quantity} pieces, not {part.quantity}."
            )
        chosen[line.number] = part.quantity or line.quantity
    return chosen


def _cancel_lines(order: Order, chosen: dict[int, int]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """(all lines after, the cancelled ones). Part of a quantity splits the line (spec 2)."""
    after: list[Line] = []
    split_off: list[Line] = []
    number = next_line_number(order)
    for line in order.lines:
        quantity = chosen.get(line.number)
        if quantity is None:
            after.append(line)
            continue
        status = next_status(line.status, Cause.CANCEL)
        if quantity == line.quantity:
            after.append(replace(line, status=status, cause=Cause.CANCEL))
            continue
        stays, part = split_line(line, quantity, number)
        number += 1
        after.append(stays)
        split_off.append(replace(part, status=status, cause=Cause.CANCEL))
    before = {line.number: line for line in order.lines}
    lines = (*after, *split_off)
    cancelled = tuple(
        line
        for line in lines
        if line.is_cancelled and not (line.number in before and before[line.number].is_cancelled)
    )
    return lines, cancelled


def _is_being_picked(order: Order, line: Line) -> bool:
    """Whether the location already has the pick ticket of the line's shipment."""
    return line.shipment is not None and order.shipment(line.shipment).released_at is not None


def _apply(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order = subject.order
    parts = arguments["lines"]
    if parts is not None and not isinstance(parts, tuple):
        raise ArgumentError("lines", "Lines must be a list of lines and quantities.")
    reason, note = str(arguments["reason"]), str(arguments["note"] or "")
    if reason == OTHER and not note:
        raise ArgumentError("note", "The reason 'other' needs a note that says which.")
    chosen = _selected(order, parts)
    if not chosen:
        raise Refused([Blocker("Nothing is left to cancel: those lines are cancelled already.")])
    lines, cancelled = _cancel_lines(order, chosen)
    after = _close(replace(order, lines=lines), cancelled)
    recalled = tuple(line for line in cancelled if _is_being_picked(order, line))
    after, intents = _return_money(order, after, bool(recalled), reason, context)
    stock = tuple(
        StockMove(location=line.location, sku=line.sku, name=line.name, quantity=line.quantity)
        for line in cancelled
        if line.location  # freed at once: reserved counts open lines; only money waits for the location
    )
    is_whole = all(line.is_cancelled for line in lines)
    stops = _stop_picking(recalled, context)
    messages, warnings = _tell(order, after, () if is_whole else cancelled, (*stops, *intents))
    if in_the_air := order_balance(order).pending_capture:
        amount = format_money(Money(in_the_air, order.currency))
        warnings += (f"A capture of {amount} is not answered yet: if it succeeds, see that it goes back.",)
    if recalled:
        places = ", ".join(sorted({f"{line.location} ({line.shipment})" for line in recalled}))
        warnings += (
            f"The pick ticket is already out: {places} is asked to stop, money waits for its answer.",
        )
    count = _counted(order, chosen)
    return Outcome(
        order=after,
        stock=stock,
        messages=(*messages, *stop_messages(after, stops)),
        intents=(*stops, *intents),
        warnings=warnings,
        action="cancel the order" if is_whole else f"cancel {count}",
        summary=(f"Cancelled order {order.id}" if is_whole else f"Cancelled {count} of order {order.id}")
        + f": {reason}"
        + (f" ({note})" if note else ""),
    )


def _counted(order: Order, chosen: Mapping[int, int]) -> str:
    """What is cancelled, as button and toast say it: "2 lines", "1 of 2 of line 1", or both."""
    quantities = {line.number: line.quantity for line in order.lines}
    parts = [
        f"{pieces} of {quantities[number]} of line {number}"
        for number, pieces in chosen.items()
        if pieces < quantities[number]
    ]
    whole = len(chosen) - len(parts)
    if len(parts) > MOST_NAMED:
        parts = [f"parts of {len(parts)} lines"]
    named = [f"{whole} line{'s' if whole != 1 else ''}"] if whole else []
    *first, last = *named, *parts
    return f"{', '.join(first)} and {last}" if first else last


def _close(order: Order, cancelled: tuple[Line, ...]) -> Order:
    """Tasks of what is cancelled are cancelled, with the last line the charges too (spec 6).

    Holds stay as they are: releasing one is a decision of its own, with a right of its own (spec 5).
    """
    if all(line.is_cancelled for line in order.lines):
        charges = tuple(replace(charge, is_cancelled=True) for charge in order.charges)
        return replace(order, charges=charges, tasks=cancel_open(order.tasks))
    touched = {line.shipment for line in cancelled if line.shipment is not None}
    over: set[str | None] = {
        name for name in touched if all(line.is_cancelled for line in order.lines if line.shipment == name)
    }
    if not any(line.status in BEFORE_PACKED for line in order.lines):
        over.add(None)  # nothing is left that the order's own tasks could be for
    return replace(order, tasks=cancel_open(order.tasks, shipments=frozenset(over))) if over else order


def _stop_picking(recalled: tuple[Line, ...], context: Context) -> tuple[Intent, ...]:
    by_shipment: dict[str, list[tuple[int, int]]] = {}
    for line in recalled:
        by_shipment.setdefault(str(line.shipment), []).append((line.number, line.quantity))
    return tuple(
        Intent(
            kind=STOP_PICKING,
            shipment=name,
            lines=tuple(lines),
            until=context.now + context.policy.recall_for,
        )
        for name, lines in by_shipment.items()
    )


def _return_money(
    before: Order, order: Order, is_recalled: bool, reason: str, context: Context
) -> tuple[Order, tuple[Intent, ...]]:
    """Refund what was captured above what is owed now, last tender first; void what is left authorized.

    A card authorization is not voided in part: less is captured, and the remainder is voided once nothing
    more will leave (spec 4).
    """
    cause = f"cancelled: {reason}"
    waits_for = PICK_CANCELLED if is_recalled else ""
    until = context.now + context.policy.recall_for if is_recalled else None
    back = _within(_too_much(before, order), refundable(order))
    order, intents = request_refunds(order, back, cause, context.now, waits_for=waits_for, until=until)
    if any(line.status in BEFORE_PACKED for line in order.lines) or still_owed(order):
        return order, intents
    payments = list(order.payments)
    for place in reversed(range(len(payments))):
        if amount := _to_void(payments[place]):
            row = Operation(
                number=next_number(payments[place]),
                kind=OperationKind.VOID,
                state=OperationState.REQUESTED,
                amount=Money(amount, order.currency),
                at=context.now,
                cause=cause,
            )
            payments[place] = with_operation(payments[place], row)
            intent = asked_for(payments[place], row)
            intents += (replace(intent, waits_for=waits_for, until=until),)
    return replace(order, payments=tuple(payments)), intents


def _too_much(before: Order, order: Order) -> dict[str | None, int]:
    """Position -> what is to go back: what the change made too much; with the last line all there is."""
    if all(line.is_cancelled for line in order.lines):
        return {where: one.to_return for where, one in accounts(order).items() if one.to_return}
    return to_give_back(before, order)


def _within(wanted: dict[str | None, int], most: int) -> dict[str | None, int]:
    """Never more than may be refunded, all positions together (invariant M8)."""
    found = {}
    for where, minor in wanted.items():
        found[where] = min(minor, most)
        most -= found[where]
    return found


def _to_void(payment: Payment) -> int:
    """What is still authorized, or asked to be, and will never be captured; nothing of what has lapsed."""
    sums = balance(payment)
    in_the_air = sum(
        one.amount.minor
        for one in latest(payment.operations)
        if one.kind is OperationKind.AUTHORIZE and one.state in IN_THE_AIR
    )
    left = 0 if payment.lapsed_at is not None else sums.to_capture
    return left + (in_the_air if not sums.pending_void else 0)


def _tell(
    before: Order, order: Order, lines: tuple[Line, ...], intents: tuple[Intent, ...]
) -> tuple[tuple[Message, ...], tuple[str, ...]]:
    """The message to the customer: what was cancelled and what becomes of the money, never why, so that fraud
    is never named (spec 6). No lines = the order is cancelled whole."""
    refunded = sum(one.amount.minor for one in intents if one.kind == "refund" and one.amount is not None)
    is_stopping = any(one.kind == STOP_PICKING for one in intents)
    return to_customer(
        order,
        letters.cancellation_template(lines, is_stopping=is_stopping),
        lambda language: letters.cancellation(
            language,
            order.id,
            lines,
            refunded=Money(refunded, order.currency),
            not_charged=Money(_not_charged(before, order), order.currency),
            is_stopping=is_stopping,
        ),
    )


def _not_charged(before: Order, after: Order) -> int:
    """What would have been charged of what is authorized and will not be any more, in minor units."""
    return max(0, still_charged(before).minor - still_charged(after).minor)


CANCEL = Verb(
    id="order.cancel",
    key="x",
    label="Cancel",
    help="Cancel the order, marked lines, or part of a quantity, as long as it is not packed.",
    right=Right.CANCEL,
    arguments=(
        Argument(
            name="lines",
            kind=ArgumentKind.LINES,
            label="Lines",
            help="Lines and pieces to cancel; none named = the whole order.",
            lines=line_options,
        ),
        Argument(
            name="reason",
            kind=ArgumentKind.CHOICE,
            label="Reason",
            help="Why it is cancelled; the customer is never told fraud.",
            is_required=True,
            choices=_reasons,
            default="customer request",
            initial=_reason_at_hand,
        ),
        note_argument("Words of your own; needed with the reason other."),
    ),
    touches_money=True,
    can_work_a_pile=True,
    check=_check,
    apply=_apply,
)
