"""State machines at a desk: each run of one works on a desk of its own, copied from a desk with people."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from oms_tui.domain.people import Role
from tests.desk.conftest import Place, add_person


class DeskMachine(RuleBasedStateMachine):
    """A machine whose steps change a desk; it counts them and puts the desk away."""

    def __init__(self, make_place: Callable[[], Place]) -> None:
        super().__init__()
        self.place = make_place()
        self.desk = self.place.open()
        self.steps = 0

    def put_away(self) -> None:
        """Close the desk and remove it."""
        self.place.close()
        shutil.rmtree(self.place.path.parent)


def _copies(folder: Path, people: dict[str, Role]) -> Callable[[], Place]:
    """Makes copies of a desk with these people."""
    template = Place(folder / "template")
    desk = template.open()
    for name, role in people.items():
        add_person(desk, name, role)
    template.close()

    def make_place() -> Place:
        place = Place(folder / uuid4().hex)
        shutil.copy(template.path, place.path)
        shutil.copytree(template.state, place.state)
        return place

    return make_place


def run_steps(
    machine: type[DeskMachine], folder: Path, people: dict[str, Role], *, steps: int, longest: int
) -> None:
    """Run a machine until it has made so many steps, `longest` at a time."""
    make_place = _copies(folder, people)
    done = 0

    class Machine(machine):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            super().__init__(make_place)

        def teardown(self) -> None:
            nonlocal done
            super().teardown()
            done += self.steps

    given: Any = Machine
    while done < steps:
        run_state_machine_as_test(
            given,
            settings=settings(
                max_examples=-(-(steps - done) // longest),
                stateful_step_count=longest,
                deadline=None,
                # Shrinking runs whole programs on files for minutes; the printed blob repeats the failure.
                phases=(Phase.explicit, Phase.generate),
                suppress_health_check=list(HealthCheck),
            ),
        )
    print(f"{done} steps")
