"""`oms-tui ingest`: files of events, bad lines, the same again, and a kill in the middle."""

import csv
import io
import time

import pytest

from oms_tui.clock import FixedClock
from oms_tui.desk import doctor, flows
from oms_tui.desk.errors import NoRight
from oms_tui.domain.people import Role
from oms_tui.exchange import ingest as door
from oms_tui.exchange.ingest import run as running
from oms_tui.store.errors import DatabaseBusy
from tests.build import NOON
from tests.desk.conftest import add_person
from tests.desk.test_flows import is_clean, new, take
from tests.desks import open_desk
from tests.exchange.test_ingest_lines import sent
from tests.processes import Process
from tests.seeds import seeded
from tests.support import scaled


@pytest.fixture
def desk(tmp_path):
    with open_desk(tmp_path, clock=FixedClock(NOON)) as desk:
        take(desk, *(new(f"O{n}") for n in range(20)), on_hand=100)
        flows.run_due(desk)
        yield desk


def lines(*raw):
    return io.BytesIO(b"\n".join(raw) + b"\n")


def run(desk, tmp_path, file, **rest):
    told = []
    report = door.ingest(
        desk,
        file,
        name="events.jsonl",
        rejects=tmp_path / "events-rejects.csv",
        progress=lambda *said: told.append(said),
        **rest,
    )
    return report, told


def of(number, kind="confirmed", **rest):
    return sent(kind, id=f"{kind}-{number}", order=f"O{number}", **({"shipment": "S-1"} | rest))


def state(desk):
    """Everything that events write, without audit entries."""
    with desk.store.read() as conn:
        return [
            conn.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()  # noqa: S608
            for name in ("orders", "order_line", "event", "event_case", "counter", "stock", "audit_entry")
        ]


def test_a_file_is_taken_once(desk, tmp_path):
    good = [of(n, kind) for kind in ("acknowledged", "confirmed", "shipped") for n in range(20)]
    bad = [b"nonsense", sent(colour="=1+1")]
    first, told = run(desk, tmp_path, lines(*good[:30], *bad, *good[30:]))
    assert (first.lines, first.taken, first.waiting, first.bad_lines) == (62, 40, 20, 2)
    assert told[-1] == (62, None)
    rows = list(csv.reader((tmp_path / "events-rejects.csv").read_text().splitlines()))
    assert rows[0] == ["line", "reason", "text"]
    assert [row[0] for row in rows[1:]] == ["31", "32"]
    before = state(desk)
    file = lines(*good)
    again, told = run(desk, tmp_path, file, size=len(file.getvalue()))
    assert told[-1] == (60, 100)
    assert (again.taken, again.known, again.bad_lines, again.reject_file) == (0, 60, 0, None)
    assert state(desk) == before
    assert is_clean(desk)


def test_why_lines_are_bad_is_told_whole_and_only_so_many_ways(desk, tmp_path, monkeypatch):
    file = lines(b'{"event": "packed"}', b"{", b"xx", *(sent(**{f"colour{n}": 1}) for n in range(3)))
    monkeypatch.setattr(running, "KINDS_COUNTED", 4)
    report, _ = run(desk, tmp_path, file)
    assert report.reasons == {
        "no event: Object missing required field `id`": 1,
        "no JSON: Input data was truncated": 1,
        "no JSON: JSON is malformed: invalid character": 1,
        "no event: Object contains unknown field `colour0`": 1,
        "other reasons": 2,
    }


def test_a_known_id_with_another_body_goes_to_the_reject_file(desk, tmp_path):
    run(desk, tmp_path, lines(of(1)))
    before = state(desk)
    report, _ = run(desk, tmp_path, lines(of(1, shipment="S-2"), of(1)))
    assert (report.known, report.bad_lines) == (1, 1)
    assert "says something else" in (tmp_path / "events-rejects.csv").read_text()
    assert state(desk) == before


def test_a_dry_run_writes_nothing(desk, tmp_path):
    run(desk, tmp_path, lines(of(1)))
    before = state(desk)
    report, _ = run(desk, tmp_path, lines(of(1), of(2), b"nonsense"), is_dry_run=True)
    assert (report.lines, report.known, report.bad_lines, report.taken) == (3, 1, 1, 0)
    assert state(desk) == before
    assert not list(tmp_path.glob("*rejects*"))


def test_only_who_may_import_may_ingest(desk, tmp_path):
    with pytest.raises(NoRight):
        run(desk, tmp_path, lines(of(1)), actor=add_person(desk, "cora", Role.CS))
    report, _ = run(desk, tmp_path, lines(of(1)), actor=add_person(desk, "olga", Role.OP))
    assert report.taken == 1


def test_a_busy_database_is_waited_for_and_then_said(desk, tmp_path, monkeypatch):
    tries = []

    def busy(*_):
        tries.append(1)
        raise DatabaseBusy("locked")

    monkeypatch.setattr(running, "receive", busy)
    with pytest.raises(DatabaseBusy):
        run(desk, tmp_path, lines(of(1)))
    assert len(tries) == running.TRIES


KILLED = """
import sys
from pathlib import Path
from oms_tui.config import Settings
from oms_tui.desk.desk import Desk
from oms_tui.exchange import ingest as door
database, state, file = map(Path, sys.argv[1:4])
desk = Desk.open(str(database), settings=Settings(), state_folder=state)
with file.open("rb") as lines:
    print("ready", flush=True)
    door.ingest(desk, lines, name="e", rejects=file.with_name("r.csv"), progress=lambda *_: None)
print("done", flush=True)
"""


def test_a_killed_run_is_completed_by_the_next_one(desk, tmp_path):
    """Wherever it is killed, the next run ends where one that was not killed would have."""
    file = tmp_path / "killed.jsonl"
    kinds, at = ("acknowledged", "confirmed", "delivered"), "2020-01-01T00:00:00Z"
    file.write_bytes(b"\n".join(of(n, kind, at=at) for kind in kinds for n in range(20)))
    rng = seeded()
    for _ in range(scaled(200)):
        child = Process("-c", KILLED, str(desk.store.path), str(desk.state_folder), str(file))
        assert child.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, 0.1))
        child.end()
        assert doctor.examine(desk).findings == ()
    with file.open("rb") as rest:
        report, _ = run(desk, tmp_path, rest)
    assert report.taken + report.known + report.waiting + report.problems == report.lines == 60
    with desk.store.read() as conn:
        events = conn.exec_driver_sql("SELECT count(*) FROM event").scalar()
        waiting = conn.exec_driver_sql("SELECT count(*) FROM event_case").scalar()
        entries = conn.exec_driver_sql("SELECT count(*) FROM audit_entry WHERE key <> ''").scalar()
    assert (events, waiting) == (40, 20)
    assert entries == 60
    assert is_clean(desk)
