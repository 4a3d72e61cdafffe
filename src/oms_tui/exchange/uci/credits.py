"""Credits: which earlier sales the rows of `C` invoices give back (spec 9).

A credit invoice does not name the invoice it credits. Its goods rows are matched by customer and article to
sales made
before it, the newest first, each piece of a sale once. What matches no sale stays on the note, unattached.
The matching
depends on nothing but the sales and the credits in order of time, so an import that was broken off and begun
again ends
the same.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from oms_tui.clock import from_micros
from oms_tui.domain.money import Money, allocate_minor
from oms_tui.domain.order import Order
from oms_tui.domain.returns import CreditNote, CreditNoteLine, Return, ReturnLine
from oms_tui.domain.status import Cause, CreditNoteStatus, LineStatus, RefundStatus, ReturnStatus, next_status
from oms_tui.domain.totals import next_line_number, split_line
from oms_tui.exchange.uci.mapping import SOURCE, country_code, is_goods
from oms_tui.exchange.uci.reading import CURRENCY, Rows

NO_REASON: Final = ""
"""The source does not say why something came back."""


@dataclass(slots=True)
class Sale:
    """Pieces of one line that can still come back. `line` is the number as placed."""

    order_id: str
    line: int
    created: int
    """Microseconds."""
    pieces: int


@dataclass(frozen=True, slots=True)
class Match:
    """`pieces` of row `index` of the source give back that much of a line of an order."""

    index: int
    order_id: str
    line: int
    pieces: int


@dataclass(slots=True)
class Credit:
    """A credit invoice: its rows and what they were matched with."""

    number: str
    time: int
    indices: list[int]
    matches: list[Match] = field(default_factory=list)

    def orders(self) -> tuple[str, ...]:
        """The orders it gives back from, in order of the matches."""
        return tuple(dict.fromkeys(match.order_id for match in self.matches))


class Sales:
    """The sales that credits may draw on, by customer and article."""

    def __init__(self) -> None:
        self._by_article: dict[tuple[str, str], list[Sale]] = defaultdict(list)
        self._is_sorted = False

    def add(self, customer: str, code: str, sale: Sale) -> None:
        """Make one line known."""
        self._by_article[customer, code.upper()].append(sale)
        self._is_sorted = False

    def take(self, customer: str, code: str, pieces: int, before: int) -> Iterable[tuple[Sale, int]]:
        """Draw up to `pieces` from sales before a time, newest first: (sale, pieces) each."""
        if not self._is_sorted:
            for sales in self._by_article.values():
                sales.sort(key=lambda sale: (-sale.created, sale.order_id, sale.line))
            self._is_sorted = True
        for sale in self._by_article.get((customer, code.upper()), ()):
            if not pieces:
                return
            taken = min(pieces, sale.pieces) if sale.created < before else 0
            if taken:
                sale.pieces -= taken
                pieces -= taken
                yield sale, taken


def match_credits(rows: Rows, credits: Sequence[Credit], sales: Sales) -> None:
    """Fill the matches of credits, oldest first.

    Args:
        rows: the file.
        credits: the credit invoices whose note is not here yet.
        sales: what is open to be given back, with what a broken-off run has already given back for these
        credits:
            matching it anew gives the same again.
    """
    for credit in sorted(credits, key=lambda c: (c.time, c.number)):
        for index in credit.indices:
            code = rows.codes.values[rows.code[index]]
            customer = rows.customers.values[rows.customer[index]]
            pieces = -rows.quantity[index]
            if pieces <= 0 or not customer or not is_goods(code):
                continue
            for sale, taken in sales.take(customer, code, pieces, credit.time):
                credit.matches.append(Match(index, sale.order_id, sale.line, taken))


def return_id(credit: str, order_id: str) -> str:
    """The ID of the return that a credit makes on one order: `R`, the credit's digits, the order's ID."""
    return f"R{credit.removeprefix('C')}-{order_id}"


def returned_lines(order: Order, matches: Iterable[Match]) -> Order:
    """The order with the matched pieces Returned; part of a line is split off for it (spec 2)."""
    lines = list(order.lines)
    number = next_line_number(order)
    for match in matches:
        pieces = match.pieces
        for position, line in enumerate(tuple(lines)):
            if line.placed_as != match.line or line.status is not LineStatus.DELIVERED or not pieces:
                continue
            taken = min(pieces, line.quantity)
            pieces -= taken
            part = line
            if taken < line.quantity:
                lines[position], part = split_line(line, taken, number)
                number += 1
                lines.append(part)
                position = len(lines) - 1
            status = next_status(part.status, Cause.RETURN_ACCEPTED)
            lines[position] = replace(part, status=status, cause=Cause.RETURN_ACCEPTED)
    return replace(order, lines=tuple(lines))


def make_return(rows: Rows, credit: Credit, order_id: str, shares: Mapping[Match, Money]) -> Return:
    """The return of one credit on one order: completed, with what the source says and no more."""
    at = from_micros(credit.time)
    matches = [match for match in credit.matches if match.order_id == order_id]
    return Return(
        id=return_id(credit.number, order_id),
        order_id=order_id,
        created=at,
        closed_at=at,
        lines=tuple(
            ReturnLine(
                number=number,
                order_line=match.line,
                sku=rows.codes.values[rows.code[match.index]],
                name=rows.names.values[rows.name[match.index]],
                quantity=match.pieces,
                reason=NO_REASON,
                status=ReturnStatus.COMPLETED,
                refund=shares[match],
                refund_status=RefundStatus.NOT_KNOWN,
                credit_note_status=CreditNoteStatus.ISSUED,
                credit_note=credit.number,
            )
            for number, match in enumerate(matches, 1)
        ),
    )


def shares_of(rows: Rows, credit: Credit) -> tuple[dict[Match, Money], dict[int, tuple[int, Money]]]:
    """What each match gives back, and row -> (pieces, money) that match nothing; together exactly the
    rows."""
    by_row: dict[int, list[Match]] = defaultdict(list)
    for match in credit.matches:
        by_row[match.index].append(match)
    shares: dict[Match, Money] = {}
    rest: dict[int, tuple[int, Money]] = {}
    for index in credit.indices:
        matches = by_row.get(index, [])
        pieces = -rows.quantity[index]
        left = pieces - sum(match.pieces for match in matches)
        amount = pieces * rows.price[index]
        if not matches:
            rest[index] = (pieces, Money(amount, CURRENCY))
            continue
        parts = allocate_minor(amount, [*(match.pieces for match in matches), left])
        shares |= {match: Money(part, CURRENCY) for match, part in zip(matches, parts, strict=False)}
        if left:
            rest[index] = (left, Money(parts[-1], CURRENCY))
    return shares, rest


def make_credit_note(
    rows: Rows,
    credit: Credit,
    shares: Mapping[Match, Money],
    rest: Mapping[int, tuple[int, Money]],
    refused: Container[str] = (),
) -> CreditNote:
    """The note: a row for each line of its returns, and one for each row left over. What would have come back
    of orders that were refused is unattached."""
    parts: list[tuple[int, int, Money, str | None]] = [
        (match.index, match.pieces, shares[match], None if match.order_id in refused else match.order_id)
        for match in credit.matches
    ]
    parts += [(index, pieces, amount, None) for index, (pieces, amount) in rest.items()]
    first = credit.indices[0]
    return CreditNote(
        number=credit.number,
        at=from_micros(credit.time),
        currency=CURRENCY,
        customer_number=rows.customers.values[rows.customer[first]],
        country=country_code(rows.countries.values[rows.country[first]]),
        source=SOURCE,
        lines=tuple(
            CreditNoteLine(
                number=number,
                code=(code := rows.codes.values[rows.code[index]]),
                name=rows.names.values[rows.name[index]] or code,
                quantity=pieces,
                amount=amount,
                order_id=order_id,
                return_id=None if order_id is None else return_id(credit.number, order_id),
            )
            for number, (index, pieces, amount, order_id) in enumerate(parts, 1)
        ),
    )
