"""`oms-tui import …`: orders, stock and settlement files, with a progress bar on a terminal and plain lines
elsewhere."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from oms_tui.cli.shared import (
    FAILED,
    OK,
    NamedGroup,
    Shared,
    emit_json,
    emit_table,
    json_option,
    pass_shared,
    say,
    seldom_collected,
)

if TYPE_CHECKING:
    from oms_tui.desk.desk import Desk
    from oms_tui.exchange.stock import StockReport
    from oms_tui.exchange.uci import ImportReport

LINE_EVERY = 5.0
"""Seconds between two plain lines of progress."""
Progress = Callable[[str, int, int], None]
rejects_option = click.option(
    "--rejects",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for reject files [default: the documents folder; oms-tui paths shows it].",
)


def reject_file(folder: Path | None, name: str, *endings: str) -> Path:
    """Where what cannot be taken from a file goes: `--rejects` or the documents folder, under its name.

    Args:
        folder: What `--rejects` says.
        name: The file's name.
        endings: What is taken from its end.
    """
    from oms_tui import paths

    for ending in endings:
        name = name.removesuffix(ending)
    return (folder or paths.documents_dir()) / f"{name}-rejects.csv"


def import_code(rejected: int) -> int:
    """The exit code of whatever takes a file in: 1 where some of it was not taken, dry run or not; what the
    file only had before is no failure."""
    return FAILED if rejected else OK


@click.group("import", cls=NamedGroup)
def import_files() -> None:
    """Take orders or stock in from files. The same file again adds nothing."""


@import_files.command("uci")
@click.argument(
    "files", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1, required=True
)
@click.option("--dry-run", is_flag=True, help="Report what would come in and write nothing.")
@rejects_option
@click.option(
    "--dates",
    type=click.Choice(["month-first", "day-first"]),
    help="What stands first in dates such as 12/1/2010 [default: as the file itself tells].",
)
@json_option
@pass_shared
@click.pass_context
def uci(
    ctx: click.Context,
    shared: Shared,
    files: tuple[Path, ...],
    dry_run: bool,
    rejects: Path | None,
    dates: str | None,
) -> None:
    """Import UCI Online Retail CSVs, plain or .gz, in either column layout.

    What cannot be an order goes to NAME-rejects.csv with line number and reason, and the exit code is 1 then.
    """
    from oms_tui.exchange.uci import DateOrder, import_file

    if not dry_run:
        shared.refuse_read_only()
    rejected = 0
    with desk_for(shared, dry_run) as desk:
        for file in files:
            start = time.monotonic()
            with progress_of(file.name) as progress:
                report = import_file(
                    desk,
                    file,
                    now=desk.clock.now(),
                    is_dry_run=dry_run,
                    progress=progress,
                    rejects=reject_file(rejects, file.name, ".gz", ".csv"),
                    dates=DateOrder(dates) if dates else None,
                )
            seconds = time.monotonic() - start
            _log_import(report, seconds)
            rejected += report.rejected_rows
            if shared.is_json:
                emit_json(report.as_json())
            else:
                _print(report, seconds)
    ctx.exit(import_code(rejected))


@import_files.command("stock")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report what would come in and write nothing.")
@rejects_option
@json_option
@pass_shared
@click.pass_context
def stock(ctx: click.Context, shared: Shared, file: Path, dry_run: bool, rejects: Path | None) -> None:
    """Import how much is on hand: a CSV with location, sku and on_hand, and if you like name, country, type.

    Orders that waited for one of the articles try again at once. What cannot be taken goes to
    NAME-rejects.csv with line number and reason, and the exit code is 1 then.
    """
    from oms_tui.exchange.stock import import_stock

    if not dry_run:
        shared.refuse_read_only()
    with desk_for(shared, dry_run) as desk:
        report = import_stock(
            desk,
            file,
            is_dry_run=dry_run,
            rejects=reject_file(rejects, file.name, ".csv"),
        )
    if shared.is_json:
        emit_json(report.as_json())
    else:
        _tell_stock(report)
    ctx.exit(import_code(report.rejected_rows))


def _tell_stock(report: "StockReport") -> None:
    say(f"{report.file}: {'dry run, nothing written' if report.is_dry_run else 'done'}")
    figures = [(name, f"{count:,}") for name, count in report.figures()]
    emit_table(("", "count"), figures, right=frozenset({1}))
    for warning in report.warnings():
        say(f"Warning: {warning}")
    if report.reject_file:
        say(f"Rejected rows with their reasons: {report.reject_file}")


@import_files.command("settlement")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report what would be found and leave nothing behind.")
@rejects_option
@json_option
@pass_shared
@click.pass_context
def settlement(ctx: click.Context, shared: Shared, file: Path, dry_run: bool, rejects: Path | None) -> None:
    """Match a payment provider's settlement file with the payments here.

    A CSV with reference, type, amount, currency and date, and if you like fee (docs/settlement.md). What
    differs stays open in Reconciliation until it is mended or accepted; oms-tui settlement shows it.
    What cannot be taken goes to NAME-rejects.csv with line number and reason, and the exit code is 1 then.
    """
    from oms_tui.cli.settling import tell_import
    from oms_tui.exchange.settlement import import_settlement

    if not dry_run:
        shared.refuse_read_only()
    with desk_for(shared, dry_run) as desk, progress_of(file.name) as progress:
        report = import_settlement(
            desk,
            file,
            actor=shared.reader(desk),
            is_dry_run=dry_run,
            rejects=reject_file(rejects, file.name, ".csv"),
            progress=progress,
        )
    if shared.is_json:
        emit_json(report.as_json())
    else:
        tell_import(report)
    ctx.exit(import_code(report.rejected_rows))


@contextmanager
def desk_for(shared: Shared, is_dry_run: bool) -> "Iterator[Desk]":
    """The desk that an import goes to; for a dry run where there is none, an empty one for the moment."""
    from oms_tui.desk.desk import Desk
    from oms_tui.store.errors import NoDatabase

    if not is_dry_run:
        with shared.desk(may_make=True) as desk, seldom_collected():
            yield desk
        return
    with ExitStack() as stack:
        try:
            desk = stack.enter_context(shared.desk())
        except NoDatabase:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            desk = Desk.open(str(folder / "empty.db"), settings=shared.settings(), state_folder=folder)
            stack.callback(desk.close)
        stack.enter_context(seldom_collected())
        yield desk


def _log_import(report: "ImportReport", seconds: float) -> None:
    """The figures of an import that wrote something; the file's name may be a customer's."""
    if not report.is_dry_run:
        logging.getLogger(__name__).info(
            "Imported a file: %d rows, %d orders, %d credit notes, %d returns, %d rejected rows, %.1f s",
            report.rows,
            report.orders,
            report.credit_notes,
            report.returns,
            report.rejected_rows,
            seconds,
        )


def _print(report: "ImportReport", seconds: float) -> None:
    rate = f"{report.rows / max(seconds, 0.001):,.0f} rows/s"
    say(f"{report.file}: {'dry run, nothing written; ' if report.is_dry_run else ''}{seconds:.1f} s, {rate}")
    figures = [
        ("rows read", report.rows, f"{report.sum_read:,.2f}"),
        ("orders", report.orders, ""),
        ("orders here already", report.orders_already_here, ""),
        ("all orders of the file", report.orders + report.orders_already_here, f"{report.sum_orders:,.2f}"),
        ("lines", report.lines, ""),
        ("charges", report.charges, ""),
        ("credit notes", report.credit_notes, ""),
        ("credit notes here already", report.credit_notes_already_here, ""),
        (
            "all credit notes of the file",
            report.credit_notes + report.credit_notes_already_here,
            f"{report.sum_credits:,.2f}",
        ),
        ("returns", report.returns, ""),
        ("rows of notes that match no sale", report.unattached_rows, ""),
        ("rejected rows", report.rejected_rows, f"{report.sum_rejected:,.2f}"),
        *((f"  {reason}", count, "") for reason, count in report.rejects.items()),
    ]
    rows = [(name, f"{count:,}", total) for name, count, total in figures]
    emit_table(("", "count", report.currency), rows, right=frozenset({1, 2}))
    if report.reject_file:
        say(f"Rejected rows with their reasons: {report.reject_file}")


@contextmanager
def progress_of(name: str) -> Iterator[Progress]:
    """A bar with rate and time left on a terminal's standard error, else a plain line every few seconds."""
    if not sys.stderr.isatty():
        yield _plain_lines(name)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    from oms_tui.text import clean_line

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, object] = {}

        def show(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                label = Text(f"{clean_line(name)}: {phase}").plain
                tasks[phase] = bar.add_task(label, total=total or None)
            bar.update(tasks[phase], completed=done, total=total or None)  # type: ignore[arg-type]

        yield show


def _plain_lines(name: str) -> Progress:
    start = last = time.monotonic()

    def show(phase: str, done: int, total: int) -> None:
        nonlocal last, start
        now = time.monotonic()
        if done != total and now - last < LINE_EVERY:
            return
        last = now
        of = f" of {total:,}" if total else ""
        say(f"{name}: {phase} {done:,}{of} ({now - start:.0f} s)")

    return show
