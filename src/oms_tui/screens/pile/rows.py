"""The orders of a pile: what is known of each, and what became of it (spec 7, working a pile; C6)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from oms_tui.backend import Intention
from oms_tui.domain.money import Money


class Standing(StrEnum):
    """How far one order of a pile is. The word is what the list says."""

    OPEN = "looking"
    """Nobody has looked at it yet."""
    POSSIBLE = "can"
    """Its state lets it through; the fields are not complete, so there is no plan."""
    READY = "ready"
    """It is planned: the commit key does it."""
    REFUSED = "cannot"
    DOING = "being done"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """No answer came; the desk is being asked what became of it (I3)."""
    LEFT = "not done"
    """The work was stopped before it."""

    @property
    def is_undone(self) -> bool:
        """Whether, once the work is over, it is one of those that can be tried again."""
        return self in (Standing.REFUSED, Standing.FAILED, Standing.UNKNOWN, Standing.LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PileRow:
    """One order of the pile."""

    order_id: str
    place: int
    """Its place in the pile, from 0."""
    customer: str = ""
    total: Money | None = None
    standing: Standing = Standing.OPEN
    text: str = ""
    """What would be done, what was done, or why not."""
    has_warning: bool = False
    """Whether `text` is something to know before it is committed."""
    version: int = 0
    """The version it was planned on."""
    change: Money | None = None
    """By how much its total would change, or did."""
    key: str = ""
    """The idempotency key of what was submitted last and is not known to be void."""
    intention: Intention | None = None
    """What was submitted under that key."""
    sent_version: int = 0
    """On which version."""


class Pile:
    """The orders in their order. Rows are replaced, counts and sums follow."""

    def __init__(self, order_ids: Iterable[str]) -> None:
        self._rows = {one: PileRow(order_id=one, place=place) for place, one in enumerate(order_ids)}
        self._counts = Counter({Standing.OPEN: len(self._rows)})
        self.version = 0
        """Grows with every change."""

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, order_id: str) -> PileRow:
        return self._rows[order_id]

    @property
    def rows(self) -> Sequence[PileRow]:
        """All rows, in the order of the pile."""
        return tuple(self._rows.values())

    def count(self, *standings: Standing) -> int:
        """How many orders stand so."""
        return sum(self._counts[one] for one in standings)

    def ids(self, *standings: Standing) -> tuple[str, ...]:
        """The orders that stand so."""
        return tuple(one for one, row in self._rows.items() if row.standing in standings)

    @property
    def undone(self) -> tuple[str, ...]:
        """The orders that were not done, once the work is over."""
        return tuple(one for one, row in self._rows.items() if row.standing.is_undone)

    @property
    def warnings(self) -> int:
        """How many of the orders that can be done have something to know before."""
        return sum(row.has_warning for row in self._rows.values() if row.standing is Standing.READY)

    def change(self, order_id: str, **facts: Any) -> PileRow:
        """Say something else of an order."""
        before = self._rows[order_id]
        after = replace(before, **facts)
        self._rows[order_id] = after
        self._counts[before.standing] -= 1
        self._counts[after.standing] += 1
        self.version += 1
        return after

    def put_in_order(self, order_ids: Iterable[str]) -> None:
        """Give the orders these places; those not named follow as they were."""
        wanted = dict.fromkeys((*(one for one in order_ids if one in self._rows), *self._rows))
        self._rows = {one: replace(self._rows[one], place=place) for place, one in enumerate(wanted)}
        self.version += 1

    def sums(self, *standings: Standing) -> dict[str, Money]:
        """By how much the totals of the orders that stand so change, for each currency of its own."""
        found: dict[str, Money] = {}
        for row in self._rows.values():
            if row.standing in standings and row.change is not None and row.change.minor:
                currency = row.change.currency
                before = found.get(currency, Money(0, currency))
                found[currency] = Money(before.minor + row.change.minor, currency)
        return dict(sorted(found.items()))
