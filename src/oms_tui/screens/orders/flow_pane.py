"""View flow of the row under the cursor: its items, their money, and who works on it (spec 7, Orders)."""

from dataclasses import dataclass

from oms_tui.domain.derive import why_it_stands
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Line
from oms_tui.domain.payment import invoice_status
from oms_tui.domain.totals import current_tax, order_total, price
from oms_tui.screens import wording
from oms_tui.screens.profile.items import sum_lines
from oms_tui.screens.profile.page import Page, widest
from oms_tui.screens.profile.view import View, figure
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.lines import Piece, Pieces, spread
from oms_tui.widgets.listing import Body, Listing
from oms_tui.widgets.long_list.columns import Cell, Column


@dataclass(frozen=True, slots=True)
class FlowLineKey:
    """Names a line among the stops."""

    number: int


class FlowPane(Listing):
    """The pane: tab goes into it where it is longer than it is high."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(ascii_only=ascii_only, id=id)
        self._shown_id = ""

    def show_order(self, view: View) -> None:
        """Show the items of an order; the cursor stays while it is the same order."""
        is_new = view.order.id != self._shown_id
        self._shown_id = view.order.id
        self.present(lambda width: build(view, width), is_new=is_new)

    def say(self, text: str) -> None:
        """Show a sentence instead."""
        self._shown_id = ""

        def sentence(width: int) -> Body:
            page = Page(width)
            page.say(text)
            return page.body()

        self.present(sentence, is_new=True)


def build(view: View, width: int) -> Body:
    """The pane's body: what it is about, the items, the sums."""
    page, order = Page(width), view.order
    page.draw(lambda: _title(view, width))
    if why := why_it_stands(order):
        page.say(why, "warning")
    grid = Grid(_columns(view), width)
    page.put(*grid.header())
    page.keep_on_top()
    for line in order.lines:
        page.grid_row(grid, line, FlowLineKey(line.number))
    for charge in order.charges:
        look = "muted" if charge.is_cancelled else ""
        page.ends([(f"   {charge.name}", look)], [(figure(price(charge)), look)])
    for pieces in sum_lines(order, width):
        page.ends([], pieces)
    return page.body()


def _title(view: View, width: int) -> Pieces:
    order = view.order
    claim = wording.claim_text(view.profile.claim, view.me, view.zone, view.now)
    right: list[Piece] = [*wording.hold_pieces(order.open_holds(), False, ascii_only=view.ascii_only)]
    if claim:
        right += [("   ", ""), (claim, "accent")]
    lines = f"{len(order.lines)} line{'s' if len(order.lines) != 1 else ''}"
    left: list[Piece] = [(order.id, "strong"), ("  view flow", "muted"), (f"   {lines}, ", "muted")]
    return spread([*left, (format_money(order_total(order)), "")], right, width)


def _columns(view: View) -> list[Column[Line]]:
    lines = view.order.lines

    def status(line: Line) -> Cell:
        return wording.line_status(line.status, ascii_only=view.ascii_only)

    def payment(line: Line) -> Cell:
        return wording.payment_status(view.line_payment(line))

    def invoice(line: Line) -> Cell:
        return wording.invoice_status(invoice_status(view.order, line.shipment))

    return [
        Column(id="no", title="", width=widest((str(x.number) for x in lines), 2, 5), align="right",
               render=lambda x: str(x.number)),
        Column(id="info", title="Info", width=22, flex=3, render=lambda x: x.name or x.sku),
        Column(id="size", title="Size", width=widest((x.size for x in lines), 4, 8), priority=6,
               render=lambda x: Cell(x.size or "–", "muted")),
        Column(id="category", title="Category", width=widest((x.category for x in lines), 8, 12), priority=8,
               render=lambda x: Cell(x.category or "–", "muted")),
        Column(id="qty", title="Qty", width=3, align="right", render=lambda x: str(x.quantity)),
        Column(id="item", title="Item", width=widest((status(x).text for x in lines), 4, 20), render=status),
        Column(id="payment", title="Payment", width=widest((payment(x).text for x in lines), 7, 15),
               priority=3, render=payment),
        Column(id="invoice", title="Invoice", width=widest((invoice(x).text for x in lines), 7, 15),
               priority=5, render=invoice),
        Column(id="promo", title="Promo", width=widest((x.promo for x in lines), 5, 8), priority=7,
               render=lambda x: Cell(x.promo or "–", "muted")),
        Column(id="tax", title="Tax", width=widest((figure(current_tax(x)) for x in lines), 3, 16),
               align="right", priority=4, render=lambda x: Cell(figure(current_tax(x)), "muted")),
        Column(id="total", title="Total", width=widest((figure(price(x)) for x in lines), 5, 18),
               align="right",
               render=lambda x: Cell(figure(price(x)), "muted" if x.is_cancelled else "")),
    ]  # fmt: skip
