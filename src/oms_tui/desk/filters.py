"""What somebody may ask of the list, read and made ready (spec 5, 8)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from oms_tui.desk.errors import BadInput
from oms_tui.domain.filter import (
    Filter,
    FilterError,
    ResolvedFilter,
    parse,
    require_documented,
    resolve,
)
from oms_tui.domain.people import Actor
from oms_tui.domain.queues import queues_of


def read(text: str, *, documented_only: bool = False) -> Filter:
    """A filter as typed; `documented_only`: by somebody who may use the documented categories alone.

    Raises:
        BadInput: It cannot be read: names the wrong word and where it stands.
    """
    try:
        return parse(text, documented_only=documented_only)
    except FilterError as error:
        raise _bad_filter(error) from error


def make_ready(asked: Filter, now: datetime, zone: ZoneInfo, me: str | None) -> ResolvedFilter:
    """The filter at this moment, for this person.

    Raises:
        BadInput: A range ends before it starts, or `me` is nobody.
    """
    try:
        return resolve(asked, now, zone, me)
    except FilterError as error:
        raise _bad_filter(error) from error


def what_is_not_allowed(asked: Filter, actor: Actor) -> BadInput | None:
    """What in a filter somebody without `FILTER_ALL` may not use: there are words, the six documented
    categories and the filters of their own queues (spec 5)."""
    own = {item for queue in queues_of(actor.roles) for item in parse(queue.filter).conditions}
    try:
        require_documented(Filter(tuple(item for item in asked.items if item not in own)))
    except FilterError as error:
        return _bad_filter(error)
    return None


def _bad_filter(error: FilterError) -> BadInput:
    return BadInput(str(error), field="filter", start=error.start, end=error.end)
