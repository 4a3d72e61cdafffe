"""Price adjustment: take something off the price of marked lines and charges (spec 6, Price adjustment).

Part by part: what is not captured yet lowers what its position owes, what is captured goes back as a refund,
and where paper was given a credit note is issued.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from oms_tui.domain.adjusting import (
    Marked,
    capture_in_the_air,
    marked_charge,
    marked_line,
    off_by_amount,
    off_by_percent,
    reduced_charge,
    reduced_line,
    refundable,
    request_refunds,
    to_give_back,
)
from oms_tui.domain.authority import Right
from oms_tui.domain.issuing import with_credit_notes
from oms_tui.domain.money import Money, MoneyError, format_money, parse_amount
from oms_tui.domain.order import AdjustedPart, Adjustment, Charge, Line, Order
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.domain.returns import Return
from oms_tui.domain.status import LineStatus, PaymentMethod, ReturnStatus
from oms_tui.domain.totals import price
from oms_tui.verbs.arguments import OTHER, note_argument
from oms_tui.verbs.base import (
    Argument,
    ArgumentError,
    ArgumentKind,
    Arguments,
    Blocker,
    ChargeOption,
    Choice,
    Context,
    LineOption,
    LinePart,
    Policy,
    Refused,
    Subject,
    Verb,
)
from oms_tui.verbs.messages import tell_of_prices

_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]+))?\s*%?")
_DECIMALS = 2
_NO_LONGER_BACK = (
    ReturnStatus.REJECTED,
    ReturnStatus.COMPLETED,
    ReturnStatus.CANCELLED,
    ReturnStatus.EXPIRED,
)


def proposed_percent(reason: str, policy: Policy) -> int:
    """The percentage that is proposed for a reason; 0 = none."""
    return policy.adjustment_reasons.get(reason, 0)


def line_options(subject: Subject) -> tuple[LineOption, ...]:
    """Every line as the form offers it: those whose price can still change, and why the others' cannot."""
    refusals = {line.number: _line_refusal(subject.order, line) for line in subject.order.lines}
    return tuple(
        LineOption(
            number=line.number,
            quantity=line.quantity,
            available=0 if refusals[line.number] else line.quantity,
            refusal=refusals[line.number],
        )
        for line in subject.order.lines
    )


def charge_options(subject: Subject) -> tuple[ChargeOption, ...]:
    """Every charge as the form offers it."""
    order = subject.order
    return tuple(
        ChargeOption(number=one.number, refusal=_charge_refusal(order, one)) for one in order.charges
    )


def _line_refusal(order: Order, line: Line) -> str:
    name = f"line {line.number}"
    if line.is_cancelled:
        return f"{name} is cancelled"
    if line.status is LineStatus.RETURNED:
        return f"{name} is returned"
    if capture_in_the_air(order, line):
        return f"a capture for {name} is not answered yet"
    return "" if price(line).minor > 0 else f"{name} costs nothing already"


def _charge_refusal(order: Order, charge: Charge) -> str:
    name = f"charge {charge.number}"
    if charge.is_cancelled:
        return f"{name} is cancelled"
    if capture_in_the_air(order, charge):
        return f"a capture for {name} is not answered yet"
    return "" if price(charge).minor > 0 else f"{name} costs nothing already"


def _check(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    refusals = [option.refusal for option in line_options(subject)]
    refusals += [option.refusal for option in charge_options(subject)]
    if not all(refusals):
        return ()
    why = dict.fromkeys(refusals)
    if not why:
        return (Blocker("The order has neither lines nor charges."),)
    more = f" and {len(why) - 3} more" if len(why) > 3 else ""
    return (Blocker(f"No price can change any more: {'; '.join(list(why)[:3])}{more}."),)


def _marked(subject: Subject, arguments: Arguments) -> tuple[Marked, ...]:
    """What is marked, with what it costs now.

    Raises:
        ArgumentError: nothing is marked, or something that is not there.
        Refused: a part's price cannot change.
    """
    lines, charges = arguments["lines"], arguments["charges"]
    found = [*_marked_lines(subject, lines), *_marked_charges(subject, charges)]
    if not found:
        raise ArgumentError("lines", "Mark the lines or charges that are to cost less.")
    return tuple(found)


def _marked_lines(subject: Subject, parts: object) -> Iterator[Marked]:
    options = {option.number: option for option in line_options(subject)}
    for part in parts if isinstance(parts, tuple) else ():
        if not isinstance(part, LinePart) or part.line not in options:
            raise ArgumentError("lines", f"Order {subject.order.id} has no line {part.line}.")
        option = options[part.line]
        if option.refusal:
            raise Refused([Blocker(f"{_sentence(option.refusal)}.")])
        if part.quantity > option.quantity:
            raise ArgumentError(
                "lines", f"Line {part.line} has {option.quantity} pieces, not {part.quantity}."
            )
        yield marked_line(subject.order.line(part.line), part.quantity or option.quantity)


def _marked_charges(subject: Subject, numbers: object) -> Iterator[Marked]:
    charges = {one.number: one for one in subject.order.charges}
    for number in numbers if isinstance(numbers, tuple) else ():
        if number not in charges:
            raise ArgumentError("charges", f"Order {subject.order.id} has no charge {number}.")
        if refusal := _charge_refusal(subject.order, charges[number]):
            raise Refused([Blocker(f"{_sentence(refusal)}.")])
        yield marked_charge(charges[number])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def read_percent(text: str) -> Decimal:
    """A percentage as a person writes it: "15", "12.5 %", "7,25".

    Raises:
        ArgumentError: it is none, has more than two decimals, or is not above 0 and at most 100.
    """
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        raise ArgumentError("percent", f"{text[:40]!r} is no percentage; write it like 15 or 12.5.")
    if len(match[2] or "") > _DECIMALS:
        raise ArgumentError("percent", "A percentage has at most two decimals.")
    percent = Decimal(f"{match[1]}.{match[2] or 0}")
    if not 0 < percent <= 100:
        raise ArgumentError("percent", "A reduction is more than 0 % and at most 100 %.")
    return percent


def _off(
    order: Order, marked: tuple[Marked, ...], arguments: Arguments, policy: Policy
) -> tuple[tuple[int, ...], str]:
    """What comes off each marked part, and the reduction in words ("15 %", "5.00 €").

    Raises:
        ArgumentError: no reduction is said, two are, or it is no reduction of what is marked.
    """
    percent, amount = arguments["percent"], arguments["amount"]
    if percent is not None and amount is not None:
        raise ArgumentError("amount", "Say the reduction in percent or as an amount, not both.")
    if amount is not None:
        taken = _read_amount(str(amount), order, marked)
        return off_by_amount(marked, taken), format_money(taken)
    proposed = proposed_percent(str(arguments["reason"]), policy)
    if percent is None and not proposed:
        raise ArgumentError("percent", "Say how much comes off: in percent, or as an amount.")
    share = read_percent(str(proposed if percent is None else percent))
    off = off_by_percent(marked, share, order.currency)
    if not any(off):
        raise ArgumentError("percent", f"{_plain(share)} % of what is marked comes to nothing.")
    return off, f"{_plain(share)} %"


def _plain(percent: Decimal) -> str:
    text = f"{percent:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read_amount(text: str, order: Order, marked: tuple[Marked, ...]) -> Money:
    try:
        amount = parse_amount(text, order.currency)
    except MoneyError as error:
        raise ArgumentError("amount", str(error)) from None
    cost = Money(sum(one.weight for one in marked), order.currency)
    if amount.minor <= 0:
        raise ArgumentError("amount", "A reduction is more than nothing.")
    if amount > cost:
        raise ArgumentError(
            "amount", f"What is marked costs {format_money(cost)}: no price can be below zero."
        )
    return amount


def _apply(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order = subject.order
    reason, note = str(arguments["reason"]), str(arguments["note"] or "")
    if reason == OTHER and not note:
        raise ArgumentError("note", "The reason 'other' needs a note that says which.")
    marked = _marked(subject, arguments)
    off, words = _off(order, marked, arguments, context.policy)
    after = _adjusted(order, marked, off, Adjustment(
        number=max((one.number for one in order.adjustments), default=0) + 1,
        at=context.now,
        person=context.actor.name,
        reason=reason,
        note=note,
        parts=(),
    ))  # fmt: skip
    back = to_give_back(order, after)
    if sum(back.values()) > refundable(order):
        left = format_money(Money(refundable(order), order.currency))
        raise Refused(
            [Blocker(f"Only {left} of what was paid can still be refunded: the rest went back already.")]
        )
    after, refunds = request_refunds(after, back, f"price adjustment: {reason}", context.now)
    after = with_credit_notes(order, after, reason, context.now, context.world.document_number)
    count, total = _names(marked), format_money(Money(sum(off), order.currency))
    messages, untold = tell_of_prices(order, after, sum(back.values()))
    return Outcome(
        order=after,
        messages=messages,
        intents=refunds,
        warnings=(*_warnings(subject, marked, back), *untold),
        action=f"take {words} off {count}",
        summary=f"Took {total} ({words}) off {count} of order {order.id}: {reason}"
        + (f" ({note})" if note else ""),
    )


def new_prices(
    subject: Subject, raw: Arguments, policy: Policy
) -> tuple[tuple[tuple[Line | Charge, Money], ...], Money]:
    """What each marked part would cost, and what comes off all of them together, as a commit would take it.

    Raises:
        ArgumentError, Refused: what `raw` holds is no price adjustment yet.
    """
    if not raw.get("reason") and (raw.get("percent") or raw.get("amount")):
        raw = {**raw, "reason": next(iter(policy.adjustment_reasons), "")}  # how much does not hang on it
    arguments = ADJUST_PRICE.read(raw, subject, policy)
    marked = _marked(subject, arguments)
    off, _ = _off(subject.order, marked, arguments, policy)
    costs = tuple(
        (one.part, price(one.part) - Money(minor, one.part.amount.currency))
        for one, minor in zip(marked, off, strict=True)
    )
    return costs, Money(sum(off), subject.order.currency)


def _adjusted(order: Order, marked: tuple[Marked, ...], off: tuple[int, ...], entry: Adjustment) -> Order:
    lines = {line.number: line for line in order.lines}
    charges = {charge.number: charge for charge in order.charges}
    parts: list[AdjustedPart] = []
    for one, minor in zip(marked, off, strict=True):
        if not minor:
            continue
        before = price(one.part)
        if isinstance(one.part, Line):
            number, charge = one.part.number, None
            lines[number] = reduced_line(one.part, minor)
            parts.append(AdjustedPart(line=number, charge=None, before=before, after=price(lines[number])))
        else:
            charge = one.part.number
            charges[charge] = reduced_charge(one.part, minor)
            parts.append(AdjustedPart(line=None, charge=charge, before=before, after=price(charges[charge])))
    return replace(
        order,
        lines=tuple(lines.values()),
        charges=tuple(charges.values()),
        adjustments=(*order.adjustments, replace(entry, parts=tuple(parts))),
    )


def _names(marked: tuple[Marked, ...]) -> str:
    lines = sum(isinstance(one.part, Line) for one in marked)
    charges = len(marked) - lines
    parts = [f"{lines} line{'s' * (lines != 1)}"] if lines else []
    parts += [f"{charges} charge{'s' * (charges != 1)}"] if charges else []
    return " and ".join(parts)


def _warnings(subject: Subject, marked: tuple[Marked, ...], back: dict[str | None, int]) -> tuple[str, ...]:
    numbers = {one.part.number for one in marked if isinstance(one.part, Line)}
    found = [
        f"Line {line.order_line} is in return {value.id}: what goes back there is not changed by this."
        for value in subject.returns
        for line in value.lines
        if line.order_line in numbers and _is_coming_back(value, line.status)
    ]
    ledger = any(one.method is PaymentMethod.LEDGER for one in subject.order.payments)
    if back and ledger:
        found.append("How the order was paid is not known here: see that the refund reaches the customer.")
    return tuple(found)


def _is_coming_back(value: Return, status: ReturnStatus) -> bool:
    return value.closed_at is None and status not in _NO_LONGER_BACK


def _reasons(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(
        Choice(reason, f"{reason} ({percent} %)") for reason, percent in policy.adjustment_reasons.items()
    )


ADJUST_PRICE = Verb(
    id="order.price",
    key="p",
    label="Adjust price",
    help="Take a percentage or an amount off the price of marked lines and charges.",
    right=Right.ADJUST_PRICE,
    arguments=(
        Argument(
            name="lines",
            kind=ArgumentKind.LINES,
            label="Lines",
            help="Lines and pieces that are to cost less.",
            lines=line_options,
            takes_all=False,
        ),
        Argument(
            name="charges",
            kind=ArgumentKind.CHARGES,
            label="Charges",
            help="Charges that are to cost less, by their number.",
            charges=charge_options,
        ),
        Argument(
            name="reason",
            kind=ArgumentKind.CHOICE,
            label="Reason",
            help="Why; each reason proposes a percentage.",
            is_required=True,
            choices=_reasons,
        ),
        Argument(
            name="percent",
            kind=ArgumentKind.TEXT,
            label="Percent",
            help="What comes off in percent; empty: what the reason proposes.",
            max_length=8,
        ),
        Argument(
            name="amount",
            kind=ArgumentKind.TEXT,
            label="Amount",
            help="Instead of a percentage: what comes off everything marked, in the order's currency.",
            max_length=40,
        ),
        note_argument("Words of your own; needed with the reason other."),
    ),
    touches_money=True,
    form="price",
    check=_check,
    apply=_apply,
)
