"""The flow of one line, over the profile (spec 3.3, item flow)."""

from collections.abc import Hashable, Iterable
from dataclasses import replace

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from oms_tui.domain.order import Line
from oms_tui.screens.actions import Scope
from oms_tui.screens.base import Overlay
from oms_tui.screens.profile.flow import build_item_flow
from oms_tui.screens.profile.view import View
from oms_tui.text import clean_line
from oms_tui.widgets.lines import Lines
from oms_tui.widgets.listing import Listing


class ItemFlowBox(Overlay[None]):
    """The states of a line and the tasks of its shipment; enter shows the runs of a task."""

    SCOPES = (Scope.BROWSE,)

    def __init__(self, view: View, line: Line) -> None:
        super().__init__()
        self._view = view
        self._line = line
        self._opened: frozenset[Hashable] = frozenset()

    def compose_box(self) -> Iterable[Widget]:
        """The title, the states and tasks, the keys."""
        title = f"Item flow · order {self._view.order.id} · line {self._line.number}"
        with Vertical(classes="box item-flow"):
            yield Static(Content(clean_line(title)), classes="box-title")
            yield Listing(ascii_only=self._view.ascii_only, id="item-flow")
            yield Lines(id="keys-here")

    def on_mount(self) -> None:
        """Show the flow."""
        self._show()
        self.query_one("#keys-here", Lines).show(
            [("enter", "key"), (" runs  ", ""), ("esc", "key"), (" close", "")]
        )
        self.set_focus(self.query_one("#item-flow", Listing))

    def main_widget(self) -> Widget:
        """The states and tasks."""
        return self.query_one("#item-flow", Listing)

    def _show(self) -> None:
        view, line = replace(self._view, opened=self._opened), self._line
        self.query_one("#item-flow", Listing).present(lambda width: build_item_flow(view, line, width))

    @on(Listing.Opened)
    def toggle_runs(self, event: Listing.Opened) -> None:
        """Show the runs of the task, or hide them again."""
        event.stop()
        self._opened ^= {event.key}
        self._show()
