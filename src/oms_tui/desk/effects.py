"""What a decision does to an order, written: the one way for verbs, flows and events (architecture 3)."""

from dataclasses import replace

from oms_tui.desk import papers
from oms_tui.desk.checks import why_not_money
from oms_tui.desk.errors import Unusable
from oms_tui.desk.writing import Writing
from oms_tui.domain.asking import unanswered
from oms_tui.domain.order import Order
from oms_tui.domain.plan import Outcome
from oms_tui.store import event_cases, intents, outbox, stock
from oms_tui.store.orders import Stored
from oms_tui.store.saving import Saving, row_as_stored


class Effect:
    """What decisions do to an order, one after the other: each makes a version, the last of which is
    written."""

    def __init__(self, stored: Stored, levels: stock.Levels) -> None:
        """Begin.

        Args:
            stored: The order as it is stored.
            levels: The stock that follows it, under the same write lock.
        """
        self.order = stored.order
        """As the decisions leave it."""
        self.stored = stored
        self.steps: list[tuple[Order, Outcome]] = []
        """The order before each decision, and what was decided."""
        self._levels = levels

    def add(self, outcome: Outcome) -> Order:
        """The order after one more decision; nothing is written yet.

        Raises:
            Unusable, RuleBroken: As for `write_effect`; the decision is not among the others then.
        """
        before = self.order
        after = replace(outcome.order, version=before.version + 1)
        _refuse_broken(before, after)
        self._levels.follow(before, after, outcome.stock)
        self.steps.append((before, outcome))
        self.order = after
        return after


class Effects:
    """What was decided on some orders, each given once, and is written together."""

    def __init__(self, work: Writing) -> None:
        """Begin, in the transaction in which the orders are read."""
        self.levels = stock.Levels(work.conn)
        """The stock that follows all of them."""
        self._work = work
        self._saving = Saving(work.micros)
        self._effects: list[Effect] = []

    def add(self, effect: Effect) -> None:
        """Add an order whose decisions are made; nothing is written yet.

        Raises:
            ProgrammingMistake: A row that may only be added changed or is gone; it is not among them then.
            ValueError: The order cannot be kept as it is; nor is it then.
        """
        if effect.steps:
            pk, before = effect.stored.pk, effect.stored.order
            row = effect.stored.row or row_as_stored(pk, before)
            self._saving.add(pk, before, effect.order, row)
            self._effects.append(effect)

    def write(self) -> None:
        """Write the orders, the stock that follows their lines, and everything that goes out.

        Raises:
            StoreError: The database refused a row.
        """
        work, conn = self._work, self._work.conn
        self._saving.write(conn)
        for one in self._effects:
            if one.order.documents is not one.stored.order.documents:
                first = len(one.stored.order.documents)
                papers.freeze(work, one.stored.pk, one.order, first=first)
        self.levels.write()
        decided = [(one.stored.pk, was, outcome) for one in self._effects for was, outcome in one.steps]
        outbox.add(conn, [(pk, outcome) for pk, _, outcome in decided], work.micros)
        for pk, was, outcome in decided:
            now = outcome.order
            if was.payments is not now.payments:
                # Whoever gave the answer, nobody has to ask for it any more.
                answered = sorted(unanswered(was).keys() - unanswered(now).keys())
                intents.answered(conn, pk, answered)
        event_cases.wake(conn, [one.stored.pk for one in self._effects], work.micros)


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
    effects = Effects(work)
    effect = Effect(stored, effects.levels)
    after = effect.add(outcome)
    effects.add(effect)
    effects.write()
    return after


def _refuse_broken(before: Order, after: Order) -> None:
    reason = why_not_money(after)
    if reason and not why_not_money(before):
        raise Unusable(f"Nothing was changed, since it would break a rule: {reason}. Please report this.")
