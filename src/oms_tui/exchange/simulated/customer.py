"""The customers: now and then one thinks better of an order, or sends something back (spec 3.3)."""

from collections.abc import Iterator
from typing import Final

from oms_tui.domain.events import EventKind
from oms_tui.domain.order import Line
from oms_tui.domain.status import BEFORE_PACKED, LineStatus
from oms_tui.exchange.simulated.words import Said, Scene, Word, hours, minutes

_AT_ONCE: Final = (minutes(5), minutes(25))
_LATER: Final = (minutes(90), hours(3))
_GOES_BACK: Final = (hours(4), hours(12))
_WHY: Final = ("found it elsewhere", "ordered twice", "wrong size", "takes too long", "")
_REASONS: Final = ("does not fit", "not as described", "damaged", "wrong item", "changed mind")


def says(scene: Scene) -> Iterator[Word]:
    """A request to cancel, soon or late, and the announcement of a return."""
    lines = [line for line in scene.order.lines if not line.is_cancelled]
    if not lines:
        return
    if all(line.status in BEFORE_PACKED for line in lines) and not _has_asked(scene):
        if scene.dice.hits(scene.odds.cancels, "cancels"):
            is_early = scene.dice.hits(500, "cancels early")
            said = Said(cause=scene.dice.pick(_WHY, "cancels why"))
            yield scene.word(EventKind.CANCEL_REQUESTED, "1", _AT_ONCE if is_early else _LATER, said)
    elif _may_go_back(lines) and scene.dice.hits(scene.odds.returns, "returns"):
        number = lines[0].number
        data = {
            "return_id": f"R{scene.order.id}-1",
            f"reason {number}": scene.dice.pick(_REASONS, "returns why"),
        }
        said = Said(lines=((number, lines[0].quantity),), data=data)
        yield scene.word(EventKind.RETURN_CREATED, "1", _GOES_BACK, said)


def _may_go_back(lines: list[Line]) -> bool:
    return lines[0].is_returnable and all(line.status is LineStatus.DELIVERED for line in lines)


def _has_asked(scene: Scene) -> bool:
    return any(note.person == "customer" for note in scene.order.notes)
