"""Download invoice, receipt or credit note: a PDF in the documents folder (spec 6; 9, Documents).

An invoice comes with its shipment and a credit note with what it credits; a receipt is issued when it is
asked for, over all money that moved so far, and is the same document until more moves. So is the invoice of a
sale over the counter, which has no shipment.
"""

from collections.abc import Callable, Iterable

from oms_tui.domain.authority import Right
from oms_tui.domain.documents import DocumentKind, IssuedDocument
from oms_tui.domain.issuing import current_receipt, invoiced_parts, money_moved, with_invoice, with_receipt
from oms_tui.domain.order import Order
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import word
from oms_tui.verbs.base import (
    Answer,
    Argument,
    ArgumentKind,
    Arguments,
    Blocker,
    Choice,
    Context,
    Policy,
    Subject,
    Verb,
)

_INVOICES = (DocumentKind.INVOICE,)
_RECEIPTS = (DocumentKind.RECEIPT,)
_CREDITS = (DocumentKind.CREDIT_NOTE, DocumentKind.REVERSAL)


def _of(order: Order, kinds: Iterable[DocumentKind]) -> tuple[IssuedDocument, ...]:
    return tuple(one for one in order.documents if one.kind in kinds)


def _number(kinds: tuple[DocumentKind, ...], what_else: str) -> Argument:
    def choices(subject: Subject, _policy: Policy) -> tuple[Choice, ...]:
        return tuple(Choice(one.number, one.number) for one in _of(subject.order, kinds))

    return Argument(
        name="number",
        kind=ArgumentKind.CHOICE,
        label="Number",
        help=f"Which one, by its number; none named: {what_else}.",
        choices=choices,
    )


def _named(order: Order, kinds: tuple[DocumentKind, ...], number: object) -> tuple[IssuedDocument, ...]:
    return tuple(one for one in _of(order, kinds) if number is None or one.number == number)


def _printed(documents: Iterable[IssuedDocument], outcome: Outcome | None = None) -> Answer:
    found = tuple(documents)
    names = ", ".join(f"{word(one.kind).lower()} {one.number}" for one in found)
    return Answer(
        text=names,
        summary=f"Printed {names}",
        papers=tuple((one.kind, one.number) for one in found),
        outcome=outcome,
    )


def _issued(after: Order) -> Answer:
    """What was issued last, with the change that issues it."""
    document = after.documents[-1]
    summary = f"Issued {word(document.kind).lower()} {document.number}"
    return _printed((document,), Outcome(order=after, summary=summary))


# -- invoice -----------------------------------------------------------------------------------------------


def _can_be_invoiced_now(order: Order) -> bool:
    """Whether it is a sale over the counter that nobody asked an invoice for yet: it has no shipment."""
    return order.is_carry_out and not order.source and bool(invoiced_parts(order, None))


def _check_invoice(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    order = subject.order
    if _of(order, _INVOICES) or _can_be_invoiced_now(order):
        return ()
    if order.source:
        return (Blocker(f"The invoice of order {order.id} was issued elsewhere; it is not kept here."),)
    if order.lines and all(line.is_cancelled for line in order.lines):
        return (Blocker("There is no invoice: the order was cancelled before anything left."),)
    return (Blocker("Nothing is invoiced yet: an invoice comes with each shipment, once it is packed."),)


def _invoice(subject: Subject, arguments: Arguments, context: Context) -> Answer:
    order = subject.order
    if found := _named(order, _INVOICES, arguments["number"]):
        return _printed(found)
    number = context.world.document_number(order, DocumentKind.INVOICE)
    return _issued(with_invoice(order, None, number, context.now))


# -- receipt -----------------------------------------------------------------------------------------------


def _check_receipt(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if _of(subject.order, _RECEIPTS) or money_moved(subject.order):
        return ()
    return (Blocker("No money was received yet, so that there is nothing to confirm."),)


def _receipt(subject: Subject, arguments: Arguments, context: Context) -> Answer:
    order = subject.order
    if arguments["number"] is not None:
        return _printed(_named(order, _RECEIPTS, arguments["number"]))
    if (current := current_receipt(order)) is not None:
        return _printed((current,))
    number = context.world.document_number(order, DocumentKind.RECEIPT)
    return _issued(with_receipt(order, number, context.now))


# -- credit note -------------------------------------------------------------------------------------------


def _check_credit_note(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if _of(subject.order, _CREDITS):
        return ()
    return (Blocker("There is no credit note: one comes when something that was invoiced gets cheaper."),)


def _credit_note(subject: Subject, arguments: Arguments, context: Context) -> Answer:
    return _printed(_named(subject.order, _CREDITS, arguments["number"]))


def _verb(
    name: str,
    label: str,
    text: str,
    right: Right,
    number: Argument,
    check: Callable[[Subject, Actor, Policy], tuple[Blocker, ...]],
    answer: Callable[[Subject, Arguments, Context], Answer],
) -> Verb:
    return Verb(
        id=f"order.{name}",
        key="d",
        label=label,
        help=text,
        right=right,
        arguments=(number,),
        is_printing=True,
        check=check,
        answer=answer,
    )


DOWNLOAD_INVOICE = _verb(
    "invoice",
    "Download invoice",
    "Write the order's invoices as PDF files into the documents folder.",
    Right.DOWNLOAD_INVOICE,
    _number(_INVOICES, "every one of the order"),
    _check_invoice,
    _invoice,
)
DOWNLOAD_RECEIPT = _verb(
    "receipt",
    "Download receipt",
    "Write a receipt for the money received so far as a PDF file into the documents folder.",
    Right.DOWNLOAD_INVOICE,
    _number(_RECEIPTS, "the one that says all there is to say, issued where there is none yet"),
    _check_receipt,
    _receipt,
)
DOWNLOAD_CREDIT_NOTE = _verb(
    "credit-note",
    "Download credit note",
    "Write the order's credit notes, and what reverses them, as PDF files into the documents folder.",
    Right.DOWNLOAD_CREDIT_NOTE,
    _number(_CREDITS, "every one of the order"),
    _check_credit_note,
    _credit_note,
)
