"""The screen of event problems: the list, and below it everything about the event under the cursor."""

from collections.abc import Iterable
from functools import partial

from textual import getters, on, work
from textual.widget import Widget

from oms_tui.backend.errors import BackendError, NotFound
from oms_tui.domain.answers import EventSight
from oms_tui.domain.events.cases import EventCase
from oms_tui.domain.events.ways import Way, why_not
from oms_tui.screens.actions import Action
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.console import FreshnessChanged
from oms_tui.screens.events.rows import TITLES, EventKey, Moment, detail_body, list_body
from oms_tui.screens.events.settling import SettleBox
from oms_tui.screens.scopes import Scope
from oms_tui.styles import FOLDER
from oms_tui.widgets.lines import Lines, Piece
from oms_tui.widgets.listing import Listing
from oms_tui.widgets.rule import Rule

MOST = 500
"""Events of one list that are shown, longest here first; others follow as these are settled."""
_STATES = tuple(TITLES)


class EventsScreen(DeskScreen):
    """Events that are problems, wait, are kept or were parked."""

    CODE = "EP"
    PLACE = "Event problems"
    SCOPES = (Scope.EVENTS,)
    CSS_PATH = FOLDER / "events.tcss"

    states = getters.query_one("#states", Lines)
    listing = getters.query_one("#events", Listing)
    detail = getters.query_one("#event-detail", Listing)

    def __init__(self) -> None:
        super().__init__()
        self.keys_first = ("move.open", *(f"events.{way.value}" for way in Way))
        self._state = _STATES[0]
        self._cases: tuple[EventCase, ...] = ()
        self._seen: EventSight | None = None

    def compose_content(self) -> Iterable[Widget]:
        """Which list it is, the list, the event under the cursor."""
        ascii_only = self.app.ascii_only
        yield Lines(id="states")
        yield Listing(ascii_only=ascii_only, id="events")
        yield Rule(ascii_only=ascii_only)
        yield Listing(ascii_only=ascii_only, id="event-detail")

    def main_widget(self) -> Widget:
        """The list."""
        return self.listing

    def on_mount(self) -> None:
        """Read the problems."""
        self.set_focus(self.listing)
        self._show_states()
        self.refresh_view()

    # -- what is read --------------------------------------------------------------------------------------

    def refresh_view(self) -> None:
        """Read the list again; the cursor stays on its event."""
        self._read()

    @work(exclusive=True, group="events")
    async def _read(self, *, is_new: bool = False) -> None:
        state = self._state
        try:
            cases = await self.app.backend.events(state, limit=MOST)
        except BackendError as error:
            self.app.tell_error(error)
            return
        self._cases = cases
        here = {EventKey(case.event.id) for case in cases}
        self.listing.present(partial(list_body, cases, state, self._moment), is_new=is_new)
        self.listing.mark(frozenset(key for key in self.listing.marks if key in here))
        self._look()
        self._tell_place()

    @on(Listing.Moved, "#events")
    def look_at_event(self, event: Listing.Moved) -> None:
        """Show the event under the cursor."""
        event.stop()
        self._look()
        self._tell_place()

    @work(exclusive=True, group="events-detail")
    async def _look(self) -> None:
        case = self._case
        seen = None
        if case is not None:
            try:
                seen = await self.app.backend.event(case.event.id)
            except NotFound:
                seen = None  # taken meanwhile: the list is read again
            except BackendError as error:
                self.app.tell_error(error)
        self._seen = seen
        self.detail.present(partial(detail_body, seen, self._moment), is_new=True)
        self.tell_keys()

    def on_freshness_changed(self, event: FreshnessChanged) -> None:
        """The minute is over: ages are others now."""
        self.tell_top()
        self.listing.present(partial(list_body, self._cases, self._state, self._moment))

    @property
    def _moment(self) -> Moment:
        return Moment(now=self.app.clock.now(), zone=self.app.zone)

    @property
    def _case(self) -> EventCase | None:
        """The event under the cursor."""
        key = self.listing.cursor_key
        return next((case for case in self._cases if EventKey(case.event.id) == key), None)

    @property
    def _marked(self) -> list[EventCase]:
        """The marked events; with none, the one under the cursor."""
        marked = [case for case in self._cases if EventKey(case.event.id) in self.listing.marks]
        case = self._case
        return marked or ([] if case is None else [case])

    # -- what is said --------------------------------------------------------------------------------------

    def _show_states(self) -> None:
        pieces: list[Piece] = []
        for number, state in enumerate(_STATES, start=1):
            look = "strong" if state is self._state else "muted"
            pieces += [(f" {number} ", "key"), (TITLES[state], look), ("  ", "")]
        self.states.show(pieces)

    def _tell_place(self) -> None:
        count, case = len(self._cases), self._case
        at = 0 if case is None else self._cases.index(case) + 1
        marked = len(self.listing.marks)
        more = "+" if count == MOST else ""
        self.tell_keys(f"{f'{marked} marked  ' if marked else ''}{at} of {count}{more}" if count else "")

    def refuses(self, row: Action) -> bool:
        """A way that is not open for the event under the cursor is dim; its key says why."""
        prefix = "settle('"
        return row.run.startswith(prefix) and bool(self._why_not(Way(row.run[len(prefix) : -2])))

    def _why_not(self, way: Way) -> str:
        cases = self._marked
        if not cases:
            return "There is no event here."
        if len(cases) > 1:
            return "" if way in (Way.REPLAY, Way.PARK) else "One event at a time: take the marks away."
        if self._seen is None or self._seen.case.event.id != cases[0].event.id:
            return why_not(way, cases[0], None) if way in (Way.REPLAY, Way.PARK) else ""
        return why_not(way, self._seen.case, self._seen.order)

    # -- going on ------------------------------------------------------------------------------------------

    def step_back(self) -> bool:
        """Take the marks away first."""
        if not self.listing.marks:
            return False
        self.listing.mark(frozenset())
        self._tell_place()
        return True

    @on(Listing.Marked, "#events")
    def count_marks(self, event: Listing.Marked) -> None:
        """Say how many are marked."""
        event.stop()
        self._tell_place()

    def action_number(self, number: int) -> None:
        """Show the list of that digit."""
        self._state = _STATES[number - 1]
        self._show_states()
        self._read(is_new=True)

    async def action_settle(self, name: str) -> None:
        """Ask about doing it to the marked events, or to the one under the cursor."""
        way = Way(name)
        if why := self._why_not(way):
            self.app.toast(f"{way.label}: {why}", "warning")
            return
        if self.app.desk is not None and self.app.desk.is_read_only:
            self.app.toast("This console is read-only: nothing is changed from here", "warning")
            return
        await self.app.push_screen(SettleBox(way, self._marked), self._settled)

    def _settled(self, is_done: bool | None) -> None:
        if is_done:
            self.listing.mark(frozenset())
            self.refresh_view()

    @on(Listing.Opened, "#events")
    async def open_event(self, event: Listing.Opened) -> None:
        """Open the order that the event is about."""
        event.stop()
        await self.action_open_order()

    async def action_open_order(self) -> None:
        """Open the order that the event under the cursor is about."""
        case = self._case
        if case is None:
            self.app.toast("There is no event here", "warning")
        elif self._seen is not None and self._seen.order is None:
            self.app.toast(f"There is no order {case.event.order_id} yet", "warning")
        else:
            await self.app.open_order(case.event.order_id)
