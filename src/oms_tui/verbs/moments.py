"""When money moved, as a person writes it: a day or a minute in the business time zone, never one that is not
over (spec 6, Mark as paid)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from oms_tui.domain.filter.dates import DateError, moment, period_of, read_when
from oms_tui.domain.filter.syntax import Calendar
from oms_tui.verbs.base import Argument, ArgumentError, ArgumentKind, Context

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_EXAMPLE = "2026-11-22, 2026-11-22T14:30, today or yesterday"


def date_argument(name: str, label: str, help: str) -> Argument:
    """The day on which money moved; `help` says which money."""
    return Argument(
        name=name,
        kind=ArgumentKind.TEXT,
        label=label,
        help=f"{help}: {_EXAMPLE}.",
        is_required=True,
        max_length=40,
        example=_EXAMPLE,
    )


def read_span(name: str, text: str, context: Context) -> tuple[datetime, datetime]:
    """The day or the minute that a text names: its begin, and the first moment after it.

    Args:
        name: The argument that holds the text.
        text: As the person wrote it.
        context: The moment and the business time zone.

    Raises:
        ArgumentError: it is no date, or has not begun.
    """
    zone = ZoneInfo(context.policy.time_zone)
    try:
        value = read_when(text)
    except DateError as error:
        raise ArgumentError(name, f"{text!r} {error}.") from None
    is_date = not isinstance(value, Calendar) or value.day is not None
    if value is None or not is_date or text[-1].lower() in "mhdw":
        raise ArgumentError(name, f"{text!r} is no date; write it like 2026-11-22 or 2026-11-22T14:30.")
    period = period_of(value, context.now, zone)
    begin, end = moment(period.start, zone), moment(period.end, zone)
    if begin > context.now:
        raise ArgumentError(name, f"{text} is not over yet: money cannot have moved then.")
    return begin, end


def refuse_before(
    name: str, text: str, end: datetime, earliest: datetime, what: str, context: Context
) -> None:
    """Refuse a span that ends before `earliest`, when `what` happened.

    Raises:
        ArgumentError: it does.
    """
    if end <= earliest:
        local = earliest.astimezone(ZoneInfo(context.policy.time_zone))
        raise ArgumentError(name, f"{text} is before {what}, {local:%Y-%m-%d %H:%M}.")


def moment_after(name: str, text: str, context: Context, earliest: datetime, what: str) -> datetime:
    """When something was done that came after something else: of a day its end, or now.

    Args:
        name: The argument that holds the text.
        text: As the person wrote it.
        context: The moment and the business time zone.
        earliest: The first moment that can be.
        what: What happened then: "the order was placed".

    Raises:
        ArgumentError: it is no date, has not begun, or is before `earliest`.
    """
    begin, end = read_span(name, text, context)
    refuse_before(name, text, end, earliest, what, context)
    at = begin if end - begin <= MINUTE else min(end - SECOND, context.now)
    return max(at, earliest).astimezone(context.now.tzinfo)
