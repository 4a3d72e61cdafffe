"""Run a task of the flow now, and approve what Manual Approval waits for (spec 6, Run task now / approve)."""

from collections.abc import Iterable

from oms_tui.domain import engine
from oms_tui.domain.authority import Right
from oms_tui.domain.flow import DELIVERY_FLOW, FlowTask, Task, TaskState, open_dependencies
from oms_tui.domain.order import Hold, Order
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Intent, Message, Outcome, StockMove
from oms_tui.domain.status import HoldKind, word
from oms_tui.domain.steps import STEPS
from oms_tui.domain.steps.base import FlowContext, release_hold
from oms_tui.verbs.arguments import note_argument
from oms_tui.verbs.base import (
    Argument,
    ArgumentKind,
    Arguments,
    Blocker,
    Choice,
    Context,
    Policy,
    Refused,
    Subject,
    Verb,
)
from oms_tui.verbs.hold import blocked_by, hold_name

APPROVED_HERE = (HoldKind.APPROVAL, HoldKind.MANUAL)
"""The holds that Approve releases: those of OP that Manual Approval waits for (spec 3.3)."""
_TO_RUN = (TaskState.ACTIVE, TaskState.FAILED)


def flow_context(context: Context) -> FlowContext:
    """What a flow step may know, of what a verb knows."""
    return FlowContext(now=context.now, rules=context.policy.flow, world=context.world)


def task_name(task: FlowTask) -> str:
    """A task as the argument names it: "Allocation", "Pick Ticket S-1"."""
    return f"{word(task.task)} {task.shipment}" if task.shipment else word(task.task)


def _is_run_here(task: FlowTask) -> bool:
    """Whether it is a task that runs: an order's task for the same task of its shipments only sums them
    up."""
    return task.task in STEPS and (task.shipment is not None or task.task not in DELIVERY_FLOW)


def _can_run(order: Order) -> tuple[FlowTask, ...]:
    """The tasks that may be run now: Active or Failed, with nothing open that they depend on."""
    return tuple(
        task
        for task in order.tasks
        if task.state in _TO_RUN and _is_run_here(task) and not open_dependencies(order, task)
    )


def _tasks(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    """One choice a task, and where several shipments have the same one all of them together. A task is known
    by its bare name where there is only one of it, so that the same words do for many orders."""
    found = _can_run(subject.order)
    by_task: dict[Task, list[FlowTask]] = {}
    for one in found:
        by_task.setdefault(one.task, []).append(one)
    choices: list[Choice] = []
    for name, tasks in by_task.items():
        if len(tasks) == 1:
            choices.append(Choice(word(name), task_name(tasks[0])))
        else:
            choices += [Choice(task_name(one), task_name(one)) for one in tasks]
            choices.append(Choice(word(name), f"{word(name)} of every shipment"))
    return tuple(choices)


def _check_run(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    order = subject.order
    if _can_run(order):
        return ()
    waiting = [
        f"{task_name(task)} waits for {', '.join(word(name) for name in open_dependencies(order, task))}"
        for task in order.tasks
        if task.state.is_open and _is_run_here(task)
    ]
    said = "; ".join(waiting[:3])
    return (Blocker(f"No task is Active or Failed{': ' + said if said else ''}."),)


def _run(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    wanted = str(arguments["task"])
    tasks = [task for task in _can_run(subject.order) if wanted in (word(task.task), task_name(task))]
    order, ran = subject.order, list[engine.Ran]()
    stock: list[StockMove] = []
    messages: list[Message] = []
    intents: list[Intent] = []
    for task in tasks:
        still = next((x for x in _can_run(order) if (x.task, x.shipment) == (task.task, task.shipment)), None)
        if still is None:
            continue  # the run before it went on to this one
        try:
            advance = engine.run_task(order, task.task, task.shipment, flow_context(context))
        except engine.CannotRun as refusal:
            raise Refused([Blocker(str(refusal))]) from None
        order = advance.outcome.order
        ran += advance.ran
        stock += advance.outcome.stock
        messages += advance.outcome.messages
        intents += advance.outcome.intents
    if not ran:
        raise Refused([Blocker(f"{wanted} cannot be run any more: it is neither Active nor Failed.")])
    return Outcome(
        order=order,
        stock=tuple(stock),
        messages=tuple(messages),
        intents=tuple(intents),
        warnings=_failed(order, tasks),
        effect=_still(order, tasks),
        action=f"run {wanted}",
        summary=f"Ran {wanted} of order {order.id}: {'; '.join(_results(order, tasks))}",
    )


def _after(order: Order, tasks: Iterable[FlowTask]) -> list[FlowTask]:
    keys = {(task.task, task.shipment) for task in tasks}
    return [task for task in order.tasks if (task.task, task.shipment) in keys]


def _results(order: Order, tasks: Iterable[FlowTask]) -> list[str]:
    return [
        f"{word(task.state)}{', ' + task.runs[-1].result if task.runs else ''}"
        for task in _after(order, tasks)
    ]


def _failed(order: Order, tasks: Iterable[FlowTask]) -> tuple[str, ...]:
    """Which tasks would fail. One that only waits on is what a run is for, and nothing to warn of."""
    return tuple(
        f"{task_name(task)} is still {word(task.state)}: {task.error}."
        for task in _after(order, tasks)
        if task.state is TaskState.FAILED and task.error
    )


def _still(order: Order, tasks: Iterable[FlowTask]) -> str:
    """What tasks that are not over would wait for."""
    waiting = {
        task_name(task): task.error
        for task in _after(order, tasks)
        if task.state is TaskState.ACTIVE and task.error
    }
    if len(waiting) == 1:
        return f"waits on: {next(iter(waiting.values()))}"
    return "; ".join(f"{name} waits on: {error}" for name, error in waiting.items())


# -- approve -----------------------------------------------------------------------------------------------


def _to_approve(order: Order) -> tuple[Hold, ...]:
    return tuple(hold for hold in order.open_holds() if hold.kind in APPROVED_HERE)


def _check_approve(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    order = subject.order
    holds = _to_approve(order)
    if not holds:
        others = {hold.kind: hold for hold in order.open_holds()}
        return tuple(blocked_by(hold) for hold in others.values()) or (
            Blocker("Nothing waits for approval.", is_idle=True),
        )
    task = next((x for x in order.tasks if x.task is Task.MANUAL_APPROVAL and x.shipment is None), None)
    fix = "order.release-hold" if any(hold.kind is HoldKind.MANUAL for hold in holds) else None
    if task is None:
        return (Blocker("The order has no Manual Approval.", fix=fix),)
    if waits := open_dependencies(order, task):
        names = ", ".join(word(name) for name in waits)
        return (Blocker(f"Manual Approval waits for {names}.", fix=fix),)
    if task.state is TaskState.CANCELLED:
        return (Blocker("Manual Approval is cancelled.", fix=fix),)
    return ()


def _approve(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order, note = subject.order, str(arguments["note"])
    after = order
    holds = _to_approve(order)
    for hold in holds:
        after = release_hold(after, hold.number, context.now, by=context.actor.name)
    left = dict.fromkeys(word(hold.kind) for hold in after.open_holds())
    released = ", ".join(dict.fromkeys(hold.reason or word(hold.kind) for hold in holds))
    return Outcome(
        order=after,
        warnings=(f"Still held: {', '.join(left)}.",) if left else (),
        action="approve",
        effect=", ".join(dict.fromkeys(hold_name(hold) for hold in holds)),
        summary=f"Approved order {order.id} ({released}): {note}",
    )


RUN_TASK = Verb(
    id="order.run",
    key="T",
    label="Run task now",
    help="Run a task of the flow now instead of when it is due.",
    right=Right.RUN_TASK,
    arguments=(
        Argument(
            name="task",
            kind=ArgumentKind.CHOICE,
            label="Task",
            help="A task that is Active or Failed, with its shipment where it is one's.",
            is_required=True,
            choices=_tasks,
        ),
    ),
    can_work_a_pile=True,
    check=_check_run,
    apply=_run,
)
APPROVE = Verb(
    id="order.approve",
    key="T",
    label="Approve",
    help="Release the approval and manual holds that Manual Approval waits for.",
    right=Right.RUN_TASK,
    arguments=(note_argument("Why it may go on.", is_required=True),),
    can_work_a_pile=True,
    check=_check_approve,
    apply=_approve,
)
