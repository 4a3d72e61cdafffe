"""The field that asks which lines, and how many pieces of each."""

from collections.abc import Mapping, Sequence
from functools import partial

from textual import events
from textual.geometry import Size

from oms_tui.domain.order import Line
from oms_tui.screens import wording
from oms_tui.screens.forms.fields import FieldChanged, FieldDone, FieldError, is_early
from oms_tui.verbs import Argument, ArgumentKind, LineOption, LinePart
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.key_line import Hint
from oms_tui.widgets.lines import Pieces
from oms_tui.widgets.listing import GUTTER, Body, Entry, Listing
from oms_tui.widgets.long_list.columns import GAP, Cell, Column

MOST_DIGITS = 6
LEAST_NAME, MOST_NAME = 12, 40
"""Cells of an article's name."""
ROOM_BESIDE = 52
"""Cells kept for what stands beside it: box, number, and why the line refuses."""
LEAST_WHY = 16
"""Cells for why a line refuses; it takes as many lines as it needs."""
SAME_NUMBER = 1.0
"""Seconds within which digits make one number."""


class LinesField(Listing):
    """Every line with a box to mark it; the ones that refuse say why. Digits say how many pieces."""

    def __init__(
        self,
        argument: Argument,
        lines: Mapping[int, Line],
        options: Sequence[LineOption],
        initial: object = None,
        *,
        ascii_only: bool = False,
    ) -> None:
        super().__init__(ascii_only=ascii_only)
        self.argument = argument
        self._ascii_only = ascii_only
        self._boxes = ("[x]", "[ ]") if ascii_only else ("▣", "□")
        self._lines = dict(lines)
        self._options = {option.number: option for option in options}
        self._taken: dict[int, int] = {}
        self._typed = ("", 0.0, 0)
        self.fault = ""
        """What was asked for at the start and cannot be; "" = nothing."""
        self._begin(initial)

    def _begin(self, initial: object) -> None:
        """Mark what was asked for; where nothing was, everything that can be taken, if none means all."""
        parts, self.fault = _read_parts(initial)
        if parts is None:
            free = self._options.values() if self._takes_all else ()
            self._taken = {one.number: one.available for one in free if one.available}
            return
        for number, pieces in parts:
            option = self._options.get(number)
            if option is None:
                self.fault = f"There is no line {number}."
            elif option.available:
                self._taken[number] = min(pieces or option.available, option.available)

    def offer(self, lines: Mapping[int, Line], options: Sequence[LineOption]) -> None:
        """Offer these lines from now on; marks stay as far as they can."""
        self._lines = dict(lines)
        self._options = {option.number: option for option in options}
        self._taken = {
            number: min(pieces, self._options[number].available)
            for number, pieces in self._taken.items()
            if number in self._options and self._options[number].available
        }
        self.present(self._rows_at)
        self.refresh(layout=True)

    @property
    def _takes_all(self) -> bool:
        """Whether nothing named means everything, so that nothing marked means nothing at all."""
        return self.argument.kind is ArgumentKind.LINES and self.argument.takes_all

    def held(self) -> tuple[LinePart | int, ...]:
        """The marked lines with their pieces.

        Raises:
            FieldError: none is marked, where at least one must be.
        """
        if not self._taken and self._takes_all:
            raise FieldError("Mark at least one line: space marks the one under the cursor.")
        return tuple(LinePart(number, pieces) for number, pieces in sorted(self._taken.items()))

    @property
    def marked(self) -> dict[int, int]:
        """Line number -> pieces."""
        return dict(self._taken)

    # -- keys ----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show the lines."""
        free = [one.number for one in self._options.values() if one.available]
        marked = [number for number in free if number in self._taken]
        self.present(self._rows_at, at=next(iter(marked or free), None))

    def go_to(self, number: int) -> None:
        """Put the cursor on that line, if it can be taken."""
        if number in self._options and self._options[number].available:
            self.present(self._rows_at, at=number)

    def _forward_event(self, event: events.Event) -> None:
        if not is_early(self, event):
            super()._forward_event(event)

    def on_key(self, event: events.Key) -> None:
        """Move, mark, say how many, or go on."""
        moves = {"down": self.action_cursor_down, "j": self.action_cursor_down,
                 "up": self.action_cursor_up, "k": self.action_cursor_up,
                 "home": self.action_first, "g": self.action_first,
                 "end": self.action_last, "G": self.action_last}  # fmt: skip
        if event.key in moves:
            moves[event.key]()
        elif event.key == "space":
            self._toggle()
        elif event.key in ("left", "h", "minus"):
            self._change(-1)
        elif event.key in ("right", "l", "plus"):
            self._change(1)
        elif event.key in ("a", "asterisk"):
            self._toggle_all()
        elif event.key == "enter":
            self.post_message(FieldDone(self))
        elif event.character and event.character in "0123456789":
            self._type(event.character, event.time)
        else:
            return
        event.stop()
        event.prevent_default()

    def action_open(self) -> None:
        """A click on the row under the cursor marks it."""
        self._toggle()

    def hints(self) -> list[Hint]:
        """The keys that change the line under the cursor."""
        option = self._option
        if option is None or not option.available:
            return []
        pieces = [Hint(f"0–{min(option.available, 9)}", "pieces")] if option.available > 1 else []
        return [*pieces, Hint("space", "mark")]

    @property
    def _option(self) -> LineOption | None:
        key = self.cursor_key
        return self._options.get(key) if isinstance(key, int) else None

    def _toggle(self) -> None:
        option = self._option
        if option is not None and option.available:
            self._take(option, 0 if option.number in self._taken else option.available)

    def _change(self, by: int) -> None:
        option = self._option
        if option is not None and option.available:
            self._take(option, self._taken.get(option.number, 0) + by)

    def _type(self, digit: str, now: float) -> None:
        option = self._option
        if option is None or not option.available:
            return
        before, at, line = self._typed
        is_going_on = now - at < SAME_NUMBER and line == option.number
        digits = ((before if is_going_on else "") + digit)[-MOST_DIGITS:]
        self._typed = (digits, now, option.number)
        self._take(option, int(digits))

    def _toggle_all(self) -> None:
        everything = {one.number: one.available for one in self._options.values() if one.available}
        self._taken = {} if self._taken == everything else everything
        self._tell()

    def _take(self, option: LineOption, pieces: int) -> None:
        pieces = min(max(pieces, 0), option.available)
        if pieces:
            self._taken[option.number] = pieces
        else:
            self._taken.pop(option.number, None)
        self._tell()

    def _tell(self) -> None:
        self.refresh()
        self.post_message(FieldChanged(self.argument))

    # -- what is seen --------------------------------------------------------------------------------------

    def _rows_at(self, width: int) -> Body:
        item = max(LEAST_NAME, min(MOST_NAME, width - ROOM_BESIDE))
        common: list[Column[int]] = [
            Column(id="box", title="", width=len(self._boxes[0]), render=self._box),
            Column(id="no", title="", width=3, align="right", render=str),
            Column(id="item", title="", width=item, render=self._item),
        ]
        free: list[Column[int]] = [
            Column(id="pieces", title="", width=8, align="right", render=self._pieces),
            Column(id="status", title="", width=20, flex=1, render=self._status),
        ]
        names, grid = Grid(common, width), Grid([*common, *free], width)
        beside = names.width + GAP
        entries: list[Entry] = []
        for number, option in self._options.items():
            if option.available:
                entries.append(Entry(partial(grid.row, number), number))
                continue
            for nth, why in enumerate(wrapped(option.refusal, max(LEAST_WHY, width - beside))):
                draw = partial(_refused, names.row(number) if nth == 0 else [(" " * names.width, "")], why)
                entries.append(Entry(draw, number))
        return Body(tuple(entries))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each; the sheet says how many are seen at once."""
        return max(1, len(self._rows_at(max(1, width - GUTTER)).entries))

    def _box(self, number: int) -> Cell:
        option = self._options[number]
        if not option.available:
            return Cell("-" if self._ascii_only else "·", "muted")
        return Cell(self._boxes[0 if number in self._taken else 1], "key" if number in self._taken else "")

    def _item(self, number: int) -> Cell:
        line = self._lines[number]
        return Cell(line.name or line.sku, "" if self._options[number].available else "muted")

    def _pieces(self, number: int) -> Cell:
        option, taken = self._options[number], self._taken.get(number)
        if taken is None or taken == option.quantity:
            return Cell(str(option.quantity), "" if option.available else "muted")
        return Cell(f"{taken} of {option.quantity}", "accent")

    def _status(self, number: int) -> Cell:
        return wording.line_status(self._lines[number].status, ascii_only=self._ascii_only)


def _refused(name: Pieces, why: str) -> Pieces:
    return [*name, (" " * GAP, ""), (why, "muted")]


def _read_parts(initial: object) -> tuple[list[tuple[int, int]] | None, str]:
    """Lines and pieces as a screen or the command line names them, and what of it cannot be read."""
    if not isinstance(initial, Sequence) or isinstance(initial, str) or not initial:
        return None, ""
    parts: list[tuple[int, int]] = []
    for item in initial:
        if isinstance(item, LinePart):
            parts.append((item.line, item.quantity))
            continue
        line, _, pieces = str(item).partition(":")
        if not (line.strip().isdecimal() and (pieces or "0").strip().isdecimal()):
            return None, f"{str(item)[:40]!r} is no line; write LINE or LINE:PIECES."
        parts.append((int(line), int(pieces or "0")))
    return parts, ""
