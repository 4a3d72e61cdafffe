"""The columns of the orders list: all documented ones, and which are shown unless somebody chose (spec 7)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from oms_tui.clock import age_text
from oms_tui.domain.answers import OrderSummary, RowClaim
from oms_tui.domain.concerns import span_text
from oms_tui.domain.filter import Filter
from oms_tui.domain.own_facts import OwnKind, own_kind
from oms_tui.domain.status import HOLD_GLYPH, ChannelType, LineStatus, OrderStatus, glyph, word
from oms_tui.screens import wording
from oms_tui.screens.order_cells import (
    STATUS_LOOKS,
    TOTAL_WIDTH,
    customer_name,
    money_text,
    placed_text,
    total_cell,
)
from oms_tui.widgets.long_list import Cell, Column

if TYPE_CHECKING:
    from oms_tui.screens.console import Console

NARROW: tuple[str, ...] = ("order", "customer", "flags", "status", "age", "total")
"""What is shown where the table stands alone, unless somebody chose."""
WIDE: tuple[str, ...] = (
    "order", "created", "customer", "flags", "status", "country", "channel", "method", "payment", "total",
)  # fmt: skip
"""What is shown beside the queues. Where room is short columns give way in the order of their priority."""
_OWN_NARROW: Mapping[OwnKind, tuple[str, ...]] = MappingProxyType(
    {
        OwnKind.UNCAPTURED: ("order", "customer", "status", "uncaptured", "left"),
        OwnKind.LAPSES: ("order", "customer", "status", "uncaptured", "lapses-in"),
        OwnKind.REFUND: ("order", "status", "refund", "became", "since"),
        OwnKind.ASKED: ("order", "customer", "status", "said", "since"),
    }
)
"""What is shown in a list that is about more than its orders: what that is, in each row."""
_OWN_WIDE: Mapping[OwnKind, tuple[str, ...]] = MappingProxyType(
    {
        OwnKind.UNCAPTURED: ("order", "customer", "flags", "status", "uncaptured", "left", "reason"),
        OwnKind.LAPSES: ("order", "customer", "flags", "status", "uncaptured", "lapses", "lapses-in"),
        OwnKind.REFUND: ("order", "customer", "flags", "status", "refund", "became", "since"),
        OwnKind.ASKED: ("order", "customer", "flags", "status", "said", "since", "total"),
    }
)
OWN: Mapping[OwnKind, tuple[str, ...]] = MappingProxyType(
    {
        OwnKind.UNCAPTURED: ("uncaptured", "left"),
        OwnKind.LAPSES: ("uncaptured", "lapses", "lapses-in"),
        OwnKind.REFUND: ("refund", "became", "since"),
        OwnKind.ASKED: ("said", "since"),
    }
)
"""The columns that such a list adds to those that somebody chose; nobody chooses them for other lists."""
NARROW_WHY: tuple[str, ...] = ("order", "flags", "status", "reason", "age")
WIDE_WHY: tuple[str, ...] = ("order", "customer", "flags", "status", "reason", "age")
"""The same where the list is one of orders that stand still: there the reason matters most."""
_STAND_STILL = frozenset({"hold", "task", "blocked"})
"""Fields of filters that find orders which stand still."""
WIDE_FROM = 100
"""Cells of the terminal from which the wide choice is shown."""
ESSENTIAL: frozenset[str] = frozenset({"order", "status"})
"""Columns that cannot be hidden: without them a row says nothing."""


def order_columns(console: "Console") -> Sequence[Column[OrderSummary]]:
    """Every column there is. What is essential (priority 0) is never left out."""
    ascii_only = console.ascii_only
    return (
        Column(id="store", title="Sold", width=6, priority=8, render=_online),
        Column(id="order", title="Order", width=7, flex=1, most=16, render=lambda x: x.id),
        Column(id="created", title="Placed", width=12, priority=2,
               render=lambda x: placed_text(x.created, console.zone, console.clock.now())),
        Column(id="customer", title="Customer", width=10, flex=12, most=36, render=_customer),
        Column(id="first", title="First name", width=10, flex=2, most=20, priority=9,
               render=lambda x: wording.known(x.first_name)),
        Column(id="last", title="Last name", width=12, flex=2, most=24, priority=9,
               render=lambda x: wording.known(x.last_name)),
        Column(id="email", title="E-mail", width=18, flex=2, most=34, priority=10,
               render=lambda x: wording.known(x.email)),
        Column(id="phone", title="Phone", width=14, flex=1, most=20, priority=10,
               render=lambda x: wording.known(x.phone)),
        Column(id="flags", title="", width=3, priority=1,
               render=lambda x: _flags(x, running_claim(x, console.clock.now()), ascii_only)),
        Column(id="status", title="Status", width=20, flex=1, most=24,
               render=lambda x: _status(x, ascii_only)),
        Column(id="region", title="Region", width=6, priority=11, render=lambda x: x.region),
        Column(id="country", title="Ctry", width=4, priority=3, render=lambda x: x.country or "–"),
        Column(id="channel-type", title="Type", width=11, priority=11, render=lambda x: word(x.channel_type)),
        Column(id="channel", title="Channel", width=8, flex=1, most=16, priority=5,
               render=lambda x: x.channel),
        Column(id="method", title="Method", width=10, flex=1, most=18, priority=6,
               render=lambda x: x.method or Cell("–", "muted")),
        Column(id="payment", title="Payment", width=15, priority=7,
               render=lambda x: wording.payment_status(x.payment)),
        Column(id="holds", title="Holds", width=14, flex=1, most=28, priority=9,
               render=lambda x: Cell(", ".join(word(kind) for kind in x.holds) or "–",
                                     "warning" if x.holds else "muted")),
        Column(id="reason", title="Why it stands", width=24, flex=24, priority=1,
               render=lambda x: Cell(x.reason or "–", _reason_look(x))),
        *_own_columns(console),
        Column(id="claim", title="Claimed by", width=10, flex=1, most=18, priority=8,
               render=lambda x: _claimed(running_claim(x, console.clock.now()), console)),
        Column(id="age", title="Age", width=6, align="right", priority=1,
               render=lambda x: age_text((console.clock.now() - x.created).total_seconds())),
        Column(id="total", title="Total", width=TOTAL_WIDTH, align="right", render=total_cell),
    )  # fmt: skip


def _own_columns(console: "Console") -> Sequence[Column[OrderSummary]]:
    """What a list can be about beyond its orders."""
    ago = partial(_time_since, console)
    now, zone = console.clock.now, console.zone
    return (
        Column(id="uncaptured", title="Uncaptured", width=TOTAL_WIDTH, align="right", render=_own_amount),
        Column(id="refund", title="Refund", width=TOTAL_WIDTH, align="right", render=_own_amount),
        Column(id="became", title="What became of it", width=18, flex=24, render=_own_text),
        Column(id="said", title="What they said", width=16, flex=24, render=_own_text),
        Column(id="left", title="Left", width=6, align="right", priority=1, render=ago),
        Column(id="since", title="Asked", width=6, align="right", render=ago),
        Column(id="lapses", title="Lapses", width=12, priority=2,
               render=lambda x: _own_moment(x, lambda at: placed_text(at, zone, now()))),
        Column(id="lapses-in", title="Lapses in", width=11, align="right",
               render=lambda x: _own_moment(x, lambda at: _time_left(at - now()))),
    )  # fmt: skip


def _own_amount(row: OrderSummary) -> Cell:
    amount = None if row.own is None else row.own.amount
    return Cell("–", "muted") if amount is None else Cell(money_text(amount), "warning")


def _own_text(row: OrderSummary) -> str:
    return row.own.text or "–" if row.own is not None else "–"


def _own_moment(row: OrderSummary, say: Callable[[datetime], str]) -> str:
    return "–" if row.own is None or row.own.at is None else say(row.own.at)


def _time_since(console: "Console", row: OrderSummary) -> str:
    return _own_moment(row, lambda at: age_text((console.clock.now() - at).total_seconds()))


def _time_left(left: timedelta) -> str:
    return span_text(left) if left > timedelta(minutes=1) else "lapsed" if left <= timedelta() else "1 min"


def defaults_at(width: int, *, why: bool = False, own: OwnKind | None = None) -> tuple[str, ...]:
    """What is shown in a terminal this wide unless somebody chose.

    Args:
        width: of the terminal.
        why: whether the list is one of orders that stand still.
        own: what the list is about beyond its orders.
    """
    if own is not None:
        return (_OWN_WIDE if width >= WIDE_FROM else _OWN_NARROW)[own]
    if why:
        return WIDE_WHY if width >= WIDE_FROM else NARROW_WHY
    return WIDE if width >= WIDE_FROM else NARROW


def stands_still(asked: Filter | None) -> bool:
    """Whether a filter asks for orders that stand still: by a hold, a task, or what blocks them."""
    conditions = () if asked is None else asked.conditions
    return any(one.field in _STAND_STILL and not one.negated for one in conditions)


def about(asked: Filter | None) -> OwnKind | None:
    """What a filter asks for beyond orders."""
    return None if asked is None else own_kind(asked.conditions)


def valid(ids: Iterable[str], columns: Sequence[Column[OrderSummary]]) -> tuple[str, ...]:
    """The ids of a choice that still name columns, the essential ones among them; () = nothing was chosen."""
    known = {column.id for column in columns}
    chosen = tuple(dict.fromkeys(one for one in ids if one in known))
    missing = tuple(one for one in NARROW if one in ESSENTIAL and one not in chosen)
    return (*missing, *chosen) if chosen else ()


def _online(row: OrderSummary) -> str:
    return "Store" if row.channel_type is ChannelType.STORE else "Online"


def _customer(row: OrderSummary) -> Cell:
    if not (row.last_name or row.first_name or row.email):
        known = f"customer {row.customer_number}" if row.customer_number else wording.NOT_KNOWN
        return Cell(known, "muted")
    return Cell(customer_name(row))


def running_claim(row: OrderSummary, now: datetime) -> RowClaim | None:
    """Who works on it at this moment; a claim that has run out is none."""
    return row.claim if row.claim is not None and row.claim.until > now else None


def _claimed(claim: RowClaim | None, console: "Console") -> Cell:
    if claim is None:
        return Cell("–", "muted")
    return Cell("you", "accent") if claim.person == console.actor.name else Cell(claim.person)


def _reason_look(row: OrderSummary) -> str:
    return "muted" if not row.reason else "warning" if row.holds else ""


def _flags(row: OrderSummary, claim: RowClaim | None, ascii_only: bool) -> list[Cell]:
    claimed = Cell("@" if claim is not None else " ", "accent")
    hold = Cell(("H" if ascii_only else HOLD_GLYPH) if row.holds else " ", "warning")
    came_to_nobody = glyph(LineStatus.UNDELIVERED, ascii_only=ascii_only) if row.has_undelivered else ""
    return [claimed, hold, Cell(came_to_nobody, "problem")]


def _status(row: OrderSummary, ascii_only: bool) -> Cell:
    """The status; where its word is long, how much is ahead counts more than the end of the word."""
    ahead = f"{row.ahead}/{row.pieces}" if row.ahead else ""
    text, look = wording.order_status(row.status, ahead, ascii_only=ascii_only)
    if ahead and row.status is OrderStatus.PENDING_ALLOCATION:
        text = text.replace("Allocation", "Alloc.")
    return Cell(text, STATUS_LOOKS[row.status] or look)
