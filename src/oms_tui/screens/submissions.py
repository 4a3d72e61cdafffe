"""Intents on their way to the desk: one key for one body, one at a time per order and verb (I1 to I3).

Forms come and go; what was submitted lives here until its outcome is known.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from oms_tui.backend import Backend, Intention
from oms_tui.backend.errors import BackendError, Conflict, OutcomeUnknown, RefusedByDesk, SignedOut
from oms_tui.domain.answers import Committed
from oms_tui.verbs import LinePart

FIRST_LOOK = 0.5
"""Seconds until the desk is asked what became of an intent; each further wait is twice as long."""
LONGEST_WAIT = 8.0
MOST_KEYS = 200
"""Bodies whose key is remembered for a retry."""

Body = tuple[str, str, int, str]
"""Verb, order, version, arguments: what an idempotency key stands for."""


class InProgress(BackendError):  # noqa: N818 - the tree reads as outcomes
    """The same verb on the same order is under way, or its outcome is not known yet (I3)."""


class NothingHappened(BackendError):  # noqa: N818
    """An intent whose outcome was unknown turned out to have had no effect: it may be tried again."""


@dataclass(slots=True)
class Submission:
    """One intent under way."""

    key: str
    intention: Intention
    is_unknown: bool = False
    """Whether no answer came, so that the desk is being asked what became of it."""


class Submissions:
    """What this console has asked the desk to do and not yet heard of."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, str], Submission] = {}
        self._keys: dict[Body, str] = {}

    def running(self, order_id: str, verb_id: str) -> Submission | None:
        """The submission of this verb on this order that is under way."""
        return self._running.get((order_id, verb_id))

    def refusal(self, order_id: str, verb_id: str) -> str:
        """Why the verb cannot be submitted now; "" = it can."""
        found = self.running(order_id, verb_id)
        if found is None:
            return ""
        if found.is_unknown:
            return "outcome unknown, checking: no answer came to the last one yet"
        return "it is being done"

    def key_for(self, intention: Intention, version: int) -> str:
        """The key of this intent: made when it is first submitted, kept for every retry of the same body."""
        body = (intention.verb, intention.order_id, version, _written(intention))
        while len(self._keys) >= MOST_KEYS:
            del self._keys[next(iter(self._keys))]
        return self._keys.setdefault(body, secrets.token_hex(16))

    def _forget(self, key: str) -> None:
        """The next intent with the same body is another one."""
        self._keys = {body: known for body, known in self._keys.items() if known != key}

    async def submit(
        self,
        backend: Backend,
        intention: Intention,
        version: int,
        *,
        key: str = "",
        on_unknown: Callable[[str], None] = lambda text: None,
        on_signed_out: Callable[[SignedOut], None] = lambda error: None,
        may_ask: Callable[[], bool] = lambda: True,
    ) -> Committed:
        """Commit it once. Without an answer, ask what became of it until that is known.

        Args:
            backend: the desk.
            intention: what to do.
            version: the order's version that was planned on.
            key: the key of this intent, where somebody else keeps it for a retry.
            on_unknown: told, in words, when no answer came.
            on_signed_out: told when the session ended before the desk could be asked.
            may_ask: whether who submitted it is signed in; the desk knows a key only for its person.

        Raises:
            InProgress: the same is under way already; nothing was sent.
            NothingHappened: no answer had come, and it took no effect.
            BackendError: what the desk answered.
        """
        place = (intention.order_id, intention.verb)
        why_not = self.refusal(*place)
        if why_not:
            raise InProgress(f"{why_not[0].upper()}{why_not[1:]}.")
        submission = Submission(key or self.key_for(intention, version), intention)
        self._running[place] = submission
        try:
            try:
                done = await backend.commit(intention, version=version, key=submission.key)
            except OutcomeUnknown as error:
                submission.is_unknown = True
                on_unknown(str(error))
                done = await _ask_after(backend, submission.key, on_signed_out, may_ask)
        except (Conflict, RefusedByDesk):
            self._forget(submission.key)
            raise
        finally:
            del self._running[place]
        self._forget(submission.key)
        return done


async def _ask_after(
    backend: Backend, key: str, on_signed_out: Callable[[SignedOut], None], may_ask: Callable[[], bool]
) -> Committed:
    """Ask what became of an intent until the desk says; while its person is signed out, wait for them."""
    wait = FIRST_LOOK
    while True:
        await asyncio.sleep(wait)
        if not may_ask():
            wait = FIRST_LOOK
            continue
        wait = min(2 * wait, LONGEST_WAIT)
        try:
            found = await backend.outcome_of(key)
        except SignedOut as error:
            if may_ask():
                on_signed_out(error)
            continue
        except BackendError:
            continue  # the desk cannot be asked now; it is asked again
        if found is None:
            raise NothingHappened("The desk has no trace of it: nothing was changed. You may try again.")
        return found


_OF: "WeakKeyDictionary[object, Submissions]" = WeakKeyDictionary()


def submissions_of(console: object) -> Submissions:
    """The submissions of a console; there is one of these for each."""
    return _OF.setdefault(console, Submissions())


def _written(intention: Intention) -> str:
    """The arguments in one spelling."""
    return repr(sorted((name, _plain(value)) for name, value in intention.arguments.items()))


def _plain(value: object) -> object:
    if isinstance(value, LinePart):
        return (value.line, value.quantity)
    if isinstance(value, tuple | list):
        return tuple(_plain(item) for item in value)
    return value
