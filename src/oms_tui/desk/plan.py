"""Plan: what a verb would do to an order now; and the verbs that only answer (spec 6)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from oms_tui.desk import masks
from oms_tui.desk.authorise import RightMissing, as_of_now, refusals_written
from oms_tui.desk.desk import Desk
from oms_tui.desk.effects import write_effect
from oms_tui.desk.errors import BadInput, StateRefuses
from oms_tui.desk.subjects import Apply, answering_verb, changing_verb, find_order, subject_of
from oms_tui.desk.world import world_of
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.differences import consequences
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Order
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Change, Outcome, Plan
from oms_tui.domain.totals import order_total
from oms_tui.domain.weight import by_weight
from oms_tui.domain.world import World
from oms_tui.store.orders import Stored
from oms_tui.verbs import Answer, ArgumentError, Context, Refused, Subject, Verb
from oms_tui.verbs.base import missing_right
from oms_tui.verbs.ways import for_actor, refusals


def plan(desk: Desk, actor: Actor, verb_id: str, order_id: str, arguments: Mapping[str, object]) -> Plan:
    """The preview of a verb on one order as it stands. Writes nothing but the refusal of a right.

    Raises:
        NoRight, BadInput, StateRefuses, Missing: As the verb, its arguments and the order have it.
    """
    verb, apply = changing_verb(verb_id)
    with refusals_written(desk), desk.store.read() as conn:
        actor = as_of_now(conn, actor)
        subject = subject_of(conn, find_order(conn, order_id), desk.clock.now())
        check_right(desk, verb, subject, actor)
        check_state(desk, verb, subject, actor)
        world = world_of(desk, conn, numbers=False)
        outcome = decide(desk, verb, apply, subject, actor, arguments, world)
    order = subject.order
    changes = by_weight(consequences(order, outcome))
    return Plan(
        verb=verb.id,
        order_id=order.id,
        version=order.version,
        title=title_of(verb, order),
        commit_label=outcome.action,
        changes=masks.changes_for_actor(changes, actor, desk.policy.authority),
        warnings=tuple(masks.amounts_for_actor(x, actor, desk.policy.authority) for x in outcome.warnings),
        effect=masks.amounts_for_actor(outcome.effect, actor, desk.policy.authority),
        totals=(order_total(order), order_total(outcome.order)),
    )


def answer(desk: Desk, actor: Actor, verb_id: str, order_id: str, arguments: Mapping[str, object]) -> Answer:
    """What a verb that answers says; its audit entry is all that is written (architecture 3), but for a
    document that is issued when it is asked for.

    Raises:
        NoRight, BadInput, StateRefuses, Missing: As for `plan`.
    """
    verb, reply = answering_verb(verb_id)
    with refusals_written(desk), writing(desk) as work:
        actor = as_of_now(work.conn, actor)
        stored = find_order(work.conn, order_id)
        subject = subject_of(work.conn, stored, work.now)
        check_right(desk, verb, subject, actor)
        check_state(desk, verb, subject, actor)
        context = _context(desk, actor, world_of(desk, work.conn, numbers=True))
        with _in_words_of_the_desk(desk, actor):
            given = reply(subject, verb.read(arguments, subject, desk.policy), context)
        if given.outcome is not None or not given.papers:  # a print is logged when it is made
            _write_answer(work, actor, verb, stored, given)
    return replace(given, outcome=None)


def _write_answer(work: Writing, actor: Actor, verb: Verb, stored: Stored, given: Answer) -> None:
    """Write what an answer issues, and the audit entry."""
    order, summary = stored.order, given.summary
    changes: tuple[Change, ...] = ()
    if given.outcome is not None:
        summary, changes = given.outcome.summary, consequences(order, given.outcome)
        order = write_effect(work, stored, given.outcome)
    work.log(
        actor,
        verb.id,
        summary,
        subject=order.id,
        order_pk=stored.pk,
        version=order.version,
        changes=changes,
    )


def check_right(desk: Desk, verb: Verb, subject: Subject, actor: Actor) -> None:
    """Refuse a verb that the actor has no right to.

    Raises:
        RightMissing: Why not; to be written after the transaction.
    """
    if not desk.policy.authority.allows(actor.roles, verb.right):
        reason = missing_right(verb, desk.policy).reason
        raise RightMissing(actor, verb.right, reason, subject.order.id)


def check_state(desk: Desk, verb: Verb, subject: Subject, actor: Actor) -> None:
    """Refuse a verb that the order's state does not let through.

    Raises:
        StateRefuses: The facts in the way.
    """
    if blockers := refusals(verb, subject, actor, desk.policy):
        raise StateRefuses(blockers)


def decide(
    desk: Desk,
    verb: Verb,
    apply: Apply,
    subject: Subject,
    actor: Actor,
    arguments: Mapping[str, object],
    world: World,
) -> Outcome:
    """What the verb gives with these arguments: the same code for a plan and for its commit.

    Raises:
        StateRefuses, BadInput: Why it cannot be done.
    """
    with _in_words_of_the_desk(desk, actor):
        return apply(subject, verb.read(arguments, subject, desk.policy), _context(desk, actor, world))


def title_of(verb: Verb, order: Order) -> str:
    """What a form is headed with: verb, order, customer, amount and its currency (invariant U1)."""
    customer = order.customer
    who = customer.name or customer.email or customer.number or "customer not known"
    return f"{verb.label} · order {order.id} · {who} · {format_money(order_total(order))}"


@contextmanager
def _in_words_of_the_desk(desk: Desk, actor: Actor) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise StateRefuses(for_actor(refused.blockers, actor, desk.policy)) from refused
    except ArgumentError as error:
        raise BadInput(str(error), field=error.name) from error


def _context(desk: Desk, actor: Actor, world: World) -> Context:
    return Context(actor=actor, now=desk.clock.now(), policy=desk.policy, world=world)
