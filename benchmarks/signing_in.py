"""Signing in: the same time for a name nobody has and for a wrong password, and how many guesses get through
(invariant N3)."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from benchmarks.results import Result, at_most
from benchmarks.setting import Setting
from benchmarks.timing import in_turns, median
from oms_tui.clock import FixedClock, now
from oms_tui.config import Settings
from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import SignInRefused
from oms_tui.desk.people import create_first
from oms_tui.desk.sign_in import sign_in
from oms_tui.domain.people import Origin, Role

NAME = "vera"
PASSWORD = "seven lamps along the quay"  # noqa: S105 - of a person made up for this
PLACE = "benchmark"
GUESSES = 100_000
HOUR = timedelta(hours=1)


class Door:
    """A desk with one person, and a clock that is moved on by hand."""

    def __init__(self, setting: Setting, name: str) -> None:
        self.clock = FixedClock(now())
        self.desk = Desk.open(
            str(setting.fresh(name)),
            settings=Settings(),
            clock=self.clock,
            state_folder=setting.state_folder,
        )
        create_first(self.desk, NAME, "Vera Lind", PASSWORD, Role.CS, origin=Origin.COMMAND_LINE)
        self.desk.hasher.warm_up()

    def is_tried(self, name: str) -> bool:
        """Try a wrong password; whether it was looked at at all."""
        try:
            sign_in(self.desk, name, "seven lamps along the pier", Origin.CONSOLE, PLACE)
        except SignInRefused as refusal:
            return refusal.retry_after == 0
        raise RuntimeError("A wrong password was let in.")

    def try_later(self, name: str) -> None:
        """Try once every earlier failure is forgotten, so that no wait is in the way."""
        self.clock.advance(timedelta(days=2))
        if not self.is_tried(name):
            raise RuntimeError("A wait stood in the way.")


def times(setting: Setting) -> Iterator[Result]:
    """Medians of both refusals, taken in turns."""
    door = Door(setting, "door.db")
    pairs = in_turns(
        lambda: door.try_later(uuid.uuid4().hex[:8]),
        lambda: door.try_later(NAME),
        setting.times(1_000, 20),
    )
    door.desk.close()
    unknown, wrong = (median(pair[place] for pair in pairs) * 1e3 for place in (0, 1))
    yield Result(
        metric="sign-in refused: unknown name − wrong password",
        measured=abs(unknown - wrong),
        unit="ms",
        goal=at_most(10),
        detail=f"medians of {len(pairs):,}: {unknown:.1f} ms and {wrong:.1f} ms",
    )


def guesses(setting: Setting) -> Iterator[Result]:
    """Guesses at one name within an hour: how many passwords are looked at."""
    door = Door(setting, "guesses.db")
    count = setting.times(GUESSES, 2_000)
    tried = 0
    for _ in range(count):
        tried += door.is_tried(NAME)
        door.clock.advance(HOUR / count)
    door.desk.close()
    yield Result(
        metric="passwords tried of an hour's guesses",
        measured=tried,
        goal=at_most(100),
        detail=f"{count:,} guesses at one name from one place",
    )
