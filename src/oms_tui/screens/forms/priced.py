"""The fields of a price adjustment: lines and charges with what they cost now and what they would cost."""

from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType

from textual import events
from textual.message import Message

from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Charge, Line
from oms_tui.domain.totals import price
from oms_tui.screens.forms.charges_field import ChargesField
from oms_tui.screens.forms.fields import TextField
from oms_tui.screens.forms.lines_field import LinesField
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.key_line import Hint
from oms_tui.widgets.lines import Pieces
from oms_tui.widgets.listing import Body, Entry
from oms_tui.widgets.long_list.columns import GAP, Cell, Column

LEAST_PRICE = 9
"""Cells of a price."""
LEAST_WHY = 16
LEAST_NAME, MOST_NAME = 14, 50


class PercentWanted(Message):
    """Somebody pressed `%` among the lines: they want to type how much comes off."""


class _Priced(LinesField):
    """Rows with a price now and, where something comes off, the new one."""

    _new_prices: Mapping[int, Money] = MappingProxyType({})

    def tell_prices(self, prices: Mapping[int, Money]) -> None:
        """Show these new prices, by number."""
        if prices != self._new_prices:
            self._new_prices = dict(prices)
            self.present(self._rows_at)

    def on_key(self, event: events.Key) -> None:
        """`J` and `K` mark while moving, as in every list; `%` goes on to how much comes off."""
        option = self._option
        if event.key in ("J", "K"):
            if option is not None and option.available:
                self._take(option, option.available)
            self.action_cursor_down() if event.key == "J" else self.action_cursor_up()
        elif event.key in ("percent_sign", "%"):
            self.post_message(PercentWanted())
        else:
            return
        event.stop()
        event.prevent_default()

    def hints(self) -> list[Hint]:
        """Marking, and how to go on."""
        found = super().hints()
        return [found[-1], Hint("%", "how much"), *found[:-1]] if found else []

    # -- what is seen --------------------------------------------------------------------------------------

    def _part(self, number: int) -> Line | Charge:
        return self._lines[number]

    def _rows_at(self, width: int) -> Body:
        columns = self._columns(width)
        names = Grid(columns[:3], width)
        grid = Grid(columns, width)
        entries: list[Entry] = []
        for number, option in self._options.items():
            if option.available:
                entries.append(Entry(partial(grid.row, number), number))
                continue
            room = max(LEAST_WHY, width - names.width - GAP)
            for nth, why in enumerate(wrapped(option.refusal, room)):
                name: Pieces = names.row(number) if nth == 0 else [(" " * names.width, "")]
                entries.append(Entry(partial(_refused, name, why), number))
        return Body(tuple(entries))

    def _columns(self, width: int) -> list[Column[int]]:
        parts = [self._part(number) for number in self._options]
        cost = max([LEAST_PRICE, *(len(format_money(price(part))) for part in parts)])
        fixed = len(self._boxes[0]) + 3 + 8 + 2 * cost + len("→ ") + 5 * GAP
        name = max(LEAST_NAME, min(MOST_NAME, width - fixed))
        return [
            Column(id="box", title="", width=len(self._boxes[0]), render=self._box),
            Column(id="no", title="", width=3, align="right", render=str),
            Column(id="item", title="", width=name, render=self._item),
            Column(id="pieces", title="", width=8, align="right", render=self._pieces),
            Column(id="now", title="", width=cost, align="right", render=self._now),
            Column(id="new", title="", width=cost + 2, align="right", render=self._new),
        ]

    def _now(self, number: int) -> Cell:
        return Cell(format_money(price(self._part(number))), "muted" if number in self._new_prices else "")

    def _new(self, number: int) -> Cell:
        new = self._new_prices.get(number)
        if new is None:
            return Cell("")
        return Cell(f"{'->' if self._ascii_only else '→'} {format_money(new)}", "strong")


class PricedLines(_Priced):
    """The lines of the order."""


class PricedCharges(_Priced, ChargesField):
    """The charges of the order."""

    def _part(self, number: int) -> Line | Charge:
        return self._charges[number]

    def _pieces(self, number: int) -> Cell:
        return Cell("")


def _refused(name: Pieces, why: str) -> Pieces:
    return [*name, (" " * GAP, ""), (why, "muted")]


class PercentField(TextField):
    """A percentage; while nothing is typed it shows what the reason proposes."""

    def propose(self, percent: int, reason: str) -> None:
        """Show what is taken while nothing is typed; 0 = nothing is."""
        self.placeholder = f"{percent} %, as proposed for {reason}" if percent else ""


def numbered(parts: Iterable[tuple[Line | Charge, Money]], kind: type[Line | Charge]) -> dict[int, Money]:
    """The new prices of the lines, or of the charges, by number."""
    return {part.number: new for part, new in parts if isinstance(part, kind)}
