"""kill -9 while acting: no acknowledged action is lost, none is half done (invariant F1)."""

import json
import time
from pathlib import Path
from typing import Any

from oms_tui.clock import SystemClock
from oms_tui.desk import commit, doctor, people
from oms_tui.domain.people import Role
from tests.build import line, order
from tests.desk.conftest import add_person, take_in
from tests.processes import Process
from tests.seeds import seeded
from tests.support import scaled

PROGRAM = Path(__file__).with_name("acting.py")
IDS = ("A", "B", "C")


def run_and_kill(place, seed, after):
    """Let a program act and kill it `after` seconds later: what it acknowledged, what it asked for."""
    process = Process(str(PROGRAM), place.url, str(place.state), "ana", "act", str(seed), *IDS)
    process.stdout.readline()
    time.sleep(after)
    process.kill()
    lines = process.stdout.read().splitlines(keepends=True)
    process.end()
    said = [json.loads(text) for text in lines if text.endswith("\n")]
    return [a for a in said if "done" in a], [a for a in said if "asked" in a]


def test_no_acknowledged_action_is_lost_at_any_moment(place):
    """200 points at the whole figure. After each, what was acknowledged is there and doctor finds nothing."""
    rng = seeded()
    place.clock = SystemClock()
    desk = place.open()
    add_person(desk, "ana", Role.CS)
    take_in(
        desk, *(order(line(1, quantity=500, minor=99_999), line(2, quantity=500), id=name) for name in IDS)
    )
    ana = people.actor_named(desk, "ana")
    acknowledged: dict[str, dict[str, Any]] = {}
    in_the_air = 0
    for _ in range(scaled(200, at_least=4)):
        done, asked = run_and_kill(place, rng.getrandbits(32), rng.uniform(0.0, 0.25))
        acknowledged |= {answer["key"]: answer for answer in done}
        for key in (answer["key"] for answer in asked):
            found = commit.outcome_of(desk, ana, key)
            if key in acknowledged:
                assert found is not None
                assert (found.version, found.seq) == (
                    acknowledged[key]["version"],
                    acknowledged[key]["seq"],
                )
            elif found is not None:
                in_the_air += 1
    assert acknowledged
    assert doctor.examine(desk).findings == ()
    with desk.store.read() as conn:
        kept = conn.exec_driver_sql("SELECT count(*) FROM commit_key").scalar()
    assert kept == len(acknowledged) + in_the_air
