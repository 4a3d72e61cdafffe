"""Doctor: is everything as it should be (F8)? File, schema, references, money, documents, stored copies, the
audit chain, its head outside the database, and who may read the files. What is not a fault but worth knowing
is a note."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from oms_tui.clock import Clock
from oms_tui.config import Settings
from oms_tui.desk.audit_head import EVERY_ENTRIES, CopiedHead, head_path, read_head
from oms_tui.desk.audit_key import key_path
from oms_tui.desk.checks import why_not_money
from oms_tui.desk.desk import Desk
from oms_tui.desk.document_checks import document_problems
from oms_tui.desk.errors import DeskError
from oms_tui.desk.sqlite_age import old_sqlite
from oms_tui.domain.asking import unanswered
from oms_tui.domain.order import Order
from oms_tui.store import audit, check, event_cases, intents, orders, papers, series, stock
from oms_tui.store.check import Progress
from oms_tui.store.check_log import count_orders, log_problems
from oms_tui.store.engine import Connection
from oms_tui.store.errors import StoreError
from oms_tui.store.orders import Stored


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the part it was found in, and a sentence."""

    part: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What doctor found; without findings all is well."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    orders: int = 0
    entries: int = 0
    """Audit entries."""

    @property
    def is_ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def examine_url(
    url: str,
    settings: Settings,
    *,
    clock: Clock | None = None,
    state_folder: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Examine a database as it lies: nothing is made, upgraded or mended. One that cannot be opened is a
    finding.

    Args:
        url: `sqlite:///PATH` or a path.
        settings: The rules of the shop.
        clock: The machine's where none is given.
        state_folder: Where the audit key is; the user's own where none is given.
        progress: Told how many orders are checked, of how many.
    """
    try:
        desk = Desk.open(
            url, settings=settings, clock=clock, state_folder=state_folder, create=False, upgrade=False
        )
    except (DeskError, StoreError) as error:
        return Report(findings=(Finding("opening", str(error)),), notes=_notes())
    try:
        return examine(desk, progress)
    finally:
        desk.store.close()


def examine(desk: Desk, progress: Progress | None = None) -> Report:
    """Examine an open desk, on one snapshot of its database."""
    findings: list[Finding] = []
    total = entries = 0
    copied = _copied_head(desk)  # before the snapshot: what others write meanwhile is in neither
    try:
        with desk.store.read() as conn:
            total, entries = count_orders(conn), audit.head(conn).seq
            for part, problems in (
                ("database", check.problems(conn, progress)),
                ("stock", stock.problems(conn)),
                ("events", event_cases.problems(conn)),
                ("documents", series.problems(conn)),
                ("audit chain", audit.problems(conn, desk.audit_key)),
                ("audit log", log_problems(conn)),
                ("audit head", _head_problems(desk, copied, conn)),
            ):
                findings.extend(Finding(part, text) for text in problems)
            findings.extend(_of_orders(conn, is_asked=desk.provider.is_on and not desk.is_sample))
    except StoreError as error:
        findings.append(Finding("database", f"Examining ended here: {error}"))
    findings.extend(Finding("files", text) for text in _file_problems(desk))
    return Report(findings=tuple(findings), notes=_notes(), orders=total, entries=entries)


def _of_orders(conn: Connection, *, is_asked: bool) -> Iterator[Finding]:
    """Orders whose amounts break a rule that holds for every order: M1, M3, M8, parts that sum to the
    whole; requests that do not go with what is asked of their payments (I5); documents that say what is not
    so."""
    last = 0
    while pks := orders.next_pks(conn, last):
        requests, kept = intents.open_of(conn, pks), papers.of_orders(conn, pks)
        for stored in _readable(conn, pks):
            name = f"Order {stored.order.id}"
            if reason := why_not_money(stored.order):
                yield Finding("money", f"{name}: {reason}.")
            asked = requests.get(stored.pk, set())
            for text in _request_problems(stored.order, asked, is_asked=is_asked):
                yield Finding("money", text)
            for said in document_problems(stored.order, kept.get(stored.pk, {})):
                yield Finding("documents", f"{name}: {said}.")
        last = pks[-1]


def _readable(conn: Connection, pks: list[int]) -> Iterator[Stored]:
    """The orders of a batch; one that cannot be read is named by the check of the database."""
    try:
        yield from tuple(orders.load_many(conn, pks))
    except (KeyError, ValueError, TypeError):
        for pk in pks:
            with suppress(KeyError, ValueError, TypeError):
                yield Stored(pk, orders.load(conn, pk))


def _request_problems(order: Order, requests: set[tuple[int, int]], *, is_asked: bool) -> Iterator[str]:
    """Requests to the payment provider whose operation has its answer; and, where one is asked, operations
    without an answer that nobody asks for. Those of an import were asked for elsewhere."""
    open_ones = unanswered(order).keys()
    for payment, operation in sorted(requests - open_ones):
        yield (
            f"Order {order.id}: operation {operation} of payment {payment} has its answer, "
            "and its request to the provider is open."
        )
    if is_asked and not order.source:
        for payment, operation in sorted(open_ones - requests):
            yield f"Order {order.id}: nobody asks for operation {operation} of payment {payment}."


def _copied_head(desk: Desk) -> CopiedHead | OSError | ValueError | None:
    """The head that was copied outside, None where there is none, or why it cannot be read."""
    try:
        return read_head(head_path(desk.state_folder, desk.database_id))
    except (OSError, ValueError) as error:
        return error


def _head_problems(
    desk: Desk, copied: CopiedHead | OSError | ValueError | None, conn: Connection
) -> Iterator[str]:
    """Whether the chain still holds the head that was copied outside (A4)."""
    if isinstance(copied, Exception):
        yield f"The copy of the audit chain's head cannot be read: {copied}."
        return
    now = audit.head(conn).seq
    if copied is None:
        path = head_path(desk.state_folder, desk.database_id)
        if now > EVERY_ENTRIES and not path.exists():  # one made since the look at it is there
            yield f"The copy of the audit chain's head is missing: {path}."
        return
    yield from _compared(conn, copied, now)


def _compared(conn: Connection, copied: CopiedHead, now: int) -> Iterator[str]:
    if copied.seq > now:
        yield f"The audit log was cut: entry {copied.seq} was there once, the last is now {now}."
    elif copied.seq and audit.link_of(conn, copied.seq) != copied.link:
        yield f"The audit log was changed: entry {copied.seq} is not the one that was there."


def _file_problems(desk: Desk) -> Iterator[str]:
    """Files that others may read or write (K1, Z6)."""
    path = desk.store.path
    beside = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    folder = desk.state_folder
    for file in (*beside, key_path(folder, desk.database_id), head_path(folder, desk.database_id)):
        if file.exists() and file.stat().st_mode & 0o077:
            mode = file.stat().st_mode & 0o777
            yield f"Others may read or write {file} (mode {mode:04o}): run chmod 600 on it."


def _notes() -> tuple[str, ...]:
    return tuple(note for note in (old_sqlite(),) if note)
