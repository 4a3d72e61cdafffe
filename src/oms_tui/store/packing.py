"""Values kept packed in one column: addresses and flows, as short JSON (architecture 2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from oms_tui.clock import from_micros, to_micros
from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.order import Address

_ENCODE = msgspec.json.Encoder().encode
_ADDRESS = msgspec.json.Decoder(Address)
_ROWS = msgspec.json.Decoder(list[list[Any]])
_TASK = {task.value: task for task in Task}
_STATE = {state.value: state for state in TaskState}
_FIELDS = ("recipient", "company", "street", "city", "area", "postal_code", "country", "phone")
_ERROR_AT = 4
"""The place of what a packed task said, where it said something."""
NOWHERE = "{}"
"""An address of which nothing is known."""


def pack_address(address: Address) -> str:
    """An address as JSON of what is known of it."""
    known = {name: value for name in _FIELDS if (value := getattr(address, name))}
    return _ENCODE(known).decode() if known else NOWHERE


def unpack_address(text: str) -> Address:
    """The address packed by `pack_address`.

    Raises:
        ValueError: It was not.
    """
    return _ADDRESS.decode(text)


def pack_tasks(tasks: Sequence[FlowTask]) -> str:
    """Tasks with all their runs: [task, shipment, state, [start, end, result, …], error, next run] each.

    The last two are left out where a task has neither.
    """
    return _ENCODE([_task_row(task) for task in tasks]).decode() if tasks else "[]"


def unpack_tasks(text: str) -> tuple[FlowTask, ...]:
    """The tasks packed by `pack_tasks`.

    Raises:
        ValueError: They were not.
    """
    return tuple([_task(*row) for row in _ROWS.decode(text)]) if text != "[]" else ()


def pack_rows(rows: Sequence[Sequence[object]]) -> str:
    """Short rows of whole numbers as JSON."""
    return _ENCODE(rows).decode() if rows else "[]"


def unpack_rows(text: str) -> list[list[Any]]:
    """The rows packed by `pack_rows`.

    Raises:
        ValueError: They were not.
    """
    return _ROWS.decode(text) if text != "[]" else []


def open_errors(text: str) -> tuple[tuple[Task, str | None, TaskState, str], ...]:
    """Of packed tasks those that failed, and those that are under way and say why: task, shipment, state,
    what it said. Their runs are not made.

    Raises:
        ValueError: They were not packed by `pack_tasks`.
    """
    found = []
    for row in unpack_rows(text):
        error = row[4] if len(row) > _ERROR_AT else ""
        if row[2] == TaskState.FAILED or (row[2] == TaskState.ACTIVE and error):
            found.append((_TASK[row[0]], row[1], _STATE[row[2]], error))
    return tuple(found)


def micros_or_none(moment: datetime | None) -> int | None:
    """A moment as the store keeps it, or None."""
    return None if moment is None else to_micros(moment)


def moment_or_none(micros: int | None) -> datetime | None:
    """The moment the store keeps, or None."""
    return None if micros is None else from_micros(micros)


def _task_row(task: FlowTask) -> list[object]:
    runs: list[object] = []
    for run in task.runs:
        runs += (to_micros(run.start), micros_or_none(run.end), run.result)
    row: list[object] = [task.task.value, task.shipment, task.state.value, runs]
    if task.error or task.next_run is not None:
        row += (task.error, micros_or_none(task.next_run))
    return row


def _task(
    task: str,
    shipment: str | None,
    state: str,
    runs: list[Any],
    error: str = "",
    next_run: int | None = None,
) -> FlowTask:
    return FlowTask(
        task=_TASK[task],
        shipment=shipment,
        state=_STATE[state],
        error=error,
        next_run=moment_or_none(next_run),
        runs=tuple(
            [
                Run(from_micros(runs[i]), moment_or_none(runs[i + 1]), runs[i + 2])
                for i in range(0, len(runs), 3)
            ]
        ),
    )
