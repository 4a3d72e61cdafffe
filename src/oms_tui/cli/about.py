"""`oms-tui paths`, `keys` and `completion`: what the program knows about itself."""

import os

import click

from oms_tui.cli.shared import Shared, emit, emit_json, emit_table, json_option, pass_shared, say


@click.command()
@json_option
@pass_shared
def paths(shared: Shared) -> None:
    """Print where configuration, data, state and logs lie. Nothing is made."""
    from oms_tui import paths as known

    places = {name: str(path) for name, path in known.places().items()}
    if shared.config:
        places["config"] = shared.config
    places["in use"] = shared.url()
    if shared.is_json:
        emit_json(places)
    else:
        emit_table(("", "where"), list(places.items()))


@click.command()
@json_option
@pass_shared
def keys(shared: Shared) -> None:
    """Print every action with the keys it has now, your own keymap counted."""
    from oms_tui.screens.actions import ACTIONS
    from oms_tui.screens.keymap import read_keymap

    in_force, faults = read_keymap(shared.settings().keymap)
    for fault in faults:
        say(f"keymap: {fault}")
    if shared.is_json:
        for action in ACTIONS:
            emit_json(
                {
                    "id": action.id,
                    "keys": list(in_force.of(action)),
                    "label": action.label,
                    "help": action.help,
                }
            )
        return
    rows = [(in_force.all_shown(action), action.id, action.scope.place, action.help) for action in ACTIONS]
    emit_table(("Keys", "Action", "Where", "What it does"), rows)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), required=False)
def completion(shell: str | None) -> None:
    """Print the completion script: eval "$(oms-tui completion bash)"."""
    from click.shell_completion import get_completion_class

    from oms_tui.cli.entry import root

    name = shell or os.path.basename(os.environ.get("SHELL", "bash"))
    found = get_completion_class(name)
    if found is None:
        raise click.UsageError(f"There is no completion for {name!r}: choose bash, zsh or fish.")
    emit(found(root, {}, "oms-tui", "_OMS_TUI_COMPLETE").source())
