"""One sample order from its course: lines, shipments, payments, flow, holds, notes, returns that fit each
other."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from oms_tui.domain.cancel_requests import ASKED, CUSTOMER
from oms_tui.domain.flow import DELIVERY_FLOW, FlowTask, Task, TaskState
from oms_tui.domain.issuing import with_imported_invoices
from oms_tui.domain.money import Money, share_minor
from oms_tui.domain.order import (
    Address,
    AdjustedPart,
    Adjustment,
    Channel,
    Customer,
    Hold,
    Line,
    Note,
    Order,
    Shipment,
)
from oms_tui.domain.returns import CreditNote, Return
from oms_tui.domain.status import (
    BEFORE_PACKED,
    SHIPPED_OR_LATER,
    Cause,
    ChannelType,
    HoldKind,
    LineStatus,
)
from oms_tui.domain.steps.base import SYSTEM
from oms_tui.domain.totals import price, split_line, total_of
from oms_tui.exchange.sample.coming_back import come_back
from oms_tui.exchange.sample.flows import delivery_tasks, order_tasks
from oms_tui.exchange.sample.papers import with_credits
from oms_tui.exchange.sample.parts import (
    basket,
    make_charges,
    make_line,
    person_of,
    tax_rate,
)
from oms_tui.exchange.sample.payments import Sale, Till, refunded
from oms_tui.exchange.sample.reasons import misspelled, with_reasons
from oms_tui.exchange.sample.scenarios import Pay, Scenario
from oms_tui.exchange.sample.stock import sold_out
from oms_tui.exchange.sample.world import CHANNEL_WEIGHTS, CHANNELS, FAR_FROM, LOCATIONS, METHODS

_S = LineStatus
_CAUSES: Final = {
    _S.CONFIRMED: Cause.LOCATION_CONFIRMED,
    _S.PACKED: Cause.PACKING,
    _S.SHIPPED: Cause.HANDED_OVER,
    _S.DELIVERED: Cause.CARRIER_DELIVERED,
    _S.UNDELIVERED: Cause.UNDELIVERED_NOT_COLLECTED,
    _S.CANCELLED: Cause.CANCEL,
}
_DONE: Final = {_S.PACKED: 2, _S.SHIPPED: 5, _S.UNDELIVERED: 5, _S.DELIVERED: 6, _S.RETURNED: 6}
"""How many tasks of its delivery flow a line's status has behind it."""
_WHY_CANCEL: Final = ("ordered twice", "found it cheaper", "it comes too late for the party")
_ASKS_AFTER: Final = timedelta(hours=2)
_ONE_OF: Final = 8
"""One of so many open orders has a customer who asks to cancel."""
_NOTES: Final = (
    "Customer rang: will be home after 17:00.",
    "Asked for a gift message; told her it is in the parcel.",
    "Neighbour takes parcels, 2nd floor left.",
    "お客様は土曜日の配達を希望。",
    "Klingel defekt, bitte anrufen.",
    "Second call about the same order: promised an answer by tomorrow.",
)
_PEOPLE: Final = ("ana", "noor", "olga")


class Builder:
    """Makes orders one by one; everything random comes from one generator, so the seed decides all."""

    def __init__(self, rng: random.Random, now: datetime, *, customers: int) -> None:
        self._rng, self._now, self._customers = rng, now, customers
        self._till = Till(rng, now)
        self._stores = tuple(channel for channel in CHANNELS if channel.type is ChannelType.STORE)

    def build(
        self, number: int, scenario: Scenario, created: datetime, *, size: int | None = None
    ) -> tuple[Order, tuple[Return, ...], tuple[CreditNote, ...]]:
        """The order of that number, its returns and the credit notes they made."""
        rng = self._rng
        if scenario.is_carry_out:
            channel = rng.choice(self._stores)
        else:
            channel = rng.choices(CHANNELS, CHANNEL_WEIGHTS)[0]
        customer, address, country = person_of(channel.code, int(self._customers * rng.random() ** 1.7))
        rate = tax_rate(channel, country.code)
        method = 0 if rng.random() < 0.66 else 1 if rng.random() < 0.8 else 2
        lines = self._lines(scenario, channel, rate, size)
        charges = () if scenario.is_carry_out else make_charges(channel, method, rate, rng.random() < 0.05)
        if scenario.line is _S.CANCELLED:
            charges = tuple(replace(charge, is_cancelled=True) for charge in charges)
        placed = total_of(channel.currency, lines, charges)
        lines = self._part(scenario, lines)
        lines, shipments = self._ship(scenario, channel, method, lines, created)
        bill_to, ship_to = _addresses(scenario, channel, number, address)
        sale = Sale(
            number=number,
            scenario=scenario,
            holder=customer.name,
            card_country=bill_to.country,
            lines=lines,
            charges=charges,
            shipments=tuple(replace(one, is_forced=scenario.is_forced) for one in shipments),
            placed=placed,
            created=created,
        )
        name = "" if scenario.is_carry_out else METHODS[channel.region][method][0]
        order = self._order(sale, channel, name, country.code)
        order = replace(order, customer=customer, bill_to=bill_to, ship_to=ship_to)
        order = with_imported_invoices(with_reasons(order))
        if scenario.is_adjusted:
            order = with_credits(order, self._adjust(order))
        if scenario.returned is None:
            return order, (), ()
        return come_back(order, scenario.returned, rng, self._now)

    def _order(self, sale: Sale, channel: Channel, method: str, country: str) -> Order:
        """The order of a sale, for nobody yet."""
        scenario, created = sale.scenario, sale.created
        return Order(
            id=str(sale.number),
            channel=channel,
            selling_entity=channel.selling_entity,
            currency=channel.currency,
            created=created,
            language=channel.language,
            method=method,
            customer=Customer(),
            bill_to=Address(),
            ship_to=Address(),
            is_forced=scenario.is_forced,
            is_carry_out=scenario.is_carry_out,
            placed_total=sale.placed,
            lines=sale.lines,
            charges=sale.charges,
            shipments=sale.shipments,
            payments=self._till.pay(sale),
            holds=self._holds(scenario, created),
            notes=self._notes(scenario, created),
            tasks=self._tasks(scenario, channel, country, sale.lines, sale.shipments, created),
        )

    def _lines(self, scenario: Scenario, channel: Channel, rate: int, size: int | None) -> tuple[Line, ...]:
        rng = self._rng
        if size is None and scenario.rest is not None and not scenario.splits:
            size = rng.randint(2, 4)
        articles = basket(rng, size)
        if scenario.splits and articles[-1][1] < 2:
            articles[-1] = (articles[-1][0], rng.randint(2, 5))
        if scenario.task is Task.ALLOCATION and scenario.line is _S.PENDING_ALLOCATION:
            articles = [(sold_out(article), quantity) for article, quantity in articles]
        has_promo = rng.random() < 0.12
        return tuple(
            make_line(n, article, quantity, scenario.line, scenario.cause, channel.currency, rate, has_promo)
            for n, (article, quantity) in enumerate(articles, 1)
        )

    def _part(self, scenario: Scenario, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        """The last line, or part of its quantity, in the other status of an order whose pieces differ."""
        if scenario.rest is None:
            return lines
        last, cause = lines[-1], _CAUSES[scenario.rest]
        if not scenario.splits:
            return (*lines[:-1], replace(last, status=scenario.rest, cause=cause))
        stays, part = split_line(last, self._rng.randint(1, last.quantity - 1), len(lines) + 1)
        return (*lines[:-1], stays, replace(part, status=scenario.rest, cause=cause))

    def _ship(
        self, scenario: Scenario, channel: Channel, method: int, lines: tuple[Line, ...], created: datetime
    ) -> tuple[tuple[Line, ...], tuple[Shipment, ...]]:
        """Locations and shipments, from allocation on; pieces of different status travel apart."""
        if scenario.is_carry_out or scenario.line is _S.PENDING_ALLOCATION:
            return lines, ()
        if scenario.line is _S.CANCELLED and self._rng.random() < 0.5:
            return lines, ()
        name, carrier, _ = METHODS[channel.region][method]
        is_first = scenario.hold is HoldKind.ADDRESS or self._rng.random() < 0.7
        first = LOCATIONS[channel.region][0 if is_first else 1]
        placed: list[Line] = []
        shipments: list[Shipment] = []
        numbers: dict[LineStatus, str] = {}
        for line in lines:
            if line.status not in numbers:
                numbers[line.status] = f"S-{len(numbers) + 1}"
                location = first if len(numbers) == 1 else LOCATIONS[channel.region][1]
                shipments.append(
                    self._shipment(scenario, numbers[line.status], location, line.status, created)
                )
            shipment = shipments[list(numbers).index(line.status)]
            placed.append(replace(line, location=shipment.location, shipment=shipment.number))
        travel = f"{carrier}" if carrier else ""
        return tuple(placed), tuple(
            replace(s, method=name, carrier=travel, tracking=self._tracking(travel) if s.shipped_at else "")
            for s in shipments
        )

    def _tracking(self, carrier: str) -> str:
        prefix = {"DHL": "JJD", "UPS": "1Z", "USPS": "9400", "FedEx": "7", "Yamato": "4", "Sagawa": "5"}.get(
            carrier, ""
        )
        return f"{prefix}{self._rng.randrange(10**9, 10**10)}" if carrier else ""

    def _shipment(
        self, scenario: Scenario, number: str, location: str, status: LineStatus, created: datetime
    ) -> Shipment:
        """Times go from allocation to now in steps that leave room for all of them."""
        done = _DONE.get(status, 0)
        planned = created + timedelta(seconds=3)
        is_out = done > 0 or scenario.is_picking
        step = min((self._now - planned) / 8, timedelta(hours=7))
        if done and not scenario.is_finished:
            # Work under way has just moved, so that the feed shows a desk at work.
            latest = self._now - min(timedelta(minutes=self._rng.randint(1, 200)), (self._now - planned) / 2)
            step = (latest - planned) / min(done, 6)
        at = [(planned + step * n).replace(microsecond=0) for n in range(1, 7)]
        return Shipment(
            number=number,
            location=location,
            planned_at=planned,
            released_at=at[0] if is_out else None,
            packed_at=at[1] if done >= 2 else None,
            shipped_at=at[4] if done >= 5 else None,
            delivered_at=at[5] if done >= 6 else None,
            invoice=f"{location[:3]}-{created:%Y}-{self._rng.randrange(10**6):06d}" if done >= 4 else "",
        )

    @staticmethod
    def _holds(scenario: Scenario, created: datetime) -> tuple[Hold, ...]:
        if scenario.hold is None:
            return ()
        by = "olga" if scenario.hold is HoldKind.MANUAL else SYSTEM
        placed_at = created + timedelta(seconds=4)
        return (
            Hold(
                number=1,
                kind=scenario.hold,
                reason=scenario.reason,
                evidence=scenario.evidence,
                placed_at=placed_at,
                placed_by=by,
            ),
        )

    def _notes(self, scenario: Scenario, created: datetime) -> tuple[Note, ...]:
        """A colleague's note here and there; some customers ask to cancel, too late for it to happen by
        itself."""
        rng = self._rng
        notes = []
        if rng.random() <= 0.09:
            at = created + (self._now - created) * min(rng.random(), 0.5)
            at = at.replace(microsecond=0)
            notes.append(Note(number=1, at=at, person=rng.choice(_PEOPLE), text=rng.choice(_NOTES)))
        asked_at = created + _ASKS_AFTER
        if not scenario.is_finished and created.minute % _ONE_OF == 0 and asked_at < self._now:
            text = f"{ASKED}: {_WHY_CANCEL[created.hour % len(_WHY_CANCEL)]}"
            notes.append(Note(number=len(notes) + 1, at=asked_at, person=CUSTOMER, text=text))
        return tuple(notes)

    def _tasks(
        self,
        scenario: Scenario,
        channel: Channel,
        country: str,
        lines: tuple[Line, ...],
        shipments: tuple[Shipment, ...],
        created: datetime,
    ) -> tuple[FlowTask, ...]:
        skipped = {Task.DUTIES} if country == channel.country else set()
        if scenario.hold is None:
            skipped.add(Task.MANUAL_APPROVAL)
        if scenario.is_carry_out:
            return _carry_out(created)
        stuck = {}
        if scenario.task is not None and scenario.task not in DELIVERY_FLOW:
            stuck[scenario.task] = (scenario.state, scenario.error)
        tasks = order_tasks(created, self._now, skipped=frozenset(skipped), stuck=stuck)
        is_free = all(task.state in (TaskState.COMPLETE, TaskState.SKIPPED) for task in tasks)
        for shipment in shipments:
            statuses = [line.status for line in lines if line.shipment == shipment.number]
            tasks += self._delivery(scenario, shipment, statuses[0], is_free)
        if scenario.line is _S.CANCELLED:
            tasks = [
                replace(t, state=TaskState.CANCELLED, next_run=None) if t.state.is_open else t for t in tasks
            ]
        return tuple(tasks)

    def _delivery(
        self, scenario: Scenario, shipment: Shipment, status: LineStatus, is_free: bool
    ) -> list[FlowTask]:
        """The delivery flow of one shipment, with what its payment or its carrier made of it."""
        is_charged = shipment.packed_at is not None and shipment.shipped_at is not None
        charged = shipment.packed_at + timedelta(minutes=1) if is_charged and shipment.packed_at else None
        times = [
            shipment.released_at, shipment.packed_at, charged, charged, shipment.shipped_at,
            shipment.delivered_at,
        ]  # fmt: skip
        stuck = None
        if scenario.task in DELIVERY_FLOW and scenario.state is not TaskState.PENDING:
            stuck = (scenario.state, scenario.error)
        elif status is _S.UNDELIVERED:
            stuck = (TaskState.FAILED, "undelivered")  # the reason comes with the whole order
        elif shipment.released_at is None:
            stuck = (TaskState.ACTIVE, "waits for the location") if is_free else None
        tasks = delivery_tasks(shipment.number, times, stuck=stuck, now=self._now)
        if shipment.released_at is None and is_free and status in BEFORE_PACKED:
            tasks[0] = replace(
                tasks[0], state=TaskState.ACTIVE, error="waits for the location", next_run=self._now
            )
        is_paid = scenario.pay is Pay.SECOND_FAILED and status is not scenario.line
        if scenario.task is Task.CAPTURE and status in SHIPPED_OR_LATER and not is_paid:
            return [_capture_failed(task, scenario) for task in tasks]
        if status is _S.CANCELLED:
            return [
                replace(t, state=TaskState.CANCELLED, next_run=None) if t.state.is_open else t for t in tasks
            ]
        return tasks

    def _adjust(self, order: Order) -> Order:
        """A price adjustment of 10 or 15 percent on the first line, refunded where it was captured."""
        line = order.lines[0]
        before = price(line)
        off = share_minor(line.amount.minor - line.discount.minor, self._rng.choice((10, 15)), 100)
        reduction = Money(off, order.currency)
        tax_off = share_minor(line.tax.minor, off, max(line.amount.minor - line.discount.minor, 1))
        adjusted = replace(line, reduction=reduction, tax_reduction=Money(tax_off, order.currency))
        at = order.created + (self._now - order.created) / 2
        refund = (before - price(adjusted)).minor
        adjustment = Adjustment(
            number=1,
            at=at.replace(microsecond=0),
            person="ana",
            reason=self._rng.choice(("damaged", "late", "goodwill")),
            note="",
            parts=(AdjustedPart(line=line.number, charge=None, before=before, after=price(adjusted)),),
        )
        return replace(
            order,
            lines=(adjusted, *order.lines[1:]),
            adjustments=(adjustment,),
            payments=(
                *order.payments[:-1],
                refunded(order.payments[-1], refund, adjustment.at, line.shipment),
            ),
        )


def _addresses(
    scenario: Scenario, channel: Channel, number: int, address: Address
) -> tuple[Address, Address]:
    """Bill-to and ship-to: one address, unless what holds the order is about them."""
    if scenario.hold is HoldKind.FRAUD:
        return person_of(FAR_FROM[channel.region], number)[1], address
    return address, misspelled(address) if scenario.hold is HoldKind.ADDRESS else address


def _capture_failed(task: FlowTask, scenario: Scenario) -> FlowTask:
    """A parcel that left although its capture failed: the task failed, the ones after it went on (spec
    3.1)."""
    if task.task is Task.CAPTURE:
        return replace(task, state=scenario.state, error=scenario.error)
    if task.task is Task.INVOICE:
        return replace(task, state=TaskState.PENDING, runs=())
    if task.task is Task.DELIVERY and task.state is TaskState.FAILED:
        return replace(task, state=TaskState.ACTIVE, error="")
    return task


def _carry_out(created: datetime) -> tuple[FlowTask, ...]:
    """A sale over the counter: nothing but payment and invoice applied (spec 3.1)."""
    from oms_tui.domain.flow import ORDER_FLOW, Run

    run = (Run(created, created, "at the counter"),)
    return tuple(
        FlowTask(
            task=task,
            state=TaskState.COMPLETE
            if task in (Task.PAYMENT_AUTHORIZATION, Task.CAPTURE, Task.INVOICE)
            else TaskState.SKIPPED,
            runs=run,
        )
        for task in ORDER_FLOW
    )
