"""Write the page of the flow (`docs/flow.md`) from the tables in the code; a test holds the page to it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from oms_tui.domain.authority import DEFAULT_AUTHORITY, Right
from oms_tui.domain.events import TAKEN, EventKind
from oms_tui.domain.flow import DELIVERY_FLOW, DEPENDENCIES, ORDER_FLOW, Task
from oms_tui.domain.fraud import rule_in_words
from oms_tui.domain.rules import FraudRules, FraudSign
from oms_tui.domain.status import LINE_TRANSITIONS, UNDELIVERED_CAUSES, Cause, HoldKind, LineStatus, word

PAGE = Path(__file__).parent / "flow.md"
HEAD = """\
# The flow of an order

Made from the tables in the code by `docs/make_flow.py`.

The flow takes an order from acceptance to delivery and says at every moment why it stands where it
stands. It is a list of **tasks**. A task is Pending while something that it depends on is open, then
Active; it ends Complete, Skipped (it does not apply), Failed (somebody must act) or Cancelled. An Active
task runs again every 15 minutes, at the moment it waits for, or at once when what it waits for has come.
Every run is kept, with its result in words.

`oms-tui worker` carries flows on; an OP can run one task now.

## Tasks

Pick Ticket to Delivery run once for each shipment, so that what is in stock goes while the rest waits,
unless the channel ships complete. Fraud Check and Duties look at the lines that have a location, even
while others wait for theirs, and again when lines get another one.

"""
LINES = """
## What a line can do

What is not in this table is refused. A line enters as Pending Allocation; one that was carried out of the
store, or imported, as Delivered. A parcel that is delivered after it came back undelivered passes Shipped.
Packed Anyway is how a cancelled line goes on whose parcel was packed, or left, all the same: the location
did not stop in time, and somebody decides on the event problem to let it go. What it costs is due again.

"""
HOLDS = """
## Holds

An open hold stops Pick Ticket and Capture. Manual Approval waits for all of them. Releasing one never
releases another; the system releases an address or payment hold that it placed itself when its cause is
gone.

"""
FRAUD = """
## Fraud rules

Which signs hold an order is a setting, per channel, as are the pairs of bill-to and ship-to that are never
held. A country that is not known shows no sign.

"""
OUTSIDE = """
## Events

What the world outside tells us. Each has an id of its own; the same id twice changes nothing. Money events
count one per reference of the provider, the later word on it wins. What comes too early waits for its
cause. What cannot be, or names a time more than 10 minutes ahead of ours, changes nothing and is an event
problem: [events.md](events.md).

"""
TASKS = {
    Task.PAYMENT_AUTHORIZATION: (
        "what is authorized or captured covers the total",
        "Declined, lapsed (at the moment it expires, with something still to leave) or pending for longer "
        "than the settings allow: a payment hold, once each. Once authorized, the system releases it; where "
        "an OP releases it, the order goes on without the money.",
    ),
    Task.ADDRESS_VALIDATION: (
        "the ship-to passes the rules of its country, or was forced",
        "Fails the rules: an address hold names the fields. Skipped where the customer comes for the goods.",
    ),
    Task.ALLOCATION: (
        "every line has a location",
        "No stock: waits and names what is lacking; the lines that were found go on.",
    ),
    Task.FRAUD_CHECK: (
        "the countries were compared",
        "A rule holds: a fraud hold, its countries as evidence. What was cleared is not held again.",
    ),
    Task.DUTIES: ("goods cross a customs border", "Skipped inside one country or customs union."),
    Task.CUSTOMER_NOTIFICATION: (
        "the order confirmation is in the outbox",
        "Skipped where no e-mail is known. What the customer reads never names a hold.",
    ),
    Task.REMORSE_PERIOD: ("the time to think better of it is over", "Counted from placement, per channel."),
    Task.MANUAL_APPROVAL: (
        "every hold it waits for is released",
        "A rule asks (value, first order of a guest): places an approval hold, once. Skipped if nobody asks.",
    ),
    Task.PICK_TICKET: (
        "the pick ticket is released to the location",
        "Waits until all lines are confirmed and no hold is open. The ship-to is copied onto the shipment.",
    ),
    Task.PACKING: ("the location has packed", ""),
    Task.CAPTURE: (
        "what the shipment owes is captured",
        "Asks for it over the tenders in their order of use; what was captured without a shipment (prepaid) "
        "is used up first. Fails with the provider's answer; run again, or once there is a new "
        "authorization, it asks again. Skipped where nothing is due.",
    ),
    Task.INVOICE: ("the invoice has its number", ""),
    Task.SHIPMENT: (
        "the parcel has left",
        "A parcel that left under a hold has left: it is recorded, and shown as a problem.",
    ),
    Task.DELIVERY: ("everything arrived", "Fails when it came to nobody, with the cause."),
}
EVENTS = {
    EventKind.AUTHORIZED: "the payment is authorized",
    EventKind.AUTHORIZATION_FAILED: "it was declined",
    EventKind.ACKNOWLEDGED: "the location has answered",
    EventKind.CONFIRMED: "it has the goods",
    EventKind.SHORT: "it has not: the pieces go back to Allocation, for another location",
    EventKind.PACKED: "packed; needs a released pick ticket",
    EventKind.PICK_CANCELLED: "it stopped picking, as it was asked",
    EventKind.CAPTURED: "a capture succeeded",
    EventKind.CAPTURE_FAILED: "a capture failed",
    EventKind.VOIDED: "an authorization was voided",
    EventKind.SHIPPED: "handed over, with carrier and tracking number",
    EventKind.DELIVERED: "arrived; the carrier's latest own time counts",
    EventKind.UNDELIVERED: "came to nobody: address, refused, not_collected, damaged or lost",
    EventKind.CANCEL_REQUESTED: "the customer asks to cancel: at once in the remorse period, else a queue",
    EventKind.REFUNDED: "a refund succeeded",
    EventKind.REFUND_FAILED: "a refund failed",
    EventKind.DISPUTED: "the customer disputes the payment: a dispute hold",
}
CAUSES: Mapping[Cause, str | Right | EventKind] = {
    Cause.ALLOCATION: "the flow: stock found, location assigned, shipment planned",
    Cause.LOCATION_TOLD: "the flow: the location is told",
    Cause.ACKNOWLEDGED: EventKind.ACKNOWLEDGED,
    Cause.LOCATION_CONFIRMED: EventKind.CONFIRMED,
    Cause.SHORT: EventKind.SHORT,
    Cause.PACKING: EventKind.PACKED,
    Cause.HANDED_OVER: EventKind.SHIPPED,
    Cause.CARRIER_DELIVERED: EventKind.DELIVERED,
    Cause.REDELIVERY: Right.RESOLVE_UNDELIVERED,
    Cause.RETURN_ACCEPTED: Right.REVIEW_RETURN,
    Cause.CANCEL: Right.CANCEL,
    Cause.PACKED_ANYWAY: Right.EVENT_PROBLEMS,
    **dict.fromkeys(UNDELIVERED_CAUSES, EventKind.UNDELIVERED),
}
"""What brings a cause about: the flow, an event, or somebody with a right."""
DECIDES = {
    HoldKind.FRAUD: Right.FRAUD,
    HoldKind.ADDRESS: Right.ADDRESS,
    HoldKind.APPROVAL: Right.RUN_TASK,
    HoldKind.PAYMENT: Right.HOLD,
    HoldKind.DISPUTE: Right.HOLD,
    HoldKind.MANUAL: Right.HOLD,
}


def page() -> str:
    """The whole page."""
    return "".join((HEAD, _tasks(), _transitions(), _holds(), _fraud(), _events()))


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _tasks() -> str:
    rows = []
    for task in ORDER_FLOW:
        done, more = TASKS[task]
        needs = ", ".join(word(name) for name in DEPENDENCIES.get(task, ())) or "–"
        whose = "shipment" if task in DELIVERY_FLOW else "order"
        rows.append((word(task), whose, needs, f"Complete when {done}. {more}".strip()))
    return _table(("Task", "Of", "Depends on", "What it does"), rows)


def _who(cause: Cause) -> str:
    by = CAUSES[cause]
    if isinstance(by, EventKind):
        return f"event `{by.value}`"
    if isinstance(by, Right):
        return roles(by)
    return by


def roles(right: Right) -> str:
    """Who may, as the page says it."""
    return ", ".join(role.value.upper() for role in DEFAULT_AUTHORITY.who_may(right))


def _transitions() -> str:
    rows = [
        (word(before), word(cause), word(after), _who(cause))
        for (before, cause), after in sorted(
            LINE_TRANSITIONS.items(), key=lambda row: (_place(row[0][0]), list(Cause).index(row[0][1]))
        )
    ]
    return LINES + _table(("From", "Cause", "To", "By"), rows)


def _place(status: LineStatus) -> int:
    return list(LineStatus).index(status)


def _holds() -> str:
    rows = [(word(kind), roles(right)) for kind, right in DECIDES.items()]
    return HOLDS + _table(("Hold", "Ended by"), rows)


def _fraud() -> str:
    default = FraudRules().hold_for
    rows = [(rule_in_words(sign), "yes" if sign in default else "no") for sign in FraudSign]
    return FRAUD + _table(("Sign", "Holds by default"), rows)


def _events() -> str:
    rows = [(f"`{kind.value}`", EVENTS[kind]) for kind in EventKind if kind in TAKEN]
    later = ", ".join(f"`{kind.value}`" for kind in EventKind if kind not in TAKEN)
    return OUTSIDE + _table(("Event", "Says"), rows) + f"\nNot taken yet: {later}.\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
