"""Intake: whole new orders, returns and credit notes, many to a transaction (architecture 3).

Every order goes through the same value checks, row mapping and counters as one that came singly; one audit
entry each says what came in (digest and summary). What is here already is skipped, so a second run adds
nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from oms_tui.desk import checks
from oms_tui.desk.authorise import authorise
from oms_tui.desk.desk import Desk
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.authority import Right
from oms_tui.domain.differences import diff
from oms_tui.domain.engine import begin
from oms_tui.domain.issuing import with_imported_invoices
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Channel, Order
from oms_tui.domain.people import LOCAL_ACTOR, Actor
from oms_tui.domain.plan import Change, ChangeKind
from oms_tui.domain.returns import CreditNote, Return, refund_total
from oms_tui.domain.world import Location
from oms_tui.store import audit, channels, event_cases, orders, returns, stock
from oms_tui.store.orders import Stored
from oms_tui.store.stock import StockLevel

__all__ = ["Batch", "OrderChange", "StockLevel", "Taken", "take_in", "would_take"]
TAKE_IN = "intake"
"""The action of an intake's audit entries."""
TWICE = "is twice in what came in"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """A change to an order that is here already, e.g. by an imported return of an earlier sale."""

    order_id: str
    apply: Callable[[Order], Order]
    """Gives the order as it shall be; the same value where there is nothing left to do."""
    cause: str
    summary: str
    """Past tense, for the timeline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What comes in in one transaction."""

    orders: Sequence[Order] = ()
    returns: Sequence[Return] = ()
    """Of orders of this batch or of orders here."""
    credit_notes: Sequence[CreditNote] = ()
    changes: Sequence[OrderChange] = ()
    locations: Sequence[Location] = ()
    """Written over what was known of them."""
    stock: Sequence[StockLevel] = ()
    """How much is on hand once the orders are in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a batch: counts, and the ID and reason of everything refused."""

    orders: int = 0
    returns: int = 0
    credit_notes: int = 0
    changes: int = 0
    already_here: int = 0
    """Orders, returns, credit notes and changes that were here before."""
    refused_orders: tuple[tuple[str, str], ...] = ()
    refused_returns: tuple[tuple[str, str], ...] = ()
    refused_credit_notes: tuple[tuple[str, str], ...] = ()
    refused_changes: tuple[tuple[str, str], ...] = ()
    """By the ID of the order."""

    @property
    def refused(self) -> tuple[tuple[str, str], ...]:
        """Everything refused, whatever it is."""
        kinds = (self.refused_orders, self.refused_returns, self.refused_credit_notes, self.refused_changes)
        return tuple(one for kind in kinds for one in kind)


def take_in(desk: Desk, batch: Batch, *, source: str, actor: Actor = LOCAL_ACTOR) -> Taken:
    """Take a batch in, all of it or, if this raises, nothing.

    Args:
        desk: The desk.
        batch: New values; each has passed its source's own checks.
        source: Where they come from, for the audit log ("uci", "sample").
        actor: Who brings them in.

    Raises:
        NoRight: The actor may not import.
        StoreError: The database refused; nothing of the batch was written.
    """
    actor = authorise(desk, actor, Right.EVENT_PROBLEMS, subject=source)
    with writing(desk) as work:
        return _Intake(desk, work, actor, source).take_in(batch)


def would_take(desk: Desk, batch: Batch) -> Taken:
    """What would come of a batch of new values, by the same checks of values; nothing is written.

    What needs more than the batch is taken as given: that nothing of it is here, and that returns of orders
    outside it, and changes, fit those orders.
    """
    with desk.store.read() as conn:
        known = dict(channels.known(conn))
    found = {x.id: checks.why_not_order(x) or _why_not_channel(x.channel, known) for x in batch.orders}
    given = {order.id: order for order in batch.orders}

    def why_not_return(value: Return) -> str | None:
        if found.get(value.order_id):
            return _not_here(value)
        order = given.get(value.order_id)
        return None if order is None else checks.why_not_return(value, order)

    orders_refused = tuple((name, reason) for name, reason in found.items() if reason)
    returns_refused = tuple((x.id, why) for x in batch.returns if (why := why_not_return(x)))
    notes_refused = tuple((x.number, y) for x in batch.credit_notes if (y := checks.why_not_credit_note(x)))
    return Taken(
        orders=len(batch.orders) - len(orders_refused),
        returns=len(batch.returns) - len(returns_refused),
        credit_notes=len(batch.credit_notes) - len(notes_refused),
        changes=len(batch.changes),
        refused_orders=orders_refused,
        refused_returns=returns_refused,
        refused_credit_notes=notes_refused,
    )


def _not_here(value: Return) -> str:
    return f"its order {value.order_id} is not here"


class _Refused:
    """What was refused, by kind: (ID, reason)."""

    def __init__(self) -> None:
        self.orders: list[tuple[str, str]] = []
        self.returns: list[tuple[str, str]] = []
        self.credit_notes: list[tuple[str, str]] = []
        self.changes: list[tuple[str, str]] = []


class _Intake:
    """One batch on its way in."""

    def __init__(self, desk: Desk, work: Writing, actor: Actor, source: str) -> None:
        self.desk = desk
        self.work = work
        self.conn = work.conn
        self.actor = actor
        self.source = source
        self.refused = _Refused()
        self.already_here = 0
        self.loaded: dict[str, Stored] = {}
        """Orders of this batch and orders that were read for it, as they stand now."""

    def take_in(self, batch: Batch) -> Taken:
        stock.put_locations(self.conn, batch.locations)
        taken = Taken(
            orders=self._orders(batch.orders),
            returns=self._returns(batch.returns),
            credit_notes=self._credit_notes(batch.credit_notes),
            changes=sum(self._change(change) for change in batch.changes),
        )
        for level in batch.stock:
            stock.put_level(self.conn, level.location, level.sku, level.on_hand)
        return replace(
            taken,
            already_here=self.already_here,
            refused_orders=tuple(self.refused.orders),
            refused_returns=tuple(self.refused.returns),
            refused_credit_notes=tuple(self.refused.credit_notes),
            refused_changes=tuple(self.refused.changes),
        )

    def _orders(self, given: Sequence[Order]) -> int:
        here = orders.existing_ids(self.conn, (order.id for order in given))
        known = channels.known(self.conn)
        fresh: dict[str, Order] = {}
        for order in given:
            if order.id in here:
                self.already_here += 1
            elif order.id in fresh:
                self.refused.orders.append((order.id, TWICE))
            elif reason := checks.why_not_order(order) or _why_not_channel(order.channel, known):
                self.refused.orders.append((order.id, reason))
            else:
                fresh[order.id] = with_imported_invoices(begin(order))
        if not fresh:
            return 0
        pks = orders.insert(self.conn, tuple(fresh.values()))
        stock.take_in(self.conn, fresh.values())
        event_cases.adopt(self.conn, {order_id: pks[order_id] for order_id in fresh}, self.work.micros)
        self.loaded.update({order.id: Stored(pks[order.id], order) for order in fresh.values()})
        self.work.log_many(
            [
                self._entry(order.id, pks[order.id], order, _order_summary(order), order.version)
                for order in fresh.values()
            ]
        )
        return len(fresh)

    def _returns(self, given: Sequence[Return]) -> int:
        here = returns.existing_returns(self.conn, [value.id for value in given])
        self._load(value.order_id for value in given if value.id not in here)
        fresh: dict[str, Return] = {}
        for value in given:
            stored = self.loaded.get(value.order_id)
            if value.id in here:
                self.already_here += 1
            elif value.id in fresh:
                self.refused.returns.append((value.id, TWICE))
            elif stored is None:
                self.refused.returns.append((value.id, _not_here(value)))
            elif reason := checks.why_not_return(value, stored.order):
                self.refused.returns.append((value.id, reason))
            else:
                fresh[value.id] = value
        if fresh:
            pks = {value.order_id: self.loaded[value.order_id].pk for value in fresh.values()}
            returns.insert(self.conn, tuple(fresh.values()), pks)
            self.work.log_many(
                [
                    self._entry(value.id, pks[value.order_id], value, _return_summary(value))
                    for value in fresh.values()
                ]
            )
        return len(fresh)

    def _credit_notes(self, given: Sequence[CreditNote]) -> int:
        here = returns.existing_credit_notes(self.conn, [note.number for note in given])
        fresh: dict[str, CreditNote] = {}
        for note in given:
            if note.number in here:
                self.already_here += 1
            elif note.number in fresh:
                self.refused.credit_notes.append((note.number, TWICE))
            elif reason := checks.why_not_credit_note(note):
                self.refused.credit_notes.append((note.number, reason))
            else:
                fresh[note.number] = note
        if fresh:
            returns.insert_credit_notes(self.conn, tuple(fresh.values()))
            self.work.log_many(
                [self._entry(note.number, None, note, _note_summary(note)) for note in fresh.values()]
            )
        return len(fresh)

    def _change(self, change: OrderChange) -> bool:
        """One change through the same save and log as a commit; nothing where nothing differs."""
        self._load([change.order_id])
        stored = self.loaded.get(change.order_id)
        if stored is None:
            self.refused.changes.append((change.order_id, "the order is not here"))
            return False
        before = stored.order
        after = change.apply(before)
        if after == before:
            self.already_here += 1
            return False
        after = replace(after, version=before.version + 1)
        if reason := checks.why_not_order(after):
            self.refused.changes.append((change.order_id, reason))
            return False
        orders.save(self.conn, stored.pk, before, after, touched=self.work.micros)
        stock.follow(self.conn, before, after)
        self.loaded[change.order_id] = Stored(stored.pk, after)
        self.work.log(
            self.actor,
            f"{TAKE_IN}.{change.cause}",
            change.summary,
            subject=before.id,
            order_pk=stored.pk,
            version=after.version,
            changes=diff(before, after),
        )
        return True

    def _load(self, ids: Iterable[str]) -> None:
        """Read the orders that are here and not read yet, all at once."""
        wanted = {order_id for order_id in ids if order_id not in self.loaded}
        pks = [pk for order_id in wanted if (pk := orders.pk_of(self.conn, order_id)) is not None]
        for stored in orders.load_many(self.conn, pks):
            self.loaded[stored.order.id] = stored

    def _entry(
        self, subject: str, order_pk: int | None, value: object, what: str, version: int | None = None
    ) -> audit.NewEntry:
        digest = hashlib.sha256(msgspec.json.encode(value)).hexdigest()
        return self.work.entry(
            self.actor,
            TAKE_IN,
            f"Taken in from {self.source}: {what}",
            subject=subject,
            order_pk=order_pk,
            version=version,
            changes=(Change(ChangeKind.OTHER, "sha256", "SHA-256", "–", digest),),
        )


def _why_not_channel(channel: Channel, known: dict[str, Channel]) -> str | None:
    """A channel comes with its first order; a later one must say the same of it."""
    first = known.setdefault(channel.code, channel)
    return None if first == channel else f"its channel {channel.code} is known here with other facts"


def _order_summary(order: Order) -> str:
    count = len(order.lines)
    return f"order of {count} line{'' if count == 1 else 's'}, {format_money(order.placed_total)}"


def _return_summary(value: Return) -> str:
    return f"return of order {value.order_id}, {format_money(-refund_total(value))}"


def _note_summary(note: CreditNote) -> str:
    return f"credit note, {format_money(-note.total)}"
