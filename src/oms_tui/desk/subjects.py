"""What a verb acts on, read from the store, and the verb itself by its id."""

from collections.abc import Callable
from datetime import datetime

from oms_tui.clock import to_micros
from oms_tui.desk.errors import BadInput, Missing
from oms_tui.domain.plan import Outcome
from oms_tui.store import claims, orders, returns
from oms_tui.store.engine import Connection
from oms_tui.store.orders import Stored
from oms_tui.verbs import Answer, Arguments, Context, Subject, Verb, verb

Apply = Callable[[Subject, Arguments, Context], Outcome]
Reply = Callable[[Subject, Arguments, Context], Answer]


def find_order(conn: Connection, order_id: str) -> Stored:
    """The order of that ID.

    Raises:
        Missing: There is none.
    """
    found = orders.find(conn, order_id)
    if found is None:
        raise Missing(f"There is no order {order_id}.")
    return found


def subject_of(conn: Connection, stored: Stored, now: datetime) -> Subject:
    """The order with its returns and the claim that is running now."""
    return Subject(
        order=stored.order,
        returns=returns.of_order(conn, stored.pk),
        claim=claims.running(conn, stored.pk, to_micros(now)),
    )


def changing_verb(verb_id: str) -> tuple[Verb, Apply]:
    """The verb of that id and what it does.

    Raises:
        BadInput: There is none, or it only answers.
    """
    found = _find(verb_id)
    if found.apply is None:
        raise BadInput(f"{found.label} changes nothing.", field="verb")
    return found, found.apply


def answering_verb(verb_id: str) -> tuple[Verb, Reply]:
    """The verb of that id and what it answers.

    Raises:
        BadInput: There is none, or it changes the order.
    """
    found = _find(verb_id)
    if found.answer is None:
        raise BadInput(f"{found.label} gives no answer: plan and commit it.", field="verb")
    return found, found.answer


def _find(verb_id: str) -> Verb:
    try:
        return verb(verb_id)
    except KeyError:
        raise BadInput(f"There is no verb {verb_id!r}.", field="verb") from None
