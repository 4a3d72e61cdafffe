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


class Effect:
    """What decisions do to an order, one after the other: each makes a version, the last of which is
    written."""

    def __init__(self, work: Writing, stored: Stored) -> None:
        """Begin.

        Args:
            work: The transaction in which the order was read.
            stored: The order as it is stored.
        """
        self.order = stored.order
        """As the decisions leave it."""
        self._work = work
        self._stored = stored
        self._levels = stock.Levels(work.conn)
        self._steps: list[tuple[Order, Outcome]] = []

    def add(self, outcome: Outcome) -> Order:
        """The order after one more decision; nothing is written yet.

        Raises:
            Unusable, RuleBroken: As for `write_effect`; the decision is not among the others then.
        """
        before = self.order
        after = replace(outcome.order, version=before.version + 1)
        _refuse_broken(before, after)
        self._levels.follow(before, after, outcome.stock)
        self._steps.append((before, outcome))
        self.order = after
        return after

    def write(self) -> None:
        """Write the order as it is now, and everything that goes out with the decisions.

        Raises:
            StoreError: The database refused a row.
        """
        work, pk = self._work, self._stored.pk
        before, after = self._stored.order, self.order
        if after is before:
            return
        orders.save(work.conn, pk, before, after, touched=work.micros)
        if after.documents is not before.documents:
            papers.freeze(work, pk, after, first=len(before.documents))
        self._levels.write()
        for was, outcome in self._steps:
            outbox.add(work.conn, pk, outcome, work.micros)
            now = outcome.order
            if was.payments is not now.payments:
                # Whoever gave the answer, nobody has to ask for it any more.
                answered = sorted(unanswered(was).keys() - unanswered(now).keys())
                intents.answered(work.conn, pk, answered)
        event_cases.wake(work.conn, pk, work.micros)


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
    effect = Effect(work, stored)
    after = effect.add(outcome)
    effect.write()
    return after


def _refuse_broken(before: Order, after: Order) -> None:
    reason = why_not_money(after)
    if reason and not why_not_money(before):
        raise Unusable(f"Nothing was changed, since it would break a rule: {reason}. Please report this.")
