"""Sample data is taken away whole, and nothing else is."""

import pytest

from oms_tui.config import Settings
from oms_tui.desk.errors import Unusable
from oms_tui.desk.sample import begin_sample, finish_sample, is_whole_sample, remove_sample
from oms_tui.domain.people import Person, Role
from oms_tui.paths import state_dir

ANA = Person(name="ana", display_name="", roles=frozenset({Role.CS}))


def test_taking_sample_data_away_leaves_nothing_of_it(tmp_path):
    folder = tmp_path / "data"
    file = folder / "sample.db"
    for _ in range(2):
        desk = begin_sample(f"sqlite:///{file}", Settings(), (ANA,))
        finish_sample(desk)
        desk.close()
        assert is_whole_sample(file)
        assert {path.suffix for path in (state_dir() / "audit").iterdir()} == {".key", ".head"}
        (folder / "sample.db-checkpoint").touch()  # what a long write-ahead log leaves
        remove_sample(file)
        assert list(folder.iterdir()) == []
        assert list((state_dir() / "audit").iterdir()) == []


def test_real_orders_are_not_taken_away(place):
    place.open()
    place.close()
    there = {*place.path.parent.rglob("*")}
    with pytest.raises(Unusable, match="holds no sample data"):
        remove_sample(place.path, place.state)
    assert {*place.path.parent.rglob("*")} == there
