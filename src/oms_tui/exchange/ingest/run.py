"""The run of an ingest: read, take in batches, report; memory does not grow with the file (spec 9, X5).

Of a file many lines are read ahead, so that the events of one order, each in its turn, are taken together. A
stream is taken as it comes.

The same file again changes nothing, and a run that was killed is completed by the next one: what is here
already is known by its id.
"""

import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, Final

import msgspec

from oms_tui.desk.authorise import authorise
from oms_tui.desk.desk import Desk
from oms_tui.desk.receiving import known_ids, receive, try_waiting
from oms_tui.domain.authority import Right
from oms_tui.domain.cards import redact_cards
from oms_tui.domain.events.cases import Fate, Received
from oms_tui.domain.people import LOCAL_ACTOR, Actor
from oms_tui.exchange.ingest.reading import BadLine, GoodLine, Lines, text_of
from oms_tui.exchange.rejects import prepare_rejects, write_rejects
from oms_tui.store.errors import DatabaseBusy

HOLD: Final = 0.15
"""Seconds that one transaction is to hold the database, about: how many events share one follows from it."""
FEWEST, FIRST, MOST = 64, 64, 1_500
"""Events of one transaction: at least, in the first one, at most; those of one order are not parted."""
AHEAD: Final = 5_000
"""Events of a file that are read before any of them is taken."""
BREATH: Final = 0.002
"""Seconds between two transactions, in which whoever waits for the lock gets it."""
TRIES: Final = 60
"""Times a transaction is begun, a second each, while others keep the database busy."""
KINDS_NAMED: Final = 20
KINDS_COUNTED: Final = 1_000
"""Different reasons that are counted: memory does not grow with what a file says."""
OTHER: Final = "other reasons"
_LONGEST_KIND: Final = 100
_PLACE: Final = re.compile(r" \(byte [0-9]+\)|(?<=\[)[0-9]+(?=\])")
"""Where in its own line something is wrong: which byte, which of its lines."""
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(tuple[int, str, str]).decode

Progress = Callable[[int, int | None], None]
"""Told (lines that are done with, percent of the file; None where nobody knows)."""


@dataclass(slots=True, kw_only=True)
class IngestReport:
    """What became of the lines of a file."""

    file: str
    is_dry_run: bool
    lines: int = 0
    taken: int = 0
    changed: int = 0
    """Those of the taken that changed their order."""
    known: int = 0
    waiting: int = 0
    problems: int = 0
    kept: int = 0
    bad_lines: int = 0
    """Lines that are no event, or say something else under an id that is known."""
    retried: int = 0
    """Events of earlier that waited and were taken now."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Why lines are bad -> how many of them; the most frequent."""
    reject_file: str | None = None

    def figures(self) -> tuple[tuple[str, int], ...]:
        """What a person reads of it."""
        return (
            ("lines read", self.lines),
            ("events taken", self.taken),
            ("  that changed their order", self.changed),
            ("known already", self.known),
            ("waiting for their cause", self.waiting),
            ("event problems", self.problems),
            ("kept for returns", self.kept),
            ("bad lines", self.bad_lines),
            *((f"  {reason}", count) for reason, count in self.reasons.items()),
        )

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def ingest(
    desk: Desk,
    file: BinaryIO,
    *,
    name: str,
    rejects: Path,
    progress: Progress,
    size: int = 0,
    is_dry_run: bool = False,
    actor: Actor = LOCAL_ACTOR,
) -> IngestReport:
    """Take the events of a file or stream of JSON Lines.

    Args:
        desk: Where to; only read in a dry run.
        file: The lines, in UTF-8.
        name: What it is called.
        rejects: The reject file; its folder is made if it is not there.
        progress: Told how far it is, after every transaction.
        size: Bytes in all, 0 where nobody knows.
        is_dry_run: Read every line and look which events are here already; nothing is written.
        actor: Who brings them.

    Raises:
        NoRight: The actor may not import.
        DatabaseBusy: Others kept the database busy for a minute; what was taken before is kept.
        StoreError: The database refused; what was taken before is kept.
        OSError: The reject file cannot be written there; nothing was taken in.
    """
    actor = authorise(desk, actor, Right.EVENT_PROBLEMS, subject=name)
    if not is_dry_run:
        prepare_rejects(rejects)
    with tempfile.TemporaryFile("w+b") as spool:
        run = _Run(desk, IngestReport(file=name, is_dry_run=is_dry_run), spool)
        with desk.store.bulk():
            run.take(Lines(file), progress, size)
        if not is_dry_run:
            run.report.retried = try_waiting(desk).taken
            written = write_rejects(rejects, ("text",), run.rejected())
            run.report.reject_file = None if written is None else str(written.absolute())
    return run.report


class _Run:
    """One file on its way in."""

    def __init__(self, desk: Desk, report: IngestReport, spool: IO[bytes]) -> None:
        self.report = report
        self._desk = desk
        self._spool = spool
        self._reasons: Counter[str] = Counter()
        self._together = FIRST
        self._done = 0
        """Lines that are done with; of the bad ones once all of them are."""
        self._bad: list[tuple[int, str, str]] = []
        """Number, reason and text of the bad lines since events were taken last."""

    def take(self, lines: Lines, progress: Progress, size: int) -> None:
        """Take all of it, batch by batch."""

        def told(position: int) -> None:
            # A file that grows meanwhile is not over either: that is told once, at the end.
            progress(self._done, min(100 * position // size, 99) if size else None)

        ahead: list[GoodLine] = []
        before = 0
        for line in lines:
            if isinstance(line, BadLine):
                self._bad.append((line.number, line.reason, line.text))
            else:
                ahead.append(line)
            if len(ahead) + len(self._bad) >= (AHEAD if size else self._together):
                self._take_all(ahead, before, lines.position, told)
                ahead, before = [], lines.position
        self._take_all(ahead, before, lines.position, told)
        self._done = lines.count
        progress(self._done, 100 if size else None)
        self.report.lines = lines.count
        self.report.reasons = dict(self._reasons.most_common(KINDS_NAMED))

    def rejected(self) -> Iterator[tuple[int, str, tuple[str]]]:
        """The bad lines, in the order of the file."""
        self._spool.seek(0)
        for raw in self._spool:
            number, reason, text = _DECODE(raw)
            yield number, reason, (text,)

    def _take_all(self, ahead: list[GoodLine], before: int, after: int, told: Callable[[int], None]) -> None:
        """Take the lines that were read between two places of the file."""
        taken = 0
        courses = iter(_by_order(ahead))
        while taken < len(ahead):
            batch: list[GoodLine] = []
            while len(batch) < self._together and (course := next(courses, None)) is not None:
                batch += course
            self._take(batch)
            taken += len(batch)
            self._done += len(batch)
            told(before + (after - before) * taken // len(ahead))
        for number, reason, text in sorted(self._bad):
            self._reject(number, reason, text)
        self._bad.clear()

    def _take(self, batch: list[GoodLine]) -> None:
        if self.report.is_dry_run:
            self._count_known(batch)
            return
        start = self._desk.clock.monotonic()
        for line, done in zip(batch, self._receive(batch), strict=True):
            self._count(line, done)
        passed = self._desk.clock.monotonic() - start
        fitting = int(self._together * HOLD / passed) if passed > 0 else MOST
        self._together = max(FEWEST, min(fitting, 2 * self._together, MOST))
        time.sleep(BREATH)

    def _receive(self, batch: list[GoodLine]) -> list[Received]:
        for attempt in range(1, TRIES + 1):
            try:
                return receive(self._desk, [line.event for line in batch])
            except DatabaseBusy:
                if attempt == TRIES:
                    raise
        raise AssertionError("a loop that returns or raises")

    def _count(self, line: GoodLine, done: Received) -> None:
        report = self.report
        if done.fate is Fate.REFUSED:
            self._bad.append((line.number, done.reason, text_of(line.raw)))
        elif done.fate is Fate.KNOWN:
            report.known += 1
        elif done.fate is Fate.WAITING:
            report.waiting += 1
        elif done.fate is Fate.PROBLEM:
            report.problems += 1
        elif done.fate is Fate.KEPT:
            report.kept += 1
        else:
            report.taken += 1
        report.changed += done.has_changed

    def _count_known(self, batch: list[GoodLine]) -> None:
        known = known_ids(self._desk, [line.event.id for line in batch])
        self.report.known += sum(line.event.id in known for line in batch)

    def _reject(self, number: int, reason: str, text: str) -> None:
        self.report.bad_lines += 1
        reason = redact_cards(reason)
        kind = _kind(reason)
        is_named = kind in self._reasons or len(self._reasons) < KINDS_COUNTED
        self._reasons[kind if is_named else OTHER] += 1
        self._spool.write(_ENCODE((number, reason, text)) + b"\n")


def _by_order(lines: Iterable[GoodLine]) -> Iterable[list[GoodLine]]:
    """The lines of each order in the order of the file; one whose id came before goes with that one."""
    owners: dict[str, str] = {}
    courses: dict[str, list[GoodLine]] = {}
    for line in lines:
        owner = owners.setdefault(line.event.id, line.event.order_id)
        courses.setdefault(owner, []).append(line)
    return courses.values()


def _kind(reason: str) -> str:
    """The reason without what is particular to one line."""
    kind = _PLACE.sub("", reason)
    return kind if len(kind) <= _LONGEST_KIND else f"{kind[:_LONGEST_KIND]}…"
