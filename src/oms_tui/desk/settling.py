"""Settlement files of the payment provider: taking one in, and reconciling what differs (spec 5,
reconciliation).

A file comes in by batches, each a transaction of its own; a run that broke off is completed by the next one
with the same file (invariant X5). A row matches anew whenever its order changes (`store.settling`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from oms_tui.desk.authorise import RightMissing, allows, as_of_now, authorise, refusals_written, why_not
from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import BadInput, Missing, StaleVersion, StateRefuses
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.answers import Count
from oms_tui.domain.authority import Right
from oms_tui.domain.cards import find_card_data
from oms_tui.domain.people import LOCAL_ACTOR, Actor
from oms_tui.domain.settlement import SettlementRow, Standing
from oms_tui.domain.settlement_answers import (
    ALL_STANDINGS,
    SettlementDetail,
    SettlementFile,
    SettlementLine,
    SettlementPage,
    SettlementPosition,
    SettlementSum,
)
from oms_tui.domain.settlement_ways import Case, explain, ways_on
from oms_tui.store import orders
from oms_tui.store import settlements as stored
from oms_tui.store.engine import Connection
from oms_tui.store.settling_trial import Trial
from oms_tui.verbs import Blocker

IMPORT, ACCEPT = "settlement.import", "settlement.accept"
"""Actions of audit entries."""
BATCH: Final = 2_000
"""Rows of one transaction."""
ORDERS_AT_ONCE: Final = 500
"""Orders that are held against a file in one transaction."""
LARGEST_PAGE: Final = 500
COUNT_BOUND: Final = 10_000
LONGEST_SPAN: Final = timedelta(days=366)
LONGEST_NOTE: Final = 500
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementBatch:
    """A settlement file as it was read."""

    name: str
    digest: str
    """SHA-256 of its bytes."""
    rows: Sequence[SettlementRow]
    """Numbered from 1 without a gap."""
    rejected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of a file."""

    file: SettlementFile
    sums: tuple[SettlementSum, ...]
    was_here: bool
    """Whether all of it was in before."""


def take_in(
    desk: Desk,
    given: SettlementBatch,
    *,
    actor: Actor = LOCAL_ACTOR,
    is_dry_run: bool = False,
    progress: Progress = lambda phase, done, total: None,
) -> Settled:
    """Take a settlement file in and match it.

    Args:
        desk: The desk.
        given: The file as it was read.
        actor: Who brings it.
        is_dry_run: Whether only what would come of it is told: nothing is written and nobody waits for it.
            A file of which a part is in is tried as if it were not.
        progress: Told the phase, how much of it is done, and of how much.

    Raises:
        NoRight: The actor may not import.
        BadInput: There is no row in it, or it spans more than a year.
        StoreError: The database refused; what was in stays, and the same file completes it.
    """
    actor = authorise(desk, actor, Right.EVENT_PROBLEMS, subject=given.name)
    since, until = _bounds(given.rows, desk.zone, desk.clock.now())
    coming = _Coming(desk, actor, given, since, until, progress)
    return coming.try_it() if is_dry_run else coming.run()


def _bounds(rows: Sequence[SettlementRow], zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """The first moment of the days that the rows are about, and the first after them, or now."""
    if not rows:
        raise BadInput("The file has no row that can be taken.", field="file")
    first, last = min(rows, key=lambda row: row.at), max(rows, key=lambda row: row.at)
    if last.at - first.at > LONGEST_SPAN:
        days = [f"{row.at.astimezone(zone):%Y-%m-%d} in line {row.line}" for row in (first, last)]
        raise BadInput(
            f"The dates span more than a year: {days[0]} and {days[1]}. Mend the wrong one.", field="file"
        )
    since = datetime.combine(first.at.astimezone(zone).date(), time.min, zone)
    until = datetime.combine(last.at.astimezone(zone).date() + timedelta(days=1), time.min, zone)
    return since, min(until, now)


class _Coming:
    """A file on its way in."""

    def __init__(
        self,
        desk: Desk,
        actor: Actor,
        given: SettlementBatch,
        since: datetime,
        until: datetime,
        progress: Progress,
    ) -> None:
        self._desk = desk
        self._actor = actor
        self._given = given
        self._since = since
        self._until = until
        self._progress = progress

    def run(self) -> Settled:
        """Batch by batch, from where an earlier run stopped."""
        with self._desk.store.read() as conn:
            known = stored.find_digest(conn, self._given.digest)
            if known is not None and stored.is_whole(conn, known):
                return self._found(conn, known, was_here=True)
        left = True
        while left:
            with writing(self._desk) as work:
                left = self._rows(work, BATCH)
        with self._desk.store.read() as conn:
            file = self._file(conn)
            about = stored.covers(conn, file)
            moved = stored.orders_moved(conn, file)
        for start in range(0, len(moved), ORDERS_AT_ONCE):
            self._progress("held against orders", start, len(moved))
            with writing(self._desk) as work:
                some = moved[start : start + ORDERS_AT_ONCE]
                stored.look_for_lacking(work.conn, file, about, some, work.now)
                self._log(work, f"{len(some)} orders held against {self._given.name}")
        with writing(self._desk) as work:
            if not stored.is_whole(work.conn, file):
                self._finish(work, file, about)
        self._progress("held against orders", len(moved), len(moved))
        with self._desk.store.read() as conn:
            return self._found(conn, file, was_here=False)

    def try_it(self) -> Settled:
        """What would come of it, found on one moment of the database; nothing is written."""
        with self._desk.store.read() as conn:
            begun = stored.find_digest(conn, self._given.digest)
            if begun is not None and stored.is_whole(conn, begun):
                return self._found(conn, begun, was_here=True)
            trial = Trial(conn, self._new(self._desk.clock.now()), self._given.rows, begun)
            self._progress("rows", len(self._given.rows), len(self._given.rows))
            for start in range(0, len(trial.moved), ORDERS_AT_ONCE):
                self._progress("held against orders", start, len(trial.moved))
                trial.look_for_lacking(trial.moved[start : start + ORDERS_AT_ONCE])
            self._progress("held against orders", len(trial.moved), len(trial.moved))
            return Settled(file=trial.file(), sums=trial.sums(), was_here=False)

    def _new(self, now: datetime) -> stored.NewFile:
        given = self._given
        return stored.NewFile(
            name=given.name,
            digest=given.digest,
            person=self._actor.name,
            taken=now,
            since=self._since,
            until=self._until,
            row_count=len(given.rows),
            rejected=given.rejected,
        )

    def _file(self, conn: Connection) -> int:
        file = stored.find_digest(conn, self._given.digest)
        if file is None:
            raise Missing(f"{self._given.name} is not here.")
        return file

    def _rows(self, work: Writing, most: int) -> bool:
        """Take the next rows in; whether there may be more."""
        given = self._given
        file = stored.find_digest(work.conn, given.digest)
        if file is None:
            file = stored.add_file(work.conn, self._new(work.now))
        done = stored.rows_in(work.conn, file)
        some = given.rows[done : done + most]
        if some:
            stored.add_rows(work.conn, file, some, work.now, self._actor.name)
            self._log(
                work, f"Rows {done + 1:,} to {done + len(some):,} of settlement file {given.name} taken in"
            )
        self._progress("rows", done + len(some), len(given.rows))
        return done + len(some) < len(given.rows)

    def _finish(self, work: Writing, file: int, about: set[tuple[str, str]]) -> None:
        stored.finish(work.conn, file, about)
        found = stored.files(work.conn, only=file)[0]
        counts = ", ".join(f"{found.counts[one]:,} {one.word}" for one in Standing if found.counts[one])
        self._log(work, f"Settlement file {self._given.name} matched: {counts}")

    def _log(self, work: Writing, summary: str) -> None:
        work.log(self._actor, IMPORT, summary, subject=self._given.name)

    def _found(self, conn: Connection, file: int, *, was_here: bool) -> Settled:
        return Settled(file=stored.files(conn, only=file)[0], sums=stored.sums(conn, file), was_here=was_here)


# -- asking ------------------------------------------------------------------------------------------------


def files(desk: Desk, actor: Actor, *, only: int | None = None) -> tuple[SettlementFile, ...]:
    """The files that were taken in, the newest first, with how their rows stand; or that of one number.

    Raises:
        NoRight: They may not reconcile.
    """
    authorise(desk, actor, Right.EVENT_PROBLEMS)
    with desk.store.read() as conn:
        return stored.files(conn, only=only)


def open_differences(desk: Desk, actor: Actor) -> Count:
    """How many differences of all files are open; past `COUNT_BOUND` only that there are more."""
    authorise(desk, actor, Right.EVENT_PROBLEMS)
    with desk.store.read() as conn:
        return stored.open_count(conn, COUNT_BOUND)


def page(
    desk: Desk,
    actor: Actor,
    file: int,
    standings: Sequence[Standing] = ALL_STANDINGS,
    *,
    size: int = 50,
    after: SettlementPosition | None = None,
    before: SettlementPosition | None = None,
    from_end: bool = False,
) -> SettlementPage:
    """One page of a file's rows, the open ones first.

    Raises:
        NoRight: They may not reconcile.
        BadInput: The page is too large.
    """
    authorise(desk, actor, Right.EVENT_PROBLEMS)
    if not 1 <= size <= LARGEST_PAGE:
        raise BadInput(f"A page has 1 to {LARGEST_PAGE} rows, not {size}.", field="size")
    with desk.store.read() as conn:
        return stored.page(conn, file, standings, size=size, after=after, before=before, from_end=from_end)


def count(desk: Desk, actor: Actor, file: int, standings: Sequence[Standing] = ALL_STANDINGS) -> Count:
    """How many rows of a file stand so."""
    authorise(desk, actor, Right.EVENT_PROBLEMS)
    with desk.store.read() as conn:
        return Count(stored.count(conn, file, standings))


def sums(desk: Desk, actor: Actor, file: int) -> tuple[SettlementSum, ...]:
    """What a file comes to, one sum a currency."""
    authorise(desk, actor, Right.EVENT_PROBLEMS)
    with desk.store.read() as conn:
        return stored.sums(conn, file)


def detail(desk: Desk, actor: Actor, number: int) -> SettlementDetail:
    """A row with what its verdict says, what mends it and what was done about it.

    Raises:
        NoRight: They may not reconcile.
        Missing: There is no such row.
    """
    authorise(desk, actor, Right.EVENT_PROBLEMS)
    with desk.store.read() as conn:
        line = _line(conn, number)
        pk = stored.order_pk_of(conn, number)
        order = None if pk is None else orders.load(conn, pk)
        marks = stored.marks(conn, line)
        source = stored.files(conn, only=line.file)[0].name
    payments = () if order is None else order.payments
    payment = next((one for one in payments if one.number == line.payment), None)
    case = Case(row=line.row, judgement=line.judgement, order=order, payment=payment, source=source)
    ways = ways_on(case, desk.zone) if line.standing.is_open else ()
    return SettlementDetail(line=line, said=explain(case), ways=ways, marks=marks)


def _line(conn: Connection, number: int) -> SettlementLine:
    found = stored.line(conn, number)
    if found is None:
        raise Missing(f"There is no settlement row {number}.")
    return found


# -- reconciling -------------------------------------------------------------------------------------------


def accept(desk: Desk, actor: Actor, number: int, note: str, *, version: int) -> SettlementLine:
    """Accept a difference as it is, with a note that says why.

    Raises:
        NoRight: They may not reconcile.
        Missing: There is no such row.
        BadInput: The note is empty, too long or holds a card number.
        StateRefuses: There is no difference, or it is accepted already.
        StaleVersion: The row changed since it was shown; nothing was written.
    """
    note = note.strip()
    if reason := why_not_note(note):
        raise BadInput(reason, field="note")
    with refusals_written(desk), writing(desk) as work:
        actor = as_of_now(work.conn, actor)
        if not allows(actor, Right.EVENT_PROBLEMS, desk.policy.authority):
            reason = why_not(Right.EVENT_PROBLEMS, desk.policy.authority)
            raise RightMissing(actor, Right.EVENT_PROBLEMS, reason, f"settlement row {number}")
        line = _line(work.conn, number)
        if not line.standing.is_open:
            raise StateRefuses([Blocker(f"The row is {line.standing.word}: there is nothing to accept.")])
        if line.version != version:
            raise StaleVersion("The row changed since it was shown: look at it again.", version=line.version)
        stored.accept(work.conn, line, person=actor.name, note=note, at=work.now)
        work.log(
            actor,
            ACCEPT,
            f"Accepted {line.standing.word}: {line.kind.value} {line.reference}: {note}",
            subject=line.order_id or line.reference,
            order_pk=stored.order_pk_of(work.conn, number),
        )
        return _line(work.conn, number)


def why_not_note(note: str) -> str:
    """Why a note cannot be taken; "" = it can."""
    if not note:
        return "Say why the difference is accepted."
    if len(note) > LONGEST_NOTE:
        return f"A note has at most {LONGEST_NOTE} characters."
    if found := find_card_data(note):
        return f"The note holds a {found.kind}, so it is not saved. Take it out."
    if not all(char.isprintable() or char == "\n" for char in note):
        return "The note has characters that cannot be printed."
    return ""
