"""`oms-tui ingest`: events from shop, warehouse, carrier, payment provider and customers, as JSON Lines."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from oms_tui.cli.importing import LINE_EVERY, desk_for, import_code, reject_file, rejects_option
from oms_tui.cli.shared import (
    Shared,
    emit_json,
    emit_table,
    json_option,
    pass_shared,
    say,
)

if TYPE_CHECKING:
    from oms_tui.exchange.ingest import IngestReport
    from oms_tui.exchange.ingest.run import Progress

STDIN = "-"
_ALL = 100


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), required=False)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a line and stop.")
@click.option("--dry-run", is_flag=True, help="Check every line and write nothing.")
@rejects_option
@json_option
@pass_shared
@click.pass_context
def ingest(
    ctx: click.Context, shared: Shared, file: str | None, schema: bool, dry_run: bool, rejects: Path | None
) -> None:
    """Take events from a FILE of JSON Lines, or from standard input (-). The same again changes nothing.

    What comes too early waits for its cause; what cannot be is an event problem (oms-tui events list). Lines
    that are no event go to NAME-rejects.csv with line number and reason, and the exit code is 1 then.
    """
    if schema:
        from oms_tui.exchange.ingest.schema import json_schema

        emit_json(json_schema())
        return
    if file is None:
        raise click.UsageError("Name a file of events, or - for standard input.")
    if not dry_run:
        shared.refuse_read_only()
    report = _run(shared, file, dry_run, rejects)
    ctx.exit(import_code(report.bad_lines))


def _run(shared: Shared, file: str, is_dry_run: bool, rejects: Path | None) -> "IngestReport":
    from oms_tui.exchange.ingest import ingest as take

    path = None if file == STDIN else Path(file)
    name = "stdin" if path is None else path.name
    start = time.monotonic()
    with ExitStack() as stack:
        desk = stack.enter_context(desk_for(shared, is_dry_run))
        source: BinaryIO = sys.stdin.buffer if path is None else stack.enter_context(path.open("rb"))
        report = take(
            desk,
            source,
            name=name,
            rejects=reject_file(rejects, name, ".jsonl", ".json"),
            progress=stack.enter_context(_progress_of(name)),
            size=0 if path is None else path.stat().st_size,
            is_dry_run=is_dry_run,
        )
    _say(shared, report, time.monotonic() - start)
    return report


@contextmanager
def _progress_of(name: str) -> Iterator["Progress"]:
    """How many events, and percent of the file: a bar on a terminal's standard error, else a plain line every
    few seconds."""
    if not sys.stderr.isatty():
        yield _plain_lines(name)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from oms_tui.text import clean_line

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(clean_line(name), total=None)

        def show(events: int, percent: int | None) -> None:
            total = None if percent is None else 100
            bar.update(
                task,
                description=f"{clean_line(name)}: {events:,} events",
                completed=percent or 0,
                total=total,
            )

        yield show


def _plain_lines(name: str) -> "Progress":
    start = last = time.monotonic()

    def show(events: int, percent: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if percent != _ALL and now - last < LINE_EVERY:
            return
        last = now
        of = "" if percent is None else f", {percent} %"
        say(f"{name}: {events:,} events{of} ({now - start:.0f} s)")

    return show


def _say(shared: Shared, report: "IngestReport", seconds: float) -> None:
    if not report.is_dry_run:
        logging.getLogger(__name__).info(
            "Took events in: %d lines, %d taken, %d waiting, %d problems, %d bad lines, %.1f s",
            report.lines,
            report.taken,
            report.waiting,
            report.problems,
            report.bad_lines,
            seconds,
        )
    if shared.is_json:
        emit_json(report.as_json())
        return
    rate = f"{report.lines / max(seconds, 0.001):,.0f} lines/s"
    what = "dry run, nothing written; " if report.is_dry_run else ""
    say(f"{report.file}: {what}{seconds:.1f} s, {rate}")
    figures = [(name, f"{count:,}") for name, count in report.figures()]
    emit_table(("", "count"), figures, right=frozenset({1}))
    if report.reject_file:
        say(f"Bad lines with their reasons: {report.reject_file}")
