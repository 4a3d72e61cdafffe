"""Where a run of the benchmarks works: its folder, its data, how often it repeats things."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from oms_tui.config import Settings
from oms_tui.desk.desk import Desk
from oms_tui.desk.people import actor_named
from oms_tui.domain.people import Actor

ROOT: Final = Path(__file__).resolve().parents[1]
"""The repository."""
SHARED_DATA: Final = Path(os.environ.get("OMS_TUI_TEST_DATA") or ROOT.parent / "shared" / "data")
"""The folder of real orders; not on every machine."""
UCI_YEAR_1: Final = "uci_online_retail_ii_2009-12_2010-12.csv.gz"
MANY: Final = 1_000_000
FEW: Final = 20_000
"""Sample orders of a quick run."""
PERSON: Final = "olga"
"""The sample person who may do most."""


@dataclass(kw_only=True)
class Setting:
    """One run's folder and scale. What the program writes stays in the folder."""

    folder: Path
    orders: int
    is_quick: bool
    data: Path = SHARED_DATA
    """Where real orders are."""
    seconds_to_make: float | None = field(default=None, init=False)
    """How long making the sample data took, where this run made it."""

    def __post_init__(self) -> None:
        """Make the folder, with a configuration that sets nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "config.toml").touch()

    def times(self, whole: int, quick: int) -> int:
        """How often something is repeated."""
        return quick if self.is_quick else whole

    @property
    def state_folder(self) -> Path:
        """Where the audit keys are."""
        return self.folder / "state"

    @property
    def environment(self) -> Mapping[str, str]:
        """For the program's processes: nobody's settings but the defaults, nothing outside the folder."""
        ours = {
            "OMS_TUI_CONFIG": str(self.folder / "config.toml"),
            "OMS_TUI_DATA_DIR": str(self.folder / "data"),
            "OMS_TUI_STATE_DIR": str(self.state_folder),
            "OMS_TUI_LOG_DIR": str(self.folder / "log"),
            "OMS_TUI_DOCUMENTS_DIR": str(self.folder / "documents"),
        }
        return {name: value for name, value in os.environ.items() if not name.startswith("OMS_TUI_")} | ours

    def sample(self) -> Path:
        """The database of sample orders, made as the product makes it where it is not there yet."""
        path = self.folder / f"sample-{self.orders}.db"
        if not path.exists():
            unfinished = self.fresh("unfinished.db")
            start = time.monotonic()
            print(f"Making {self.orders:,} sample orders in {self.folder} …", file=sys.stderr, flush=True)
            self.oms_tui("--database", str(unfinished), "demo", "--orders", str(self.orders), "--no-console")
            with self.desk(unfinished):  # closing it moves the write-ahead log into the file
                pass
            unfinished.rename(path)
            self.seconds_to_make = time.monotonic() - start
        return path

    def fresh(self, name: str) -> Path:
        """The path of a database that is not there."""
        path = self.folder / name
        for ending in ("", "-wal", "-shm", "-checkpoint"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        return path

    def oms_tui(self, *arguments: str) -> str:
        """Run the program to its end and return what it printed.

        Raises:
            RuntimeError: It failed; the text is what it said.
        """
        run = subprocess.run(
            command(*arguments), env=dict(self.environment), capture_output=True, text=True, check=False
        )
        if run.returncode != 0:
            raise RuntimeError(f"oms-tui {' '.join(arguments)}: {run.stderr.strip()[-500:]}")
        return run.stdout

    @contextmanager
    def desk(self, path: Path, *, is_sample: bool | None = None) -> Iterator[Desk]:
        """The desk on a database, in this process."""
        desk = Desk.open(str(path), settings=Settings(), state_folder=self.state_folder, is_sample=is_sample)
        try:
            yield desk
        finally:
            desk.close()


def command(*arguments: str) -> Sequence[str]:
    """The command line of the program with this interpreter."""
    return (sys.executable, "-m", "oms_tui", *arguments)


def reader(desk: Desk) -> Actor:
    """Somebody who may see everything."""
    return actor_named(desk, PERSON)
