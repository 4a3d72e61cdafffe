"""Small parts of a pile's screen: its title with the progress, and the order under the cursor in full."""

from enum import StrEnum
from typing import TYPE_CHECKING

from oms_tui.screens.keymap import Keys
from oms_tui.screens.pile.rows import PileRow
from oms_tui.screens.pile.words import orders
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.key_line import Hint
from oms_tui.widgets.lines import Lines, Piece, Pieces, cut

if TYPE_CHECKING:
    from oms_tui.screens.pile.running import PileRun


class Phase(StrEnum):
    """How far the pile is."""

    OPENING = "opening"
    ASKING = "asking"
    RUNNING = "running"
    OVER = "over"


class PileTitle(Lines):
    """Which verb, on how many orders, and how far the work is."""

    def tell(self, label: str, phase: Phase, count: int, run: "PileRun | None") -> None:
        """Say it."""
        pieces: list[Piece] = [(f" {label} ", "strong"), (f"· {orders(count)}", "")]
        if phase is Phase.RUNNING and run is not None:
            progress = f" · {run.place:,} of {run.length:,}"
            pieces.append((f"{progress}, stopping" if run.is_stopping else progress, "accent"))
        elif phase is Phase.OVER:
            is_stopped = run is not None and run.place < run.length
            pieces.append((" · stopped" if is_stopped else " · over", "accent"))
        self.show(pieces)


class Detail(Lines):
    """What the list says of one order, whole, as far as two lines hold it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = ""

    def tell(self, row: PileRow | None) -> None:
        """Say what is known of this order."""
        text = "" if row is None or not row.text else f"{row.order_id}: {row.text}"
        if text != self._text:
            self._text = text
            self.refresh()

    def line(self, y: int, width: int) -> Pieces:
        """One of its lines; what does not fit is cut with a mark."""
        lines = wrapped(self._text, max(10, width - 2)) if self._text else []
        if y >= len(lines):
            return ()
        is_last = y == self.size.height - 1
        text = " ".join(lines[y:]) if is_last else lines[y]
        return cut([(" ", ""), (text, "muted")], width)


def hints_of(keys: Keys, phase: Phase, label: str, is_ready: bool, *, has_undone: bool) -> list[Hint]:
    """What can be pressed now.

    Args:
        keys: the keys in force.
        phase: how far the pile is.
        label: what the commit key does.
        is_ready: whether it does it.
        has_undone: whether an order was not done.
    """
    back = keys.shown("view.back")
    open_key, last = Hint(keys.shown("move.open"), "open"), _help_hint(keys)
    if phase is Phase.RUNNING:
        return [Hint(back, "stop after this order"), open_key, last]
    if phase is Phase.OVER:
        again = Hint(keys.shown("pile.again"), "try again", is_dim=not has_undone)
        copy = Hint(keys.shown("pile.copy"), "copy their IDs", is_dim=not has_undone)
        return [Hint(back, "close"), again, copy, open_key, last]
    accept = Hint(keys.shown("pile.accept"), label, is_dim=not is_ready)
    return [accept, Hint(back, "keep the orders"), Hint(keys.shown("move.next"), "next part"), last]


def _help_hint(keys: Keys) -> Hint:
    """Its key that also works while one types."""
    return Hint(next((key for key in keys.of("view.help") if len(key) > 1), "?"), "help")
