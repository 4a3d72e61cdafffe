"""Handing an intent over: the console sees it through, whether or not its form is still there."""

from dataclasses import dataclass
from typing import Protocol

from oms_tui.backend import Intention
from oms_tui.backend.errors import BackendError, SignedOut
from oms_tui.domain.answers import Committed
from oms_tui.screens.console import Console
from oms_tui.screens.submissions import submissions_of
from oms_tui.verbs import verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an intent, so far."""

    done: Committed | None = None
    error: BackendError | None = None
    is_unknown: bool = False
    """No answer came; the desk is being asked."""


class Asker(Protocol):
    """Who submitted it: a form, while it is open."""

    @property
    def is_listening(self) -> bool:
        """Whether it still wants to hear."""

    def hear(self, outcome: Outcome) -> None:
        """Here is what became of it."""


def submit(console: Console, intention: Intention, version: int, asker: Asker | None = None) -> None:
    """Commit it, never cancelled by going elsewhere. What was done is told in a toast in any case."""
    console.run_worker(_see_through(console, intention, version, asker), group="submissions")


async def _see_through(console: Console, intention: Intention, version: int, asker: Asker | None) -> None:
    person = console.actor.name

    def is_here() -> bool:
        return console.is_signed_in and console.actor.name == person

    what = f"{verb(intention.verb).label}, order {intention.order_id}"

    def unknown(reason: str) -> None:
        console.toast(f"{what}: outcome unknown, checking", "warning", is_result=True)
        if asker is not None and asker.is_listening:
            asker.hear(Outcome(is_unknown=True))

    try:
        done = await submissions_of(console).submit(
            console.backend,
            intention,
            version,
            on_unknown=unknown,
            on_signed_out=console.tell_error,
            may_ask=is_here,
        )
    except BackendError as error:
        if asker is not None and asker.is_listening:
            asker.hear(Outcome(error=error))
        elif isinstance(error, SignedOut):
            console.tell_error(error)
        else:
            console.toast(f"{what}: {error}", "error", is_result=True)
        return
    console.toast(done.summary, is_result=True)
    if asker is not None and asker.is_listening:
        asker.hear(Outcome(done=done))
