"""What a form is put together from: a row for each field, the notice, the button that commits."""

from collections.abc import Iterable

from textual import events
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from oms_tui.domain.money import format_money
from oms_tui.domain.order import Order
from oms_tui.domain.totals import order_total
from oms_tui.screens import wording
from oms_tui.screens.forms.asking import AnyField
from oms_tui.screens.forms.coded import CodedField
from oms_tui.screens.forms.fields import LongTextField, is_early
from oms_tui.screens.forms.lines_field import LinesField
from oms_tui.text import cell_width, fit
from oms_tui.verbs import Verb
from oms_tui.widgets.flowing import Flowing, wrapped
from oms_tui.widgets.lines import Lines, Piece, Pieces
from oms_tui.widgets.rule import Rule

LABEL_WIDTH = 9
"""Cells of the labels of a form, unless one of them is longer."""
LEAST_GAP = 0.03
"""Seconds a person needs at least between two keys; what comes faster was pasted."""


class Told(Flowing):
    """A few lines of talk: nothing, a warning, what went wrong and what to press."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._said: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> str:
        """What it says."""
        return "\n".join(text for text, _ in self._said)

    def tell(self, *said: tuple[str, str]) -> None:
        """Say these texts, each with its look."""
        if said != self._said:
            before = len(self.lines_at(self.size.width))
            self._said = said
            self.update_lines(before)

    def lines_at(self, width: int) -> list[Pieces]:
        """The texts, broken between words."""
        room = max(10, width - 2)
        return [[(f" {line}", look)] for text, look in self._said for line in wrapped(text, room)]


def label_of(field: AnyField) -> str:
    """A field's label; with a star where something has to be filled in that may be missing."""
    argument = field.argument
    is_open = field.is_open if isinstance(field, CodedField) else argument.is_required
    return f"{argument.label} *" if is_open and not isinstance(field, LinesField) else argument.label


class FieldsEnd(Rule):
    """The rule below the fields. Where they are more than there is room for it names those out of sight."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._signs = ("^", "v") if ascii_only else ("▴", "▾")

    def on_mount(self) -> None:
        """Look again whenever the fields scroll or stand elsewhere."""
        self.watch(self.screen.query_one("#fields"), "scroll_y", self._look_again, init=False)
        self.screen.screen_layout_refresh_signal.subscribe(self, self._look_again)

    def _look_again(self, _what: object) -> None:
        self.refresh()

    def line(self, y: int, width: int) -> Pieces:
        """The rule, over it what goes on above and below."""
        above, below = self._out_of_sight()
        named = [
            f"{sign} {', '.join(labels)}"
            for sign, labels in zip(self._signs, (above, below), strict=True)
            if labels
        ]
        line = super().line(y, width)
        if not named:
            return line
        told = fit(f" {'  '.join(named)} ", min(cell_width(f" {'  '.join(named)} "), width - 4))
        return [*super().line(y, 2), (told, "accent"), *super().line(y, width - 2 - cell_width(told))]

    def _out_of_sight(self) -> tuple[list[str], list[str]]:
        """The labels of the fields that are above and below what is seen."""
        fields = self.screen.query_one("#fields")
        sides: tuple[list[str], list[str]] = ([], [])
        if not fields.max_scroll_y:
            return sides
        top, end = fields.scroll_offset.y, fields.scroll_offset.y + fields.size.height
        for row in fields.query(FieldRow):
            place = row.virtual_region
            if place.y < top:
                sides[0].append(row.label)
            elif place.y >= end:
                sides[1].append(row.label)
        return sides


class FieldRow(Vertical):
    """A label, the field, and what is wrong with what it holds."""

    def __init__(self, field: AnyField, label_width: int = LABEL_WIDTH) -> None:
        is_long = isinstance(field, LongTextField)
        kind = "lines" if isinstance(field, LinesField) else "long" if is_long else "short"
        super().__init__(classes=f"field-row {kind}")
        self.field = field
        self._label = Lines(classes="field-label")
        self._label_width = label_width
        self._is_marked = False
        self._fault = Told(classes="field-fault")

    def compose(self) -> Iterable[Widget]:
        """The label beside the field, the fault below."""
        with Horizontal():
            yield self._label
            yield self.field
        yield self._fault

    def on_mount(self) -> None:
        """Name the field."""
        self._label.styles.width = self._label_width
        self._tell_label()

    @property
    def label(self) -> str:
        """What it is called, starred where it is needed."""
        return label_of(self.field) + (" *" if self._is_marked else "")

    def _tell_label(self) -> None:
        self._label.show([(f" {self.label}", "muted")])

    def mark_needed(self, is_needed: bool) -> None:
        """Star the field, or take the star away: what the other fields hold decides."""
        if is_needed is not self._is_marked:
            self._is_marked = is_needed
            self._tell_label()

    @property
    def is_needed(self) -> bool:
        """Whether it has to be filled in."""
        return self.field.argument.is_required or self._is_marked

    @property
    def name_of_argument(self) -> str:
        """Which argument it asks for."""
        return self.field.argument.name

    @property
    def fault(self) -> str:
        """What it says is wrong."""
        return self._fault.said

    def tell_fault(self, text: str) -> None:
        """Say what is wrong; "" = nothing."""
        if text:
            self._fault.tell((f"{' ' * self._label_width}{text}", "problem"))
        else:
            self._fault.tell()


class CommitButton(Lines, can_focus=True):
    """The button that does what the plan says. Enter on it commits, unless faster than a person types."""

    class Pressed(Message):
        """Somebody pressed it."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = ""
        self._is_ready = False
        self._focused_at = float("inf")

    @property
    def label(self) -> str:
        """What it says."""
        return self._label

    @property
    def is_ready(self) -> bool:
        """Whether pressing it would commit."""
        return self._is_ready

    def tell(self, label: str, *, is_ready: bool) -> None:
        """Say what pressing it does; dim while it does nothing."""
        if (label, is_ready) != (self._label, self._is_ready):
            self._label, self._is_ready = label, is_ready
            self.refresh()

    def line(self, y: int, width: int) -> Pieces:
        """The label."""
        if not self._label:
            return ()
        look = "selected" if self.has_focus else "key" if self._is_ready else "muted"
        return [(" ", ""), (f" {self._label}{'' if self._is_ready else '·'} ", look)]

    def _forward_event(self, event: events.Event) -> None:
        if not is_early(self, event):
            super()._forward_event(event)

    def on_key(self, event: events.Key) -> None:
        """Enter or space presses it."""
        if event.key in ("enter", "space"):
            event.stop()
            event.prevent_default()
            if event.time - self._focused_at >= LEAST_GAP:
                self.post_message(self.Pressed())

    def on_click(self, event: events.Click) -> None:
        """So does a click."""
        event.stop()
        self.post_message(self.Pressed())

    def on_focus(self, event: events.Focus) -> None:
        """Show that it has the focus."""
        self._focused_at = event.time
        self.refresh()

    def on_blur(self) -> None:
        """Show that it has not."""
        self._focused_at = float("inf")
        self.refresh()


def title_pieces(verb: Verb, order: Order) -> list[Piece]:
    """What a form is headed with: verb, order, customer, amount and its currency (U1)."""
    amount = format_money(order_total(order))
    return [
        (f" {verb.label} ", "strong"),
        (f"· order {order.id} · {wording.customer_text(order.customer)} · ", ""),
        (amount if order.currency in amount else f"{amount} ({order.currency})", "strong"),
    ]
