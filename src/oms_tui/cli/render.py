"""Orders as text and as JSON for the command line. Everything is cleaned by the printer that gets it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from oms_tui.domain.answers import OrderSummary, Profile, TimelineEntry
from oms_tui.domain.derive import Standing, standing, why_it_stands
from oms_tui.domain.flow import order_flow, waits_for
from oms_tui.domain.history import history
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Address, Order, full_name
from oms_tui.domain.own_facts import OwnFact, OwnKind
from oms_tui.domain.payment import payment_statuses
from oms_tui.domain.returns import refund_total, return_status
from oms_tui.domain.status import glyph, word
from oms_tui.domain.totals import order_total, price, totals

SUMMARY_COLUMNS: Final = ("Order", "Placed", "Customer", "Status", "Country", "Channel", "Total", "Holds")
UNKNOWN: Final = "not known"


def when(at: datetime | None, zone: str) -> str:
    """A time in the business zone, to the minute, with its offset."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %z") if at else "–"


def summary_row(row: OrderSummary, zone: str) -> tuple[str, ...]:
    """A row of `orders list`."""
    name = full_name(row.first_name, row.last_name) or row.email or row.customer_number or UNKNOWN
    status = Standing(row.status, row.ahead, row.pieces).text()
    holds = ", ".join(word(kind) for kind in row.holds)
    return (
        row.id,
        when(row.created, zone),
        name,
        status,
        row.country or "–",
        row.channel,
        format_money(row.total),
        holds,
    )


def own_column(kind: OwnKind) -> str:
    """The title of the column for what a list is about beyond its orders."""
    return _OWN[kind]


_OWN: Final = {
    OwnKind.UNCAPTURED: "Uncaptured, left",
    OwnKind.LAPSES: "Uncaptured, lapses",
    OwnKind.REFUND: "Refund",
    OwnKind.ASKED: "Asked",
}


def own_text(own: OwnFact | None, zone: str) -> str:
    """What the list is about, of one order: the amount, the moment, the words."""
    if own is None:
        return "–"
    amount = "" if own.amount is None else format_money(own.amount)
    return "  ".join(part for part in (amount, when(own.at, zone) if own.at else "", own.text) if part)


def plain(value: object) -> Any:
    """A value of the domain as plain JSON types; money as minor units and currency."""
    return msgspec.to_builtins(value)


def summary_json(row: OrderSummary) -> dict[str, Any]:
    """A row of `orders list --json`."""
    body: dict[str, Any] = plain(row)
    del body["position"]
    return body


def profile_json(profile: Profile, timeline: Iterable[TimelineEntry]) -> dict[str, Any]:
    """`orders show --json`: the whole value, the derived facts, and the timeline."""
    order = profile.order
    where = standing(order.lines)
    body: dict[str, Any] = plain(profile)
    body["derived"] = {
        "status": where.status.value,
        "ahead": where.ahead,
        "pieces": where.pieces,
        "total": plain(order_total(order)),
        "payment": [status.value for status in profile.payment_statuses],
        "why_it_stands": why_it_stands(order),
    }
    body["timeline"] = [plain(entry) for entry in timeline]
    return body


def profile_text(profile: Profile, timeline: Iterable[TimelineEntry], zone: str) -> str:
    """`orders show`: the profile as lines of text, one section after another."""
    order = profile.order
    return "\n".join(
        [
            *_head(order, profile, zone),
            *_section("Items", _items(order)),
            *_section("Flow", _flow(order)),
            *_section("Payments", _payments(profile, zone)),
            *_section("Shipments", _shipments(order, zone)),
            *_section(
                "Adjustments",
                [f"{when(a.at, zone)}  {a.person}  {a.reason}  {a.note}" for a in order.adjustments],
            ),
            *_section("Returns", _returns(profile, zone)),
            *_section("Notes", [f"{when(n.at, zone)}  {n.person}: {n.text}" for n in order.notes]),
            *_section("Timeline", _timeline(profile, tuple(timeline), zone)),
        ]
    )


def _timeline(profile: Profile, entries: tuple[TimelineEntry, ...], zone: str) -> list[str]:
    rows = [f"{when(e.at, zone)}  {e.actor}: {e.summary}" for e in entries]
    until = entries[-1].at if entries else None
    events = history(profile.order, profile.returns, until=until)
    rows += [f"{when(e.at, zone)}  {e.who + ': ' if e.who else ''}{e.text}" for e in events]
    return rows


def _section(title: str, rows: Iterable[str]) -> list[str]:
    lines = [f"  {row}" for row in rows]
    return ["", title, *(lines or ["  none"])]


def _address(address: Address) -> str:
    parts = (
        address.recipient,
        address.company,
        *address.street,
        address.postal_code,
        address.city,
        address.area,
    )
    return ", ".join(part for part in (*parts, address.country) if part) or UNKNOWN


def _head(order: Order, profile: Profile, zone: str) -> list[str]:
    customer = order.customer
    holds = ", ".join(word(hold.kind) for hold in order.open_holds()) or "none"
    claim = f"{profile.claim.person} until {when(profile.claim.until, zone)}" if profile.claim else "nobody"
    who = customer.name or customer.number or UNKNOWN
    why = why_it_stands(order)
    return [
        f"Order {order.id}  {standing(order.lines).text()}  {format_money(order_total(order))}",
        f"  placed    {when(order.created, zone)} through {order.channel.name} ({order.channel.code})",
        f"  customer  {who} · {word(customer.type)}",
        f"  contact   {customer.email or UNKNOWN} · {customer.phone or UNKNOWN}",
        f"  ship to   {_address(order.ship_to)}",
        f"  bill to   {_address(order.bill_to)}",
        f"  method    {order.method or UNKNOWN}",
        f"  holds     {holds}",
        f"  claimed   {claim}",
        *([f"  why       {why}"] if why else []),
    ]


def _items(order: Order) -> list[str]:
    rows = [
        f"{line.number:>3}  {line.quantity} × {line.sku}  {line.name}"
        f"  {glyph(line.status)} {word(line.status)}  {format_money(price(line))}"
        for line in order.lines
    ]
    rows += [
        f"     {c.name}  {format_money(price(c))}" + ("  cancelled" if c.is_cancelled else "")
        for c in order.charges
    ]
    sums = totals(order)
    rows.append(
        f"Subtotal {format_money(sums.subtotal)}  Charges {format_money(sums.charges)}"
        f"  Discount {format_money(-sums.discount)}  Tax {format_money(sums.tax_added)}"
        f" (incl. {format_money(sums.tax_included)})  Total {format_money(sums.total)}"
    )
    return rows


def _flow(order: Order) -> list[str]:
    flow = order_flow(order)
    return [
        f"{task.state.glyph} {word(task.task):<22} {word(task.state):<9} {_runs(task.cardinality)}  "
        + (task.error or ", ".join(word(name) for name in waits_for(task, flow)))
        for task in flow
    ]


def _runs(count: int) -> str:
    return "1 run " if count == 1 else f"{count} runs"


def _payments(profile: Profile, zone: str) -> list[str]:
    order, rows = profile.order, []
    if profile.is_payment_masked:
        return [word(profile.payment_status), "What was authorized and captured is for CS and OP."]
    for payment, status in zip(order.payments, payment_statuses(order), strict=True):
        rows.append(f"{payment.number}  {word(payment.method)} {payment.masked_card}  {word(status)}")
        rows += [
            f"     {when(o.at, zone)}  {word(o.kind)} {format_money(o.amount)}"
            f"  {word(o.state).lower()}  {o.cause}"
            for o in payment.operations
        ]
    return rows


def _shipments(order: Order, zone: str) -> list[str]:
    return [
        f"{s.number}  {s.location}  {s.method or UNKNOWN}  {s.carrier}  {s.tracking or 'no tracking'}"
        f"  shipped {when(s.shipped_at, zone)}  delivered {when(s.delivered_at, zone)}"
        for s in order.shipments
    ]


def _returns(profile: Profile, zone: str) -> list[str]:
    rows = [
        f"{r.id}  {word(return_status(r))}  {when(r.created, zone)}  {format_money(-refund_total(r))}"
        for r in profile.returns
    ]
    rows += [
        f"Credit note {n.number}  {when(n.at, zone)}  {format_money(-n.total)}" for n in profile.credit_notes
    ]
    return rows
