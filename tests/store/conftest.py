"""A database of its own for each test, quick to make: the migrations run once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from oms_tui.store.engine import Store


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database nobody writes to, as the migrations leave it."""
    path = tmp_path_factory.mktemp("fresh") / "desk.db"
    Store.open(str(path)).close()
    return path


@pytest.fixture
def path(fresh: Path, tmp_path: Path) -> Path:
    """The file of a database of the test's own."""
    return Path(shutil.copy(fresh, tmp_path / "desk.db"))


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An open database of the test's own."""
    with Store.open(str(path)) as opened:
        yield opened
