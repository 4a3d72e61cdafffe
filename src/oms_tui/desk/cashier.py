"""Asking the payment provider for captures, voids and refunds: after the commit, and never for one twice.

A durable row says that something is on its way before anything leaves (invariant I5), and every try bears the
same key. Where nobody knows what became of a try, the order says so and the provider is asked, with growing
waits, until it says; only what it certainly has not is sent again (invariant I3).
"""

import logging
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread
from typing import Final

from oms_tui.clock import from_micros, to_micros
from oms_tui.desk.desk import Desk
from oms_tui.desk.effects import write_effect
from oms_tui.desk.flows import LOCK_WAIT
from oms_tui.desk.provider import Answer, Provider, Request, Word
from oms_tui.desk.provider_words import event_of, request_of, said
from oms_tui.desk.receiving import receive
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.asking import as_failed, as_unknown, must_wait, unanswered
from oms_tui.domain.differences import consequences
from oms_tui.domain.order import Operation, Order
from oms_tui.domain.people import FLOW_ACTOR
from oms_tui.domain.plan import Outcome
from oms_tui.store import intents, orders
from oms_tui.store.engine import savepoint
from oms_tui.store.errors import ProgrammingMistake, RuleBroken, StoreError
from oms_tui.store.intents import Asked, IntentState
from oms_tui.store.orders import Stored

LONGEST_WAIT: Final = timedelta(hours=1)
"""Between two times that the provider is asked."""
BROKEN_OFF: Final = 3
"""A call that takes so many times the time-out has broken off: whoever made it is gone."""
MOST_DOUBLED: Final = 12
"""How often a wait is doubled at most; it has long reached the longest by then."""
ASKED: Final = "provider.asked"
"""Action of the audit entries that say what asking came to."""
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Call:
    """One try, on its way in a thread, and what came back."""

    asked: Asked
    tries: int
    request: Request
    until: float
    """When it counts as broken off, by the clock that measures durations."""
    thread: Thread | None = None
    answer: Answer | None = None

    @property
    def about(self) -> tuple[int, int]:
        """(payment, row that asked)."""
        return self.asked.payment, self.asked.operation

    def is_over(self, moment: float) -> bool:
        """Whether it has an answer, or will not get one any more."""
        return self.answer is not None or moment >= self.until


class Cashier:
    """Asks for what is due, several at once, each in a thread, so that flows go on."""

    def __init__(self, desk: Desk, provider: Provider | None) -> None:
        """Ask for nothing yet.

        Args:
            desk: The desk.
            provider: The way to the provider; None = its word comes as events alone.
        """
        self._desk = desk
        self._provider = provider
        self._settings = desk.provider
        self._calls: list[_Call] = []
        self._rests_until = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._calls)

    def work(self) -> bool:
        """Take one step: note an answer, or ask for what is due next; False where there is none to take.

        Raises:
            StoreError: The database refused; what is on its way is noted later.
        """
        if self._provider is None:
            return False
        moment = self._desk.clock.monotonic()
        over = next((call for call in self._calls if call.is_over(moment)), None)
        if over is not None:
            self._note(over)
            self._calls.remove(over)
            return True
        if len(self._calls) >= self._settings.at_once or moment < self._rests_until:
            return False
        return self._begin(self._provider)

    def close(self, seconds: float) -> None:
        """Wait so long for what is on its way, and note what became of it: unknown, where nothing came back.

        Raises:
            StoreError: The database refused; the rows say that it was on its way, so that it is asked for.
        """
        end = self._desk.clock.monotonic() + seconds
        for call in self._calls:
            if call.thread is not None and call.answer is None:
                call.thread.join(max(end - self._desk.clock.monotonic(), 0))
        while self._calls:
            self._note(self._calls[0])
            del self._calls[0]

    # -- asking --------------------------------------------------------------------------------------------

    def _begin(self, provider: Provider) -> bool:
        now = to_micros(self._desk.clock.now())
        with self._desk.store.read() as conn:
            if intents.next_due(conn, now) is None:
                return False
        with writing(self._desk, LOCK_WAIT, yields=True) as work:
            asked = intents.next_due(work.conn, work.micros)
            call = None if asked is None else self._taken_or_rested(work, asked)
        if call is None:
            return True
        self._calls.append(call)
        is_first = call.asked.left_at is None
        call.thread = Thread(target=_make, args=(call, provider, is_first), daemon=True, name="provider")
        call.thread.start()
        return True

    def _taken_or_rested(self, work: Writing, asked: Asked) -> _Call | None:
        """The same as `_taken`; a fault of the program is undone, and rests alone: the others go on."""
        last = work.last_entry
        try:
            with savepoint(work.conn):
                return self._taken(work, asked)
        except Exception as error:
            _raise_unless_fault(error, asked)
            work.last_entry = last
            rests_until = to_micros(work.now + LONGEST_WAIT)
            intents.put_off(work.conn, asked.pk, rests_until, error=f"a fault of the program, {_kind(error)}")
            return None

    def _taken(self, work: Writing, asked: Asked) -> _Call | None:
        """The try, written down before anything leaves; None where there is nothing to send now."""
        stored = Stored(pk=asked.order_pk, order=orders.load(work.conn, asked.order_pk))
        operation = unanswered(stored.order).get((asked.payment, asked.operation))
        if operation is None:
            intents.answered(work.conn, asked.order_pk, [(asked.payment, asked.operation)])
            return None
        if asked.left_at is None and self._waits_for_location(work, asked):
            return None
        since = asked.at if asked.until is None else max(asked.at, asked.until)
        if work.now - from_micros(since) > timedelta(days=self._settings.most_days):
            self._give_up(work, stored, asked, operation)
            return None
        if asked.left_at is None and (reason := must_wait(stored.order, asked.payment, operation)):
            intents.put_off(work.conn, asked.pk, self._later(asked.tries), error=reason)
            return None
        allowed = self._settings.timeout_seconds * BROKEN_OFF
        until = to_micros(work.now + timedelta(seconds=allowed))
        tries = intents.begin(work.conn, asked.pk, now=work.micros, until=until)
        request = request_of(stored.order, asked, operation)
        return _Call(asked, tries, request, self._desk.clock.monotonic() + allowed)

    def _waits_for_location(self, work: Writing, asked: Asked) -> bool:
        """Whether its goods may still be picked: then money does not move (spec 6, Cancel)."""
        if not asked.waits_for:
            return False
        stops = intents.stops_of(work.conn, asked.order_pk, asked.at)
        if not any(state is IntentState.PROBLEM for state in stops.values()):
            return False
        error = "the location went on, although it was to stop"
        intents.put_off(work.conn, asked.pk, None, state=IntentState.PROBLEM, error=error)
        return True

    def _give_up(self, work: Writing, stored: Stored, asked: Asked, operation: Operation) -> None:
        """No word for days: what certainly never left has failed, everything else is a person's to decide."""
        days = self._settings.most_days
        if asked.tries and asked.left_at is None:
            cause = f"it did not reach the provider within {days} days"
            after = as_failed(stored.order, asked.payment, asked.operation, cause, work.now)
            _write(work, stored, after, f"{said(operation)} failed: {cause}", asked)
            return
        text = f"{said(operation)}: no word from the provider within {days} days. It is not asked any more"
        after = as_unknown(stored.order, asked.payment, asked.operation, work.now)
        _write(work, stored, after, text, asked)
        intents.put_off(
            work.conn, asked.pk, None, state=IntentState.SILENT, error=f"no word within {days} days"
        )

    def _later(self, tries: int) -> int:
        wait = timedelta(seconds=self._settings.check_seconds) * 2 ** min(max(tries - 1, 0), MOST_DOUBLED)
        return to_micros(self._desk.clock.now() + min(wait, LONGEST_WAIT))

    # -- what came back ------------------------------------------------------------------------------------

    def _note(self, call: _Call) -> None:
        """Note what came back. After a fault of the program it is asked for again: nothing is lost."""
        try:
            self._note_answer(call)
        except Exception as error:
            _raise_unless_fault(error, call.asked)
            self._end(call, IntentState.UNKNOWN, f"a fault of the program, {_kind(error)}")

    def _note_answer(self, call: _Call) -> None:
        answer = call.answer or Answer(word=Word.UNKNOWN, error="no answer came in time")
        if answer.word in (Word.SUCCEEDED, Word.FAILED):
            self._take_word(call, answer)
        elif answer.word is Word.NOT_SENT and call.asked.left_at is None:
            self._not_sent(call, answer)
        elif answer.word is Word.PENDING:
            self._end(call, IntentState.ACCEPTED)
        else:
            _log.warning("What became of request %d is not known: %s", call.asked.pk, answer.error)
            self._unknown(call, answer)

    def _end(self, call: _Call, state: IntentState, error: str = "", *, never_left: bool = False) -> None:
        with self._desk.store.write(LOCK_WAIT) as conn:
            later = self._later(call.tries)
            intents.end(
                conn, call.asked.pk, call.tries, state, next_try=later, error=error, never_left=never_left
            )

    def _not_sent(self, call: _Call, answer: Answer) -> None:
        """The provider cannot be reached: the same is sent again, and for a moment nothing else."""
        _log.warning("Request %d was not sent: %s", call.asked.pk, answer.error)
        self._rests_until = self._desk.clock.monotonic() + self._settings.check_seconds
        self._end(call, IntentState.REQUESTED, answer.error, never_left=True)

    def _unknown(self, call: _Call, answer: Answer, state: IntentState = IntentState.UNKNOWN) -> None:
        """Nobody knows: the order says so, in the transaction that sets when the provider is asked."""
        with writing(self._desk, LOCK_WAIT) as work:
            next_try = self._later(call.tries) if state is IntentState.UNKNOWN else None
            pk, error = call.asked.pk, answer.error
            if not intents.end(work.conn, pk, call.tries, state, next_try=next_try, error=error):
                return
            stored = Stored(pk=call.asked.order_pk, order=orders.load(work.conn, call.asked.order_pk))
            operation = unanswered(stored.order).get(call.about)
            if operation is not None:
                after = as_unknown(stored.order, *call.about, work.now)
                goes_on = "checking" if next_try is not None else "somebody must decide"
                text = f"{said(operation)} is unknown, {goes_on}: {error}"
                _write(work, stored, after, text, call.asked)

    def _take_word(self, call: _Call, answer: Answer) -> None:
        """The provider's word, taken as every event is: the same again changes nothing."""
        event = event_of(call.request, answer, self._moment(call, answer))
        if event is None:
            self._take_failed_void(call, answer)
            return
        (received,) = receive(self._desk, [event])
        with self._desk.store.read() as conn:
            is_open = call.about in unanswered(orders.load(conn, call.asked.order_pk))
        if is_open:
            # It is among the event problems: what it says contradicts what is known, and nothing moved.
            _log.error("The answer to request %d cannot be taken: it is an event problem", call.asked.pk)
            reason = received.reason or "its answer is an event problem"
            self._unknown(call, Answer(word=Word.UNKNOWN, error=reason), IntentState.PROBLEM)

    def _moment(self, call: _Call, answer: Answer) -> datetime:
        """When it was done: the provider's time, if it can be true."""
        now, asked_at = self._desk.clock.now(), from_micros(call.asked.at)
        return answer.at if answer.at is not None and asked_at <= answer.at <= now else now

    def _take_failed_void(self, call: _Call, answer: Answer) -> None:
        """No event tells that a void failed: it is written as what it is."""
        with writing(self._desk, LOCK_WAIT) as work:
            stored = Stored(pk=call.asked.order_pk, order=orders.load(work.conn, call.asked.order_pk))
            operation = unanswered(stored.order).get(call.about)
            if operation is not None:
                after = as_failed(stored.order, *call.about, answer.cause, work.now)
                _write(work, stored, after, f"{said(operation)} failed", call.asked)


def _make(call: _Call, provider: Provider, is_first: bool) -> None:
    """The try itself: what may have left is asked for, and sent again only if the provider has it not."""
    try:
        answer = Answer(word=Word.NOT_THERE) if is_first else provider.ask(call.request)
        if answer.word is Word.NOT_THERE:
            answer = provider.send(call.request)
    except Exception as error:  # whatever it is, nobody knows what became of it
        answer = Answer(word=Word.UNKNOWN, error=f"a fault of the program, {_kind(error)}")
    call.answer = answer


def _raise_unless_fault(error: Exception, asked: Asked) -> None:
    """Log a fault of the program, without anybody's data.

    Raises:
        StoreError: It is none, but the database that refused.
    """
    if isinstance(error, StoreError) and not isinstance(error, RuleBroken | ProgrammingMistake):
        raise error
    where = "".join(traceback.format_tb(error.__traceback__)[-4:])
    _log.error("Request %d broke off: %s\n%s", asked.pk, _kind(error), where)


def _kind(error: Exception) -> str:
    return type(error).__name__


def _write(work: Writing, stored: Stored, after: Order, text: str, asked: Asked) -> None:
    """A new version of the order, if it is one, with its audit entry."""
    if after is stored.order:
        return
    outcome = Outcome(order=after, action="ask the provider", summary=text)
    written = write_effect(work, stored, outcome)
    work.log(
        FLOW_ACTOR,
        ASKED,
        text,
        subject=stored.order.id,
        order_pk=stored.pk,
        version=written.version,
        key=asked.key,
        changes=consequences(stored.order, outcome),
    )
