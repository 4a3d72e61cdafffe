"""What the profile's screen is put together from: what it holds of one order, and the body of its tab."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from textual.message import Message

from oms_tui.domain.answers import Profile, TimelineEntry
from oms_tui.screens.keymap import Keys
from oms_tui.screens.money_notes import MoneyNote
from oms_tui.screens.profile.heading import Beside, PodVerb
from oms_tui.screens.profile.items import LineKey
from oms_tui.screens.profile.page import Page, PartKey
from oms_tui.screens.verbs_here import VERB_ROWS, VerbsHere
from oms_tui.verbs import GROUPS, LinePart
from oms_tui.widgets.listing import Body, Listing


@runtime_checkable
class FollowsAlong(Protocol):
    """A list that wants to know which of its orders is shown, to put its cursor there."""

    def went_to(self, order_id: str) -> None:
        """The profile shows this order of the list now."""


class TabBody(Listing):
    """The body of the tab that is shown."""

    class Turned(Message):
        """Somebody asked for the next (1) or previous (-1) tab."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    @property
    def parts(self) -> tuple[PartKey, ...]:
        """The parts that can be gone to, in order."""
        return tuple(key for key in self.keys if isinstance(key, PartKey))

    def go_to_part(self, by: int) -> None:
        """To the heading of the next part (1) or the previous one (-1), round and round."""
        places = [at for at, key in enumerate(self.keys) if isinstance(key, PartKey)]
        if not places:
            return
        if by > 0:
            wanted = next((at for at in places if at > self._stop), places[0])
        else:
            wanted = next((at for at in reversed(places) if at < self._stop), places[-1])
        self._go(wanted, self._stops[wanted][0] - self._body.head)

    @property
    def marked_lines(self) -> tuple[LinePart, ...]:
        """The order's lines that are marked, whole; () where none is."""
        numbers = sorted(key.number for key in self.marks if isinstance(key, LineKey))
        return tuple(LinePart(number, 0) for number in numbers)

    @property
    def line_here(self) -> int | None:
        """The order's line under the cursor, if it stands on one."""
        key = self.cursor_key
        return key.number if isinstance(key, LineKey) else None

    def action_cursor_left(self) -> None:
        """To the previous tab."""
        self.post_message(self.Turned(-1))

    def action_cursor_right(self) -> None:
        """To the next tab."""
        self.post_message(self.Turned(1))


@dataclass(slots=True)
class Look:
    """What belongs to one order while it is shown: all of it is dropped when another one is."""

    profile: Profile | None = None
    fault: str = ""
    timeline: tuple[TimelineEntry, ...] | None = None
    has_older: bool = False
    timeline_fault: str = ""
    still: str = ""
    """That nobody runs what is due of it."""
    money: tuple[MoneyNote, ...] = ()
    """What to know of its money."""
    beside: Beside = field(default_factory=Beside)
    opened: frozenset[Hashable] = frozenset()
    places: dict[int, Hashable | None] = field(default_factory=dict)
    """Tab -> the stop the cursor was on."""


def pod_verbs(verbs: VerbsHere) -> tuple[PodVerb, ...]:
    """What the action pod lists: of each key the verbs that can be done, or the one to be told of why not."""
    found: dict[str, PodVerb] = {}
    for row in VERB_ROWS:
        key = next(iter(verbs.keys.of(row)), "")
        if key and key not in found:
            label, can_be_done = verbs.label(key)
            found[key] = PodVerb(key, label, not can_be_done, GROUPS[row.keys[0]])
    return tuple(found.values())


def body_without_order(fault: str, keys: Keys, width: int) -> Body:
    """What stands where no order could be read: why, and the keys that help."""
    page = Page(width)
    if fault:
        again, back = keys.shown("view.refresh"), keys.shown("view.leave")
        page.say(f"{fault} {again} tries again, {back} goes back.", "problem")
    return page.body()
