"""The pages of a document: head, addresses, rows that break over pages with carried totals, sums, taxes,
payments."""

from dataclasses import dataclass
from io import BytesIO

from oms_tui.documents.letters import printable
from oms_tui.documents.sheet import (
    ACCENT,
    BOTTOM,
    HEIGHT,
    INK,
    LEFT,
    RIGHT,
    SOFT,
    TOP,
    Sheet,
    cleaned,
    height_of,
)
from oms_tui.documents.words import Entry, Told

_TEXT = 9.0
_SMALL = 8.0
_LOGO = 16.0
"""Height of the logo at most."""
_LOGO_WIDTH = 60.0
_QUANTITY = RIGHT - 62
_RATE = RIGHT - 42
_ITEM = LEFT + 9
_ITEM_WIDTH = _QUANTITY - 12 - _ITEM
_MOST_LINES = 6
"""Lines of one item's name: more of it is cut."""
_MOST_OF_FACT = 12
"""Lines of what names the document: the longest reason that fits beside addresses."""
_GAP = 1.6
_CARRY = height_of(_TEXT) + 2 * _GAP
"""Room for what is carried forward."""
_SUMS = RIGHT - 75
"""Where sums begin."""


@dataclass(slots=True)
class _Cursor:
    """Where the next thing stands, and what the entries above it come to."""

    y: float
    carried: int = 0


class Pages:
    """Draws one document on a sheet."""

    def __init__(self, sheet: Sheet, told: Told, logo: bytes, pages: int) -> None:
        self._sheet, self._told, self._logo, self._pages = sheet, told, logo, pages
        self._at = _Cursor(TOP)

    def draw(self) -> int:
        """Draw everything; how many pages it took."""
        self._new_page()
        self._head()
        self._addresses()
        if self._told.entries:
            self._table_head()
            self._entries()
        self._sums()
        self._taxes()
        self._payments()
        return int(self._sheet.page_no())

    # -- pages ---------------------------------------------------------------------------------------------

    def _new_page(self) -> None:
        sheet = self._sheet
        sheet.add_page()
        self._at.y = TOP
        number = self._told.word("page").format(page=sheet.page_no(), pages=self._pages)
        y = HEIGHT - 12
        sheet.put(RIGHT, y, printable(number), size=_SMALL, colour=SOFT, align="R")
        lines = cleaned(self._told.paper.seller.footer)
        top = y - height_of(7.0, max(len(lines) - 1, 0))
        for place, line in enumerate(lines):
            sheet.put(LEFT, top + height_of(7.0, place), line, size=7.0, colour=SOFT, width=RIGHT - LEFT - 40)

    def _following_page(self) -> None:
        self._new_page()
        told = self._told
        sheet = self._sheet
        sheet.put(LEFT, self._at.y, printable(f"{told.title} {told.paper.number}"), size=_TEXT, bold=True)
        if told.copy:
            sheet.put(RIGHT, self._at.y, printable(told.copy), size=_TEXT, bold=True, align="R")
        self._at.y += height_of(_TEXT) + 4

    def _room(self, height: float) -> None:
        """A new page where so much does not fit any more."""
        if self._at.y + height > BOTTOM:
            self._following_page()

    # -- head ----------------------------------------------------------------------------------------------

    def _head(self) -> None:
        told, sheet = self._told, self._sheet
        seller = told.paper.seller
        width = RIGHT - LEFT
        y = self._put_logo(TOP) if self._logo else self._put_name(TOP)
        right = TOP
        for line in cleaned((seller.name, *seller.address)):
            sheet.put(RIGHT, right, line, size=_SMALL, colour=SOFT, align="R", width=width * 0.4)
            right += height_of(_SMALL)
        if seller.vat_id:
            line = printable(f"{told.word('vat_id')} {seller.vat_id}")
            sheet.put(RIGHT, right, line, size=_SMALL, colour=SOFT, align="R", width=width * 0.4)
            right += height_of(_SMALL)
        self._at.y = max(y, right) + 9
        sheet.put(LEFT, self._at.y, printable(told.title), size=17, bold=True)
        if told.copy:
            sheet.put(RIGHT, self._at.y, printable(told.copy), size=17, bold=True, colour=ACCENT, align="R")
        self._at.y += height_of(17) + 5

    def _put_logo(self, y: float) -> float:
        """The logo in its own shape, as large as its room allows; the name where it is no image after all."""
        sheet = self._sheet
        try:
            placed = sheet.image(BytesIO(self._logo), LEFT, y, w=_LOGO_WIDTH, h=_LOGO, keep_aspect_ratio=True)
        except (OSError, SyntaxError, ValueError):
            return self._put_name(y)
        return y + (placed.rendered_height or _LOGO) + 2

    def _put_name(self, y: float) -> float:
        name = printable(self._told.paper.seller.name)
        self._sheet.put(LEFT, y, name, size=15, bold=True, colour=ACCENT, width=(RIGHT - LEFT) * 0.55)
        return y + height_of(15)

    def _addresses(self) -> None:
        """Bill-to and ship-to at the left, what names the document at the right."""
        told, sheet = self._told, self._sheet
        top = self._at.y
        left = self._block(LEFT, told.word("bill_to"), told.bill_to)
        if told.ship_to:
            left = max(left, self._block(LEFT + 54, told.word("ship_to"), told.ship_to))
        y = top
        for label, value in told.facts:
            sheet.put(LEFT + 110, y, printable(label), size=_SMALL, colour=SOFT, width=24)
            for line in sheet.broken(printable(value), _TEXT, RIGHT - LEFT - 136, _MOST_OF_FACT):
                sheet.put(LEFT + 136, y - 0.2, line, size=_TEXT)
                y += height_of(_TEXT)
            y += 0.8
        self._at.y = max(left, y) + 9

    def _block(self, x: float, title: str, lines: tuple[str, ...]) -> float:
        sheet, y = self._sheet, self._at.y
        sheet.put(x, y, printable(title), size=_SMALL, colour=SOFT)
        y += height_of(_SMALL) + 0.8
        for text in cleaned(lines):
            for line in sheet.broken(text, _TEXT, 50, 3):
                sheet.put(x, y, line, size=_TEXT)
                y += height_of(_TEXT)
        return y

    # -- rows ----------------------------------------------------------------------------------------------

    def _table_head(self) -> None:
        told, sheet, y = self._told, self._sheet, self._at.y
        columns = ((_ITEM, "item"), (_QUANTITY, "quantity"), (_RATE, "tax_rate"), (RIGHT, "amount"))
        for x, name in columns:
            align = "L" if x == _ITEM else "R"
            sheet.put(x, y, printable(told.word(name)), size=_SMALL, bold=True, colour=SOFT, align=align)
        self._at.y += height_of(_SMALL) + 1
        sheet.rule(self._at.y, strong=True)
        self._at.y += _GAP

    def _entries(self) -> None:
        for entry in self._told.entries:
            lines = self._sheet.broken(printable(entry.name), _TEXT, _ITEM_WIDTH, _MOST_LINES)
            height = height_of(_TEXT, len(lines)) + 2 * _GAP
            height += height_of(_SMALL, len(entry.changes) + bool(entry.code))
            if self._at.y + height + _CARRY > BOTTOM:
                self._carry("carried", BOTTOM - _CARRY)
                self._following_page()
                self._table_head()
                self._carry("brought", self._at.y)
                self._at.y += _CARRY
            self._entry(entry, lines)
        self._sheet.rule(self._at.y - _GAP + 0.4, strong=True)

    def _carry(self, name: str, y: float) -> None:
        told, sheet = self._told, self._sheet
        sheet.put(_ITEM, y + _GAP, printable(told.word(name)), size=_TEXT, bold=True)
        amount = printable(told.money(self._at.carried))
        sheet.put(RIGHT, y + _GAP, amount, size=_TEXT, bold=True, align="R", width=40)

    def _entry(self, entry: Entry, lines: list[str]) -> None:
        told, sheet, y = self._told, self._sheet, self._at.y
        sheet.put(LEFT, y, printable(entry.place), size=_TEXT, colour=SOFT)
        sheet.put(_QUANTITY, y, printable(entry.quantity), size=_TEXT, align="R")
        sheet.put(_RATE, y, printable(entry.rate), size=_TEXT, align="R")
        sheet.put(RIGHT, y, printable(told.money(entry.amount)), size=_TEXT, align="R", width=40)
        for line in lines:
            sheet.put(_ITEM, y, line, size=_TEXT)
            y += height_of(_TEXT)
        if entry.code:
            sheet.put(_ITEM, y, printable(entry.code), size=_SMALL, colour=SOFT, width=_ITEM_WIDTH)
            y += height_of(_SMALL)
        for label, amount in entry.changes:
            sheet.put(_ITEM, y, printable(label), size=_SMALL, colour=SOFT)
            shown = printable(told.money(amount))
            sheet.put(RIGHT, y, shown, size=_SMALL, colour=SOFT, align="R", width=40)
            y += height_of(_SMALL)
        self._at.carried += entry.sum
        self._at.y = y + _GAP
        sheet.rule(self._at.y)
        self._at.y += _GAP

    # -- sums ----------------------------------------------------------------------------------------------

    def _sums(self) -> None:
        """Sums and total stay together."""
        told, sheet = self._told, self._sheet
        self._room(height_of(_TEXT, len(told.sums) + 3) + 6)
        self._at.y += 2
        for label, amount in told.sums:
            self._sum(label, amount)
        if told.sums:
            sheet.rule(self._at.y, _SUMS)
            self._at.y += 1.2
        label = told.word("received" if told.is_receipt else "total")
        sheet.put(_SUMS, self._at.y, printable(label), size=12, bold=True)
        shown = printable(told.money(told.paper.total.minor))
        sheet.put(RIGHT, self._at.y, shown, size=12, bold=True, align="R", width=50)
        self._at.y += height_of(12) + 1
        if told.included:
            self._sum(told.word("tax_included"), told.included, soft=True)
        self._at.y += 4

    def _sum(self, label: str, amount: int, *, soft: bool = False) -> None:
        sheet, colour = self._sheet, SOFT if soft else INK
        sheet.put(_SUMS, self._at.y, printable(label), size=_TEXT, colour=colour)
        shown = printable(self._told.money(amount))
        sheet.put(RIGHT, self._at.y, shown, size=_TEXT, align="R", width=40, colour=colour)
        self._at.y += height_of(_TEXT) + 0.6

    def _taxes(self) -> None:
        """Net, tax and gross of each rate."""
        told, sheet = self._told, self._sheet
        if not told.taxes:
            return
        self._room(height_of(_SMALL, len(told.taxes) + 1) + 6)
        columns = (LEFT + 24, LEFT + 56, LEFT + 88)
        sheet.put(LEFT, self._at.y, printable(told.word("tax_rate")), size=_SMALL, bold=True, colour=SOFT)
        for x, name in zip(columns, ("net", "tax", "gross"), strict=True):
            shown = printable(told.word(name))
            sheet.put(x + 20, self._at.y, shown, size=_SMALL, bold=True, colour=SOFT, align="R")
        self._at.y += height_of(_SMALL) + 0.8
        sheet.rule(self._at.y, LEFT, columns[-1] + 20)
        self._at.y += 0.8
        for tax in told.taxes:
            self._room(height_of(_SMALL))
            sheet.put(LEFT, self._at.y, printable(tax[0]), size=_SMALL)
            for x, minor in zip(columns, tax[1:], strict=True):
                shown = printable(told.money(minor))
                sheet.put(x + 20, self._at.y, shown, size=_SMALL, align="R", width=31)
            self._at.y += height_of(_SMALL) + 0.4
        self._at.y += 5

    def _payments(self) -> None:
        told, sheet = self._told, self._sheet
        if not told.payments:
            return
        self._room(height_of(_TEXT, 3) + 4)
        sheet.put(LEFT, self._at.y, printable(told.word("payments")), size=_TEXT, bold=True)
        self._at.y += height_of(_TEXT) + 1
        for when, what, amount in told.payments:
            self._room(height_of(_TEXT))
            sheet.put(LEFT, self._at.y, printable(when), size=_SMALL, colour=SOFT, width=30)
            sheet.put(LEFT + 32, self._at.y, printable(what), size=_SMALL, width=RIGHT - LEFT - 74)
            shown = printable(told.money(amount))
            sheet.put(RIGHT, self._at.y, shown, size=_SMALL, align="R", width=40)
            self._at.y += height_of(_SMALL) + 0.6
        if told.balance is not None:
            self._room(height_of(_TEXT) + 2)
            self._at.y += 1
            sheet.rule(self._at.y, _SUMS)
            self._at.y += 1
            self._sum(told.word("balance"), told.balance)
