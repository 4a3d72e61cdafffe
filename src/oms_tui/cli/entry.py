"""The root command: global options, the groups by name, and what the exit code says (style guide 8)."""

import sys
from importlib import import_module
from typing import Any

import click

from oms_tui import __version__
from oms_tui.cli.shared import FAILED, OK, USAGE, NamedGroup, Shared, exit_code_of, explain

COMMANDS: dict[str, tuple[str, str]] = {
    "orders": ("orders:orders", "List, show and count orders."),
    "order": ("verbs:order", "Do something to one order: every verb there is."),
    "people": ("people:people", "People who may sign in, and their roles."),
    "import": ("importing:import_files", "Take orders, stock and settlement files in."),
    "ingest": ("ingesting:ingest", "Take events in: what shop, warehouse, carrier and provider tell."),
    "events": ("events:events", "Events that wait or are problems: list, replay, park."),
    "settlement": ("settling:settlement", "Reconcile payments with the provider's settlement files."),
    "worker": ("worker:worker", "Carry the flows of the orders on, and send messages."),
    "demo": ("demo:demo", "Open the console on sample data."),
    "doctor": ("database:doctor", "Check schema, stored facts and audit log."),
    "db": ("database:db", "Upgrade, back up and restore the database."),
    "paths": ("about:paths", "Where configuration, data and logs lie."),
    "keys": ("about:keys", "Every action and the keys it has now."),
    "completion": ("about:completion", "Print the shell's completion script."),
}
"""Command -> (module below this package : attribute, one line of help). The help stands here so that listing
the commands
imports none of them."""


class LazyGroup(NamedGroup):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = COMMANDS.get(cmd_name)
        if found is None:
            return None
        module, attribute = found[0].split(":")
        command = getattr(import_module(f"oms_tui.cli.{module}"), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{found[0]} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option("--database", metavar="PATH-or-URL", help="The database: a file, or sqlite:///FILE.")
@click.option("--as", "as_name", metavar="NAME", help="The person who acts.")
@click.option("--json", "is_json", is_flag=True, help="Print data as JSON.")
@click.option("--config", metavar="FILE", type=click.Path(dir_okay=False), help="Another configuration file.")
@click.option("--theme", metavar="NAME", help="Theme of the console: dark, light or ansi.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.option("--read-only", is_flag=True, help="Refuse everything that writes.")
@click.version_option(__version__, "-V", "--version", prog_name="oms-tui", message="%(prog)s %(version)s")
@click.pass_context
def root(
    ctx: click.Context,
    database: str | None,
    as_name: str | None,
    is_json: bool,
    config: str | None,
    theme: str | None,
    no_mouse: bool,
    read_only: bool,
) -> None:
    """Find an order while the customer is on the phone, see where it is and why, and act on it.

    Without a command the console opens. Commands are for scripts and screen readers: data goes to standard
    output,
    everything said about it to standard error.
    """
    ctx.obj = Shared(
        database=database,
        as_name=as_name,
        is_json=is_json,
        config=config,
        theme=theme,
        mouse=False if no_mouse else None,
        read_only=True if read_only else None,
    )
    if ctx.invoked_subcommand is None:
        from oms_tui.cli.console import open_console

        ctx.exit(open_console(ctx.obj))


def main(arguments: list[str] | None = None) -> Any:
    """Run the program.

    Args:
        arguments: instead of those of the process, for tests.

    Raises:
        SystemExit: always, with the exit code: 0 ok, 1 failed, 2 usage or configuration, 3 worth trying
        again, 130
            interrupted.
    """
    typed = sys.argv[1:] if arguments is None else arguments
    if any("\ud800" <= char <= "\udfff" for argument in typed for char in argument):
        click.echo("What was typed is not text in this terminal's encoding; nothing was done.", err=True)
        sys.exit(USAGE)
    try:
        code = root.main(args=arguments, prog_name="oms-tui", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(OK)
    except Exception as error:
        code = exit_code_of(error)
        if code is None:
            code = _tell_fault(error)
        else:
            _log_failure(error, code)
            explain(error)
        sys.exit(code)
    sys.exit(code if isinstance(code, int) else OK)


def _log_failure(error: Exception, code: int) -> None:
    """Log what disk and database refused; what a person may not do or mistyped is told to them alone."""
    if isinstance(error, OSError) or any(base.__name__ == "StoreError" for base in type(error).__mro__):
        import logging

        logging.getLogger(__name__).warning("A command ended with exit code %d: %s", code, error)


def _tell_fault(error: Exception) -> int:
    """One line on standard error and a report without anybody's data in the log folder; the exit code."""
    from oms_tui.cli import logs
    from oms_tui.clock import now
    from oms_tui.screens.crash import last_words

    if not logs.is_started():
        logs.start()
    click.echo(last_words(error, now()), err=True)
    return FAILED
