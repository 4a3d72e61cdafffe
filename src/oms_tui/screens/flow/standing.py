"""Whether flows go on, in words (spec 3.3): a worker that is alive, or since when nobody runs what is due."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from oms_tui.clock import age_text
from oms_tui.domain.answers import FlowStanding
from oms_tui.domain.engine import next_due
from oms_tui.domain.order import Order
from oms_tui.widgets.lines import Piece

if TYPE_CHECKING:
    from oms_tui.screens.console import Console

COMMAND = "oms-tui worker"
"""What starts a worker."""
_MINUTE = 60


def interval_text(interval: timedelta) -> str:
    """How often an active task runs again: "every 15 min"."""
    seconds = int(interval.total_seconds())
    return f"every {seconds} s" if seconds < _MINUTE else f"every {age_text(seconds)}"


def seen_text(seconds: float) -> str:
    """How long ago a worker was seen: "40 s ago"."""
    return f"{max(0, int(seconds))} s ago" if seconds < _MINUTE else f"{age_text(seconds)} ago"


def since_text(since: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Since when, with the day where that was not today."""
    local, today = since.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def still_text(standing: FlowStanding | None, zone: ZoneInfo, now: datetime, command: str = COMMAND) -> str:
    """That flows stand still, since when, and the command that would help; "" while they do not."""
    if standing is None or not standing.is_still or standing.still_since is None:
        return ""
    since = since_text(standing.still_since, zone, now)
    return f"flows stand still since {since}: no worker runs ({command})"


def standing_piece(
    standing: FlowStanding | None,
    interval: timedelta,
    zone: ZoneInfo,
    now: datetime,
    command: str = COMMAND,
) -> Piece:
    """How the flow goes on: "runs every 15 min · worker on box-2, 40 s ago"."""
    still = still_text(standing, zone, now, command)
    if still:
        return still, "warning"
    text = f"runs {interval_text(interval)}"
    if standing is None:
        return text, "muted"
    if not standing.workers:
        return f"{text} · no worker, nothing is due", "muted"
    last = max(standing.workers, key=lambda worker: worker.seen)
    who = "worker" if len(standing.workers) == 1 else f"{len(standing.workers)} workers, the last"
    return f"{text} · {who} on {last.host}, {seen_text((now - last.seen).total_seconds())}", "muted"


def worker_command(console: "Console") -> str:
    """What starts a worker for the desk of this console."""
    desk = console.desk
    return f"{COMMAND} --demo" if desk is not None and desk.is_sample else COMMAND


async def ask_standing(console: "Console") -> FlowStanding | None:
    """What the desk says of its workers; None where it cannot be asked: no screen stops for that."""
    from oms_tui.backend.errors import BackendError

    try:
        console.session.flows = await console.backend.flow_standing()
    except BackendError:
        return None
    return console.session.flows


async def still_for(console: "Console", order: Order) -> str:
    """That nobody runs what is due of this order; "" where nothing is due, or somebody runs it."""
    if not _is_due(console, order):
        return ""
    return still_text(await ask_standing(console), console.zone, console.clock.now(), worker_command(console))


def still_as_known(console: "Console", order: Order) -> str:
    """The same by the desk's last answer: what a screen shows before it has asked again."""
    if not _is_due(console, order):
        return ""
    return still_text(console.session.flows, console.zone, console.clock.now(), worker_command(console))


def _is_due(console: "Console", order: Order) -> bool:
    due = next_due(order)
    return due is not None and due <= console.clock.now()
