"""Fixtures of every test: no test sees the user's folders, settings, time zone or language."""

import gc
import os
import shutil
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

from tests.support import IS_RELEASE, SCALE, SHARED_DATA

# Two slow shared cores: no deadline, and data that was slow to make is no failure. A failing example
# is printed with the line that repeats it.
settings.register_profile(
    "quick",
    max_examples=25,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("release", settings.get_profile("quick"), max_examples=1000)
settings.load_profile("release" if IS_RELEASE else "quick")

# A quarter of the processor time of consoles under test went to looking for garbage, again and again, among
# everything that the libraries and the collected tests keep for good: that is looked at no more once it is
# there, and what comes later is looked at in larger heaps.
gc.disable()


def pytest_collection_finish() -> None:
    """Everything is loaded: it stays."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


_FOLDERS = {
    "HOME": "home",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_RUNTIME_DIR": "runtime",
    "XDG_STATE_HOME": "state",
}
"""Where platformdirs looks for the user's folders, and what they are called in a test's own folder."""

_OF_THE_TESTS = "OMS_TUI_TEST_"
"""Variables that steer the tests, not the program."""

_FIXED = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
"""The terminal, language and time zone of every machine that runs the tests."""

_UNSET = (
    "BROWSER",
    "COLUMNS",
    "FORCE_COLOR",
    "LANG",
    "LANGUAGE",
    "LINES",
    "NO_COLOR",
    "SSH_CONNECTION",
    "SSH_TTY",
    "TMUX",
)
"""What would make a program look different, or think it sits somewhere else."""

_numbers = count(1)


def _seal(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Point everything the program reads from its surroundings into ``folder``."""
    for name in [name for name in os.environ if name.startswith("OMS_TUI_")]:
        if not name.startswith(_OF_THE_TESTS):
            patch.delenv(name)
    for name in _UNSET:
        patch.delenv(name, raising=False)
    for name, value in _FIXED.items():
        patch.setenv(name, value)
    for name, below in _FOLDERS.items():
        patch.setenv(name, str(folder / below))
    # A home is there before a program starts; the other folders the program makes itself.
    (folder / _FOLDERS["HOME"]).mkdir(mode=0o700)


@pytest.fixture(scope="session", autouse=True)
def _session_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders for fixtures that outlive one test."""
    folder = tmp_path_factory.mktemp("session")
    with pytest.MonkeyPatch.context() as patch:
        _seal(patch, folder)
        time.tzset()
        yield folder


@pytest.fixture(autouse=True)
def user_folders(_session_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This test's own home, config, data, state, cache and runtime folders; gives the folder they lie in."""
    folder = _session_folder / f"user-{next(_numbers)}"
    folder.mkdir()
    _seal(monkeypatch, folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def memory_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the machine has one, for tests that ask the disk for many commits alone."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it is private
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def scale() -> float:
    """Share of the acceptance list's figures to work through: 0.01, or 1.0 in ``make test-release``."""
    return SCALE


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real orders; the test is skipped, saying so, where it is absent."""
    if not (SHARED_DATA / "README.md").is_file():
        pytest.skip(f"no real orders here: {SHARED_DATA} is absent (OMS_TUI_TEST_DATA names another folder)")
    return SHARED_DATA
