"""Several programs at one database: exactly one effect, nothing lost (invariants C1 to C3)."""

import json
from pathlib import Path
from typing import Any

import pytest

from oms_tui.clock import SystemClock
from oms_tui.desk import ask, doctor
from oms_tui.domain.people import LOCAL_ACTOR, Role
from tests.build import line, order
from tests.desk.conftest import Place, add_person, entries, take_in
from tests.processes import Process
from tests.support import scaled

PROGRAM = Path(__file__).with_name("acting.py")


class Program:
    """A console of its own, in a process of its own."""

    def __init__(self, place: Place, name: str, *what: object) -> None:
        self.process = Process(str(PROGRAM), place.url, str(place.state), name, *map(str, what))
        self.input, self.output = self.process.stdin, self.process.stdout

    def read(self) -> dict[str, Any]:
        """The next line it prints."""
        answer: dict[str, Any] = json.loads(self.output.readline())
        return answer

    def go(self, version: int) -> None:
        """Let it act on that version."""
        self.input.write(f"{version}\n")
        self.input.flush()

    def end(self) -> None:
        """Wait until it is done by itself."""
        self.input.close()
        self.output.close()
        assert self.process.wait(30) == 0


@pytest.fixture
def programs():
    started: list[Program] = []
    yield started
    for program in started:
        program.process.end()


@pytest.mark.parametrize("count", [2, 8])
def test_of_programs_racing_on_one_version_exactly_one_wins(place, programs, count):
    """C3, scaled: all are told the same version at once; one effect, the others are told of it."""
    rounds = scaled(125, at_least=3)
    place.clock = SystemClock()
    desk = place.open()
    names = [f"person-{number}" for number in range(count)]
    for name in names:
        add_person(desk, name, Role.CS)
    take_in(desk, order(line(1, quantity=rounds + 1, minor=100_000)))
    programs += [Program(place, name, "race", "10427", rounds) for name in names]
    assert all(program.read() == {"ready": True} for program in programs)
    before = entries(desk)
    for version in range(1, rounds + 1):
        for program in programs:
            program.go(version)
        for program in programs:
            assert "asked" in program.read()
        answers = [program.read() for program in programs]
        done = [answer for answer in answers if "done" in answer]
        assert [answer["version"] for answer in done] == [version + 1]
        assert [a["refused"] for a in answers if a not in done] == ["StaleVersion"] * (count - 1)
    for program in programs:
        program.end()
    value = ask.order(desk, LOCAL_ACTOR, "10427").order
    assert value.version == rounds + 1
    assert sum(x.quantity for x in value.lines if x.is_cancelled) == rounds
    assert entries(desk) == before + rounds
    assert doctor.examine(desk).findings == ()


def test_notes_of_several_programs_are_all_there(place, programs):
    """C2, scaled: append-only verbs go on any version; no update is lost."""
    writers, each = 4, scaled(2_500, at_least=20)
    ids = [f"N{number}" for number in range(scaled(100, at_least=2))]
    place.clock = SystemClock()
    desk = place.open()
    for number in range(writers):
        add_person(desk, f"person-{number}", Role.CS)
    take_in(desk, *(order(id=name) for name in ids))
    programs += [Program(place, f"person-{n}", "act", n, *ids) for n in range(writers)]
    acknowledged = []
    for program in programs:
        program.read()
    for program in programs:
        own = 0
        while own < each:
            answer = program.read()
            if "done" in answer:
                acknowledged.append(answer)
                own += 1
    for program in programs:
        program.process.kill()
        program.process.wait()
        acknowledged += [
            answer
            for text in program.output.read().splitlines(keepends=True)
            if text.endswith("\n") and "done" in (answer := json.loads(text))
        ]
    with desk.store.read() as conn:
        logged = {
            tuple(row)
            for row in conn.exec_driver_sql("SELECT key, seq, version FROM audit_entry WHERE key <> ''")
        }
    assert {(a["key"], a["seq"], a["version"]) for a in acknowledged} <= logged
    assert len({a["seq"] for a in acknowledged}) == len(acknowledged)
    assert len(logged) - len(acknowledged) <= writers
    assert doctor.examine(desk).findings == ()
