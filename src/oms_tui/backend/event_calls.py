"""What a local console asks of event problems."""

from collections.abc import Callable
from datetime import datetime

from oms_tui.backend.words import in_words_of_the_door
from oms_tui.desk import event_problems
from oms_tui.desk.desk import Desk
from oms_tui.domain.answers import Committed, EventSight
from oms_tui.domain.events.cases import CaseState, EventCase
from oms_tui.domain.events.ways import Way
from oms_tui.domain.people import Actor


class EventCalls:
    """Event problems, for whoever is signed in."""

    def __init__(self, desk: Desk, actor: Callable[..., Actor]) -> None:
        """Ask the desk as whoever `actor` says is signed in."""
        self._desk = desk
        self._actor = actor

    def page(self, state: CaseState, after: tuple[datetime, str] | None, limit: int) -> tuple[EventCase, ...]:
        """Events in a state. The list asks by itself."""
        with in_words_of_the_door():
            actor = self._actor(is_own_doing=after is not None)
            return event_problems.page(self._desk, actor, state, after=after, limit=limit)

    def sight(self, event_id: str) -> EventSight:
        """One event. The one under the cursor is asked for by itself."""
        with in_words_of_the_door():
            return event_problems.sight(self._desk, self._actor(is_own_doing=False), event_id)

    def settle(self, event_id: str, way: Way, note: str, version: int, key: str) -> Committed:
        """Do something about an event."""
        with in_words_of_the_door():
            return event_problems.settle(
                self._desk, self._actor(), event_id, way, note=note, version=version, key=key
            )
