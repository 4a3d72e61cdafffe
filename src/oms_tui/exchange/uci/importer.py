"""The run of an import: read, sort out, match, write in batches, report (spec 9, invariant X5).

All or nothing per batch. The same file again adds nothing, and a run that was killed is completed by the
next one: what
is here already is skipped by its ID, and the matching of credits gives the same again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from oms_tui.desk.checks import why_not_credit_note
from oms_tui.desk.desk import Desk
from oms_tui.desk.imports import Known, known_of
from oms_tui.desk.intake import Batch, OrderChange, Taken, take_in, would_take
from oms_tui.domain.money import MAX_MINOR
from oms_tui.domain.order import Order
from oms_tui.domain.returns import CreditNote, Return
from oms_tui.exchange.rejects import prepare_rejects, write_rejects
from oms_tui.exchange.uci.credits import (
    Credit,
    Match,
    Sale,
    Sales,
    make_credit_note,
    make_return,
    match_credits,
    return_id,
    returned_lines,
    shares_of,
)
from oms_tui.exchange.uci.dates import DateOrder
from oms_tui.exchange.uci.mapping import SOURCE, invoice_order, is_goods
from oms_tui.exchange.uci.reading import (
    BEYOND,
    CREDIT_NUMBER,
    CURRENCY,
    NO_PRICED_LINE,
    Progress,
    Rows,
    read_rows,
    rejected_rows,
)

ORDERS_PER_BATCH: Final = 500
CREDITS_PER_BATCH: Final = 200
_T = TypeVar("_T")


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What an import read, took in, found here already and refused, in figures. Sums are exact, in GBP."""

    file: str
    is_dry_run: bool
    rows: int = 0
    orders: int = 0
    lines: int = 0
    charges: int = 0
    returns: int = 0
    credit_notes: int = 0
    unattached_rows: int = 0
    orders_already_here: int = 0
    credit_notes_already_here: int = 0
    rejected_rows: int = 0
    rejects: dict[str, int] = field(default_factory=dict)
    """Reason -> rows."""
    reject_file: str | None = None
    currency: str = CURRENCY
    sum_read: Decimal = Decimal(0)
    sum_orders: Decimal = Decimal(0)
    """Of orders taken in or here already."""
    sum_credits: Decimal = Decimal(0)
    """Of credit notes taken in or here already; negative."""
    sum_rejected: Decimal = Decimal(0)

    def as_json(self) -> dict[str, object]:
        """Plain values; sums as text, so that no digit is lost."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def import_file(
    desk: Desk,
    path: Path,
    *,
    now: datetime,
    is_dry_run: bool = False,
    progress: Progress,
    rejects: Path,
    dates: DateOrder | None = None,
) -> ImportReport:
    """Import one UCI Online Retail CSV.

    Args:
        desk: where to; only read in a dry run.
        path: the CSV, plain or gzipped.
        now: the time written on the flow record.
        is_dry_run: report without writing anything, the reject file included.
        progress: told how far it is.
        rejects: the reject file; its folder is made if it is not there.
        dates: what stands first in dates with slashes; None = as the file itself tells.

    Raises:
        NotUci: the file is not in either layout, or its dates can be read in two ways.
        OSError: the reject file cannot be written there; nothing was taken in.
    """
    rows = read_rows(path, progress, dates)
    if not is_dry_run:
        prepare_rejects(rejects)
    run = _Run(desk, rows, now, is_dry_run, progress)
    report = ImportReport(file=path.name, is_dry_run=is_dry_run, rows=rows.read, sum_read=rows.sum_read)
    run.sort_out(report)
    run.match()
    with desk.store.bulk():
        run.take_orders(report)
        run.take_credits(report)
    report.rejected_rows = len(rows.rejected)
    report.rejects = dict(Counter(_kind(reason) for reason in rows.rejected.values()).most_common())
    report.sum_rejected = rows.sum_rejected
    if not is_dry_run:
        written = write_rejects(rejects, rows.header, rejected_rows(path, rows))
        report.reject_file = None if written is None else str(written.absolute())
    return report


def _kind(reason: str) -> str:
    """The reason without what is particular to one row."""
    return reason.partition(": ")[0] if reason.startswith(("cannot be read", "refused")) else reason


class _Run:
    """One file on its way in."""

    def __init__(self, desk: Desk, rows: Rows, now: datetime, is_dry_run: bool, progress: Progress) -> None:
        self._desk, self._rows, self._now = desk, rows, now
        self._is_dry_run, self._progress = is_dry_run, progress
        self._orders: list[tuple[str, list[int]]] = []
        self._credits: list[Credit] = []
        self._known: Known
        self._refused: set[str] = set()
        """Orders of this file that did not come in."""
        self._returned: dict[str, list[tuple[Credit, Match]]] = defaultdict(list)

    def sort_out(self, report: ImportReport) -> None:
        """Gather the rows of each invoice, wherever they stand, and tell orders, credits and rejects
        apart."""
        rows = self._rows
        by_invoice: dict[int, list[int]] = defaultdict(list)
        for index, invoice in enumerate(rows.invoice):
            by_invoice[invoice].append(index)
        orders: list[tuple[str, list[int]]] = []
        credits: list[Credit] = []
        for invoice, indices in by_invoice.items():
            number = rows.invoices.values[invoice]
            if not any(rows.price[index] for index in indices):
                for index in indices:
                    rows.reject(index, NO_PRICED_LINE)
            elif sum(abs(rows.quantity[index] * rows.price[index]) for index in indices) > MAX_MINOR:
                for index in indices:
                    rows.reject(index, BEYOND)
            elif CREDIT_NUMBER.fullmatch(number):
                credits.append(Credit(number, min(rows.time[i] for i in indices), indices))
                report.sum_credits += self._value(indices)
            else:
                orders.append((number, indices))
                report.sum_orders += self._value(indices)
        customers = {rows.customers.values[rows.customer[i]] for c in credits for i in c.indices} - {""}
        self._known = known_of(
            self._desk,
            orders=[number for number, _ in orders],
            credit_notes=[credit.number for credit in credits],
            customers=sorted(customers),
        )
        self._orders = [(number, indices) for number, indices in orders if number not in self._known.orders]
        self._credits = [credit for credit in credits if credit.number not in self._known.credit_notes]
        self._refuse_credits(report)
        report.orders_already_here = len(orders) - len(self._orders)
        report.credit_notes_already_here = sum(c.number in self._known.credit_notes for c in credits)

    def _refuse_credits(self, report: ImportReport) -> None:
        """Put aside the credits whose note could not come in, before anything is given back for them."""
        fitting: list[Credit] = []
        for credit in self._credits:
            note = make_credit_note(self._rows, credit, *shares_of(self._rows, credit))
            if reason := why_not_credit_note(note):
                report.sum_credits -= self._refuse(credit.indices, reason)
            else:
                fitting.append(credit)
        self._credits = fitting

    def _value(self, indices: Iterable[int]) -> Decimal:
        rows = self._rows
        return Decimal(sum(rows.quantity[index] * rows.price[index] for index in indices)).scaleb(-2)

    def match(self) -> None:
        """Find the sales that the credits give back: in this file, and among the orders that are here
        already."""
        rows, sales = self._rows, Sales()
        here: dict[tuple[str, int], Sale] = {}
        for sold in self._known.sales:
            sale = here.get((sold.order_id, sold.line))
            if sale is None:
                sale = here[sold.order_id, sold.line] = Sale(sold.order_id, sold.line, sold.created, 0)
                sales.add(sold.customer, sold.sku, sale)
            sale.pieces += sold.pieces
        wanted = {
            (rows.customer[index], rows.codes.values[rows.code[index]].upper())
            for credit in self._credits
            for index in credit.indices
        }
        for number, indices in self._orders:
            created = min(rows.time[index] for index in indices)
            goods = (i for i in indices if is_goods(rows.codes.values[rows.code[i]]))
            for line, index in enumerate(goods, 1):
                code = rows.codes.values[rows.code[index]]
                if (rows.customer[index], code.upper()) in wanted:
                    customer = rows.customers.values[rows.customer[index]]
                    sales.add(customer, code, Sale(number, line, created, rows.quantity[index]))
        match_credits(rows, self._credits, sales)
        for credit in self._credits:
            for match in credit.matches:
                self._returned[match.order_id].append((credit, match))

    def take_orders(self, report: ImportReport) -> None:
        """Write the orders of this file with what has come back of them, oldest first."""
        done = 0
        for batch in _batches(self._orders, ORDERS_PER_BATCH):
            orders: list[Order] = []
            returns: list[Return] = []
            for _, indices in batch:
                order, of_order = self._give_back(invoice_order(self._rows, indices, self._now))
                orders.append(order)
                returns += of_order
            taken = self._write(Batch(orders=orders, returns=returns))
            rows_of = dict(batch)
            for order_id, reason in taken.refused_orders:
                report.sum_orders -= self._refuse(rows_of[order_id], reason)
                self._refused.add(order_id)
            accepted = [rows_of[order.id] for order in orders if order.id not in self._refused]
            lines = sum(is_goods(self._code(index)) for indices in accepted for index in indices)
            report.orders += taken.orders
            report.lines += lines
            report.charges += sum(map(len, accepted)) - lines
            report.returns += taken.returns
            done += len(batch)
            self._progress("orders", done, len(self._orders))

    def _code(self, index: int) -> str:
        return self._rows.codes.values[self._rows.code[index]]

    def _refuse(self, indices: Iterable[int], reason: str) -> Decimal:
        """Put the rows of an invoice that cannot come in among the rejects; what they come to."""
        kept = list(indices)
        for index in kept:
            self._rows.reject(index, f"refused: {reason}")
        return self._value(kept)

    def _give_back(self, order: Order) -> tuple[Order, list[Return]]:
        matches = self._returned.pop(order.id, [])
        if not matches:
            return order, []
        order = returned_lines(order, [match for _, match in matches])
        credits = {credit.number: credit for credit, _ in matches}
        return order, [self._return_of(credit, order.id) for credit in credits.values()]

    def _return_of(self, credit: Credit, order_id: str) -> Return:
        shares, _ = shares_of(self._rows, credit)
        return make_return(self._rows, credit, order_id, shares)

    def take_credits(self, report: ImportReport) -> None:
        """Write the credit notes, and the returns on orders that were here before this file."""
        done = 0
        for batch in _batches(self._credits, CREDITS_PER_BATCH):
            notes: list[CreditNote] = []
            returns: list[Return] = []
            changes: list[OrderChange] = []
            unattached: dict[str, int] = {}
            for credit in batch:
                shares, rest = shares_of(self._rows, credit)
                notes.append(make_credit_note(self._rows, credit, shares, rest, self._refused))
                loose = {match.index for match in credit.matches if match.order_id in self._refused}
                unattached[credit.number] = len(loose | rest.keys())
                for order_id in credit.orders():
                    if order_id not in self._known.orders_with_sales:
                        continue
                    if return_id(credit.number, order_id) in self._known.returns:
                        continue
                    returns.append(make_return(self._rows, credit, order_id, shares))
                    changes.append(self._change(credit, order_id))
            taken = self._write(Batch(returns=returns, credit_notes=notes, changes=changes))
            rows_of = {credit.number: credit.indices for credit in batch}
            for number, reason in taken.refused_credit_notes:
                report.sum_credits -= self._refuse(rows_of[number], reason)
                del unattached[number]
            report.unattached_rows += sum(unattached.values())
            report.credit_notes += taken.credit_notes
            report.returns += taken.returns
            done += len(batch)
            self._progress("credit notes", done, len(self._credits))

    def _change(self, credit: Credit, order_id: str) -> OrderChange:
        matches = [match for match in credit.matches if match.order_id == order_id]
        pieces = sum(match.pieces for match in matches)
        return OrderChange(
            order_id=order_id,
            apply=lambda order: returned_lines(order, matches),
            cause="return_imported",
            summary=f"{pieces} pieces came back on credit note {credit.number}",
        )

    def _write(self, batch: Batch) -> Taken:
        """Take a batch in; in a dry run only what would come of it."""
        if self._is_dry_run:
            return would_take(self._desk, batch)
        return take_in(self._desk, batch, source=SOURCE)


def _batches(items: Sequence[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
