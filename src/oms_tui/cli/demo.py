"""`oms-tui demo`: sample data in a database file of its own, and the console on it; a busy day with it."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oms_tui.cli.live import REMORSE_MINUTES, Duration, Live, played_beside, tell
from oms_tui.cli.shared import Shared, json_option, pass_shared, say

if TYPE_CHECKING:
    from oms_tui.desk.desk import Desk

DEFAULT_ORDERS = 2_000
DEFAULT_PACE = 60
DEFAULT_SEED = 1


@click.command()
@click.option(
    "--orders",
    type=click.IntRange(1, 5_000_000),
    help=f"Make the sample data anew, with so many orders [default: {DEFAULT_ORDERS}, made once].",
)
@click.option(
    "--role", type=click.Choice(["cs", "nm", "op"]), help="Sign in as the sample person of this role at once."
)
@click.option("--theme", metavar="NAME", help="Theme of the console: dark, light or ansi.")
@click.option("--no-console", is_flag=True, help="Make the data and stop; with --live, say what happens.")
@click.option(
    "--live", is_flag=True, help="Play warehouse, carrier, payment provider, shops and customers meanwhile."
)
@click.option(
    "--pace",
    type=click.IntRange(1, 60_000),
    help=f"With --live: events a minute [default: {DEFAULT_PACE}, an hour of business a minute].",
)
@click.option("--seed", type=int, help=f"With --live: of all chance [default: {DEFAULT_SEED}].")
@click.option(
    "--for", "seconds", type=Duration(), help="With --live: how long, e.g. 90s, 10m [default: no end]."
)
@click.option("--events", type=click.IntRange(1), help="With --live: after how many events it ends.")
@json_option
@pass_shared
def demo(
    shared: Shared,
    orders: int | None,
    role: str | None,
    theme: str | None,
    no_console: bool,
    live: bool,
    pace: int | None,
    seed: int | None,
    seconds: float | None,
    events: int | None,
) -> int:
    """Open the console on sample data of our own making: every state an order can be in, dated relative to
    today. With --live it is a busy day: queues and feed move.

    It lies in a file of its own; its people need no password, and only there.
    """
    from oms_tui import paths
    from oms_tui.cli.console import open_console
    from oms_tui.domain.people import Role

    if not live and any(given is not None for given in (pace, seed, seconds, events)):
        raise click.UsageError("--pace, --seed, --for and --events go with --live.")
    database = shared.database or str(paths.sample_database())
    remorse = REMORSE_MINUTES if live else None
    shared = replace(shared, database=database, theme=theme or shared.theme, remorse_minutes=remorse)
    if live:
        shared.refuse_read_only()
    make_sample(shared, orders)

    def console() -> int:
        return open_console(shared, role=Role(role) if role else None, is_sample=True, how="oms-tui demo")

    if not live:
        return 0 if no_console else console()
    play = Live(
        pace=pace or DEFAULT_PACE,
        seed=DEFAULT_SEED if seed is None else seed,
        seconds=seconds,
        most=events,
    )
    if no_console or not (sys.stdout.isatty() and sys.stdin.isatty()):
        tell(shared, play)
        return 0
    with played_beside(shared, play):
        return console()


def make_sample(shared: Shared, orders: int | None) -> None:
    """Make the sample data where there is none, or anew where a number is asked for.

    Raises:
        Unusable: the file holds real orders, which are never replaced.
    """
    file = Path(shared.url().removeprefix("sqlite:///"))
    if orders is None and _is_whole_at_a_glance(file):
        return
    from oms_tui.desk.sample import begin_sample, is_whole_sample, remove_sample
    from oms_tui.exchange.sample import SAMPLE_PEOPLE

    if file.exists():
        if orders is None and is_whole_sample(file):
            return
        remove_sample(file)
    count = orders or DEFAULT_ORDERS
    say(f"Making sample data: {count:,} orders in {file}")
    start = time.monotonic()
    desk: Desk = begin_sample(f"sqlite:///{file}", shared.settings(), SAMPLE_PEOPLE)
    try:
        _fill(desk, count)
    finally:
        desk.close()
    say(f"Made {count:,} orders in {time.monotonic() - start:.1f} s.")


def _is_whole_at_a_glance(file: Path) -> bool:
    """Whether the sample data is there, told without the libraries that a console loads after its first
    frame. False may also mean that a closer look is needed."""
    from oms_tui.store.glance import facts_of

    if not file.exists():
        return False
    facts = facts_of(file)
    return (facts.get("kind"), facts.get("sample_is_whole")) == ("sample", "yes")


def _fill(desk: "Desk", count: int) -> None:
    from oms_tui.cli.importing import progress_of
    from oms_tui.desk.intake import Batch, take_in
    from oms_tui.desk.sample import finish_sample
    from oms_tui.exchange.sample import generate

    done = 0
    with progress_of("sample data") as progress, desk.store.bulk():
        for batch in generate(count, now=desk.clock.now()):
            taken = take_in(
                desk,
                Batch(
                    orders=batch.orders,
                    returns=batch.returns,
                    credit_notes=batch.credit_notes,
                    locations=batch.locations,
                    stock=batch.stock,
                ),
                source="sample",
            )
            if taken.refused:
                order_id, reason = taken.refused[0]
                raise click.ClickException(f"Sample order {order_id} was refused: {reason}")
            done += len(batch.orders)
            progress("orders", done, count)
    finish_sample(desk)
