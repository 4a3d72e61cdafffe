"""`oms-tui worker`: carries the flows on, sends messages and asks the payment provider, until it is told to
stop."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

import click

from oms_tui.cli.shared import Shared, emit, emit_json, json_option, pass_shared, say

if TYPE_CHECKING:
    from oms_tui.desk.desk import Desk
    from oms_tui.desk.flows import FlowReport
    from oms_tui.desk.provider import Provider


@click.command()
@click.option("--demo", is_flag=True, help="Work the sample data of `oms-tui demo`.")
@click.option("--once", is_flag=True, help="Run what is due, send what waits, and stop: for cron.")
@json_option
@pass_shared
def worker(shared: Shared, demo: bool, once: bool) -> None:
    """Carry the flows of the orders on: at once after a change, else when they are due.

    Several workers can run beside each other and beside the consoles. SIGTERM and Ctrl+C finish the order in
    hand and stop.
    """
    from oms_tui import paths
    from oms_tui.desk.unknown_names import unknown_names
    from oms_tui.desk.workers import Worker

    if demo:
        shared = replace(shared, database=shared.database or str(paths.sample_database()))
    shared.refuse_read_only()
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    with shared.desk() as desk:
        for warning in unknown_names(desk):
            logging.getLogger(__name__).warning("%s", warning)
            say(f"Warning: {warning}")
        with _provider(desk) as provider:
            if once:
                _show(shared, Worker(desk, stop, provider=provider).run_once())
                return
            say(f"Working at {desk.store.path}. Ctrl+C or SIGTERM stops.")
            total = Worker(desk, stop, told=lambda report: _tell(shared, report), provider=provider).run()
            say(f"Stopped. {_in_words(total)}")


@contextmanager
def _provider(desk: "Desk") -> Iterator["Provider | None"]:
    """The way to the payment provider, where the settings name one; never for made-up orders."""
    if not desk.provider.is_on:
        yield None
        return
    if desk.is_sample:
        say("Warning: these are sample data: the payment provider is not asked for anything.")
        yield None
        return
    from oms_tui.outside.provider import HttpProvider

    provider = HttpProvider(desk.provider)
    try:
        yield provider
    finally:
        provider.close()


def _tell(shared: Shared, report: "FlowReport") -> None:
    """What a stretch of work came to: data for a program, talk for a person."""
    if shared.is_json:
        emit_json(report)
    else:
        say(_in_words(report))


def _show(shared: Shared, report: "FlowReport") -> None:
    if shared.is_json:
        emit_json(report)
    else:
        emit(_in_words(report))


def _in_words(report: "FlowReport") -> str:
    broken = f", {report.failed:,} broke off (see the log)" if report.failed else ""
    return f"{report.orders:,} orders, {report.tasks:,} tasks, {report.changed:,} changed{broken}"
