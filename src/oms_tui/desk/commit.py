"""Commit: a verb on one order, once, in one transaction (architecture 3; invariants C1 to C4, I2, I4, A1).

Key look-up, rights, version, the verb's own checks, the order's rows, outbox, claim, audit entry and the
stored answer stand or fall together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import stamina

from oms_tui.clock import to_micros
from oms_tui.desk import keys as intent_keys
from oms_tui.desk.authorise import as_of_now, refusals_written
from oms_tui.desk.desk import Desk
from oms_tui.desk.effects import write_effect
from oms_tui.desk.errors import BadInput, OutcomeNotKnown, StaleVersion
from oms_tui.desk.plan import check_right, check_state, decide
from oms_tui.desk.subjects import Apply, changing_verb, find_order, subject_of
from oms_tui.desk.wording import what_changed_since
from oms_tui.desk.world import world_of
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.answers import Committed
from oms_tui.domain.differences import consequences
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.store import audit, claims, keys
from oms_tui.store.engine import Connection
from oms_tui.store.errors import DatabaseBusy, DiskFailure, StoreError
from oms_tui.store.orders import Stored
from oms_tui.verbs import Verb

TRIES = 5
"""Times a transaction is run in all when the database is busy (C4)."""
SHOWN_SINCE = 50
LONGEST_WAIT = 5.0
"""Seconds of trying again (F4)."""
UNKNOWN = "The disk failed while this was written: whether it took effect is not known yet. It is looked up."
OTHER_BODY = "This key was used for something else: nothing was done. Make the plan anew."


def commit(
    desk: Desk,
    actor: Actor,
    verb_id: str,
    order_id: str,
    arguments: Mapping[str, object],
    *,
    version: int,
    key: str,
) -> Committed:
    """Do it, on the version that was planned, under the key made when the plan was submitted.

    The same key with the same body gets the answer that was stored; a refusal leaves the key free.

    Raises:
        NoRight, BadInput, StateRefuses, Missing: As for the plan; nothing was written.
        StaleVersion: Somebody changed the order since; nothing was written (C1).
        DatabaseBusy: Still locked after `TRIES`; nothing was written.
        OutcomeNotKnown: Writing broke off: ask `outcome_of` (I3).
    """
    verb, apply = changing_verb(verb_id)
    intent_keys.check_key(key, desk.clock.now())
    body = intent_keys.body_digest(verb_id, order_id, version, arguments)
    intent = _Intent(verb, apply, order_id, arguments, version, key, body)
    return once(desk, actor, key, lambda: intent.run(desk, actor))


def once(desk: Desk, actor: Actor, key: str, run: Callable[[], Committed]) -> Committed:
    """Run a transaction that keeps its answer under a key: again where the database was busy, and where its
    end failed by what is found under the key.

    Raises:
        DatabaseBusy: Still locked after `TRIES`; nothing was written.
        OutcomeNotKnown: Writing broke off: ask `outcome_of` (I3).
        DeskError: Whatever `run` raises.
    """
    try:
        return _run(desk, run)
    except DiskFailure as failure:
        return _found_out(desk, actor, key, failure)


def outcome_of(desk: Desk, actor: Actor, key: str) -> Committed | None:
    """What became of the actor's intent with that key; None: it took no effect."""
    with desk.store.read() as conn:
        found = keys.find(conn, as_of_now(conn, actor).name, key)
    return None if found is None else found.answer


def _found_out(desk: Desk, actor: Actor, key: str, failure: DiskFailure) -> Committed:
    """What became of a transaction whose end failed: it may have reached the disk all the same (I3)."""
    try:
        done = outcome_of(desk, actor, key)
    except StoreError as error:
        raise OutcomeNotKnown(UNKNOWN) from error
    if done is None:
        raise OutcomeNotKnown(UNKNOWN) from failure
    return done


def _run(desk: Desk, run: Callable[[], Committed]) -> Committed:
    with refusals_written(desk):
        for attempt in stamina.retry_context(
            on=DatabaseBusy, attempts=TRIES, timeout=LONGEST_WAIT, wait_initial=0.02, wait_max=0.5
        ):
            with attempt:
                return run()
    raise DatabaseBusy("The database is busy: nothing was changed. Try again.")


@dataclass(frozen=True, slots=True)
class _Intent:
    """One commit as asked for; running it again runs every check again."""

    verb: Verb
    apply: Apply
    order_id: str
    arguments: Mapping[str, object]
    version: int
    key: str
    body: str

    def run(self, desk: Desk, actor: Actor) -> Committed:
        """One transaction; whatever raises inside it leaves nothing behind."""
        with writing(desk) as work:
            actor = as_of_now(work.conn, actor)
            known = keys.find(work.conn, actor.name, self.key)
            if known is not None:
                return self._again(known, work.now)
            stored = find_order(work.conn, self.order_id)
            subject = subject_of(work.conn, stored, work.now)
            check_right(desk, self.verb, subject, actor)
            self._check_version(desk, work.conn, stored)
            check_state(desk, self.verb, subject, actor)
            world = world_of(desk, work.conn, numbers=True)
            outcome = decide(desk, self.verb, self.apply, subject, actor, self.arguments, world)
            done = self._write(desk, work, actor, stored, outcome)
            keys.put(work.conn, actor.name, self.key, work.micros, self.body, done)
        return done

    def _again(self, known: keys.Answered, now: datetime) -> Committed:
        """The answer that was stored, for the same body within the key's life (I2, I4)."""
        if known.body != self.body:
            raise BadInput(OTHER_BODY, field="key")
        if known.at < to_micros(now - intent_keys.LIFE):
            raise BadInput(intent_keys.TOO_OLD, field="key")
        return known.answer

    def _check_version(self, desk: Desk, conn: Connection, stored: Stored) -> None:
        """Refuse a version that is no longer the order's, unless the verb goes on any (C1, architecture
        3)."""
        order = stored.order
        if self.version == order.version or self.verb.is_append_only or self.verb.is_beside:
            return
        entries = audit.timeline(conn, stored.pk, None, SHOWN_SINCE)
        text = what_changed_since(order, self.version, entries, desk.zone)
        raise StaleVersion(text, version=order.version)

    def _write(self, desk: Desk, work: Writing, actor: Actor, stored: Stored, outcome: Outcome) -> Committed:
        """The order, what goes out with it, the claim, and the one audit entry made from the same diff."""
        before, after = stored.order, outcome.order
        if not self.verb.is_beside:
            after = write_effect(work, stored, outcome)
        if outcome.claim is not None:
            claims.put(work.conn, stored.pk, outcome.claim)
        if outcome.releases_claim:
            claims.drop(work.conn, stored.pk)
        seq = work.log(
            actor,
            self.verb.id,
            outcome.summary,
            subject=before.id,
            order_pk=stored.pk,
            version=after.version,
            key=self.key,
            changes=consequences(before, outcome),
        )
        return Committed(order_id=before.id, version=after.version, summary=outcome.summary, seq=seq)
