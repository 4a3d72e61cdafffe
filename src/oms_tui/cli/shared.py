"""What every command shares: the global options, the desk they lead to, the person who acts, and how things
are said."""

import gc
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from oms_tui.config import Settings
    from oms_tui.desk.desk import Desk
    from oms_tui.domain.people import Actor
    from oms_tui.verbs import Blocker

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
RETRYABLE: Final = 3


@dataclass(slots=True, kw_only=True)
class Shared:
    """The global options as typed; None = not given, so that environment and configuration count."""

    database: str | None = None
    as_name: str | None = None
    is_json: bool = False
    config: str | None = None
    theme: str | None = None
    mouse: bool | None = None
    read_only: bool | None = None
    remorse_minutes: int | None = None
    """The remorse period where the command itself sets one."""
    _settings: "Settings | None" = field(default=None, init=False)

    def settings(self) -> "Settings":
        """The settings in force: typed option, then environment, then file, then default. The log obeys them.

        Raises:
            ConfigError: the file or a variable cannot be taken; the text says where.
        """
        if self._settings is None:
            from oms_tui import config
            from oms_tui.cli import logs

            typed = {
                "database.url": self.database,
                "ui.theme": self.theme,
                "ui.mouse": self.mouse,
                "ui.read_only": self.read_only,
                "desk.remorse_minutes": self.remorse_minutes,
            }
            path = Path(self.config) if self.config else None
            self._settings = config.load(path, overrides={k: v for k, v in typed.items() if v is not None})
            logs.start(self._settings.logging.level)
        return self._settings

    def url(self) -> str:
        """The database these options lead to."""
        from oms_tui import paths

        url = self.settings().database.url or str(paths.default_database())
        return url if "://" in url else f"sqlite:///{url}"

    @contextmanager
    def desk(self, *, may_make: bool = False) -> "Iterator[Desk]":
        """The desk, opened for the length of a command.

        Args:
            may_make: whether a database that is not there is made; a mistyped name must not make one.
        """
        from oms_tui.desk.desk import Desk

        settings = self.settings()
        may_write = not settings.ui.read_only
        desk = Desk.open(self.url(), settings=settings, create=may_make and may_write, upgrade=may_write)
        try:
            yield desk
        finally:
            desk.close()

    def reader(self, desk: "Desk") -> "Actor":
        """Who reads: the person named by `--as`, else whoever may open the file."""
        from oms_tui.domain.people import LOCAL_ACTOR

        return self.person(desk) if self.as_name else LOCAL_ACTOR

    def person(self, desk: "Desk") -> "Actor":
        """Who acts: the person named by `--as`. Nobody acts on an order without a name.

        Raises:
            UsageError: nobody is named.
            DeskError: there is no such person, or they are disabled.
        """
        from oms_tui.desk.people import actor_named

        if not self.as_name:
            raise click.UsageError("Say who acts: oms-tui --as NAME … (oms-tui people list shows the names).")
        return actor_named(desk, self.as_name)

    def refuse_read_only(self) -> None:
        """Stop a command that writes when nothing may be written.

        Raises:
            ClickException: `--read-only` or the configuration says so.
        """
        if self.settings().ui.read_only:
            raise click.ClickException(
                "Nothing was done: the console is read-only (--read-only or the configuration)."
            )


class NamedGroup(click.Group):
    """A group that says which command a mistyped one was meant to be."""

    also: Mapping[str, str] = MappingProxyType({})
    """Commands that people look for here and that stand elsewhere: name -> how it is called."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; a name that is none is answered with what is near.

        Raises:
            UsageError: there is no such command.
        """
        name = args[0]
        if name not in self.list_commands(ctx):
            from difflib import get_close_matches

            known = {one: repr(one) for one in self.list_commands(ctx)} | dict(self.also)
            near = get_close_matches(name, known, 1)
            hint = f" Did you mean {known[near[0]]}?" if near else ""
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


pass_shared = click.make_pass_decorator(Shared)


def json_option(command: Any) -> Any:
    """`--json` after a command too, where people type it."""

    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            ctx.obj = replace_json(ctx.find_object(Shared) or Shared())

    return click.option(
        "--json", is_flag=True, expose_value=False, callback=remember, help="Print data as JSON."
    )(command)


def replace_json(shared: Shared) -> Shared:
    """The same options with `--json` set."""
    return replace(shared, is_json=True)


def say(text: str) -> None:
    """Talk: one line to standard error, cleaned."""
    from oms_tui.text import clean

    click.echo(clean(text), err=True)


def emit(text: str) -> None:
    """Data: text to standard output, cleaned, since names and notes come from outside (invariant T1)."""
    from oms_tui.text import clean

    click.echo(clean(text))


def emit_json(value: object) -> None:
    """Data: one JSON value on one line of standard output, every sign beyond ASCII escaped, so that nothing
    in it can steer a terminal (invariant T1). Money is told one way everywhere (`with_amounts`)."""
    import json

    import msgspec

    sys.stdout.write(json.dumps(with_amounts(msgspec.to_builtins(value)), ensure_ascii=True) + "\n")


def with_amounts(value: object) -> object:
    """A plain value whose money, minor units and currency, also says the amount as it is written:
    `{"minor": 18490, "currency": "EUR", "amount": "184.90"}`."""
    if isinstance(value, list):
        return [with_amounts(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"minor", "currency"}:
        from oms_tui.domain.money import Money, format_amount

        return {**value, "amount": format_amount(Money(value["minor"], value["currency"]))}
    return {name: with_amounts(one) for name, one in value.items()}


def emit_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()
) -> None:
    """Data: a table with a header, cells cleaned and padded to the widest; numbers on the right."""
    from oms_tui.text import cell_width, clean_line, fit

    cells = [[clean_line(cell) for cell in row] for row in rows]
    widths = [
        max([cell_width(title), *(cell_width(row[i]) for row in cells)]) for i, title in enumerate(columns)
    ]
    for row in ([*columns], *cells):
        parts = (
            fit(c, w, align="right" if i in right else "left")
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        click.echo("  ".join(parts).rstrip())


def exit_code_of(error: Exception) -> int | None:
    """The exit code for what the lower rooms raise; None for what nobody expected."""
    name = {base.__name__ for base in type(error).__mro__}
    if name & {"DatabaseBusy", "StaleVersion", "OutcomeNotKnown"}:
        return RETRYABLE
    if name & {"ConfigError", "BadInput"}:
        return USAGE
    if name & {"DeskError", "StoreError", "NotUci", "FilterError", "KeymapError", "PathError"} or isinstance(
        error, OSError
    ):
        return FAILED
    return None


def explain(error: Exception) -> None:
    """Say what went wrong, with what stands in the way and what would help, line by line."""
    blockers: Iterable[Any] = getattr(error, "blockers", ())
    for blocker in blockers:
        say(blocked(blocker))
    if not blockers:
        field_name = getattr(error, "field", "")
        say(f"{field_name}: {error}" if field_name and field_name != "filter" else str(error))


def blocked(blocker: "Blocker") -> str:
    """Why something is refused, with the command that would help, where there is one for the person."""
    return f"{blocker.reason}{_command_for(blocker.fix)}"


def _command_for(verb_id: str | None) -> str:
    from oms_tui.verbs import VERBS

    known: Mapping[str, str] = {verb.id: verb.command for verb in VERBS}
    return f" (oms-tui order {known[verb_id]})" if verb_id is not None and verb_id in known else ""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """For work on many orders: look for garbage seldom, and never again among what is there now.

    Values hold no cycles and go as soon as nothing holds them; looking for cycles among thousands of them
    took a sixth of the time.
    """
    before, was_frozen = gc.get_threshold(), gc.get_freeze_count() > 0
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not was_frozen:
            gc.unfreeze()
