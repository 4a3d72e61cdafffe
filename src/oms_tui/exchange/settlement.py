"""Settlement files from a CSV: what a payment provider says it moved (`oms-tui import settlement`)."""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import BadInput
from oms_tui.desk.settling import Progress, Settled, SettlementBatch, take_in
from oms_tui.domain.cards import find_card_data, redact_cards
from oms_tui.domain.currency import DECIMALS
from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.money import Money, MoneyError, parse_amount
from oms_tui.domain.people import LOCAL_ACTOR, Actor
from oms_tui.domain.settlement import OPEN, RowKind, SettlementRow, Standing
from oms_tui.domain.settlement_answers import SettlementSum
from oms_tui.exchange.rejects import prepare_rejects, write_rejects

NEEDED: Final = ("reference", "type", "amount", "currency", "date")
KNOWN: Final = (*NEEDED, "fee")
LONGEST_REFERENCE: Final = 200
LARGEST_AMOUNT: Final = 10**15
"""Minor units: what sums of many rows can still hold."""
_KINDS: Final = {kind.value: kind for kind in RowKind} | {
    "authorise": RowKind.AUTHORIZE,
    "authorization": RowKind.AUTHORIZE,
    "authorisation": RowKind.AUTHORIZE,
    "captured": RowKind.CAPTURE,
    "voided": RowKind.VOID,
    "refunded": RowKind.REFUND,
}
_MAY_BE_NOTHING: Final = frozenset({RowKind.AUTHORIZE, RowKind.VOID, RowKind.FEE})
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r" ?(Z|[+-][0-9]{2}:?[0-9]{2})"
)
AHEAD: Final = timedelta(minutes=10)
"""How far a moment may lie ahead: clocks differ (spec 3.3)."""


class _BadRow(ValueError):  # noqa: N818 - the reason why a row is not taken
    """A row cannot be taken; its text says why."""


@dataclass(slots=True)
class SettlementText:
    """A settlement file as it was read."""

    digest: str
    header: list[str] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    """Columns that are not used."""
    lines: int = 0
    rows: list[SettlementRow] = field(default_factory=list)
    rejected: list[tuple[int, str, list[str]]] = field(default_factory=list)
    """Line, reason, the row as read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementReport:
    """What an import of a settlement file found."""

    file: str
    is_dry_run: bool
    settled: Settled
    rows: int
    """Rows of the file, rejected ones included."""
    rejected_rows: int
    ignored_columns: tuple[str, ...]
    reject_file: str | None = None

    def figures(self) -> tuple[tuple[str, int], ...]:
        """What a person reads of it."""
        counts = self.settled.file.counts
        later = (Standing.MENDED, Standing.ACCEPTED)
        told = (Standing.MATCHED, *OPEN, *(one for one in later if counts[one]))
        return (
            ("rows read", self.rows),
            *((one.word, counts[one]) for one in told),
            ("rejected rows", self.rejected_rows),
        )

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "file": self.file,
            "number": self.settled.file.number or None,
            "is_dry_run": self.is_dry_run,
            "was_here": self.settled.was_here,
            "rows": self.rows,
            "counts": {standing.value: count for standing, count in self.settled.file.counts.items()},
            "sums": [sum_json(one) for one in self.settled.sums],
            "rejected_rows": self.rejected_rows,
            "ignored_columns": list(self.ignored_columns),
            "reject_file": self.reject_file,
        }


def import_settlement(
    desk: Desk,
    path: Path,
    *,
    actor: Actor = LOCAL_ACTOR,
    is_dry_run: bool,
    rejects: Path,
    progress: Progress = lambda phase, done, total: None,
) -> SettlementReport:
    """Import a settlement file and match it with the payments here.

    Args:
        desk: Where to; a dry run leaves nothing behind.
        path: The CSV, in UTF-8.
        actor: Who brings it.
        is_dry_run: Report without writing anything, the reject file included.
        rejects: The reject file; its folder is made if it is not there.
        progress: Told the phase, how much of it is done, and of how much.

    Raises:
        BadInput: The file is no such CSV, or nothing in it can be taken.
        StoreError: The database refused; the same file again completes what was begun.
        OSError: The file cannot be read, or the reject file not be written; then nothing was taken in.
    """
    read = read_settlement(path, desk.zone, desk.clock.now())
    if not is_dry_run:
        prepare_rejects(rejects)
    batch = SettlementBatch(name=path.name, digest=read.digest, rows=read.rows, rejected=len(read.rejected))
    written = None
    if not is_dry_run:
        written = write_rejects(rejects, read.header, read.rejected)
    if not read.rows:
        where = f" {written} says why." if written is not None else ""
        reason = f" The first: line {read.rejected[0][0]}: {read.rejected[0][1]}." if read.rejected else ""
        raise BadInput(f"{path.name} has no row that can be taken.{reason}{where}", field="file")
    settled = take_in(desk, batch, actor=actor, is_dry_run=is_dry_run, progress=progress)
    return SettlementReport(
        file=path.name,
        is_dry_run=is_dry_run,
        settled=settled,
        rows=read.lines,
        rejected_rows=len(read.rejected),
        ignored_columns=read.ignored,
        reject_file=None if written is None else str(written.absolute()),
    )


def read_settlement(path: Path, zone: ZoneInfo, now: datetime) -> SettlementText:
    """Read a settlement file: rows that can be taken, and the others with their reasons.

    Args:
        path: The CSV: `,` or `;` between the cells, UTF-8 with or without its mark.
        zone: The business time zone, in which dates without a time are read.
        now: Nothing later is taken.

    Raises:
        BadInput: It is no CSV, or a column is missing.
        OSError: It cannot be read.
    """
    found = SettlementText(digest=_digest(path))
    rows = _rows(path)
    try:
        _, found.header = next(rows)
    except StopIteration:
        raise BadInput(f"{path.name} is empty.", field="file") from None
    names = [name.strip().lower() for name in found.header]
    if missing := [name for name in NEEDED if name not in names]:
        raise BadInput(
            f"{path.name} has no column {', '.join(missing)}: it needs {', '.join(NEEDED)}.", field="file"
        )
    if twice := sorted({name for name in names if name in KNOWN and names.count(name) > 1}):
        raise BadInput(f"{path.name} has the column {twice[0]} twice.", field="file")
    found.ignored = tuple(name for name in names if name not in KNOWN)
    for line, cells in rows:
        found.lines += 1
        try:
            found.rows.append(_row(_cells(names, cells), len(found.rows) + 1, line, zone, now))
        except _BadRow as reason:
            # What looks like a card number is copied nowhere (K3).
            found.rejected.append((line, str(reason), [redact_cards(cell) for cell in cells]))
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of every row that is not empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            delimiter = ";" if first.count(";") > first.count(",") else ","
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text.", field="file") from None
    except csv.Error as error:
        raise BadInput(f"{path.name} is no CSV: {error}.", field="file") from error


def _cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) != len(names):
        raise _BadRow(f"it has {len(cells)} cells, the header {len(names)}")
    return {name: cell.strip() for name, cell in zip(names, cells, strict=True) if name in KNOWN}


def _row(given: Mapping[str, str], number: int, line: int, zone: ZoneInfo, now: datetime) -> SettlementRow:
    kind = _KINDS.get(given["type"].lower())
    if kind is None:
        raise _BadRow(f"its type is none of {', '.join(RowKind)}")
    reference = given["reference"]
    _check_reference(reference, kind)
    currency = given["currency"].upper()
    if currency not in DECIMALS:
        raise _BadRow("its currency is no ISO 4217 code")
    amount = _money(given["amount"], currency, "amount")
    if amount.is_negative and kind not in (RowKind.REFUND, RowKind.CHARGEBACK, RowKind.FEE):
        raise _BadRow(f"the amount of a {kind.value} is below zero")
    if not amount and kind not in _MAY_BE_NOTHING:
        raise _BadRow(f"the amount of a {kind.value} is zero")
    fee = _money(given["fee"], currency, "fee") if given.get("fee") else Money(0, currency)
    if kind is RowKind.FEE:
        if fee and fee != amount:
            raise _BadRow("it is a fee whose columns amount and fee differ")
        fee = amount
    return SettlementRow(
        number=number,
        line=line,
        reference=reference,
        kind=kind,
        amount=-amount if amount.is_negative else amount,
        at=_moment(given["date"], zone, now),
        fee=fee,
    )


def _check_reference(reference: str, kind: RowKind) -> None:
    if not reference and kind is RowKind.FEE:
        return
    if not code_key(reference):
        raise _BadRow("its reference is empty")
    if len(reference) > LONGEST_REFERENCE:
        raise _BadRow(f"its reference has more than {LONGEST_REFERENCE} characters")
    if not reference.isprintable():
        raise _BadRow("its reference has characters that cannot be printed")
    if find_card_data(reference):
        raise _BadRow("its reference holds card data")


def _money(text: str, currency: str, name: str) -> Money:
    try:
        found = parse_amount(text, currency)
    except MoneyError as error:
        raise _BadRow(f"{name}: {error}") from None
    if abs(found.minor) > LARGEST_AMOUNT:
        raise _BadRow(f"its {name} is too large")
    return found


def _moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    parts = _MOMENT.fullmatch(text)
    if parts is None and not _DATE.fullmatch(text):
        raise _BadRow("its date is neither 2026-11-22 nor 2026-11-22T14:05:00+01:00")
    try:
        if parts is not None:
            at = datetime.fromisoformat(f"{parts[1]}T{parts[2]}{parts[3]}").astimezone(UTC)
        else:
            at = datetime.combine(date.fromisoformat(text), time.min, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _BadRow("its date is no day of the calendar") from None
    if at > now + AHEAD:
        raise _BadRow("its date is still to come")
    return at


def sum_json(one: SettlementSum) -> dict[str, object]:
    """A sum as plain values, in minor units."""
    return {
        "currency": one.theirs.currency,
        "theirs": one.theirs.minor,
        "ours": one.ours.minor,
        "difference": one.difference.minor,
        "fees": one.fees.minor,
    }
