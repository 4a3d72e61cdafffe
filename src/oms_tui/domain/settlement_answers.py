"""What is asked of settlement files and what comes back: files, rows, sums, what was done about rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from oms_tui.domain.money import Money
from oms_tui.domain.order import Operation
from oms_tui.domain.settlement import Judgement, RowKind, SettlementRow, Standing
from oms_tui.domain.settlement_ways import Way
from oms_tui.domain.status import OperationState

ALL_STANDINGS = tuple(Standing)
"""Every standing, the open ones first: the order of a list."""
SettlementPosition = tuple[int, int]
"""A keyset position: place of the standing, number of the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFile:
    """A settlement file that was taken in."""

    number: int
    name: str
    digest: str
    person: str
    """Who brought it."""
    taken: datetime
    since: datetime
    """The first moment of the days it covers."""
    until: datetime
    """The first moment after them."""
    rows: int
    rejected: int
    is_whole: bool
    """Whether all of it is in; the same file again completes one that is not."""
    counts: Mapping[Standing, int]

    @property
    def open(self) -> int:
        """Differences that somebody has still to look at."""
        return sum(count for standing, count in self.counts.items() if standing.is_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLine:
    """A row of a file, or an operation of ours that it lacks, as it stands now."""

    number: int
    file: int
    row: SettlementRow | None
    """None: the file does not have it."""
    our: Operation | None
    """Our operation, for a line without a row."""
    order_id: str
    """"" = none is known."""
    payment: int | None
    judgement: Judgement
    standing: Standing
    version: int

    @property
    def position(self) -> SettlementPosition:
        """Its place in a list of rows."""
        return ALL_STANDINGS.index(self.standing), self.number

    @property
    def kind(self) -> RowKind:
        """What was done."""
        if self.row is not None:
            return self.row.kind
        return RowKind.REFUND if self.our is not None and self.our.kind.value == "refund" else RowKind.CAPTURE

    @property
    def reference(self) -> str:
        """The provider's reference, or ours where the file does not have it."""
        if self.row is not None:
            return self.row.reference
        return self.our.reference if self.our is not None else ""

    @property
    def at(self) -> datetime | None:
        """When the provider settled it, or we hold it as done."""
        if self.row is not None:
            return self.row.at
        return self.our.at if self.our is not None else None

    @property
    def theirs(self) -> Money | None:
        """The provider's amount; None where it has none."""
        return self.row.amount if self.row is not None else None

    @property
    def ours(self) -> Money | None:
        """The amount of our operation, done or not; None where we have none."""
        return self.judgement.ours

    @property
    def held(self) -> Money | None:
        """What we hold as done; None where we have nothing, or it is not done."""
        return self.ours if self.judgement.state is OperationState.SUCCEEDED else None

    @property
    def difference(self) -> Money | None:
        """The provider's amount less what we hold as done, with the sign that it has in the sums: below zero
        where they gave back more than we know; None where the two cannot be compared."""
        theirs, held, sign = self.theirs, self.held, self.kind.sign or 1
        if theirs is None:
            return None if held is None else held * -sign
        if held is None:
            return theirs * sign
        return (theirs - held) * sign if held.currency == theirs.currency else None


@dataclass(frozen=True, slots=True)
class SettlementPage:
    """Rows in their order, and whether there are more on either side."""

    rows: tuple[SettlementLine, ...]
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementSum:
    """What moved in one currency: captures less refunds and chargebacks, and what the provider kept."""

    theirs: Money
    ours: Money
    fees: Money

    @property
    def difference(self) -> Money:
        """Theirs less ours."""
        return self.theirs - self.ours


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementMark:
    """What happened to a row after it was first judged."""

    at: datetime
    how: str
    """"accepted", "mended" or "reopened"."""
    person: str
    note: str
    """What was noted, or what changed the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementDetail:
    """One row with everything there is to say of it."""

    line: SettlementLine
    said: str
    """What the verdict says, in words."""
    ways: tuple[Way, ...]
    """What mends it, the likeliest first."""
    marks: tuple[SettlementMark, ...]
    """What was done about it, the oldest first."""
