"""The money of an order by position: what each owes, what was taken for it, what is lacking or too much (spec
2, Position; 4).

A position is what one shipment owes: its lines, the charges on it, less adjustments. Captures and refunds
that name a shipment are its own. What was captured without naming one (prepaid, imported) fills the positions
one after the other: those whose money is settled first, each once, and the last takes what is left. So what
comes of one position, a refund that failed or an adjustment, never changes what another owes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.operations import IN_THE_AIR, history_of, is_withdrawn, latest, settles_return
from oms_tui.domain.order import Charge, Line, Operation, Order
from oms_tui.domain.remembered import remembered, remembered_by
from oms_tui.domain.status import OperationKind, OperationState
from oms_tui.domain.totals import price_minor

_K, _ST = OperationKind, OperationState
_OVER = (TaskState.COMPLETE, TaskState.SKIPPED)
_MONEY_IN = (_K.CAPTURE, _K.IMPORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The money of one position, in minor units of the order's currency."""

    where: str | None
    """The shipment; None = the order's own: what has no shipment yet, or never will."""
    due: int
    """Its lines that are not cancelled and the charges on it, at their current price."""
    own: int = 0
    """What captures in its name took."""
    prepaid: int = 0
    """Its share of what was captured without naming a shipment."""
    in_the_air: int = 0
    """Captures for it that are requested or unknown."""
    refunded: int = 0
    pending_refund: int = 0
    failed_refund: int = 0
    """Refunds that were asked for, failed, and were not asked for again."""
    is_settled: bool = False
    """Whether money was asked for it, or it left: what it owes is no longer to come."""

    @property
    def captured(self) -> int:
        """All that was taken for it."""
        return self.own + self.prepaid

    @property
    def given_back(self) -> int:
        """What refunds were asked for, whatever came of them: what it owes has become so much less since."""
        return self.refunded + self.pending_refund + self.failed_refund

    @property
    def kept(self) -> int:
        """What we have of it: captured, less refunded or about to be."""
        return self.captured - self.refunded - self.pending_refund

    @property
    def to_capture(self) -> int:
        """What is still to be asked for it."""
        return max(self.due + self.given_back - self.captured - self.in_the_air, 0)

    @property
    def overcharged(self) -> int:
        """What was captured above what it owes and is not on its way back."""
        return max(self.kept - self.due, 0)

    @property
    def to_return(self) -> int:
        """Of what is overcharged what no refund was asked for yet; the rest is to be asked for again."""
        return max(self.overcharged - self.failed_refund, 0)


@dataclass(slots=True)
class _Sums:
    """What operations in the name of one position come to."""

    captured: int = 0
    in_the_air: int = 0
    refunds: dict[OperationState, int] = field(default_factory=dict)

    def count(self, one: Operation) -> None:
        """Add one operation, in its latest state."""
        if one.kind in _MONEY_IN:
            if one.state is _ST.SUCCEEDED:
                self.captured += one.amount.minor
            elif one.state in IN_THE_AIR:
                self.in_the_air += one.amount.minor
        else:
            self.refunds[one.state] = self.refunds.get(one.state, 0) + one.amount.minor

    def refund(self, *states: OperationState) -> int:
        """The refunds in these states."""
        return sum(self.refunds.get(state, 0) for state in states)


def operations_of(order: Order) -> tuple[Operation, ...]:
    """Every operation of every payment, each in its latest state."""
    return tuple(one for payment in order.payments for one in latest(payment.operations))


def shipment_of_charges(order: Order) -> str | None:
    """The shipment whose position the charges are on: the one whose invoice bills them, else the first that
    money was asked for, since that took them too, else the first to leave (spec 4); None while there is
    none."""
    for document in order.documents:
        if document.kind is DocumentKind.INVOICE and any(one.charge is not None for one in document.parts):
            return document.shipment
    captures: list[tuple[datetime, int, int, str]] = []
    for place, payment in enumerate(order.payments):
        for one in latest(payment.operations):
            # As it was asked for: answers come in any order, and one that says no takes no charge elsewhere,
            # where nobody asked for it.
            if one.kind is _K.CAPTURE and one.shipment:
                first = history_of(payment, one)[-1]
                captures.append((first.at, place, first.number, one.shipment))
    left = [(one.shipped_at, one.number) for one in order.shipments if one.shipped_at is not None]
    return min(captures)[3] if captures else min(left)[1] if left else None


def accounts(order: Order, *, first: str | None = None) -> Mapping[str | None, Account]:
    """Position -> its account, shipments in their order and the order's own last.

    Args:
        order: the order.
        first: the shipment whose turn it is to be captured: prepaid money goes to it before any other that is
            not settled yet, and the charges where they are on none.
    """
    return _accounts(order, first) if first is not None else _usual_accounts(order)


def _basis(order: Order) -> object:
    """All that the accounts follow from: most events move lines and leave every account as it is."""
    return (
        order.payments,
        order.charges,
        order.documents,
        [(one.shipment, price_minor(one)) for one in order.lines if not one.is_cancelled],
        [(one.number, one.shipped_at) for one in order.shipments],
        _asked_for(order),
    )


@remembered
@remembered_by(_basis)
def _usual_accounts(order: Order) -> Mapping[str | None, Account]:
    return MappingProxyType(_accounts(order, None))


def _accounts(order: Order, first: str | None) -> dict[str | None, Account]:
    dues, sums = _dues(order, first), _sums(order)
    names = tuple(one.number for one in order.shipments)
    own = {name: sums.pop(name, _Sums()) for name in names}
    wide = _Sums()
    for one in sums.values():  # what names no shipment, or one that is not there
        wide.captured += one.captured
        wide.in_the_air += one.in_the_air
        for state, minor in one.refunds.items():
            wide.refunds[state] = wide.refunds.get(state, 0) + minor
    ranks = _ranks(order, own)
    needs: dict[str | None, int] = {
        name: max(dues.get(name, 0) + sum(one.refunds.values()) - one.captured - one.in_the_air, 0)
        for name, one in own.items()
    }
    needs[None] = dues.get(None, 0)
    turn = sorted(names, key=lambda name: (ranks.get(name, 3), name != first, names.index(name)))
    shares = _fill(needs, (*turn, None), max(wide.captured - sum(wide.refunds.values()), 0))
    rest = {where: need - shares[where] for where, need in needs.items()}
    flying = _fill(rest, (*turn, None), wide.in_the_air)
    found: dict[str | None, Account] = {
        name: Account(
            where=name,
            due=dues.get(name, 0),
            own=one.captured,
            prepaid=shares[name],
            in_the_air=one.in_the_air + flying[name],
            refunded=one.refund(_ST.SUCCEEDED),
            pending_refund=one.refund(*IN_THE_AIR),
            failed_refund=one.refund(_ST.FAILED),
            is_settled=name in ranks,
        )
        for name, one in own.items()
    }
    elsewhere = sum(shares[name] for name in names), sum(flying[name] for name in names)
    found[None] = Account(
        where=None,
        due=dues.get(None, 0),
        prepaid=wide.captured - elsewhere[0],
        in_the_air=wide.in_the_air - elsewhere[1],
        refunded=wide.refund(_ST.SUCCEEDED),
        pending_refund=wide.refund(*IN_THE_AIR),
        failed_refund=wide.refund(_ST.FAILED),
    )
    return found


def account(order: Order, where: str | None) -> Account:
    """The account of one position, as if its turn to be captured had come."""
    return accounts(order, first=where)[where]


def _dues(order: Order, first: str | None) -> dict[str | None, int]:
    charged = (shipment_of_charges(order) or first) if order.charges else None
    known = {one.number for one in order.shipments}
    dues: dict[str | None, int] = {}
    for line in order.lines:
        if not line.is_cancelled:
            where = line.shipment if line.shipment in known else None
            dues[where] = dues.get(where, 0) + price_minor(line)
    for charge in order.charges:
        if not charge.is_cancelled:
            where = charged if charged in known else None
            dues[where] = dues.get(where, 0) + price_minor(charge)
    return dues


def _sums(order: Order) -> dict[str | None, _Sums]:
    sums: dict[str | None, _Sums] = {}
    for payment in order.payments:
        for one in latest(payment.operations):
            # Returns never change what is owed, nor does what settles them.
            if is_withdrawn(one):
                continue
            if one.kind in _MONEY_IN or (one.kind is _K.REFUND and not settles_return(payment, one)):
                sums.setdefault(one.shipment, _Sums()).count(one)
    return sums


def _ranks(order: Order, own: Mapping[str, _Sums]) -> dict[str, int]:
    """The shipments whose money is settled: 0 = nothing more will be asked, 1 = something was, and
    what it lacks will be; 2 = it only left."""
    over = _asked_for(order)
    ranks: dict[str, int] = {}
    for one in order.shipments:
        sums = own[one.number]
        if one.number in over:
            ranks[one.number] = 0
        elif sums.captured or sums.in_the_air:
            ranks[one.number] = 1
        elif one.shipped_at is not None:
            ranks[one.number] = 2
    return ranks


def _asked_for(order: Order) -> set[str | None]:
    """The shipments whose task Capture is over."""
    return {task.shipment for task in order.tasks if task.task is Task.CAPTURE and task.state in _OVER}


def _fill(needs: Mapping[str | None, int], turn: Iterable[str | None], pool: int) -> dict[str | None, int]:
    """What each position takes out of a pool, one after the other."""
    shares: dict[str | None, int] = {}
    for where in turn:
        shares[where] = min(needs[where], pool)
        pool -= shares[where]
    return shares


def where_of(order: Order, part: Line | Charge) -> str | None:
    """The shipment whose position a part is on; None = none yet, or the order's own."""
    return part.shipment if isinstance(part, Line) else shipment_of_charges(order)
