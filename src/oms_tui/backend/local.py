"""The backend of a console that opens the database itself: the desk in one database thread (architecture 6).

Nothing heavy is imported here: the desk, the store and their libraries load in that thread, at `open`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from oms_tui.backend import Intention, PageQuery, SettlementQuery
from oms_tui.backend.errors import BackendError, NotAllowed, Unavailable
from oms_tui.domain.people import Origin

if TYPE_CHECKING:
    from datetime import datetime

    from oms_tui.backend.desk_calls import DeskCalls
    from oms_tui.clock import Clock
    from oms_tui.config import Settings
    from oms_tui.domain.answers import (
        Committed,
        Count,
        DeskInfo,
        EventSight,
        FeedEntry,
        FlowStanding,
        FraudEvidence,
        OrderPage,
        OrderSummary,
        Profile,
        QueueTally,
        SearchResult,
        TimelineEntry,
    )
    from oms_tui.domain.events.cases import CaseState, EventCase
    from oms_tui.domain.events.ways import Way
    from oms_tui.domain.order import Address
    from oms_tui.domain.people import Actor, Role
    from oms_tui.domain.plan import Plan
    from oms_tui.domain.settlement import Standing
    from oms_tui.domain.settlement_answers import (
        SettlementDetail,
        SettlementFile,
        SettlementLine,
        SettlementPage,
        SettlementSum,
    )
    from oms_tui.domain.world import AddressRules, AddressVerdict
    from oms_tui.verbs import Answer, Policy

POLL = 0.2
"""Seconds between two looks for changes made elsewhere."""
_CLOSED = "The desk is closed."
P = ParamSpec("P")
T = TypeVar("T")


class LocalBackend:
    """An order desk in this process. See `backend.Backend` for what each method does."""

    def __init__(
        self,
        url: str,
        settings: Settings,
        *,
        clock: Clock | None = None,
        state_folder: Path | None = None,
        is_read_only: bool = False,
        origin: Origin = Origin.CONSOLE,
    ) -> None:
        """Name the database; nothing is opened, imported or made before `open`.

        Args:
            url: `sqlite:///PATH` or a path.
            settings: As read from the config file.
            clock: For tests; the machine's where none is given.
            state_folder: Where the audit key is kept; the user's own where none is given.
            is_read_only: Whether every commit is refused.
            origin: What the audit log says people came through.
        """
        self._url = url
        self._settings = settings
        self._clock = clock
        self._state_folder = state_folder
        self._is_read_only = is_read_only
        self._origin = origin
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self._calls: DeskCalls | None = None
        self._listeners: set[asyncio.Event] = set()
        self._is_closed = False

    async def open(self) -> DeskInfo:
        """Load the libraries and open the database, in the database thread."""
        info = await self._in_thread(self._open)
        return replace(info, is_read_only=self._is_read_only)

    def _open(self) -> DeskInfo:
        from oms_tui.backend.desk_calls import DeskCalls

        if self._calls is None:
            self._calls = DeskCalls.open(
                self._url,
                self._settings,
                clock=self._clock,
                state_folder=self._state_folder,
                is_read_only=self._is_read_only,
                origin=self._origin,
                place=place_of_this_console(),
            )
        return self._calls.info()

    async def close(self) -> None:
        """End the session and close the database."""
        if self._is_closed:
            return
        self._is_closed = True
        for listener in tuple(self._listeners):
            listener.set()
        calls, self._calls = self._calls, None
        if calls is not None:
            with suppress(BackendError):
                await asyncio.wrap_future(self._thread.submit(calls.close))
        self._thread.shutdown(wait=False)

    async def sign_in(self, name: str, password: str) -> Actor:
        """Sign somebody in; they stay so until `sign_out` or the session's limits."""
        return await self._change(lambda calls: calls.sign_in(name, password))

    async def create_first_person(self, name: str, display_name: str, password: str, role: Role) -> Actor:
        """Make the first person of an empty desk and sign them in."""
        return await self._change(lambda calls: calls.create_first_person(name, display_name, password, role))

    async def sign_out(self) -> None:
        """End the session."""
        await self._change(lambda calls: calls.sign_out())

    async def policy(self) -> Policy:
        """The rules in force."""
        return await self._ask(lambda calls: calls.policy())

    async def queues(self) -> tuple[QueueTally, ...]:
        """Counts and oldest ages of the person's queues."""
        return await self._ask(lambda calls: calls.queues())

    async def page(self, query: PageQuery) -> OrderPage:
        """One page of a filtered list of orders."""
        return await self._ask(lambda calls: calls.page(query))

    async def count(self, filter_text: str) -> Count:
        """How many orders match."""
        return await self._ask(lambda calls: calls.count(filter_text))

    async def search(self, text: str, limit: int = 20) -> SearchResult:
        """Find orders by anything a customer can say."""
        return await self._ask(lambda calls: calls.search(text, limit))

    async def order(self, order_id: str, *, opened: bool = False) -> Profile:
        """The whole order. What `opened` has to remember is written after the answer is given."""
        profile = await self._ask(lambda calls: calls.order(order_id, is_own_doing=opened))
        if opened and not self._is_read_only:
            self._afterwards(lambda calls: calls.note_opened(profile.order.id))
        return profile

    async def timeline(
        self, order_id: str, *, before: int | None = None, limit: int = 200
    ) -> tuple[TimelineEntry, ...]:
        """The audit entries of an order, newest first."""
        return await self._ask(lambda calls: calls.timeline(order_id, before, limit))

    async def plan(self, intention: Intention) -> Plan:
        """What committing it would do now."""
        return await self._ask(lambda calls: calls.plan(intention))

    async def commit(self, intention: Intention, *, version: int, key: str) -> Committed:
        """Do it, once. Success comes only after the data is on the disk (F1)."""
        self._refuse_read_only()
        return await self._change(lambda calls: calls.commit(intention, version, key))

    async def answer(self, intention: Intention) -> Answer:
        """What a verb that answers says; documents are printed into the documents folder of this machine."""
        from oms_tui.verbs import VERBS  # late: the verbs load after the first frame

        if any(verb.id == intention.verb and verb.writes for verb in VERBS):
            self._refuse_read_only()
        given = await self._change(lambda calls: calls.answer(intention))
        return await self._printed(intention.order_id, given) if given.papers else given

    async def _printed(self, order_id: str, given: Answer) -> Answer:
        """What an answer names as files: drawn in a thread of its own, so that nobody waits to read."""
        calls = self._with_calls(lambda calls: calls)
        try:
            return await asyncio.shield(asyncio.to_thread(calls.deliver, order_id, given, self._in_turn))
        finally:
            self._tell_listeners()

    def _in_turn(self, call: Callable[[], T]) -> T:
        """What a call gives in the database thread, for another thread that waits for it."""
        try:
            future = self._thread.submit(self._with_calls, lambda _: call())
        except RuntimeError:
            raise Unavailable(_CLOSED) from None
        return future.result()

    async def outcome_of(self, key: str) -> Committed | None:
        """What became of the intent with that key."""
        return await self._ask(lambda calls: calls.outcome_of(key))

    async def feed(self, limit: int = 50) -> tuple[FeedEntry, ...]:
        """The order feed, newest first."""
        return await self._ask(lambda calls: calls.feed(limit))

    async def recent(self, limit: int = 10) -> tuple[OrderSummary, ...]:
        """The orders the person opened last."""
        return await self._ask(lambda calls: calls.recent(limit))

    async def shipping_methods(self, channel: str) -> tuple[str, ...]:
        """See `Backend`."""
        return await self._ask(lambda calls: calls.shipping_methods(channel))

    async def address_rules(self, country: str) -> AddressRules:
        """How a country writes addresses."""
        return await self._ask(lambda calls: calls.address_rules(country))

    async def check_address(self, address: Address) -> AddressVerdict:
        """What the rules of its country say of an address."""
        return await self._ask(lambda calls: calls.check_address(address))

    async def evidence(self, order_id: str) -> FraudEvidence:
        """What a fraud flag on the order is decided on."""
        return await self._ask(lambda calls: calls.evidence(order_id))

    async def claim_next(self, filter_text: str) -> str | None:
        """Claim the oldest order of a filter that nobody has claimed."""
        self._refuse_read_only()
        return await self._change(lambda calls: calls.claim_next(filter_text))

    async def flow_standing(self) -> FlowStanding:
        """Whether flows go on."""
        return await self._ask(lambda calls: calls.flow_standing())

    async def settlement_files(self, only: int | None = None) -> tuple[SettlementFile, ...]:
        """The settlement files, newest first."""
        return await self._ask(lambda calls: calls.settling.files(only))

    async def settlement_sums(self, file: int) -> tuple[SettlementSum, ...]:
        """What a settlement file comes to."""
        return await self._ask(lambda calls: calls.settling.sums(file))

    async def settlement_page(self, query: SettlementQuery) -> SettlementPage:
        """One page of a settlement file's rows."""
        return await self._ask(lambda calls: calls.settling.page(query))

    async def settlement_count(self, file: int, standings: tuple[Standing, ...]) -> Count:
        """How many rows of a settlement file stand so."""
        return await self._ask(lambda calls: calls.settling.count(file, standings))

    async def settlement_row(self, number: int) -> SettlementDetail:
        """One row with all there is to say of it."""
        return await self._ask(lambda calls: calls.settling.row(number))

    async def accept_difference(self, number: int, note: str, *, version: int) -> SettlementLine:
        """Accept a difference with a note."""
        self._refuse_read_only()
        return await self._change(lambda calls: calls.settling.accept(number, note, version))

    async def open_differences(self) -> Count:
        """How many differences are open."""
        return await self._ask(lambda calls: calls.settling.open_count())

    async def events(
        self, state: CaseState, *, after: tuple[datetime, str] | None = None, limit: int = 100
    ) -> tuple[EventCase, ...]:
        """Events in a state, longest here first."""
        return await self._ask(lambda calls: calls.events.page(state, after, limit))

    async def event(self, event_id: str) -> EventSight:
        """One event with its order and the ways on."""
        return await self._ask(lambda calls: calls.events.sight(event_id))

    async def settle_event(
        self, event_id: str, way: Way, note: str = "", *, version: int, key: str
    ) -> Committed:
        """Do something about an event, once."""
        self._refuse_read_only()
        return await self._change(lambda calls: calls.events.settle(event_id, way, note, version, key))

    async def changes(self) -> AsyncIterator[int]:
        """A number each time something changed: our own commits at once, others' within `POLL` seconds."""
        ours = asyncio.Event()
        self._listeners.add(ours)
        number = 0
        try:
            seen = await self._ask(lambda calls: calls.data_version())
            while not self._is_closed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(ours.wait(), POLL)
                ours.clear()
                if self._is_closed:
                    return
                found = await self._ask(lambda calls: calls.data_version())
                if found != seen:
                    seen = found
                    number += 1
                    yield number
        finally:
            self._listeners.discard(ours)

    async def _ask(self, call: Callable[[DeskCalls], T]) -> T:
        return await self._in_thread(self._with_calls, call)

    async def _change(self, call: Callable[[DeskCalls], T]) -> T:
        """A call that may commit something; those who wait for changes are told at once.

        A write is never cancelled: a caller that goes away leaves it running (style 7).
        """
        try:
            return await asyncio.shield(self._in_thread(self._with_calls, call))
        finally:
            self._tell_listeners()

    def _afterwards(self, call: Callable[[DeskCalls], object]) -> None:
        """Do something in the database thread that nobody waits for; failing, it is left undone."""
        loop = asyncio.get_running_loop()

        def done(future: Future[object]) -> None:
            if not future.cancelled() and future.exception() is None and future.result():
                with suppress(RuntimeError):  # the loop is over
                    loop.call_soon_threadsafe(self._tell_listeners)

        with suppress(RuntimeError):  # closed meanwhile
            self._thread.submit(self._with_calls, call).add_done_callback(done)

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            listener.set()

    def _with_calls(self, call: Callable[[DeskCalls], T]) -> T:
        if self._calls is None:
            raise Unavailable(_CLOSED if self._is_closed else "The desk is not open yet.")
        return call(self._calls)

    async def _in_thread(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            future = self._thread.submit(call, *args, **kwargs)
        except RuntimeError:
            raise Unavailable(_CLOSED) from None
        return await asyncio.wrap_future(future)

    def _refuse_read_only(self) -> None:
        if self._is_read_only:
            raise NotAllowed("This console is read-only: nothing is changed from here.")


def place_of_this_console() -> str:
    """Where people sign in from, as far as this machine knows: the user it runs as and the address of SSH.

    Failed sign-ins make the next try wait per place (N3); whoever may open the file needs no sign-in at all.
    """
    address = os.environ.get("SSH_CONNECTION", "").split(" ", 1)[0]
    return f"uid {os.getuid()} {address or 'local'}"
