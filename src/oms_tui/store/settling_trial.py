"""What would come of a settlement file, found without writing a row: nobody waits for a dry run."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from oms_tui.clock import to_micros
from oms_tui.domain.settlement import Covered, Judgement, SettlementRow, Standing, held_of, standing_after
from oms_tui.domain.settlement_answers import SettlementFile, SettlementLine, SettlementSum
from oms_tui.store.settlements import NewFile, sums_of
from oms_tui.store.settling import look_for_lacking, moved_between, try_rows
from oms_tui.store.settling_parts import Books, Finding, books_of, findings_of_orders

_TRIED = 0
"""The number of a file that is not here: rows in the database begin at 1."""


class Trial:
    """A file held against the payments of one moment, in memory.

    Attributes:
        moved: The orders for which money moved on its days: `look_for_lacking` is to see each of them.
    """

    def __init__(
        self, conn: Connection, new: NewFile, rows: Sequence[SettlementRow], begun: int | None
    ) -> None:
        """Match the rows.

        Args:
            conn: A connection that sees one moment until the trial is over.
            new: The file.
            rows: Its rows.
            begun: The number under which a part of it is in: it is tried as if it were not.
        """
        self._conn = conn
        self._new = new
        self._begun = begun
        self._rows = {(_TRIED, row.number): row for row in rows}
        self._books = Books()
        self._judged = try_rows(conn, self._rows, self._books)
        self._of_orders: dict[int, list[Finding]] = defaultdict(list)
        for finding, judgement in self._judged:
            finding.key, finding.judgement = finding.new_key, judgement
            if finding.key is not None:
                self._of_orders[finding.key[0]].append(finding)
        self._covered = self._covers()
        self.moved = moved_between(conn, to_micros(new.since), to_micros(new.until))

    def _covers(self) -> Covered:
        led_to = {finding.key for finding, _ in self._judged}
        methods = {payment.method for key, payment in self._books.payments.items() if key in led_to}
        return Covered(
            since=self._new.since,
            until=self._new.until,
            currencies=frozenset(row.amount.currency for row in self._rows.values()),
            methods=frozenset(methods),
        )

    def look_for_lacking(self, pks: Sequence[int]) -> None:
        """Find what of these orders the file lacks."""
        known = [one for one in findings_of_orders(self._conn, pks) if one.file != self._begun]
        known += [one for pk in pks for one in self._of_orders[pk]]
        found = look_for_lacking(self._conn, known, pks, {_TRIED: self._covered})
        lacking = [(one, judgement) for one, judgement in found if one.file == _TRIED]
        theirs = sorted({one.new_key[0] for one, _ in lacking if one.new_key is not None})
        self._books.payments |= books_of(self._conn, theirs).payments
        self._judged += lacking

    def file(self) -> SettlementFile:
        """The file as it would stand here."""
        counts = Counter({standing: 0 for standing in Standing})
        for finding, judgement in self._judged:
            standing = standing_after(judgement.verdict, None)
            if finding.row is not None or standing is not Standing.MATCHED:
                counts[standing] += 1
        new = self._new
        return SettlementFile(
            number=_TRIED,
            name=new.name,
            digest=new.digest,
            person=new.person,
            taken=new.taken,
            since=new.since,
            until=new.until,
            rows=new.row_count,
            rejected=new.rejected,
            is_whole=True,
            counts=counts,
        )

    def sums(self) -> tuple[SettlementSum, ...]:
        """What it comes to."""
        return sums_of(self._line(finding, judgement) for finding, judgement in self._judged)

    def _line(self, finding: Finding, judgement: Judgement) -> SettlementLine:
        our = None
        if finding.row is None and finding.new_key is not None:
            payment = self._books.payments[finding.new_key]
            our = next((one.now for one in held_of(payment) if one.root == judgement.operation), None)
        return SettlementLine(
            number=_TRIED,
            file=_TRIED,
            row=None if finding.row is None else self._rows[_TRIED, finding.row],
            our=our,
            order_id="",
            payment=None if finding.new_key is None else finding.new_key[1],
            judgement=judgement,
            standing=standing_after(judgement.verdict, None),
            version=1,
        )
