"""Run task now and Approve (spec 6): what may be run, what it comes to, whose approval it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from oms_tui.domain.engine import advance
from oms_tui.domain.flow import DELIVERY_FLOW, ORDER_FLOW, FlowTask, Task, TaskState
from oms_tui.domain.order import Hold, Order
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.domain.world import Location, World
from oms_tui.verbs import ArgumentError, Blocker, Context, Refused, Subject, verb
from oms_tui.verbs.tasks import flow_context
from tests.build import NOON, actor, context, line, order, shipment

T, ST = Task, TaskState
OWN = ORDER_FLOW[: ORDER_FLOW.index(T.PICK_TICKET)]
STOCK = World(
    locations=(Location(code="BER-1", name="Berlin", country="DE"),),
    free_stock=lambda sku: {"BER-1": 5},
)


def tasks(**states: TaskState) -> tuple[FlowTask, ...]:
    """The order's own tasks: complete unless said otherwise."""
    return tuple(FlowTask(task=name, state=states.get(name.value, ST.COMPLETE)) for name in OWN)


def parcels(*numbers: str, **states: TaskState) -> tuple[FlowTask, ...]:
    return tuple(
        FlowTask(task=name, shipment=number, state=states.get(name.value, ST.PENDING))
        for number in numbers
        for name in DELIVERY_FLOW
    )


def held(value: Order, *kinds: HoldKind) -> Order:
    holds = tuple(
        Hold(number=n, kind=kind, reason=f"because {n}", placed_at=NOON, placed_by="system")
        for n, kind in enumerate(kinds, 1)
    )
    return replace(value, holds=holds)


def do(name: str, value: Order, given: Context | None = None, **raw: object) -> Outcome:
    one, subject, at = verb(name), Subject(order=value), given or context(Role.OP)
    assert one.apply is not None
    return one.apply(subject, one.read(raw, subject, at.policy), at)


def blockers(name: str, value: Order) -> list[Blocker]:
    return list(verb(name).blockers(Subject(order=value), actor(Role.OP), context().policy))


def choices(value: Order) -> list[tuple[str, str]]:
    offered = verb("order.run").argument("task").choices
    assert offered is not None
    return [(one.value, one.label) for one in offered(Subject(order=value), context().policy)]


def state_of(value: Order, task: Task, parcel: str | None = None) -> TaskState:
    return next(x.state for x in value.tasks if (x.task, x.shipment) == (task, parcel))


# -- run ---------------------------------------------------------------------------------------------------


def waiting() -> Order:
    """An order that waits for stock, and for the remorse period."""
    own = tasks(
        allocation=ST.ACTIVE,
        fraud_check=ST.PENDING,
        duties=ST.PENDING,
        remorse_period=ST.ACTIVE,
        manual_approval=ST.PENDING,
    )
    own = tuple(replace(x, next_run=NOON + timedelta(minutes=15)) if x.state is ST.ACTIVE else x for x in own)
    return order(line(1, LineStatus.PENDING_ALLOCATION), tasks=own)


def test_active_and_failed_tasks_are_offered() -> None:
    assert choices(waiting()) == [("Allocation", "Allocation"), ("Remorse Period", "Remorse Period")]
    failed = order(tasks=tasks(payment_authorization=ST.FAILED, allocation=ST.PENDING))
    assert choices(failed) == [("Payment Authorization", "Payment Authorization")]


def test_a_run_does_what_its_turn_would_have_done() -> None:
    outcome = do("order.run", waiting(), context(Role.OP, world=STOCK), task="allocation")
    assert outcome.order.lines[0].location == "BER-1"
    assert state_of(outcome.order, T.ALLOCATION) is ST.COMPLETE
    assert [(m.location, m.quantity) for m in outcome.stock] == [("BER-1", 1)]
    assert outcome.action == "run Allocation"
    assert outcome.summary.startswith("Ran Allocation of order 10427: Complete, ")


def test_a_run_that_still_waits_says_for_what() -> None:
    outcome = do("order.run", waiting(), task="Allocation")
    assert state_of(outcome.order, T.ALLOCATION) is ST.ACTIVE
    assert outcome.order.tasks[2].cardinality == 1
    assert outcome.effect.startswith("waits on: ")
    assert outcome.warnings == ()  # waiting again is what runs are for


def in_parcels(*numbers: str) -> Order:
    return order(
        *(line(n, LineStatus.ALLOCATED, shipment=name) for n, name in enumerate(numbers, 1)),
        shipments=tuple(shipment(name) for name in numbers),
        tasks=(*tasks(), *parcels(*numbers, pick_ticket=ST.ACTIVE)),
    )


def test_a_task_of_the_only_shipment_has_two_names() -> None:
    value = in_parcels("S-1")
    assert choices(value) == [("Pick Ticket", "Pick Ticket S-1")]
    for name in ("pick ticket", "Pick Ticket S-1"):
        outcome = do("order.run", value, task=name)
        assert [len(x.runs) for x in outcome.order.tasks if x.task is T.PICK_TICKET] == [1]


def test_tasks_of_several_shipments_are_run_one_by_one_or_together() -> None:
    value = in_parcels("S-1", "S-2")
    assert choices(value) == [
        ("Pick Ticket S-1", "Pick Ticket S-1"),
        ("Pick Ticket S-2", "Pick Ticket S-2"),
        ("Pick Ticket", "Pick Ticket of every shipment"),
    ]
    later = replace(
        value,
        tasks=tuple(
            replace(x, next_run=NOON + timedelta(hours=1)) if x.state is ST.ACTIVE else x for x in value.tasks
        ),
    )
    one = do("order.run", later, task="Pick Ticket S-2").order
    assert [len(x.runs) for x in one.tasks if x.task is T.PICK_TICKET] == [0, 1]
    both = do("order.run", later, task="Pick Ticket").order
    assert [len(x.runs) for x in both.tasks if x.task is T.PICK_TICKET] == [1, 1]


def test_the_one_task_there_is_need_not_be_named() -> None:
    assert do("order.run", in_parcels("S-1")).action == "run Pick Ticket"
    with pytest.raises(ArgumentError, match="Task is needed"):
        do("order.run", waiting())


def test_a_task_with_a_dependency_open_is_refused_and_says_which() -> None:
    value = order(tasks=tasks(payment_authorization=ST.CANCELLED, allocation=ST.ACTIVE))
    (blocker,) = blockers("order.run", value)
    assert blocker.reason == "No task is Active or Failed: Allocation waits for Payment Authorization."
    with pytest.raises(ArgumentError, match="Task cannot be 'Allocation'"):
        do("order.run", value, task="Allocation")


def test_nothing_to_run() -> None:
    assert blockers("order.run", order(tasks=())) == [Blocker("No task is Active or Failed.")]
    assert blockers("order.run", order(tasks=tasks()))[0].reason == "No task is Active or Failed."


def test_a_task_that_is_over_meanwhile_is_refused() -> None:
    run = verb("order.run")
    assert run.apply is not None
    with pytest.raises(Refused, match="cannot be run any more"):
        run.apply(Subject(order=order(tasks=tasks())), {"task": "Allocation"}, context(Role.OP))


# -- approve -----------------------------------------------------------------------------------------------


def test_approving_releases_what_manual_approval_waits_for() -> None:
    value = held(order(tasks=tasks(manual_approval=ST.ACTIVE)), HoldKind.APPROVAL, HoldKind.MANUAL)
    assert blockers("order.approve", value) == []
    outcome = do("order.approve", value, note="rang the customer")
    assert outcome.order.open_holds() == ()
    assert {h.released_by for h in outcome.order.holds} == {"ana"}
    assert outcome.summary == "Approved order 10427 (because 1, because 2): rang the customer"
    after = advance(outcome.order, flow_context(context(Role.OP))).outcome.order
    assert state_of(after, T.MANUAL_APPROVAL) is ST.COMPLETE


def test_a_fraud_review_stays_with_customer_support() -> None:
    active = order(tasks=tasks(manual_approval=ST.ACTIVE))
    (blocker,) = blockers("order.approve", held(active, HoldKind.FRAUD))
    assert blocker == Blocker("The fraud review is for whoever may decide about fraud.", fix="order.fraud")
    outcome = do("order.approve", held(active, HoldKind.FRAUD, HoldKind.APPROVAL), note="ok")
    assert [h.kind for h in outcome.order.open_holds()] == [HoldKind.FRAUD]
    assert "fraud review" in outcome.warnings[0]
    after = advance(outcome.order, flow_context(context(Role.OP))).outcome.order
    assert state_of(after, T.MANUAL_APPROVAL) is ST.ACTIVE


@pytest.mark.parametrize("kind", [k for k in HoldKind if k not in (HoldKind.APPROVAL, HoldKind.MANUAL)])
def test_holds_of_others_are_not_approved(kind: HoldKind) -> None:
    value = held(order(tasks=tasks(manual_approval=ST.ACTIVE)), kind)
    assert blockers("order.approve", value)


def test_what_cannot_be_approved_now() -> None:
    assert blockers("order.approve", order()) == [Blocker("Nothing waits for approval.", is_idle=True)]
    own = tasks(remorse_period=ST.ACTIVE, manual_approval=ST.PENDING)
    (blocker,) = blockers("order.approve", held(order(tasks=own), HoldKind.MANUAL))
    assert blocker == Blocker("Manual Approval waits for Remorse Period.", fix="order.release-hold")
    (blocker,) = blockers("order.approve", held(order(tasks=own), HoldKind.APPROVAL))
    assert blocker.fix is None
    (blocker,) = blockers("order.approve", held(order(tasks=()), HoldKind.MANUAL))
    assert "has no Manual Approval" in blocker.reason
    gone = held(order(tasks=tasks(manual_approval=ST.CANCELLED)), HoldKind.MANUAL)
    assert "is cancelled" in blockers("order.approve", gone)[0].reason


def test_an_approval_needs_a_note() -> None:
    value = held(order(tasks=tasks(manual_approval=ST.ACTIVE)), HoldKind.APPROVAL)
    with pytest.raises(ArgumentError, match="Note is needed"):
        do("order.approve", value)


def test_which_verbs_work_a_pile() -> None:
    from oms_tui.verbs import VERBS

    assert {v.id for v in VERBS if v.can_work_a_pile} == {
        "order.cancel",
        "order.note",
        "order.claim",
        "order.release",
        "order.approve",
        "order.run",
        "order.hold",
        "order.release-hold",
    }
