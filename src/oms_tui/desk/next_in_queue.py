"""The next order of a queue: the oldest that nobody has claimed, claimed (spec 7, `C`)."""

import stamina

from oms_tui.desk import filters
from oms_tui.desk.ask import readable_by
from oms_tui.desk.authorise import as_of_now, authorise, refusals_written
from oms_tui.desk.commit import LONGEST_WAIT, TRIES
from oms_tui.desk.desk import Desk
from oms_tui.desk.plan import check_right, check_state, decide
from oms_tui.desk.subjects import changing_verb, find_order, subject_of
from oms_tui.desk.world import world_of
from oms_tui.desk.writing import writing
from oms_tui.domain.authority import Right
from oms_tui.domain.differences import consequences
from oms_tui.domain.filter import SORT_NEEDS, Filter, Sort
from oms_tui.domain.people import Actor
from oms_tui.store import claims, lists
from oms_tui.store.errors import DatabaseBusy

_CLAIM = "order.claim"
_OF_NOBODY = "claimed:nobody"


def claim_next(desk: Desk, actor: Actor, filter_text: str) -> str | None:
    """Claim the oldest order of a filter that nobody has claimed, and say which; None where there is none.

    The oldest is the one placed first; where the filter sorts by a moment of its own, the one whose turn it
    is by that: the first to lapse, the first whose customer asked to cancel.

    Finding and claiming are one transaction under the write lock: two people who ask at once get two orders.

    Raises:
        BadInput: The filter cannot be read, or is none that the person may use.
        NoRight: They may not claim, or may see no lists.
        DatabaseBusy: Still locked after some tries; nothing was claimed.
    """
    authorise(desk, actor, Right.CLAIM)
    asked = readable_by(desk, actor, filter_text)
    with refusals_written(desk):
        for attempt in stamina.retry_context(
            on=DatabaseBusy, attempts=TRIES, timeout=LONGEST_WAIT, wait_initial=0.02, wait_max=0.5
        ):
            with attempt:
                return _claim_next(desk, actor, asked)
    raise DatabaseBusy("The database is busy: nothing was claimed. Try again.")


def _claim_next(desk: Desk, actor: Actor, asked: Filter) -> str | None:
    verb, apply = changing_verb(_CLAIM)
    with writing(desk) as work:
        actor = as_of_now(work.conn, actor)
        has_moment = asked.sort is not None and asked.sort.key in SORT_NEEDS
        turn = Sort(asked.sort.key) if asked.sort is not None and has_moment else Sort("created")
        of_nobody = filters.read(_OF_NOBODY).with_sort(turn)
        free = filters.make_ready(of_nobody, work.now, desk.zone, actor.name)
        wanted = filters.make_ready(asked, work.now, desk.zone, actor.name) & free
        found = lists.page(work.conn, wanted, size=1).rows
        if not found:
            return None
        stored = find_order(work.conn, found[0].id)
        subject = subject_of(work.conn, stored, work.now)
        check_right(desk, verb, subject, actor)
        check_state(desk, verb, subject, actor)
        outcome = decide(desk, verb, apply, subject, actor, {}, world_of(desk, work.conn, numbers=False))
        assert outcome.claim is not None, "claiming claims"  # noqa: S101 - the verb's own promise
        claims.put(work.conn, stored.pk, outcome.claim)
        work.log(
            actor,
            verb.id,
            outcome.summary,
            subject=stored.order.id,
            order_pk=stored.pk,
            version=stored.order.version,
            changes=consequences(stored.order, outcome),
        )
    return stored.order.id
