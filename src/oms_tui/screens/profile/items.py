"""Tab Items: every line with status, place and money; split lines below the line as placed (spec 2, 7)."""

from collections.abc import Iterable
from dataclasses import dataclass

from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Charge, Line, Order
from oms_tui.domain.payment import due, order_balance
from oms_tui.domain.status import word
from oms_tui.domain.totals import current_tax, price, totals
from oms_tui.screens import wording
from oms_tui.screens.profile.page import INDENT, Page, widest
from oms_tui.screens.profile.view import View, figure
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.lines import Piece
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column

MOST_SIZE, MOST_CATEGORY, MOST_PLACE = 8, 12, 9
PER_PERCENT = 10_000
"""Parts per million in one percent."""


@dataclass(frozen=True, slots=True)
class LineKey:
    """Names a line among the stops."""

    number: int


@dataclass(frozen=True, slots=True)
class ChargeKey:
    """Names a charge among the stops."""

    number: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A line or charge as the table shows it."""

    part: Line | Charge
    is_part: bool = False
    """Whether it is one part of a line that was split."""


def build(view: View, width: int) -> Body:
    """The tab's body."""
    order, page = view.order, Page(width)
    groups = _groups(order)
    parts: list[Line | Charge] = [*order.lines, *order.charges]
    grid = Grid(_columns(view, parts), width)
    page.put(*grid.header())
    page.keep_on_top()
    for placed, lines in groups:
        if len(lines) > 1:
            _as_placed(page, placed, lines)
        for line in lines:
            key = LineKey(line.number)
            page.grid_row(grid, ItemRow(line, len(lines) > 1), key, can_mark=True)
            if key in view.opened:
                _line_details(page, view, line)
    for charge in order.charges:
        page.grid_row(grid, ItemRow(charge), ChargeKey(charge.number))
        if ChargeKey(charge.number) in view.opened:
            _charge_details(page, charge)
    if not parts:
        page.say("No line and no charge is known.")
    page.blank()
    page.keep_at_end(_sums(page, view))
    return page.body()


def _groups(order: Order) -> list[tuple[int, list[Line]]]:
    """Lines by the line they were placed as, in the order placed."""
    groups: dict[int, list[Line]] = {}
    for line in order.lines:
        groups.setdefault(line.placed_as, []).append(line)
    return sorted(groups.items())


def _as_placed(page: Page, number: int, lines: list[Line]) -> None:
    first = lines[0]
    quantity = sum(line.quantity for line in lines)
    page.put((f"{number} {first.name or first.sku}", ""), (f"  placed as ×{quantity}, split", "muted"))


def _columns(view: View, parts: Iterable[Line | Charge]) -> list[Column[ItemRow]]:
    everything = list(parts)
    lines = [part for part in everything if isinstance(part, Line)]
    money = {
        name: widest((_money(part, name) for part in everything), len(name) if name != "disc" else 4, 20)
        for name in ("amount", "disc", "adj.", "tax", "total")
    }
    number = widest((str(part.number) for part in lines), 1, 6)
    # Without it amount and total differ for no reason that is seen: amounts give way before it.
    reduction: Column[ItemRow] = Column(id="adj", title="Adj.", width=money["adj."], align="right",
                                        priority=1, render=lambda row: _figure(row, "adj."))  # fmt: skip
    return [
        Column(id="no", title="", width=number, align="right", render=_number),
        Column(id="item", title="Item", width=20, flex=3, render=_item),
        Column(id="qty", title="Qty", width=widest((str(x.quantity) for x in lines), 3, 6), align="right",
               render=_pieces),
        Column(id="sku", title="SKU", width=widest((x.sku for x in lines), 3, 14), priority=9, render=_sku),
        Column(id="size", title="Size", width=widest((x.size for x in lines), 4, MOST_SIZE), priority=6,
               render=lambda row: _of_line(row, "size")),
        Column(id="category", title="Category", priority=7,
               width=widest((x.category for x in lines), 8, MOST_CATEGORY),
               render=lambda row: _of_line(row, "category")),
        Column(id="location", title="Location", priority=5,
               width=widest((x.location for x in lines), 8, MOST_PLACE),
               render=lambda row: _of_line(row, "location")),
        Column(id="status", title="Status", width=widest((word(x.status) for x in lines), 8, 18) + 2,
               render=lambda row: _status(row, view.ascii_only)),
        Column(id="returnable", title="Ret.", width=4, priority=8, render=_returnable),
        Column(id="rule", title="Rule", width=13, priority=10, render=_rule),
        Column(id="amount", title="Amount", width=money["amount"], align="right", priority=2,
               render=lambda row: _figure(row, "amount")),
        Column(id="disc", title="Disc", width=money["disc"], align="right", priority=3,
               render=lambda row: _figure(row, "disc")),
        *([reduction] if any(part.reduction for part in everything) else []),
        Column(id="tax", title="Tax", width=money["tax"], align="right", priority=4,
               render=lambda row: _figure(row, "tax")),
        Column(id="total", title="Total", width=money["total"], align="right",
               render=lambda row: _figure(row, "total")),
    ]  # fmt: skip


def _number(row: ItemRow) -> str:
    return str(row.part.number) if isinstance(row.part, Line) else ""


def _item(row: ItemRow) -> Cell:
    part = row.part
    if isinstance(part, Charge):
        return Cell(part.name or word(part.kind), "muted" if part.is_cancelled else "")
    name = "  part" if row.is_part else part.name or part.sku
    return Cell(name, "muted" if part.is_cancelled else "")


def _pieces(row: ItemRow) -> Cell:
    if not isinstance(row.part, Line):
        return Cell("")
    return Cell(str(row.part.quantity), "muted" if row.part.is_cancelled else "")


def _sku(row: ItemRow) -> Cell:
    return Cell(row.part.sku if isinstance(row.part, Line) else row.part.code, "muted")


def _of_line(row: ItemRow, name: str) -> Cell:
    if not isinstance(row.part, Line):
        return Cell("")
    return Cell(str(getattr(row.part, name)) or "–", "muted")


def _status(row: ItemRow, ascii_only: bool) -> Cell:
    if isinstance(row.part, Charge):
        return Cell("cancelled" if row.part.is_cancelled else "", "muted")
    return wording.line_status(row.part.status, ascii_only=ascii_only)


def _returnable(row: ItemRow) -> str:
    if not isinstance(row.part, Line):
        return ""
    return "yes" if row.part.is_returnable else "no"


def _rule(row: ItemRow) -> Cell:
    return Cell(word(row.part.review_rule) if isinstance(row.part, Line) else "", "muted")


def _money(part: Line | Charge, name: str) -> str:
    if name == "amount":
        return figure(part.amount)
    if name == "disc":
        return figure(part.discount, sign=-1)
    if name == "adj.":
        return figure(part.reduction, sign=-1)
    return figure(current_tax(part)) if name == "tax" else figure(price(part))


def _figure(row: ItemRow, name: str) -> Cell:
    return Cell(
        _money(row.part, name), "muted" if row.part.is_cancelled or name in ("disc", "adj.", "tax") else ""
    )


def _line_details(page: Page, view: View, line: Line) -> None:
    order = view.order
    about = [note for note in order.notes if note.line == line.number]
    facts: list[tuple[str, str | Cell]] = [
        ("SKU", line.sku),
        ("UPC", wording.known(line.upc)),
        ("Size", wording.known(line.size)),
        ("Category", wording.known(line.category)),
        ("Promo", line.promo or "none"),
        ("Location", line.location or "none assigned yet"),
        ("Shipment", line.shipment or "not planned yet"),
        ("Since", f"{word(line.status)} by cause {word(line.cause).lower()}"),
        ("Returnable", "yes" if line.is_returnable else "no"),
        ("Review rule", word(line.review_rule)),
        ("Payment", wording.payment_status(view.line_payment(line))),
        *_money_facts(line),
    ]
    if line.parent is not None:
        facts.insert(0, ("Split from", f"line {line.parent}"))
    if about:
        facts.append(("Notes", f"{len(about)} on this line, see Notes"))
    page.facts(facts, indent=INDENT)


def _charge_details(page: Page, charge: Charge) -> None:
    facts: list[tuple[str, str | Cell]] = [("Kind", word(charge.kind))]
    if charge.code:
        facts.append(("Code", charge.code))
    page.facts([*facts, *_money_facts(charge)], indent=INDENT)


def _money_facts(part: Line | Charge) -> list[tuple[str, str | Cell]]:
    whole, rest = divmod(part.tax_rate, PER_PERCENT)
    decimals = f".{rest:04d}".rstrip("0") if rest else ""
    included = "included" if part.tax_included else "added"
    facts: list[tuple[str, str | Cell]] = [
        ("Amount", format_money(part.amount)),
        ("Discount", format_money(-part.discount)),
        ("Tax", f"{format_money(current_tax(part))} {included}, {whole}{decimals} %"),
        ("Total", format_money(price(part)) + (", not counted: cancelled" if part.is_cancelled else "")),
    ]
    if part.reduction:
        facts.insert(2, ("Adjusted by", format_money(-part.reduction)))
    return facts


def _sums(page: Page, view: View) -> int:
    """The sums of spec 4, then what is authorized beside what is captured; how many lines that takes.

    What matters most comes last: it stays longest in sight on a small screen, whose head says the total.
    """
    order, lines = view.order, sum_lines(view.order, page.width)
    if order.placed_total != totals(order).total:
        lines.insert(0, [("Placed total ", "muted"), (format_money(order.placed_total), "muted")])
    if not view.profile.is_payment_masked:
        sums = order_balance(order)
        lines.append(_joined([
            ("Authorized ", wording.authorized(order, sums)),
            ("Captured ", format_money(Money(sums.captured, order.currency))),
            ("Due ", format_money(due(order))),
        ]))  # fmt: skip
    for pieces in lines:
        page.ends([], pieces)
    return len(lines)


def sum_lines(order: Order, width: int) -> list[list[Piece]]:
    """Subtotal, charges, discount, adjustments, tax and total, in as few lines as they fit into."""
    sums = totals(order)
    facts = [("Subtotal ", format_money(sums.subtotal))]
    for label, amount in (
        ("Charges ", sums.charges),
        ("Discount ", -sums.discount),
        ("Adjusted ", -sums.adjustments),
        ("Tax ", sums.tax_added),
    ):
        if amount:
            facts.append((label, format_money(amount)))
    if sums.tax_included:
        facts.append(("Tax ", f"{format_money(sums.tax_included)} incl."))
    total = [("Total ", "muted"), (format_money(sums.total), "strong")]
    one = [*_joined(facts), ("   ", ""), *total]
    if sum(len(text) for text, _ in one) <= width:
        return [one]
    return [_joined(facts), total]


def _joined(facts: Iterable[tuple[str, str]]) -> list[Piece]:
    pieces: list[Piece] = []
    for label, value in facts:
        pieces += [("   ", "")] if pieces else []
        pieces += [(label, "muted"), (value, "")]
    return pieces
