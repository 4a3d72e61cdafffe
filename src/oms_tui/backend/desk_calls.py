"""The calls a local backend makes, all in its database thread: session, desk, and errors in the door's
words."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from oms_tui.backend import Intention, PageQuery, SettlementQuery
from oms_tui.backend.event_calls import EventCalls
from oms_tui.backend.words import in_words_of_the_door
from oms_tui.clock import Clock, SystemClock
from oms_tui.config import Settings
from oms_tui.desk import ask, commit, errors, next_in_queue, people, plan, settling, sign_in
from oms_tui.desk.desk import Desk
from oms_tui.desk.sessions import Session
from oms_tui.desk.unknown_names import unknown_names
from oms_tui.domain.answers import (
    Committed,
    Count,
    DeskInfo,
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
from oms_tui.domain.order import Address
from oms_tui.domain.people import Actor, Origin, Role
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

if TYPE_CHECKING:
    from oms_tui.documents.deliver import Turn

_log = logging.getLogger(__name__)


class DeskCalls:
    """One console at one desk: who is signed in, and every question and order they give."""

    def __init__(self, desk: Desk, *, origin: Origin, place: str) -> None:
        """Begin with nobody signed in; use `open`."""
        self._desk = desk
        self._origin = origin
        self._place = place
        self._session: Session | None = None
        self.settling = SettlingCalls(desk, self._actor)
        self.events = EventCalls(desk, self._actor)

    @classmethod
    def open(
        cls,
        url: str,
        settings: Settings,
        *,
        clock: Clock | None,
        state_folder: Path | None,
        is_read_only: bool,
        origin: Origin,
        place: str,
    ) -> Self:
        """Open the desk behind a console."""
        with in_words_of_the_door():
            desk = Desk.open(
                url,
                settings=settings,
                clock=clock or SystemClock(),
                state_folder=state_folder,
            )
            try:
                for warning in unknown_names(desk):
                    _log.warning("%s", warning)
            except BaseException:
                desk.close()
                raise
        return cls(desk, origin=origin, place=place)

    def close(self) -> None:
        """End the session and let go of the database."""
        self._end_session()
        with in_words_of_the_door():
            self._desk.close()

    def info(self) -> DeskInfo:
        """What a console must know before anybody signs in."""
        with in_words_of_the_door():
            return ask.info(self._desk)

    def policy(self) -> Policy:
        """The rules in force."""
        return self._desk.policy

    def data_version(self) -> int:
        """A number that differs after every commit of anybody."""
        with in_words_of_the_door():
            return self._desk.store.data_version()

    def sign_in(self, name: str, password: str) -> Actor:
        """Sign somebody in, in place of whoever was."""
        with in_words_of_the_door():
            self._end_session()
            return self._begin(sign_in.sign_in(self._desk, name, password, self._origin, self._place))

    def create_first_person(self, name: str, display_name: str, password: str, role: Role) -> Actor:
        """Make the first person and sign them in."""
        with in_words_of_the_door():
            self._end_session()
            made = people.create_first(self._desk, name, display_name, password, role, origin=self._origin)
            return self._begin(made)

    def sign_out(self) -> None:
        """End the session, if there is one."""
        with in_words_of_the_door():
            self._end_session()

    def queues(self) -> tuple[QueueTally, ...]:
        """The queues of the person's roles. A dashboard asks by itself: it keeps no session alive."""
        with in_words_of_the_door():
            return ask.queues(self._desk, self._actor(is_own_doing=False))

    def page(self, query: PageQuery) -> OrderPage:
        """One page of a list; turning to another page is the person's own doing, the first may be a
        refresh."""
        is_turned = query.after is not None or query.before is not None or query.from_end
        with in_words_of_the_door():
            return ask.page(
                self._desk,
                self._actor(is_own_doing=is_turned),
                query.filter,
                size=query.size,
                after=query.after,
                before=query.before,
                around=query.around,
                from_end=query.from_end,
            )

    def count(self, filter_text: str) -> Count:
        """How many orders match."""
        with in_words_of_the_door():
            return ask.count(self._desk, self._actor(is_own_doing=False), filter_text)

    def search(self, text: str, limit: int) -> SearchResult:
        """Find orders by anything."""
        with in_words_of_the_door():
            return ask.search_orders(self._desk, self._actor(), text, limit)

    def order(self, order_id: str, *, is_own_doing: bool) -> Profile:
        """The whole order."""
        with in_words_of_the_door():
            return ask.order(self._desk, self._actor(is_own_doing=is_own_doing), order_id)

    def note_opened(self, order_id: str) -> bool:
        """Remember that the person opened it and renew their claim; whether anything was written."""
        with in_words_of_the_door():
            return ask.note_opened(self._desk, self._actor(is_own_doing=False), order_id)

    def timeline(self, order_id: str, before: int | None, limit: int) -> tuple[TimelineEntry, ...]:
        """The audit entries of an order."""
        with in_words_of_the_door():
            actor = self._actor(is_own_doing=before is not None)
            return ask.timeline(self._desk, actor, order_id, before=before, limit=limit)

    def plan(self, intention: Intention) -> Plan:
        """What committing it would do."""
        with in_words_of_the_door():
            return plan.plan(
                self._desk, self._actor(), intention.verb, intention.order_id, intention.arguments
            )

    def commit(self, intention: Intention, version: int, key: str) -> Committed:
        """Do it, once."""
        with in_words_of_the_door():
            return commit.commit(
                self._desk,
                self._actor(),
                intention.verb,
                intention.order_id,
                intention.arguments,
                version=version,
                key=key,
            )

    def answer(self, intention: Intention) -> Answer:
        """What a verb that answers says; what it names is not printed yet."""
        with in_words_of_the_door():
            return plan.answer(
                self._desk, self._actor(), intention.verb, intention.order_id, intention.arguments
            )

    def deliver(self, order_id: str, given: Answer, turn: "Turn") -> Answer:
        """Print what an answer names, outside the database thread: `turn` runs in it what needs the desk."""
        from oms_tui.documents.deliver import deliver  # late: fonts and PDF take a while to load

        with in_words_of_the_door():
            return deliver(self._desk, turn(self._actor), order_id, given, turn=turn)

    def outcome_of(self, key: str) -> Committed | None:
        """What became of an intent."""
        with in_words_of_the_door():
            return commit.outcome_of(self._desk, self._actor(), key)

    def feed(self, limit: int) -> tuple[FeedEntry, ...]:
        """The order feed. A dashboard asks by itself."""
        with in_words_of_the_door():
            return ask.feed(self._desk, self._actor(is_own_doing=False), limit)

    def recent(self, limit: int) -> tuple[OrderSummary, ...]:
        """The orders opened last."""
        with in_words_of_the_door():
            return ask.recent(self._desk, self._actor(is_own_doing=False), limit)

    def shipping_methods(self, channel: str) -> tuple[str, ...]:
        """The shipping methods of a channel. A form asks by itself."""
        with in_words_of_the_door():
            return ask.shipping_methods(self._desk, self._actor(is_own_doing=False), channel)

    def address_rules(self, country: str) -> AddressRules:
        """How a country writes addresses. A form asks by itself."""
        with in_words_of_the_door():
            return ask.address_rules(self._desk, self._actor(is_own_doing=False), country)

    def check_address(self, address: Address) -> AddressVerdict:
        """What the rules of its country say of an address; asked while somebody types it."""
        with in_words_of_the_door():
            return ask.check_address(self._desk, self._actor(), address)

    def evidence(self, order_id: str) -> FraudEvidence:
        """What a fraud flag on the order is decided on."""
        from oms_tui.desk.evidence import evidence  # late: it brings the rules of countries and telephones

        with in_words_of_the_door():
            return evidence(self._desk, self._actor(), order_id)

    def claim_next(self, filter_text: str) -> str | None:
        """Claim the oldest order of a filter that nobody has claimed."""
        with in_words_of_the_door():
            return next_in_queue.claim_next(self._desk, self._actor(), filter_text)

    def flow_standing(self) -> FlowStanding:
        """Whether flows go on. A dashboard asks by itself."""
        with in_words_of_the_door():
            return ask.flow_standing(self._desk, self._actor(is_own_doing=False))

    def _begin(self, actor: Actor) -> Actor:
        self._session = Session(actor, self._desk.session_limits, elapsed=self._desk.clock.monotonic)
        return actor

    def _actor(self, *, is_own_doing: bool = True) -> Actor:
        if self._session is None:
            raise errors.SignedOut("Nobody is signed in.")
        return self._session.actor(is_own_doing=is_own_doing)

    def _end_session(self) -> None:
        """Sign out whoever is signed in; the log says so where the session was still running."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            actor = session.actor()
        except errors.SignedOut:
            return
        session.end()
        sign_in.sign_out(self._desk, actor)


class SettlingCalls:
    """What a console asks of settlement files."""

    def __init__(self, desk: Desk, actor: Callable[..., Actor]) -> None:
        """Ask the desk as whoever `actor` says is signed in."""
        self._desk = desk
        self._actor = actor

    def files(self, only: int | None = None) -> tuple[SettlementFile, ...]:
        """The settlement files, or that of one number. The list asks by itself."""
        with in_words_of_the_door():
            return settling.files(self._desk, self._actor(is_own_doing=False), only=only)

    def sums(self, file: int) -> tuple[SettlementSum, ...]:
        """What a file comes to."""
        with in_words_of_the_door():
            return settling.sums(self._desk, self._actor(is_own_doing=False), file)

    def page(self, query: SettlementQuery) -> SettlementPage:
        """One page of rows; turning to another page is the person's own doing."""
        is_turned = query.after is not None or query.before is not None or query.from_end
        with in_words_of_the_door():
            return settling.page(
                self._desk,
                self._actor(is_own_doing=is_turned),
                query.file,
                query.standings,
                size=query.size,
                after=query.after,
                before=query.before,
                from_end=query.from_end,
            )

    def count(self, file: int, standings: tuple[Standing, ...]) -> Count:
        """How many rows stand so."""
        with in_words_of_the_door():
            return settling.count(self._desk, self._actor(is_own_doing=False), file, standings)

    def row(self, number: int) -> SettlementDetail:
        """One row. The row under the cursor is asked for by itself."""
        with in_words_of_the_door():
            return settling.detail(self._desk, self._actor(is_own_doing=False), number)

    def accept(self, number: int, note: str, version: int) -> SettlementLine:
        """Accept a difference."""
        with in_words_of_the_door():
            return settling.accept(self._desk, self._actor(), number, note, version=version)

    def open_count(self) -> Count:
        """How many differences are open. A dashboard asks by itself."""
        with in_words_of_the_door():
            return settling.open_differences(self._desk, self._actor(is_own_doing=False))
