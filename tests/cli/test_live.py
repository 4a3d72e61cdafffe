"""`oms-tui demo --live`: a day at a desk, and the programs: how they end, what they refuse, the console."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag

import click
import pytest

from oms_tui.cli.live import Duration
from oms_tui.clock import FixedClock, SystemClock
from oms_tui.config import DeskSettings, MailSettings, Settings
from oms_tui.desk import doctor, flows, watching, workers
from oms_tui.desk.desk import Desk
from oms_tui.domain.derive import order_status
from oms_tui.domain.events.cases import Fate
from oms_tui.domain.status import OrderStatus
from oms_tui.domain.steps.base import held_by
from oms_tui.exchange.simulated import Outside
from oms_tui.exchange.simulated.live import run_live
from oms_tui.exchange.simulated.play import Happened, Play
from tests.screens.terminals import PATIENCE, Terminal
from tests.support import scaled

ORDERS = 80


class Lying:
    """Sample data that lies somewhere, with its state folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "sample.db"
        self.environ = {"OMS_TUI_STATE_DIR": str(folder / "state"), "OMS_TUI_LOG_DIR": str(folder / "log")}

    def words(self, *more: str) -> tuple[str, ...]:
        return ("-m", "oms_tui", "--database", str(self.path), "demo", *more)

    def start(self, *more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *self.words(*more)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environ},
        )

    def desk(self, clock: FixedClock | None = None) -> Desk:
        settings = Settings(desk=DeskSettings(remorse_minutes=1))
        return Desk.open(
            str(self.path), settings=settings, clock=clock, state_folder=self.folder / "state", is_sample=True
        )


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Lying:
    made = Lying(tmp_path_factory.mktemp("live"))
    out, err = (process := made.start("--orders", str(ORDERS), "--no-console")).communicate(timeout=120)
    assert process.returncode == 0, out + err
    return made


@pytest.fixture
def lying(_made: Lying, tmp_path: Path) -> Lying:
    shutil.copytree(_made.folder, tmp_path / "copy")
    return Lying(tmp_path / "copy")


def play_on(desk: Desk, clock: FixedClock, events: int, *, seed: int = 3) -> list[Happened]:
    """So many events, each followed by what the flows make of it; time passes as fast as nothing happens."""
    told: list[Happened] = []
    play = Play(desk, Outside(seed), pace=60, told=told.append)
    while len(told) < events:
        wait = play.turn()
        if wait:
            clock.advance(timedelta(seconds=wait))
        else:
            flows.run_due(desk)
    return told


def test_a_day_ends_with_everything_in_order(lying: Lying) -> None:
    clock = FixedClock(SystemClock().now())
    desk = lying.desk(clock)
    flows.run_due(desk)
    before = watching.how_many(desk)
    told = play_on(desk, clock, scaled(20_000, 60))
    assert {one.fate for one in told} <= {Fate.TAKEN, Fate.KEPT, Fate.PROBLEM}
    assert {"placed", "authorized", "acknowledged", "confirmed", "packed", "captured", "shipped"} <= {
        one.what for one in told
    }
    placed = sum(one.what == "placed" for one in told)
    assert watching.how_many(desk) == before + placed
    over = (OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.RETURNED)
    new = {one.order_id for one in told if one.what == "placed"}
    for order in watching.values(desk, watching.under_way_now(desk)):
        assert order_status(order) not in over
        if order.id in new:  # the others stand as the sample made them
            assert held_by(order) or any(task.error for task in order.tasks if task.state.is_open), order.id
    assert doctor.examine(desk).findings == ()
    desk.close()


@pytest.mark.release
def test_the_same_data_and_seed_play_the_same_and_a_second_play_doubles_nothing(
    lying: Lying, tmp_path: Path
) -> None:
    start = SystemClock().now()
    shutil.copytree(lying.folder, tmp_path / "twin")
    days = []
    for place in (lying, Lying(tmp_path / "twin")):
        clock = FixedClock(start)
        desk = place.desk(clock)
        days.append(play_on(desk, clock, 15))
        desk.close()
    assert days[0] == days[1]
    clock = FixedClock(start + timedelta(minutes=2))
    desk = lying.desk(clock)
    again = play_on(desk, clock, 15)
    desk.close()
    said = [(one.order_id, one.what, one.text) for one in days[0]]
    assert not {words for words in said if words[1] == "placed"} & {
        (one.order_id, one.what, one.text) for one in again
    }
    assert len({one.order_id for one in (*days[0], *again) if one.what == "placed"}) == sum(
        one.what == "placed" for one in (*days[0], *again)
    )


def test_without_a_terminal_it_tells_what_happens_and_ends_when_it_is_to(lying: Lying) -> None:
    process = lying.start("--live", "--json", "--pace", "6000", "--events", "12", "--seed", "5")
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    told = [json.loads(line) for line in out.splitlines()]
    assert len(told) == 12
    assert set(told[0]) == {"at", "order_id", "what", "text", "fate", "reason"}
    assert "Stopped after 12 events." in err
    desk = lying.desk()
    assert workers.standing(desk).workers == ()
    assert doctor.examine(desk).findings == ()
    desk.close()


def test_messages_of_made_up_orders_reach_nobody(lying: Lying) -> None:
    letters = lying.folder / "letters"
    letters.mkdir()
    settings = Settings(mail=MailSettings(send="folder", sender="shop@example.com", folder=str(letters)))
    told: list[Happened] = []
    count = run_live(
        str(lying.path), settings, Flag(), seed=3, pace=6_000, most=30, told=told.append,
        state_folder=lying.folder / "state",
    )  # fmt: skip
    assert count == len(told) == 30
    assert not list(letters.iterdir())


def test_shops_wait_while_the_others_are_behind(lying: Lying) -> None:
    clock = FixedClock(SystemClock().now())
    desk = lying.desk(clock)
    told: list[Happened] = []
    play = Play(desk, Outside(3), pace=60, told=told.append)
    for order in watching.values(desk, watching.under_way_now(desk)):
        play._expect(order, clock.now() - timedelta(hours=1))  # as if the machine had slept for an hour
    while len(told) < 20:
        clock.advance(timedelta(seconds=play.turn()))
    desk.close()
    assert not [one for one in told if one.what == "placed"]


def test_a_play_ends_after_its_time(lying: Lying) -> None:
    desk = lying.desk()
    play = Play(desk, Outside(3), pace=6_000)
    play.run(Flag(), seconds=0.1)
    count = play.count
    play.run(Flag(), most=count)
    desk.close()
    assert 0 < play.count == count


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGHUP, marks=pytest.mark.release),
        pytest.param(signal.SIGINT, marks=pytest.mark.release),
    ],
)
def test_it_stops_when_told(lying: Lying, number: signal.Signals) -> None:
    process = lying.start("--live", "--pace", "600")
    assert process.stdout is not None
    process.stdout.readline()
    start = time.monotonic()
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    print(f"stopped after {time.monotonic() - start:.2f} s")
    assert process.returncode == 0
    assert time.monotonic() - start < 10  # two seconds are promised; this machine may be busy


def test_it_plays_with_sample_data_only(tmp_path: Path) -> None:
    place = Lying(tmp_path)
    Desk.open(str(place.path), settings=Settings(), state_folder=tmp_path / "state").close()
    _, err = (process := place.start("--live", "--events", "1")).communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "holds no sample data: it is left as it is" in err


def test_what_goes_with_live_alone_is_refused_without_it(lying: Lying) -> None:
    _, err = (process := lying.start("--pace", "10")).communicate(timeout=PATIENCE)
    assert (process.returncode, "--for and --events go with --live" in err) == (2, True)


def test_durations_as_people_type_them() -> None:
    read = Duration().convert
    assert [read(text, None, None) for text in ("90", "90s", "10m", "1h")] == [90, 90, 600, 3_600]
    for text in ("", "0m", "-1s", "1d", "soon", "1.5h"):
        with pytest.raises(click.BadParameter):
            read(text, None, None)


def seen_by(lying: Lying) -> tuple[int, int]:
    """(events that were taken, workers that are there)."""
    desk = lying.desk()
    try:
        with desk.store.read() as conn:
            taken = conn.exec_driver_sql("SELECT count(*) FROM event").scalar() or 0
        return taken, len(workers.standing(desk).workers)
    finally:
        desk.close()


@pytest.mark.release
@pytest.mark.parametrize("ends", ["quit", "kill"])
def test_beside_a_console_it_plays_while_that_is_open(lying: Lying, ends: str) -> None:
    console = Terminal(
        *lying.words("--live", "--role", "op", "--pace", "300"), size=(80, 24), **lying.environ
    )
    try:
        console.see("Olga Petrenko")
        console.until(lambda: seen_by(lying) >= (3, 1), "three events and a worker")
        for _ in range(3):  # keys are answered meanwhile
            console.send("?")
            console.see("close")
            console.send("\x1b")
            console.until(lambda: "close" not in console.text, "the help closed")
        if ends == "kill":
            console.process.kill()
        else:
            console.send(":quit\r")
        assert console.end() == (-signal.SIGKILL if ends == "kill" else 0)
        if ends == "quit":
            assert console.is_restored
        start = time.monotonic()
        while seen_by(lying)[1]:
            assert time.monotonic() - start < 10, "the play goes on without its console"
            time.sleep(0.05)
    finally:
        console.close()
