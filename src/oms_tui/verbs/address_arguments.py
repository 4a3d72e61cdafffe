"""What the address verbs ask for, and reading it: everything starts with what the order has."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from oms_tui.domain.order import Address, Order
from oms_tui.verbs.arguments import note_argument
from oms_tui.verbs.base import Argument, ArgumentError, ArgumentKind, Arguments, Context, Subject

MOST_STREET_LINES = 5
_LONGEST = 200
"""Characters of one line of an address."""


def _of_ship_to(name: str) -> Callable[[Subject], str]:
    def value(subject: Subject) -> str:
        found: str | tuple[str, ...] = getattr(subject.order.ship_to, name)
        return "\n".join(found) if isinstance(found, tuple) else found

    return value


def _field(name: str, label: str, help: str, kind: ArgumentKind = ArgumentKind.TEXT) -> Argument:
    longest = MOST_STREET_LINES * _LONGEST if kind is ArgumentKind.LONG_TEXT else _LONGEST
    return Argument(
        name=name, kind=kind, label=label, help=help, initial=_of_ship_to(name), max_length=longest
    )


ADDRESS_ARGUMENTS = (
    _field("recipient", "Recipient", "Whom it is for."),
    _field("company", "Company", "The company it is for, if any."),
    _field(
        "street", "Street", "Street and number; a line for each line of the label.", ArgumentKind.LONG_TEXT
    ),
    _field("city", "City", "City, town or village."),
    _field("area", "Area", "State, province, prefecture or emirate, where the country has them."),
    _field("postal_code", "Code", "Postal code."),
    _field("country", "Country", "Two letters, e.g. DE; it cannot be changed."),
    _field("phone", "Phone", "For the carrier."),
)
"""What Correct and Force ask for. An empty text takes a field away, a missing one leaves it."""
DETAIL_ARGUMENTS = (
    Argument(
        name="method",
        kind=ArgumentKind.TEXT,
        label="Method",
        help="Shipping method, as the channel names it.",
        initial=lambda subject: subject.order.method,
    ),
    Argument(
        name="date",
        kind=ArgumentKind.TEXT,
        label="Date",
        help="The day on which the customer wants it, e.g. 2026-12-24.",
        initial=lambda subject: str(subject.order.preferred_date or ""),
        max_length=10,
        example="2026-12-24",
    ),
)
REASONED = (
    Argument(
        name="reason",
        kind=ArgumentKind.TEXT,
        label="Reason",
        help="Why it is taken as it is.",
        is_required=True,
    ),
    note_argument("What the customer or the carrier said.", is_required=True),
)


def address_of(order: Order, arguments: Arguments) -> Address:
    """The address that was asked for.

    Raises:
        ArgumentError: more lines of street than a label has.
    """
    values = {one.name: str(arguments[one.name] or "") for one in ADDRESS_ARGUMENTS}
    street = tuple(line.strip() for line in values.pop("street").splitlines() if line.strip())
    if len(street) > MOST_STREET_LINES:
        raise ArgumentError("street", f"A label has room for {MOST_STREET_LINES} lines of street.")
    if any(len(line) > _LONGEST for line in street):
        raise ArgumentError("street", f"A line of street has at most {_LONGEST} characters.")
    values["country"] = values["country"].upper()
    return replace(order.ship_to, street=street, **values)


def method_of(order: Order, arguments: Arguments) -> str:
    """The shipping method that was asked for; it cannot be taken away."""
    return str(arguments["method"] or order.method)


def date_of(order: Order, arguments: Arguments, context: Context) -> date | None:
    """The day that was asked for; None = none.

    Raises:
        ArgumentError: it is no date, or over.
    """
    text = str(arguments["date"] or "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ArgumentError("date", f"{text!r} is no date; write it like 2026-12-24.")
    today = context.now.astimezone(ZoneInfo(context.policy.time_zone)).date()
    if day < today and day != order.preferred_date:
        raise ArgumentError("date", f"{text} is over; today is {today.isoformat()}.")
    return day
