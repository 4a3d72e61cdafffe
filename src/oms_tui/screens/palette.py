"""The palette (ctrl+p) and the help (`?`): everything that can be done here, found by its name and run."""

from collections.abc import Iterator
from functools import partial

from oms_tui.domain.queues import queues_of
from oms_tui.screens.actions import Action, actions_in
from oms_tui.screens.base import DeskScreen, Overlay
from oms_tui.screens.finder import Entry, Finder
from oms_tui.screens.scopes import Scope


def palette_for(screen: DeskScreen) -> Finder:
    """The palette of a screen: its actions and the queues of the person, each with its key."""
    rows = (row for row in actions_in(*screen.SCOPES) if row.in_palette)
    entries = [_entry(screen, row) for row in rows]
    for queue in queues_of(screen.app.actor.roles):
        entries.append(
            Entry(
                id=f"queue.{queue.id}",
                label=queue.title,
                help=queue.why,
                run=partial(screen.app.action_go, queue.place)
                if queue.place
                else partial(screen.app.open_orders, queue.filter, title=queue.title),
            )
        )
    return Finder("Do what?", entries, empty="No action is called that – esc closes")


def help_for(screen: DeskScreen | Overlay[object]) -> Finder:
    """What the keys do on a screen, the nearest first; it runs the chosen entry."""
    return Finder(
        f"Help: keys {_place_of(screen)}",
        list(_help_entries(screen)),
        empty="No key does that here – esc closes",
    )


def _place_of(screen: DeskScreen | Overlay[object]) -> str:
    return screen.SCOPES[0].place if screen.SCOPES else Scope.CONSOLE.place


def _help_entries(screen: DeskScreen | Overlay[object]) -> Iterator[Entry]:
    shown: Scope | None = None
    taken: set[str] = set()
    for row in actions_in(*screen.SCOPES):
        keys = [key for key in screen.app.keys.of(row) if row.verb is not None or key not in taken]
        taken.update(keys)
        if row.keys and not keys:
            continue  # a nearer action has its key
        if row.scope is not shown:
            shown = row.scope
            yield Entry(id=f"scope.{shown}", heading=shown.place[0].upper() + shown.place[1:])
        yield _entry(screen, row)


def _entry(screen: DeskScreen | Overlay[object], row: Action) -> Entry:
    keys = screen.app.keys.all_shown(row)
    command = f":{row.command}" if row.command else ""
    refusal, run = "", None
    if isinstance(screen, DeskScreen):
        refusal = screen.verbs_here.refusal(row.verb) if row.verb is not None else ""
        run = None if row.is_numbered else partial(screen.run_action_row, row)
    return Entry(
        id=row.id,
        label=row.label,
        key=keys or command,
        help=row.help,
        refusal=refusal,
        run=run,
    )
