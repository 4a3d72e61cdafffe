"""What a listing shows: lines made when they are seen, and the stops among them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from oms_tui.widgets.lines import Pieces

LEAST_ROOM = 4
"""Lines with which the signs of what goes on get lines of their own; in fewer they stand beside the text."""
LEAST_BESIDE = 2
"""Lines for what scrolls that the last line at the end is kept beside."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. The cursor stands on entries with a key; neighbours of one key are one stop."""

    draw: Callable[[], Pieces]
    """Makes what it shows; called when it comes on screen."""
    key: Hashable | None = None
    can_mark: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a listing shows at one width."""

    entries: Sequence[Entry] = field(default_factory=tuple)
    head: int = 0
    """How many entries stay at the top while the others scroll."""
    foot: int = 0
    """How many stay at the end; where there is little room fewer, the last of them longest."""

    def foot_at(self, height: int) -> int:
        """How many stay at the end on so many lines: none while everything is seen; where too little would be
        left for the others the last of them, or the last one alone."""
        if len(self.entries) <= height or not self.foot:
            return 0
        room = height - self.head
        return min(self.foot, room - LEAST_ROOM) if room > LEAST_ROOM else int(room > LEAST_BESIDE)


Build: TypeAlias = Callable[[int], Body]
"""Makes the body for a width in cells."""


def stops_of(body: Body) -> list[tuple[int, int]]:
    """Half-open stretches of entries with the same key."""
    stops: list[tuple[int, int]] = []
    for index, entry in enumerate(body.entries):
        if entry.key is None or index < body.head:
            continue
        if stops and stops[-1][1] == index and body.entries[index - 1].key == entry.key:
            stops[-1] = (stops[-1][0], index + 1)
        else:
            stops.append((index, index + 1))
    return stops
