"""Parts Documents and Invoices: every paper of an order, and what it owes on paper (documented)."""

from collections.abc import Sequence
from dataclasses import dataclass

from oms_tui.domain.listed import ListedDocument, listed, on_paper
from oms_tui.domain.money import format_money
from oms_tui.domain.payment import invoice_status
from oms_tui.domain.status import word
from oms_tui.screens import wording
from oms_tui.screens.profile.page import Page, widest
from oms_tui.screens.profile.payments.sums import groups
from oms_tui.screens.profile.view import View
from oms_tui.widgets.long_list.columns import Cell, Column

ROOMY = 100
"""Cells of a page that has room for the documented title of the amount."""
_SPENT = ("Credited", "Reversed")


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """Names a document among the stops."""

    kind: str
    number: str


def documents_of(view: View) -> tuple[ListedDocument, ...]:
    """Every paper of the order that is known."""
    return listed(view.order, view.profile.credit_notes)


def put_documents(page: Page, view: View) -> None:
    """Put the part Documents on the page."""
    found = documents_of(view)
    page.part("Documents", *([(str(len(found)), "muted")] if found else []))
    if found:
        put_table(page, view, found)
    else:
        page.say("None is known here." if view.order.source else "None was issued yet.")


def put_table(page: Page, view: View, documents: Sequence[ListedDocument]) -> None:
    """A table of documents, each opened by enter."""
    page.table(
        _columns(view, documents, is_roomy=page.width >= ROOMY),
        documents,
        key=lambda one: DocumentKey(one.kind.value, one.number),
        below=lambda one: _opened(page, view, one),
    )


def _columns(
    view: View, documents: Sequence[ListedDocument], *, is_roomy: bool
) -> list[Column[ListedDocument]]:
    title = "Transfer amount" if is_roomy else "Amount"
    amounts = [_amount(one).text for one in documents]
    states = [one.status for one in documents]
    days = [_day(view, one) for one in documents]
    return [
        Column(id="date", title="Date", width=12 if is_roomy else widest(days, 6, 11),
               render=lambda one: _date(view, one) if is_roomy else _day(view, one)),
        Column(id="number", title="Number", width=widest((one.number for one in documents), 8, 20),
               render=lambda one: one.number),
        Column(id="type", title="Type", width=11, render=lambda one: word(one.kind)),
        Column(id="status", title="Status", width=widest(states, 8, 15),
               render=lambda one: Cell(one.status, "muted" if one.status in _SPENT else "")),
        Column(id="name", title="Name", width=10 if is_roomy else 5, flex=2, most=40, priority=1,
               render=lambda one: Cell(_name(one) if is_roomy else one.shipment or "order", "muted")),
        Column(id="from", title="From", width=12, flex=1, most=30, priority=2,
               render=lambda one: wording.known(one.entity)),
        Column(id="amount", title=title, width=widest([title, *amounts], 6, 24), align="right",
               render=_amount),
    ]  # fmt: skip


def _date(view: View, one: ListedDocument) -> Cell:
    return Cell(view.at(one.at, wording.NOT_KNOWN), "" if one.at else "muted")


def _day(view: View, one: ListedDocument) -> str:
    """The day alone, for a narrow page; enter tells the second."""
    return wording.NOT_KNOWN if one.at is None else view.at(one.at).rsplit(" ", 1)[0]


def _amount(one: ListedDocument) -> Cell:
    return Cell(wording.NOT_KNOWN, "muted") if one.total is None else Cell(format_money(one.total))


def _name(one: ListedDocument) -> str:
    """What it is about, in few words."""
    parts = [
        f"shipment {one.shipment}" if one.shipment else "",
        f"for {one.refers_to}" if one.refers_to else "",
    ]
    return " ".join(part for part in (*parts, one.reason) if part) or "the order"


def _opened(page: Page, view: View, one: ListedDocument) -> None:
    if DocumentKey(one.kind.value, one.number) not in view.opened:
        return
    page.facts(
        [
            ("Issued", view.exactly(one.at) if one.at else wording.known("")),
            ("Status", one.status),
            ("From", wording.known(one.entity)),
            ("About", f"shipment {one.shipment}" if one.shipment else "the whole order"),
            *([("Refers to", one.refers_to)] if one.refers_to else []),
            *([("Reason", one.reason)] if one.reason else []),
            ("Printed", _prints(view, one)),
        ],
        indent=4,
    )


def _prints(view: View, one: ListedDocument) -> Cell | list[str]:
    """Who printed it when, the newest first; a second print says "copy" on it."""
    found = [it for it in view.profile.prints if (it.kind, it.number) == (one.kind, one.number)]
    said = [
        f"{view.at(it.at)} by {it.person}{f', copy {it.copy}' if it.copy else ''}"
        for it in sorted(found, key=lambda it: it.copy, reverse=True)
    ]
    return said or Cell("never", "muted")


# -- invoices ----------------------------------------------------------------------------------------------


def put_invoices(page: Page, view: View) -> None:
    """Put the part Invoices on the page: sale and return entries with what they come to."""
    order, found = view.order, documents_of(view)
    entries = [one for one in found if one.entry is not None]
    page.part("Invoices", *([(str(len(entries)), "muted")] if entries else []))
    if not entries:
        _none(page, view)
        return
    page.table(_entry_columns(view, entries), entries)
    sums = on_paper(order, entries)
    if sums.is_whole:
        page.flow(groups([
            ("Invoiced", format_money(sums.invoiced), "strong"),
            ("Credited", format_money(sums.credited), "strong" if sums.credited else "muted"),
            ("On paper", format_money(sums.net), "strong"),
        ]))  # fmt: skip


def _entry_columns(view: View, entries: Sequence[ListedDocument]) -> list[Column[ListedDocument]]:
    return [
        Column(id="entry", title="Entry", width=8, render=lambda one: word(one.entry) if one.entry else ""),
        Column(id="shipment", title="Shipment", width=8, render=lambda one: one.shipment or "–"),
        Column(id="number", title="Number", width=widest((one.number for one in entries), 8, 30), flex=1,
               most=40, render=lambda one: one.number),
        Column(id="date", title="Date", width=12, render=lambda one: _date(view, one)),
        Column(id="amount", title="Amount", width=widest([_amount(one).text for one in entries], 6, 24),
               align="right", render=_amount),
    ]  # fmt: skip


def _none(page: Page, view: View) -> None:
    order = view.order
    if order.lines and all(line.is_cancelled for line in order.lines):
        page.say("None: the order was cancelled before anything left.")
    elif order.shipments:
        page.say("None yet: each shipment is invoiced when it leaves.")
    elif order.is_carry_out and not order.source:
        page.say("None yet: one is issued when somebody asks for it.")
    else:
        status = wording.invoice_status(invoice_status(order, None))
        number = "" if not order.source else f", number {order.id} in the source"
        page.say(f"{status.text}{number}")
