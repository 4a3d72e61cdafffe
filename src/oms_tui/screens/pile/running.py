"""Doing a verb to the orders of a pile: one transaction each, reported one by one (C6, I1 to I3).

The work belongs to the console: it goes on wherever its person goes, until it is done or they stop it.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from oms_tui.backend import Intention
from oms_tui.backend.errors import BackendError, RefusedByDesk, SignedOut
from oms_tui.domain.answers import Committed
from oms_tui.screens.console import Console
from oms_tui.screens.pile.rows import Pile, PileRow, Standing
from oms_tui.screens.submissions import NothingHappened, submissions_of
from oms_tui.screens.wording import refusal_text
from oms_tui.verbs import Verb

UNKNOWN_FOR = 3.0
"""Seconds that the next order waits for an outcome that is not known; the desk is asked on beside it."""
CHECKING = "No answer came: outcome unknown, checking. It is not sent twice."
SESSION_OVER = "The session ended before it."
STOPPED = "Stopped before it."


class PileRun:
    """One pass over the orders of a pile that are ready."""

    def __init__(
        self,
        console: Console,
        verb: Verb,
        pile: Pile,
        arguments: Mapping[str, object],
        *,
        on_done: Callable[[Iterable[str]], None],
        on_end: Callable[[], None],
    ) -> None:
        """Prepare it.

        Args:
            console: whose work it is.
            verb: what to do.
            pile: to whom; what becomes of each is written there.
            arguments: the same for all.
            on_done: told the IDs of the orders that are done, at the end and where that came out later.
            on_end: told once, when the work is over.
        """
        self._console = console
        self._verb = verb
        self._pile = pile
        self._arguments = arguments
        self._on_done, self._on_end = on_done, on_end
        self._person = console.actor.name
        self._wanted = pile.ids(Standing.READY)
        self._asking: dict[str, asyncio.Task[Committed]] = {}
        self.place = 0
        """How many orders have been worked."""
        self.is_stopping = False
        """Whether it stops after the order in hand."""

    @property
    def length(self) -> int:
        """How many orders it is about."""
        return len(self._wanted)

    def start(self) -> None:
        """Begin. No screen's going ends it."""
        self._console.run_worker(self._work(), group="pile", exit_on_error=True)

    def stop(self) -> None:
        """Stop after the order in hand."""
        self.is_stopping = True

    async def let_go(self) -> None:
        """Ask no longer what became of orders: somebody asks anew, under the same keys."""
        asking, self._asking = tuple(self._asking.values()), {}
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _is_here(self) -> bool:
        return self._console.is_signed_in and self._console.actor.name == self._person

    async def _work(self) -> None:
        why_left = STOPPED
        for order_id in self._wanted:
            if self.is_stopping:
                break
            if not self._is_here():
                why_left = SESSION_OVER
                break
            await self._one(order_id)
            self.place += 1
        for order_id in self._pile.ids(Standing.READY, Standing.POSSIBLE, Standing.OPEN):
            self._pile.change(order_id, standing=Standing.LEFT, text=why_left, has_warning=False)
        self._on_done(self._pile.ids(Standing.DONE))
        self._on_end()

    async def _one(self, order_id: str) -> None:
        """Commit it under a key of its own, which is noted before it is sent."""
        row = self._pile[order_id]
        intention = Intention(verb=self._verb.id, order_id=order_id, arguments=self._arguments)
        key = _key_for(row, intention)
        sent: dict[str, object] = {"key": key, "intention": intention, "sent_version": row.version}
        self._pile.change(order_id, standing=Standing.DOING, has_warning=False, **sent)
        no_answer = asyncio.Event()
        task = asyncio.create_task(
            submissions_of(self._console).submit(
                self._console.backend,
                intention,
                row.version,
                key=key,
                on_unknown=lambda text: no_answer.set(),
                on_signed_out=self._console.tell_error,
                may_ask=self._is_here,
            )
        )
        await _first_of(task, no_answer)
        if not task.done():
            self._pile.change(order_id, standing=Standing.UNKNOWN, text=CHECKING)
            await asyncio.wait({task}, timeout=UNKNOWN_FOR)
        if task.done():
            self._settle(order_id, task)
        else:
            self._asking[order_id] = task
            task.add_done_callback(partial(self._settle_later, order_id))

    def _settle_later(self, order_id: str, task: "asyncio.Task[Committed]") -> None:
        if self._asking.pop(order_id, None) is not None and not task.cancelled():
            self._settle(order_id, task)
            if self._pile[order_id].standing is Standing.DONE:
                self._on_done((order_id,))

    def _settle(self, order_id: str, task: "asyncio.Task[Committed]") -> None:
        """Write down what became of it."""
        error = task.exception()
        if error is None:
            self._pile.change(order_id, standing=Standing.DONE, text=task.result().summary, key="")
            return
        if not isinstance(error, BackendError):
            raise error
        if isinstance(error, SignedOut):
            self._pile.change(order_id, standing=Standing.LEFT, text=SESSION_OVER)
            self._console.tell_error(error)
            self.is_stopping = True
            return
        text = refusal_text(error.blockers, self._console.keys) if isinstance(error, RefusedByDesk) else ""
        is_void = not isinstance(error, NothingHappened)
        facts: dict[str, object] = {"key": "", "intention": None} if is_void else {}
        self._pile.change(order_id, standing=Standing.FAILED, text=text or str(error), change=None, **facts)


def _key_for(row: PileRow, intention: Intention) -> str:
    """A key of its own; the one it had, where the same is submitted again and its outcome was not known."""
    is_same = row.intention == intention and row.sent_version == row.version
    return row.key if row.key and is_same else secrets.token_hex(16)


async def _first_of(task: "asyncio.Task[Committed]", event: asyncio.Event) -> None:
    """Wait until the task is done or the event has happened."""
    waiter = asyncio.create_task(event.wait())
    try:
        await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiter.cancel()
