"""Reverse credit note: a counter-document takes it back, with the price that it lowered; the note itself
stays (spec 2, 6)."""

from collections.abc import Iterator
from typing import Final

from oms_tui.domain.authority import Right
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.issuing import credit_notes_that_stand
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Order
from oms_tui.domain.payment import still_owed
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.domain.reversing import has_unknown_refund, refunds_of, reverse, why_not_reverse
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

OTHER: Final = "other"
REASONS: Final = ("issued by mistake", "wrong amount", "wrong item", OTHER)
"""Why a credit note is taken back: words that the paper has in every language (`domain.paper_words`)."""


def _to_reverse(order: Order) -> tuple[Choice, ...]:
    return tuple(
        Choice(one.number, f"{one.number} {format_money(one.total)}: {one.reason}".rstrip(": "))
        for one in credit_notes_that_stand(order)
        if not why_not_reverse(order, one.number)
    )


def _choices(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return _to_reverse(subject.order)


def _only(subject: Subject) -> str:
    found = _to_reverse(subject.order)
    return found[0].value if len(found) == 1 else ""


def _reasons(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(Choice(reason, reason) for reason in REASONS)


def _check(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    order = subject.order
    if _to_reverse(order):
        return ()
    notes = [one for one in order.documents if one.kind is DocumentKind.CREDIT_NOTE]
    if not notes:
        return (Blocker("No credit note was issued for this order."),)
    return tuple(
        Blocker(
            why_not_reverse(order, one.number),
            fix="order.record-refund" if has_unknown_refund(order, one.number) else None,
        )
        for one in notes
    )


def _apply(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, number = subject.order, str(arguments["document"])
    reason, note = str(arguments["reason"]), str(arguments["note"] or "")
    if reason == OTHER and not note:
        raise ArgumentError("note", "The reason 'other' needs a note that says which.")
    if why := why_not_reverse(order, number):
        raise Refused([Blocker(why)])
    by = context.actor.name
    draw = context.world.document_number
    after = reverse(order, number, reason, context.now, draw, person=by, note=note)
    return Outcome(
        order=after,
        warnings=tuple(_warnings(order, after, number)),
        action=f"reverse credit note {number}",
        summary=f"Reversed credit note {number}: {reason}" + (f" ({note})" if note else ""),
    )


def _warnings(order: Order, after: Order, number: str) -> Iterator[str]:
    """What it means beside the counter-document: for the customer, for a refund, for what is due."""
    note = next(one for one in credit_notes_that_stand(order) if one.number == number)
    total = format_money(-note.total)
    yield f"Prices rise by the {total} that it took off: tell the customer, who was told the lower ones."
    if refunds_of(order, note):
        yield "Its refund that failed is not asked for any more."
    again = still_owed(after) - still_owed(order)
    if again.minor > 0:
        yield f"{format_money(again)} is due again, and is captured if a payment has it authorized."


REVERSE_CREDIT_NOTE = Verb(
    id="order.reverse-credit-note",
    key="m",
    label="Reverse credit note",
    help="Take a credit note and its lower price back by a counter-document, unless its refund may be paid.",
    right=Right.SETTLE_PAYMENT,
    arguments=(
        Argument(
            name="document",
            kind=ArgumentKind.CHOICE,
            label="Credit note",
            help="The credit note to take back, by its number.",
            is_required=True,
            choices=_choices,
            initial=_only,
        ),
        Argument(
            name="reason",
            kind=ArgumentKind.CHOICE,
            label="Printed reason",
            help="Why it is taken back; printed on the customer's counter-document, in the order's language.",
            is_required=True,
            choices=_reasons,
        ),
        note_argument("Words of your own for the timeline, not printed; needed with the reason other."),
    ),
    touches_money=True,
    check=_check,
    apply=_apply,
)
