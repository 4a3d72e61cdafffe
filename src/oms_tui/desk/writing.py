"""One transaction of the desk: the write lock, and the audit entries that go with its effect (A1, A4).

Whatever writes anything of the desk goes through `writing`, so that the head of the audit chain reaches its
copy outside the database.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from oms_tui.clock import to_micros
from oms_tui.desk.desk import Desk
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Change
from oms_tui.store import audit
from oms_tui.store.engine import LOCK_WAIT, Connection

DONE = "done"
REFUSED = "refused"


class Writing:
    """A transaction that holds the write lock."""

    def __init__(self, desk: Desk, conn: Connection) -> None:
        """Use `writing`."""
        self.conn = conn
        self.desk = desk
        self.now: datetime = desk.clock.now()
        self.micros = to_micros(self.now)
        self.last_entry = 0
        """Sequence number of the last audit entry, 0 for none yet."""
        self._key = desk.audit_key

    def log(
        self,
        actor: Actor,
        action: str,
        summary: str,
        *,
        subject: str = "",
        order_pk: int | None = None,
        version: int | None = None,
        key: str = "",
        result: str = DONE,
        changes: Sequence[Change] = (),
    ) -> int:
        """Write one audit entry (A2) and give its sequence number.

        Args:
            actor: Who did it, as authenticated.
            action: The verb's id, or what it is called in the log; `summary` says it in the past tense.
            subject: The order, return or person it is about.
            order_pk: The order in whose timeline it stands.
            version: The order's version after it.
            key: The key of the intent.
            result: `DONE` or `REFUSED`.
            changes: Before and after.
        """
        return self.log_many(
            [
                self.entry(
                    actor,
                    action,
                    summary,
                    subject=subject,
                    order_pk=order_pk,
                    version=version,
                    key=key,
                    result=result,
                    changes=changes,
                )
            ]
        )

    def entry(
        self,
        actor: Actor,
        action: str,
        summary: str,
        *,
        subject: str = "",
        order_pk: int | None = None,
        version: int | None = None,
        key: str = "",
        result: str = DONE,
        changes: Sequence[Change] = (),
    ) -> audit.NewEntry:
        """An audit entry at this moment, for `log_many`."""
        return audit.NewEntry(
            at=self.micros,
            actor=actor.name,
            session=actor.session,
            origin=actor.origin.value,
            action=action,
            order_pk=order_pk,
            subject=subject,
            version=version,
            key=key,
            result=result,
            summary=summary,
            changes=tuple(changes),
        )

    def log_many(self, entries: Iterable[audit.NewEntry]) -> int:
        """Write audit entries in their order; the sequence number of the last."""
        self.last_entry = audit.append(self.conn, self._key, list(entries))
        return self.last_entry


@contextmanager
def writing(desk: Desk, wait: float = LOCK_WAIT, *, yields: bool = False) -> Iterator[Writing]:
    """A transaction that commits when the block ends and leaves nothing behind if it raises.

    Args:
        desk: The desk.
        wait: Seconds that others' writing is waited for.
        yields: Whether people's work goes first.

    Raises:
        StoreError: The database refused; nothing was written.
    """
    with desk.store.write(wait, yields=yields) as conn:
        work = Writing(desk, conn)
        yield work
    if work.last_entry:
        desk.head.follow(work.last_entry)
