"""The short menu on a task: run it now, approve, its runs; what cannot be done is dim, with the reason."""

from oms_tui.domain.flow import FlowTask, open_dependencies
from oms_tui.domain.order import Order
from oms_tui.domain.status import word
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.choose import Choice
from oms_tui.screens.flow.places import TaskKey, find_task, parts_of
from oms_tui.verbs import Subject, Verb, verb

RUN, APPROVE, RUNS = "run", "approve", "runs"
"""What the menu answers with."""
RUN_VERB, APPROVE_VERB = "order.run", "order.approve"


def choices_for(screen: DeskScreen, subject: Subject, key: TaskKey) -> tuple[Choice, ...]:
    """The menu on a task of the order."""
    task = find_task(subject.order, key)
    count = 0 if task is None else task.cardinality
    run, approve = verb(RUN_VERB), verb(APPROVE_VERB)
    return (
        Choice(RUN, run.label, f"one more run of {key.name}", refusal_to_run(screen, subject, key)),
        Choice(APPROVE, approve.label, "release the holds that OP may", screen.verbs_here.refusal(approve)),
        Choice(RUNS, "Runs", f"{count} so far" if count else "none yet, and what it waits for"),
    )


def refusal_to_run(screen: DeskScreen, subject: Subject, key: TaskKey) -> str:
    """Why this task cannot be run now; "" = it can."""
    console, run = screen.app, verb(RUN_VERB)
    if not console.policy.authority.allows(console.actor.roles, run.right):
        return screen.verbs_here.refusal(run)
    if name_to_run(screen, subject, key):
        return screen.verbs_here.refusal(run)
    task = find_task(subject.order, key)
    return "the order has none" if task is None else _why_not(subject.order, task)


def name_to_run(screen: DeskScreen, subject: Subject, key: TaskKey) -> str:
    """The task as Run task now wants it named; "" where it is not one that can be run."""
    labels = _runnable(verb(RUN_VERB), screen, subject)
    if key.name in labels:
        return key.name
    # Where only one shipment has the task to run, the bare name stands for it, and its label says whose.
    bare = word(key.task)
    return bare if labels.get(bare) == key.name else ""


def _runnable(run: Verb, screen: DeskScreen, subject: Subject) -> dict[str, str]:
    """Value -> label of each choice of the verb's task."""
    argument = next(one for one in run.arguments if one.name == "task")
    if argument.choices is None:
        return {}
    return {one.value: one.label for one in argument.choices(subject, screen.app.policy)}


def _why_not(order: Order, task: FlowTask) -> str:
    parts = parts_of(order, TaskKey(task.task, task.shipment))
    waits = open_dependencies(order, parts[0] if parts else task)
    if task.state.is_open and waits:
        return f"waits for {', '.join(word(name) for name in waits)}"
    if task.state.is_open:
        return "no shipment is planned yet" if task.shipment is None and not parts else "it is not Active yet"
    return f"it is {word(task.state).lower()}"


__all__ = ["APPROVE", "RUN", "RUNS", "choices_for", "name_to_run", "refusal_to_run"]
