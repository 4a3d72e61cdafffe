"""Parcels that left: send one out again that came to nobody, mend its tracking number (spec 6, Resolve
undelivered; spec 5)."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from oms_tui.domain.authority import Right
from oms_tui.domain.events.goods import words_of_carrier
from oms_tui.domain.filter.keys import bare_key
from oms_tui.domain.flow import Task, reopen
from oms_tui.domain.letters import HOUSE_LANGUAGE
from oms_tui.domain.order import Line, Order, Shipment
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Message, Outcome
from oms_tui.domain.status import SHIPPED_OR_LATER, Cause, LineStatus, word
from oms_tui.domain.steps.base import moved, standing_lines, with_lines
from oms_tui.verbs import readdressing
from oms_tui.verbs.arguments import note_argument
from oms_tui.verbs.base import (
    Argument,
    ArgumentError,
    ArgumentKind,
    Arguments,
    Blocker,
    Choice,
    Context,
    Policy,
    Refused,
    Subject,
    Verb,
)
from oms_tui.verbs.tracking_doubts import doubts

_ALLOWED: Final = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z ./_-]*[0-9A-Za-z])?")
_FEWEST, _MOST = 4, 40
"""Letters and digits of a tracking number at least; characters at most."""
_SAID: Final = {
    Cause.UNDELIVERED_ADDRESS: "The address was the reason: correct it (a) before the parcel goes out again.",
    Cause.UNDELIVERED_REFUSED: "The customer refused it: ask whether they take it now.",
    Cause.UNDELIVERED_NOT_COLLECTED: "Nobody collected it: tell the customer that it comes again.",
    Cause.UNDELIVERED_DAMAGED: "The carrier says it is damaged: see that what goes out again is whole.",
    Cause.UNDELIVERED_LOST: "The carrier says it is lost: send it out again only where it was found.",
}


# -- resolve undelivered -----------------------------------------------------------------------------------


def _undelivered(order: Order) -> dict[str, list[Line]]:
    """Shipment -> its lines that came to nobody."""
    found: dict[str, list[Line]] = {}
    for line in order.lines:
        if line.status is LineStatus.UNDELIVERED and line.shipment is not None:
            found.setdefault(line.shipment, []).append(line)
    return found


def _parcels(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(
        Choice(name, f"{name} ({word(lines[0].cause).lower().replace('undelivered ', '')})")
        for name, lines in _undelivered(subject.order).items()
    )


def _check_undelivered(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if _undelivered(subject.order):
        return ()
    if not any(line.status in SHIPPED_OR_LATER for line in subject.order.lines):
        return (Blocker("Nothing has left yet."),)
    return (Blocker("Nothing is undelivered: no parcel came to nobody.", is_idle=True),)


def _redeliver(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, name, note = subject.order, str(arguments["shipment"]), str(arguments["note"] or "")
    lines = _undelivered(order).get(name)
    if not lines:
        raise Refused([Blocker(f"Shipment {name} is not undelivered any more.")])
    shipment = order.shipment(name)
    after = with_lines(order, {line.number: moved(line, Cause.REDELIVERY) for line in lines})
    after = reopen(after, [(Task.DELIVERY, name)], context.now)
    message = Message(
        recipient=shipment.carrier or shipment.location,
        audience="carrier",
        template="redeliver",
        language=HOUSE_LANGUAGE,
        text=f"Order {order.id}, parcel {shipment.tracking or name}: please deliver it again.",
    )
    return Outcome(
        order=after,
        messages=(message,),
        warnings=_to_see_to(order, name, lines),
        action=f"send {name} out again",
        summary=f"Sent shipment {name} of order {order.id} out again" + (f": {note}" if note else ""),
    )


def _to_see_to(order: Order, shipment: str, lines: list[Line]) -> tuple[str, ...]:
    """What to see to before the parcel goes out again; an address that was changed since is seen to."""
    words = words_of_carrier(order, shipment)
    is_changed = bool(words) and readdressing.changed_since(order, max(words))
    causes = dict.fromkeys(line.cause for line in lines)
    return tuple(_SAID[x] for x in causes if not (is_changed and x is Cause.UNDELIVERED_ADDRESS))


RESOLVE_UNDELIVERED = Verb(
    id="order.resolve-undelivered",
    key="u",
    label="Resolve undelivered",
    help="Send a parcel out again that came to nobody; taking it back or writing it off comes with returns.",
    right=Right.RESOLVE_UNDELIVERED,
    arguments=(
        Argument(
            name="shipment",
            kind=ArgumentKind.CHOICE,
            label="Shipment",
            help="The parcel that came to nobody, and why.",
            is_required=True,
            choices=_parcels,
            initial=lambda subject: _only(tuple(_undelivered(subject.order))),
        ),
        note_argument("What was agreed with the customer or the carrier."),
    ),
    check=_check_undelivered,
    apply=_redeliver,
)


# -- correct tracking --------------------------------------------------------------------------------------


def _left(order: Order) -> tuple[Shipment, ...]:
    """The shipments of which something has left."""
    return tuple(
        one
        for one in order.shipments
        if any(line.status in SHIPPED_OR_LATER for line in standing_lines(order, one.number))
    )


def _shipments(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    return tuple(
        Choice(one.number, f"{one.number} {one.carrier} {one.tracking or 'no number'}".replace("  ", " "))
        for one in _left(subject.order)
    )


def _only(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else ""


def _check_tracking(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    return () if _left(subject.order) else (Blocker("Nothing has left yet: there is no parcel to track."),)


def _of_only(name: str) -> Callable[[Subject], str]:
    """What is known of the only shipment that has left; "" where there are several."""

    def value(subject: Subject) -> str:
        left = _left(subject.order)
        return str(getattr(left[0], name)) if len(left) == 1 else ""

    return value


def tracking_number(text: str) -> str:
    """A tracking number as it may be kept (invariant T5): letters, digits and what is written between them.

    Raises:
        ArgumentError: it has other characters, or is too short or too long.
    """
    if _ALLOWED.fullmatch(text) is None:
        raise ArgumentError(
            "tracking", "A tracking number has letters A to Z, digits, blanks and the signs . / _ - only."
        )
    if len(bare_key(text)) < _FEWEST or len(text) > _MOST:
        raise ArgumentError("tracking", f"A tracking number has {_FEWEST} to {_MOST} letters and digits.")
    return " ".join(text.split())


def _correct(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, note = subject.order, str(arguments["note"] or "")
    old = next((one for one in _left(order) if one.number == arguments["shipment"]), None)
    if old is None:
        raise Refused([Blocker(f"Shipment {arguments['shipment']} has not left.")])
    carrier, tracking = str(arguments["carrier"] or old.carrier), tracking_number(str(arguments["tracking"]))
    if carrier and not any(sign.isalpha() for sign in carrier):
        raise ArgumentError("carrier", "A carrier has a name, like DHL.")
    new = replace(old, carrier=carrier, tracking=tracking)
    if new == old:
        raise ArgumentError("tracking", f"{old.number} has this carrier and number already.")
    shipments = tuple(new if one.number == new.number else one for one in order.shipments)
    said = f"{carrier} {tracking}".strip()
    return Outcome(
        order=replace(order, shipments=shipments),
        warnings=(
            *doubts(carrier, tracking),
            *(
                f"Shipment {one.number} has this number too."
                for one in order.shipments
                if one.number != new.number and one.tracking and bare_key(one.tracking) == bare_key(tracking)
            ),
        ),
        action=f"correct the tracking of {new.number}",
        summary=f"Corrected the tracking of {new.number} to {said}" + (f": {note}" if note else ""),
    )


CORRECT_TRACKING = Verb(
    id="order.correct-tracking",
    key="u",
    label="Correct tracking",
    help="Mend carrier and tracking number of a shipment that has left.",
    right=Right.RESOLVE_UNDELIVERED,
    arguments=(
        Argument(
            name="shipment",
            kind=ArgumentKind.CHOICE,
            label="Shipment",
            help="The shipment that has left, with what is known of it now.",
            is_required=True,
            choices=_shipments,
            initial=lambda subject: _only(tuple(one.number for one in _left(subject.order))),
        ),
        Argument(
            name="carrier",
            kind=ArgumentKind.TEXT,
            label="Carrier",
            help="Who carries it; left empty it stays as it is.",
            initial=_of_only("carrier"),
            max_length=60,
        ),
        Argument(
            name="tracking",
            kind=ArgumentKind.TEXT,
            label="Tracking number",
            help="As the carrier writes it.",
            initial=_of_only("tracking"),
            is_required=True,
            max_length=_MOST,
        ),
        note_argument("Where the right number comes from."),
    ),
    check=_check_tracking,
    apply=_correct,
)
