"""The one door between a console and an order desk: the protocol, and nothing of either adapter
(architecture 6).

`backend.local` calls the desk in its database thread; a remote adapter speaks the same protocol. A console
cannot tell
which it has. Errors are those of `backend.errors`.

The domain is named for types only: it loads with the adapter, in a thread, after a console's first frame.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

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
        Position,
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
        SettlementPosition,
        SettlementSum,
    )
    from oms_tui.domain.world import AddressRules, AddressVerdict
    from oms_tui.verbs import Answer, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """One page of the orders list. With neither `after`, `before` nor `around`: from the start, or the
    end."""

    filter: str = ""
    """In the filter language of spec 8, sort included."""
    size: int = 50
    after: Position | None = None
    before: Position | None = None
    around: Position | None = None
    from_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intention:
    """What somebody means to do to one order: the body of a plan and of a commit."""

    verb: str
    order_id: str
    arguments: Mapping[str, object]
    """As the form has them; read and checked by the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementQuery:
    """One page of a settlement file's rows, the open ones first. With neither `after` nor `before`: from the
    start, or the end."""

    file: int
    standings: tuple[Standing, ...]
    size: int = 50
    after: SettlementPosition | None = None
    before: SettlementPosition | None = None
    from_end: bool = False


class Backend(Protocol):
    """An order desk as a console sees it. Every method but `close` may raise
    `backend.errors.BackendError`."""

    async def open(self) -> DeskInfo:
        """Get ready: load libraries, upgrade the database if it is older, say what is there."""

    async def close(self) -> None:
        """Let go of everything; safe to call twice."""

    async def sign_in(self, name: str, password: str) -> Actor:
        """Sign somebody in. Unknown name and wrong password answer alike; failures make the next try wait
        (N3)."""

    async def create_first_person(self, name: str, display_name: str, password: str, role: Role) -> Actor:
        """Make the first person of an empty desk, with AD and one desk role (spec 5), and sign them in."""

    async def sign_out(self) -> None:
        """End the session."""

    async def policy(self) -> Policy:
        """The rules in force: authority, reasons, times."""

    async def queues(self) -> tuple[QueueTally, ...]:
        """Counts and oldest ages of the queues of the person signed in, in their order."""

    async def page(self, query: PageQuery) -> OrderPage:
        """One page of a filtered list of orders."""

    async def count(self, filter_text: str) -> Count:
        """How many orders match; bounded at 10,000 where no counter knows."""

    async def search(self, text: str, limit: int = 20) -> SearchResult:
        """Find orders by anything a customer can say (spec 8)."""

    async def order(self, order_id: str, *, opened: bool = False) -> Profile:
        """The whole order. `opened` remembers it among the person's recent orders and renews their claim."""

    async def timeline(
        self, order_id: str, *, before: int | None = None, limit: int = 200
    ) -> tuple[TimelineEntry, ...]:
        """The audit entries of an order, newest first, older than entry `before`."""

    async def plan(self, intention: Intention) -> Plan:
        """What committing it would do now. Writes nothing."""

    async def commit(self, intention: Intention, *, version: int, key: str) -> Committed:
        """Do it, once, on the version that was planned, under the key made when the plan was submitted."""

    async def answer(self, intention: Intention) -> Answer:
        """What a verb that answers says (provide status)."""

    async def outcome_of(self, key: str) -> Committed | None:
        """What became of the intent with that key; None: it took no effect."""

    async def feed(self, limit: int = 50) -> tuple[FeedEntry, ...]:
        """The order feed, newest first."""

    async def recent(self, limit: int = 10) -> tuple[OrderSummary, ...]:
        """The orders the person opened last, newest first."""

    async def shipping_methods(self, channel: str) -> tuple[str, ...]:
        """The shipping methods that the newest orders of a channel have, the usual ones first."""

    async def address_rules(self, country: str) -> AddressRules:
        """How a country writes addresses: the fields of its form, in their order and words."""

    async def check_address(self, address: Address) -> AddressVerdict:
        """What the rules of its country say of an address that is being typed."""

    async def evidence(self, order_id: str) -> FraudEvidence:
        """What a fraud flag on the order is decided on; for those who may decide."""

    async def claim_next(self, filter_text: str) -> str | None:
        """Claim the oldest order of a filter that nobody has claimed, and say which; None: there is none."""

    async def flow_standing(self) -> FlowStanding:
        """Whether flows go on: the workers that are alive, or since when flows stand still."""

    async def settlement_files(self, only: int | None = None) -> tuple[SettlementFile, ...]:
        """The settlement files that were taken in, newest first, with how their rows stand; or that one."""

    async def settlement_sums(self, file: int) -> tuple[SettlementSum, ...]:
        """What a settlement file comes to, one sum a currency."""

    async def settlement_page(self, query: SettlementQuery) -> SettlementPage:
        """One page of a settlement file's rows."""

    async def settlement_count(self, file: int, standings: tuple[Standing, ...]) -> Count:
        """How many rows of a settlement file stand so."""

    async def settlement_row(self, number: int) -> SettlementDetail:
        """One row with what it means, what mends it and what was done about it."""

    async def accept_difference(self, number: int, note: str, *, version: int) -> SettlementLine:
        """Accept a difference as it was shown, with a note."""

    async def open_differences(self) -> Count:
        """How many differences of all settlement files are open; bounded at 10,000."""

    async def events(
        self, state: CaseState, *, after: tuple[datetime, str] | None = None, limit: int = 100
    ) -> tuple[EventCase, ...]:
        """Events that wait, are kept, are problems or were parked: longest here first, after a place (when it
        came, its id)."""

    async def event(self, event_id: str) -> EventSight:
        """One of them with its order and the ways on."""

    async def settle_event(
        self, event_id: str, way: Way, note: str = "", *, version: int, key: str
    ) -> Committed:
        """Do something about it, once, on the version of the case that was looked at, under a key of its own;
        `outcome_of` knows it."""

    def changes(self) -> AsyncIterator[int]:
        """A number each time something changed in the desk, made by whoever; consecutive changes may come as
        one."""
