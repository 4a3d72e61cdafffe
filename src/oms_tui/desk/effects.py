"""What a decision does to an order, written: the one way for verbs, flows and events (architecture 3)."""

from dataclasses import replace

from oms_tui.desk import papers
from oms_tui.desk.checks import why_not_money
from oms_tui.desk.errors import Unusable
from oms_tui.desk.writing import Writing
from oms_tui.domain.asking import unanswered
from oms_tui.domain.order import Order
from oms_tui.domain.plan import Outcome
from oms_tui.store import event_cases, intents, orders, outbox, stock
from oms_tui.store.orders import Stored


def write_effect(work: Writing, stored: Stored, outcome: Outcome) -> Order:
    """Write a new version of an order, the stock that follows its lines, and everything that goes out.

    Args:
        work: The transaction in which the order was read.
        stored: The order as it is stored.
        outcome: What was decided on it.

    Returns:
        The order as it is now.

    Raises:
        Unusable: It would break a rule about money; nothing may be written then (M1, M3, M5, M8).
        RuleBroken: More stock would be reserved than there is.
    """
    before = stored.order
    after = replace(outcome.order, version=before.version + 1)
    _refuse_broken(before, after)
    orders.save(work.conn, stored.pk, before, after, touched=work.micros)
    if after.documents is not before.documents:
        papers.freeze(work, stored.pk, after, first=len(before.documents))
    stock.follow(work.conn, before, after, outcome.stock)
    outbox.add(work.conn, stored.pk, outcome, work.micros)
    event_cases.wake(work.conn, stored.pk, work.micros)
    if before.payments is not after.payments:
        # Whoever gave the answer, nobody has to ask for it any more.
        intents.answered(work.conn, stored.pk, sorted(unanswered(before).keys() - unanswered(after).keys()))
    return after


def _refuse_broken(before: Order, after: Order) -> None:
    reason = why_not_money(after)
    if reason and not why_not_money(before):
        raise Unusable(f"Nothing was changed, since it would break a rule: {reason}. Please report this.")
