"""What a listing shows: lines made when they are seen, and the stops among them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from oms_tui.widgets.lines import Pieces


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
