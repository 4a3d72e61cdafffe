"""What the tabs of a profile are made from: the order as read, who looks at it, and when."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from oms_tui.domain.answers import Profile, TimelineEntry
from oms_tui.domain.authority import Right
from oms_tui.domain.money import Money, format_figure
from oms_tui.domain.operations import asking_rows, latest
from oms_tui.domain.order import Line, Operation, Order
from oms_tui.domain.positions import position_status
from oms_tui.domain.status import PaymentStatus
from oms_tui.screens import wording
from oms_tui.screens.money_notes import MoneyNote

if TYPE_CHECKING:
    from oms_tui.screens.console import Console


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One look at an order."""

    profile: Profile
    timeline: tuple[TimelineEntry, ...] | None = None
    """Newest first; None while it is being read."""
    has_older: bool = False
    """Whether the timeline goes on past what was read."""
    fault: str = ""
    """Why the timeline could not be read."""
    zone: ZoneInfo
    now: datetime
    me: str
    may_see_flows: bool = True
    """Whether the person may see item flow and delivery flow (spec 5)."""
    opened: frozenset[Hashable] = frozenset()
    """The stops whose details are shown."""
    ascii_only: bool = False
    money: tuple[MoneyNote, ...] = ()
    """What to know of its money, the most pressing first."""
    releases: tuple[tuple[int, str], ...] = ()
    """(number of an open hold, who may release it and how)."""

    @property
    def order(self) -> Order:
        """The order."""
        return self.profile.order

    def at(self, moment: datetime | None, silent: str = "–") -> str:
        """A time in the business zone."""
        return silent if moment is None else wording.moment(moment, self.zone, self.now)

    def exactly(self, moment: datetime | None) -> str:
        """A time to the second."""
        return "–" if moment is None else wording.exact_moment(moment, self.zone, self.now)

    def seconds(self, moment: datetime | None) -> str:
        """A time of today to the second, of another day with the day."""
        return "–" if moment is None else wording.second_moment(moment, self.zone, self.now)

    def checked(self, payment: int) -> tuple[Operation, ...]:
        """The last words on what the provider is asked about, of a payment: all of them are unknown."""
        rows = {row for number, row in self.profile.checked if number == payment}
        if not rows:
            return ()
        operations = next((p.operations for p in self.order.payments if p.number == payment), ())
        asking = asking_rows(operations)
        return tuple(one for one in latest(operations) if asking[one.number] in rows)

    def is_checked_for(self, shipment: str) -> bool:
        """Whether the provider is asked about money in the name of a shipment."""
        return any(
            one.shipment == shipment
            for payment in self.order.payments
            for one in self.checked(payment.number)
        )

    def line_payment(self, line: Line) -> PaymentStatus:
        """A line's payment status: its position's (spec 3.1); the order's where payments are masked."""
        if self.profile.is_payment_masked:
            return self.profile.payment_status
        return position_status(self.order, line.shipment)


def figure(money: Money, *, sign: int = 1) -> str:
    """An amount without its currency; `sign` -1 turns it round."""
    return format_figure(money if sign > 0 else -money)


def may_see_flows(console: "Console") -> bool:
    """Whether the person signed in may see item flow and delivery flow (spec 5)."""
    return console.policy.authority.allows(console.actor.roles, Right.VIEW_ITEM_FLOW)


def view_for(console: "Console", profile: Profile) -> View:
    """An order as the person signed in sees it now."""
    return View(
        profile=profile,
        zone=console.zone,
        now=console.clock.now(),
        me=console.actor.name,
        may_see_flows=may_see_flows(console),
        ascii_only=console.ascii_only,
        releases=_releases(console, profile.order),
    )


def _releases(console: "Console", order: Order) -> tuple[tuple[int, str], ...]:
    from oms_tui.screens.profile.holds import release_of  # it draws views

    found = ((hold.number, release_of(console, hold)) for hold in order.open_holds())
    return tuple((number, one.text) for number, one in found if one is not None)
