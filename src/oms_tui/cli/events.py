"""`oms-tui events`: events that wait, are kept, are problems or were parked, and what one does about them."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from oms_tui.cli.shared import (
    FAILED,
    OK,
    Shared,
    emit,
    emit_json,
    emit_table,
    exit_code_of,
    json_option,
    pass_shared,
    say,
)

if TYPE_CHECKING:
    from oms_tui.desk.desk import Desk
    from oms_tui.domain.answers import EventSight
    from oms_tui.domain.events.cases import EventCase

STATES = ("problem", "waiting", "kept", "parked")
PAGE = 500


@click.group()
def events() -> None:
    """Events that wait, are kept, are problems or were parked. Those that were taken are in the timeline."""


@events.command("list")
@click.option("--state", type=click.Choice(STATES), default="problem", show_default=True)
@click.option("--order", "order_id", metavar="ID", default="", help="Only those of this order.")
@json_option
@pass_shared
def list_events(shared: Shared, state: str, order_id: str) -> None:
    """List them, longest here first."""
    with shared.desk() as desk:
        found = _all_of(shared, desk, state, order_id)
        if shared.is_json:
            for case in found:
                emit_json(_plain(case))
            return
        now = desk.clock.now()
        rows = [_row(case, (now - case.received).total_seconds()) for case in found]
        emit_table(("ID", "event", "order", "at", "age", "reason"), rows)
        say(f"{len(rows):,} {state}")


def _all_of(shared: Shared, desk: "Desk", state: str, order_id: str) -> "Iterable[EventCase]":
    from oms_tui.desk import event_problems
    from oms_tui.domain.events.cases import CaseState

    actor = shared.reader(desk)
    after = None
    while cases := event_problems.page(
        desk, actor, CaseState(state), after=after, limit=PAGE, order_id=order_id
    ):
        yield from cases
        after = (cases[-1].received, cases[-1].event.id)


def _row(case: "EventCase", seconds: float) -> tuple[str, ...]:
    from oms_tui.clock import age_text

    event = case.event
    return (
        event.id,
        event.kind.value,
        event.order_id,
        f"{event.at:%Y-%m-%d %H:%M:%S}Z",
        age_text(seconds),
        case.reason + (f" ({case.note})" if case.note else ""),
    )


def _plain(case: "EventCase") -> dict[str, Any]:
    """Plain values, the event as it would be sent."""
    event = case.event
    sent: dict[str, Any] = {
        "event": event.kind.value,
        "id": event.id,
        "order": event.order_id,
        "at": event.at.isoformat(),
        "shipment": event.shipment,
        "lines": [{"line": line, "quantity": pieces} for line, pieces in event.lines],
        "payment": event.payment,
        "amount": event.amount,
        "reference": event.reference,
        "cause": event.cause,
        **event.data,
    }
    return {
        "state": case.state.value,
        "reason": case.reason,
        "is_taken": case.is_taken,
        "received": case.received.isoformat(),
        "until": None if case.until is None else case.until.isoformat(),
        "person": case.person,
        "note": case.note,
        **{name: value for name, value in sent.items() if value not in (None, "", [])},
    }


@events.command()
@click.argument("event_id", metavar="ID")
@json_option
@pass_shared
def show(shared: Shared, event_id: str) -> None:
    """Show one with its fields, the order's state, and what can be done."""
    from oms_tui.desk import event_problems

    with shared.desk() as desk:
        seen = event_problems.sight(desk, shared.reader(desk), event_id)
        values = _plain(seen.case) | {"order_status": _status(seen), "ways": [way.value for way in seen.ways]}
    if shared.is_json:
        emit_json(values)
        return
    for name, value in values.items():
        emit(f"{name:14}  {_text(value)}")


def _status(seen: "EventSight") -> str | None:
    from oms_tui.domain.derive import standing

    return None if seen.order is None else standing(seen.order.lines).text()


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "–"
    if isinstance(value, dict):
        return " ".join(f"{name} {one}" for name, one in value.items())
    return "–" if value is None else str(value)


def _way(name: str, help: str, *, note: str = "") -> None:
    """Add a command that does something about events."""

    @events.command(name, help=help)
    @click.argument("event_ids", metavar="ID…", nargs=-1, required=True)
    @click.option("--note", default="", help=note or "Words for the timeline.")
    @json_option
    @pass_shared
    @click.pass_context
    def command(ctx: click.Context, shared: Shared, event_ids: tuple[str, ...], note: str) -> None:
        shared.refuse_read_only()
        ctx.exit(_settle_all(shared, name, event_ids, note))


def _settle_all(shared: Shared, name: str, event_ids: Iterable[str], note: str) -> int:
    """Do it to each by itself, and say of each what came of it; the exit code."""
    from oms_tui.desk import event_problems
    from oms_tui.desk.errors import DeskError
    from oms_tui.domain.events.ways import Way
    from oms_tui.store.errors import StoreError

    worst = OK
    with shared.desk() as desk:
        actor = shared.person(desk)
        for event_id in event_ids:
            try:
                version = event_problems.sight(desk, actor, event_id).case.version
                done = event_problems.settle(
                    desk, actor, event_id, Way(name), note=note, version=version, key=uuid4().hex
                )
            except (DeskError, StoreError) as error:
                code = exit_code_of(error) or FAILED
                worst = code if worst in (OK, code) else FAILED
                _report(shared, event_id, "refused", str(error))
            else:
                _report(shared, event_id, "done", done.summary)
    return worst


def _report(shared: Shared, event_id: str, outcome: str, text: str) -> None:
    if shared.is_json:
        emit_json({"event": event_id, "outcome": outcome, "text": text})
    else:
        with suppress(BrokenPipeError):
            emit(f"{event_id}  {outcome}  {text}")


_way("replay", "Try to take events once more, as things are now.")
_way("park", "Put events aside: somebody has seen them.", note="Why; goes to the timeline.")
_way("stop", "Ask the location again to stop the parcel of a cancelled or recalled shipment.")
_way(
    "ship", "Let such a parcel go: what the event says is taken as a fact.", note="Why; goes to the timeline."
)
_way(
    "take",
    "Take money as moved that nobody asked for: what the event says is a fact. No money moves by it.",
    note="Why; goes to the timeline.",
)
