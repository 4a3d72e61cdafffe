"""Dashboard (DB): what waits for one's role, what happens now, and what one did last (spec 7)."""

from collections.abc import Iterable, Sequence

from textual import events, on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from oms_tui.backend.errors import BackendError
from oms_tui.clock import age_text
from oms_tui.domain.answers import Count, FeedEntry, OrderSummary, QueueTally
from oms_tui.domain.people import Role
from oms_tui.domain.queues import Queue, queue, queues_of
from oms_tui.screens.actions import Action
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.claiming import NextInQueue, is_worked_off
from oms_tui.screens.console import FreshnessChanged
from oms_tui.screens.dashboard_columns import feed_columns, recent_columns
from oms_tui.screens.flow.standing import ask_standing, still_text, worker_command
from oms_tui.screens.scopes import Scope
from oms_tui.screens.search import INVITATION, HitNeighbours, SearchBox
from oms_tui.screens.settling import refusal as reconciliation_refusal
from oms_tui.widgets.lines import Lines
from oms_tui.widgets.rule import Rule
from oms_tui.widgets.search_prompt import SearchPrompt
from oms_tui.widgets.short_list import ShortList
from oms_tui.widgets.tiles import COUNT_WIDTH as TILE_COUNT_WIDTH
from oms_tui.widgets.tiles import Tile, Tiles

FEED_LENGTH = 50
RECONCILIATION = "reconciliation"
"""The tile that is no queue of orders."""
RECENT_LENGTH = 20
LEAST_WITH_RULE = 20
"""Lines of the terminal from which a rule stands below the search box."""
NO_DESK_ROLE = """\
You are signed in as AD, the administrator: people, roles and settings are yours, orders are not.

On the command line of this machine:

  oms-tui people list                 who works here, and with which roles
  oms-tui people add NAME             somebody new
  oms-tui people role NAME cs         give or take a role
  oms-tui people password NAME        set a password
  oms-tui people disable NAME         close an account

Give yourself a desk role there (CS, NM or OP) to work with orders here.
"""


def short_count(count: Count) -> str:
    """A count where there is little room: `999,999` and `10,000+` as they are, more as `1.2M`."""
    text = str(count)
    return text if len(text) <= TILE_COUNT_WIDTH else f"{count.value / 1_000_000:.1f}M"


def differences_tile(count: Count | None) -> Tile:
    """The tile of what differs from the provider's settlement files."""
    if count is None:
        return Tile(id=RECONCILIATION, title="Reconciliation", short_title="Reconcile")
    return Tile(
        id=RECONCILIATION,
        title="Reconciliation",
        short_title="Reconcile",
        count=str(count),
        short_count=short_count(count),
    )


class DashboardScreen(DeskScreen):
    """The role's grid: search, tiles of queues, the order feed, recently opened orders."""

    CODE = "DB"
    PLACE = "Dashboard"
    SCOPES = (Scope.DASHBOARD,)

    def __init__(self) -> None:
        super().__init__()
        self._queues: tuple[Queue, ...] = queues_of(self.app.actor.roles)
        self._has_desk_role = self.app.actor.desk_role is not None
        self._tallies: tuple[QueueTally, ...] = ()
        self._may_reconcile = not reconciliation_refusal(self.app)
        self._differences: Count | None = None
        self.next_in_queue = NextInQueue(self)

    def compose_content(self) -> Iterable[Widget]:
        """The parts, from the top."""
        if not self._has_desk_role:
            yield Static(Content(NO_DESK_ROLE), id="no-desk-role")
            return
        ascii_only, is_frugal = self.app.ascii_only, self.app.settings.ui.low_bandwidth
        yield SearchPrompt(INVITATION, id="search-prompt")
        yield Rule(ascii_only=ascii_only, id="search-rule")
        yield Tiles(most_lines=4, id="tiles")
        yield Rule(ascii_only=ascii_only)
        yield Lines(id="still")
        with Horizontal(id="below"):
            with Vertical(id="feed-part"):
                yield Lines(id="feed-title")
                yield ShortList(
                    feed_columns(self.app),
                    key=lambda one: f"{one.at.isoformat()} {one.id} {one.status}",
                    ascii_only=ascii_only,
                    low_bandwidth=is_frugal,
                    empty="Nothing has happened yet",
                    id="feed",
                )
            with Vertical(id="recent-part"):
                yield Lines(id="recent-title")
                yield ShortList(
                    recent_columns(self.app),
                    key=lambda one: one.id,
                    ascii_only=ascii_only,
                    low_bandwidth=is_frugal,
                    empty="Orders you opened",
                    id="recent",
                )

    # -- what is read --------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Start on the tiles, or in the search box for somebody whose day is searching (NM)."""
        if not self._has_desk_role:
            return
        self.query_one("#feed-title", Lines).show([(" Order feed", "strong")])
        self.query_one("#recent-title", Lines).show([(" Recently opened", "strong")])
        self._show_tallies()
        is_searcher = self.app.actor.desk_role is Role.NM
        self.set_focus(self.query_one("#search-prompt") if is_searcher else self._tiles)
        self.refresh_view()

    @on(events.Resize)
    def share_room(self) -> None:
        """Give the tiles about half of the room, and never all of it; fit the feed's time to the width."""
        if self._has_desk_role:
            self._tiles.set_most_lines(max(4, (self.size.height - 8) // 2))
            self.query_one("#search-rule").display = self.size.height >= LEAST_WITH_RULE
            self._feed.set_columns(feed_columns(self.app))

    def main_widget(self) -> Widget | None:
        """The tiles."""
        return self._tiles if self._has_desk_role else None

    @property
    def order_id(self) -> str | None:
        """The order under the cursor of the feed or of the recent ones."""
        focused = self.focused
        row = focused.cursor_row if isinstance(focused, ShortList) else None
        if isinstance(row, FeedEntry):
            return row.order_id
        return row.id if isinstance(row, OrderSummary) else None

    @property
    def _tiles(self) -> Tiles:
        return self.query_one("#tiles", Tiles)

    @property
    def _feed(self) -> ShortList[FeedEntry]:
        return self.query_one("#feed", ShortList)

    def refresh_view(self) -> None:
        """Read counts, feed and recent orders again."""
        if self._has_desk_role:
            self._read()

    @work(exclusive=True, group="dashboard")
    async def _read(self) -> None:
        backend = self.app.backend
        try:
            self._tallies = await backend.queues()
            if self._may_reconcile:
                self._differences = await backend.open_differences()
            self._show_tallies()
            self._show_feed(await backend.feed(FEED_LENGTH))
            self.query_one("#recent", ShortList).set_rows(await backend.recent(RECENT_LENGTH))
        except BackendError as error:
            self.app.tell_error(error)
        else:
            await self._tell_standing()

    def _show_feed(self, entries: Sequence[FeedEntry]) -> None:
        """Where nobody is in the feed it shows what is newest; else the cursor stays on its row, also when so
        much happened since that the row would be gone: what nothing happened to is still true."""
        feed = self._feed
        kept = feed.cursor_row
        if not feed.has_focus:
            feed.set_rows(entries, at="")
        elif kept is None or any(one.id == kept.id for one in entries):
            feed.set_rows(entries)
        else:
            feed.set_rows((*entries, kept))

    @work(exclusive=True, group="dashboard-standing")
    async def _ask_standing(self) -> None:
        await self._tell_standing()

    async def _tell_standing(self) -> None:
        """Say where flows stand still because nobody runs them."""
        text = still_text(
            await ask_standing(self.app), self.app.zone, self.app.clock.now(), worker_command(self.app)
        )
        line = self.query_one("#still", Lines)
        line.show([(f" {text[:1].upper()}{text[1:]}", "warning")])
        line.set_class(bool(text), "-told")

    def on_freshness_changed(self, event: FreshnessChanged) -> None:
        """The minute is over: ages are others now, and at midnight the days of the feed."""
        self._catch_up_with_time()

    def on_screen_resume(self) -> None:
        """Back from another screen: time went on meanwhile."""
        if self.is_mounted and self.app.is_signed_in:
            self._catch_up_with_time()

    def _catch_up_with_time(self) -> None:
        if self._has_desk_role:
            self._show_tallies()
            self._feed.refresh()
            self._ask_standing()

    def _show_tallies(self) -> None:
        known = {tally.queue: tally for tally in self._tallies}
        tiles = [self._tile(one, known.get(one.id)) for one in self._queues]
        if self._may_reconcile:
            tiles.append(differences_tile(self._differences))
        self._tiles.set_tiles(tiles)

    def _tile(self, one: Queue, tally: QueueTally | None) -> Tile:
        if tally is None:
            return Tile(id=one.id, title=one.title, short_title=one.short)
        age = ""
        if tally.oldest is not None:
            age = age_text((self.app.clock.now() - tally.oldest).total_seconds())
        return Tile(
            id=one.id,
            title=one.title,
            short_title=one.short,
            count=str(tally.count),
            short_count=short_count(tally.count),
            detail=f"oldest {age}" if age else "",
            short_detail=age,
        )

    # -- going on ------------------------------------------------------------------------------------------

    def action_number(self, number: int) -> None:
        """Open the queue of that digit."""
        if self._has_desk_role:
            self._tiles.open_number(number)

    def offers(self, row: Action) -> bool:
        """Claiming the next needs a queue to claim from."""
        has_any = any(is_worked_off(one.filter) for one in self._queues)
        return super().offers(row) and (row.id != "tile.claim_next" or has_any)

    def action_claim_next(self) -> None:
        """Claim the oldest order of the tile under the cursor that nobody has, and open it."""
        tile = self._tiles.cursor_tile if self._has_desk_role else None
        if tile is not None and (tile.id == RECONCILIATION or queue(tile.id).place):
            self.app.toast(f"{tile.title} holds no orders to claim", "warning")
        elif tile is not None:
            self.next_in_queue.claim(queue(tile.id).filter, tile.title)

    @on(Tiles.Opened)
    async def open_queue(self, event: Tiles.Opened) -> None:
        """Show the queue in Orders, or on the screen of its own."""
        if event.tile.id == RECONCILIATION:
            await self.app.action_go("RC")
            return
        one = queue(event.tile.id)
        if one.place:
            await self.app.action_go(one.place)
            return
        await self.app.open_orders(one.filter, title=one.title)

    async def take_key(self, event: events.Key) -> bool:
        """A letter on the search prompt opens the box with it."""
        if not isinstance(self.focused, SearchPrompt) or not event.is_printable or not event.character:
            return False
        await self.app.push_screen(SearchBox("" if event.character == "/" else event.character))
        return True

    @on(SearchPrompt.Typed)
    async def search(self, event: SearchPrompt.Typed) -> None:
        """Open the search box: with what was pasted, or empty."""
        await self.app.push_screen(SearchBox(event.text))

    @on(ShortList.Opened, "#feed")
    async def open_from_feed(self, event: ShortList.Opened) -> None:
        """Open the order that something happened to."""
        rows = (row.order_id for row in event.list.rows)
        await self.app.open_order(event.row.order_id, siblings=HitNeighbours(tuple(dict.fromkeys(rows))))

    @on(ShortList.Opened, "#recent")
    async def open_recent(self, event: ShortList.Opened) -> None:
        """Open an order again."""
        ids = tuple(row.id for row in event.list.rows)
        await self.app.open_order(event.row.id, siblings=HitNeighbours(ids))
