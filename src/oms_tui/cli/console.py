"""Opening the console, and what is printed instead where standard output is no terminal."""

import gc
import sys
from typing import TYPE_CHECKING

from oms_tui.cli.shared import OK, Shared, emit, emit_table, say

if TYPE_CHECKING:
    from oms_tui.backend import Backend
    from oms_tui.domain.people import Role


def open_console(
    shared: Shared, *, role: "Role | None" = None, is_sample: bool = False, how: str = "oms-tui"
) -> int:
    """Open the console, or print the dashboard as text where nobody looks at a terminal.

    Args:
        shared: the global options.
        role: sign the sample person of this role in at once (sample data only).
        is_sample: the desk is sample data.
        how: the command that opens it, for whoever reads the text.

    Returns:
        The exit code.
    """
    settings = shared.settings()
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        print_dashboard(shared, how)
        return OK
    gc.disable()  # nothing is garbage before the first frame; the console collects once all is loaded
    from oms_tui.app import run_console

    url = shared.url()

    def backend() -> "Backend":
        from oms_tui.backend.local import LocalBackend  # brings the domain, so after the first frame

        return LocalBackend(url, settings, is_read_only=bool(settings.ui.read_only))

    return run_console(backend, settings, role=role, is_sample=is_sample)


def print_dashboard(shared: Shared, how: str) -> None:
    """The dashboard as text: queues with counts and oldest age, and the newest of the feed."""
    from oms_tui.cli.render import when
    from oms_tui.clock import age_text
    from oms_tui.desk import ask
    from oms_tui.domain.money import format_money
    from oms_tui.domain.people import LOCAL_ACTOR
    from oms_tui.domain.queues import QUEUES

    with shared.desk() as desk:
        titles = {queue.id: queue.title for queue in QUEUES}
        now = desk.clock.now()
        tallies = ask.queues(desk, LOCAL_ACTOR)
        emit(f"Dashboard · {ask.info(desk).name} · {when(now, desk.policy.time_zone)}")
        emit("")
        emit_table(
            ("Queue", "Orders", "Oldest"),
            [
                (
                    titles[t.queue],
                    str(t.count),
                    age_text((now - t.oldest).total_seconds()) if t.oldest else "–",
                )
                for t in tallies
            ],
            right=frozenset({1, 2}),
        )
        emit("")
        emit_table(
            ("Time", "Order", "Channel", "Value", "Status"),
            [
                (when(e.at, desk.policy.time_zone), e.id, e.channel, format_money(e.value), e.status)
                for e in ask.feed(desk, LOCAL_ACTOR, 10)
            ],
            right=frozenset({3}),
        )
    say(f"To open the console, run {how} in a terminal.")
