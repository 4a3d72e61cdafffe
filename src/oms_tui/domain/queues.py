"""The built-in queues: named filters with a live count, per role (spec 7, Dashboard)."""

from dataclasses import dataclass
from functools import lru_cache

from oms_tui.domain.filter import FilterError, parse
from oms_tui.domain.people import Role
from oms_tui.domain.status import OrderStatus, word

MOST_SHORT = 12
"""Letters of a short title, at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A named filter. `counter` names the stored counter behind its count; None = counted when asked
    (bounded)."""

    id: str
    title: str
    filter: str
    """In the filter language of spec 8."""
    counter: str | None
    roles: frozenset[Role]
    why: str
    """One sentence: what is in it and what to do with it."""
    place: str = ""
    """The code of the screen that shows it, where it holds no orders; "" = Orders."""
    short: str = ""
    """The title in `MOST_SHORT` letters at most, for where there is little room; always whole words."""

    @property
    def is_personal(self) -> bool:
        """Whether it holds other orders for everybody who asks."""
        return "claimed:me" in self.filter


_CS, _NM, _OP = Role.CS, Role.NM, Role.OP


def _queue(
    id: str,
    title: str,
    filter: str,
    counter: str | None,
    roles: set[Role],
    why: str,
    short: str = "",
    *,
    place: str = "",
) -> Queue:
    return Queue(
        id=id,
        title=title,
        filter=filter,
        counter=counter,
        roles=frozenset(roles),
        why=why,
        short=short or title,
        place=place,
    )


def _status_queue(status: OrderStatus) -> Queue:
    return _queue(
        f"status-{status.value.replace('_', '-')}",
        word(status),
        f"status:{status.value}",
        f"status:{status.value}",
        {_OP},
        f"Every order whose least advanced piece is {word(status)}.",
        word(status).split()[0],
    )


QUEUES: tuple[Queue, ...] = (
    _queue(
        "my-work",
        "My work",
        "claimed:me",
        None,
        {_CS, _NM, _OP},
        "Orders you have claimed.",
    ),
    _queue(
        "fraud",
        "Fraud review",
        "hold:fraud",
        "hold:fraud",
        {_CS},
        "Held until somebody decides genuine or fraud.",
        "Fraud",
    ),
    _queue(
        "address",
        "Address problems",
        "hold:address",
        "hold:address",
        {_CS},
        "The address does not pass its country's rules.",
        "Address",
    ),
    _queue(
        "undelivered",
        "Undelivered",
        "line:undelivered",
        "line:undelivered",
        {_CS, _OP},
        "A parcel came to nobody: any line undelivered.",
    ),
    _queue(
        "cancel-requests",
        "Cancel requests",
        "cancel:requested sort:asked",
        "cancel:requested",
        {_CS},
        "The customer asks to cancel, too late for it to happen by itself: cancel, or decline with a note.",
        "Cancels",
    ),
    _queue(
        "returns-review",
        "Returns to review",
        "return:pending_review",
        "return:pending_review",
        {_CS, _OP},
        "Goods are back and wait for a decision.",
        "Returns",
    ),
    _queue(
        "stuck",
        "Stuck tasks",
        "task:failed",
        "task:failed",
        {_OP},
        "A task of the flow failed.",
        "Stuck",
    ),
    _queue(
        "stock",
        "Waiting for stock",
        "blocked:stock",
        "task:blocked:stock",
        {_OP},
        "No location has what they ask for.",
        "No stock",
    ),
    _queue(
        "uncaptured",
        "Authorized after shipment",
        "uncaptured:shipped",
        "uncaptured_shipped",
        {_OP},
        "Goods left, the money is still only reserved.",
        "Uncaptured",
    ),
    _queue(
        "event-problems",
        "Event problems",
        "",
        "event:problem",
        {_OP},
        "What the world outside told us cannot be, or should not have been.",
        "Events",
        place="EP",
    ),
    _queue(
        "blocked",
        "Pick ticket blocked",
        "task:blocked",
        "task:blocked",
        {_OP},
        "Pick Ticket waits for a dependency that is not time.",
        "Pick ticket",
    ),
    _queue(
        "approval",
        "Approval",
        "hold:approval,manual",
        None,
        {_OP},
        "A rule or a colleague asks for a decision.",
    ),
    _queue(
        "payment-hold",
        "Payment holds",
        "hold:payment,dispute",
        None,
        {_OP},
        "The authorization was declined, lapsed or is pending, or the customer disputes a payment.",
        "Payment",
    ),
    _queue(
        "blocked-address",
        "Blocked by address",
        "blocked:address_validation",
        "task:blocked:address_validation",
        {_OP},
        "Pick Ticket waits until the address is valid, corrected or forced.",
        "By address",
    ),
    _queue(
        "blocked-approval",
        "Blocked by approval",
        "blocked:manual_approval",
        "task:blocked:manual_approval",
        {_OP},
        "Pick Ticket waits for somebody who releases a hold.",
        "By approval",
    ),
    _queue(
        "lapsing",
        "About to lapse",
        "lapses<2d sort:lapses",
        None,
        {_OP},
        "An authorization lapses within 48 hours, with something still to capture and to leave.",
        "Lapsing",
    ),
    _queue(
        "refund-problems",
        "Refund problems",
        "refund:failed,unknown",
        None,
        {_OP},
        "A refund failed, or nobody knows whether it was paid: ask again or record it.",
        "Refunds",
    ),
    *(_status_queue(status) for status in OrderStatus if status is not OrderStatus.UNDELIVERED),
    _queue(
        "all",
        "All orders",
        "",
        "orders",
        {_CS, _OP},
        "Every order.",
        "All",
    ),
)


def queues_of(roles: frozenset[Role]) -> tuple[Queue, ...]:
    """The queues somebody with these roles works, in order."""
    return tuple(queue for queue in QUEUES if not queue.roles.isdisjoint(roles))


@lru_cache(maxsize=128)
def orders_of(filter_text: str) -> str:
    """A filter without its order of rows, as its text; one that cannot be read as it is."""
    try:
        return str(parse(filter_text).with_sort(None))
    except FilterError:
        return filter_text


def queue(queue_id: str) -> Queue:
    """The queue of that id.

    Raises:
        KeyError: there is no such queue.
    """
    for known in QUEUES:
        if known.id == queue_id:
            return known
    raise KeyError(queue_id)
