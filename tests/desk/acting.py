"""A program that acts on orders until it is ended: run by the tests of races and of kills, not a test itself.

    acting.py URL STATE_FOLDER NAME race ORDER_ID ROUNDS
    acting.py URL STATE_FOLDER NAME act SEED ORDER_ID...

One JSON line is printed, and flushed, for each action that was acknowledged; a refusal is printed as such.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

from oms_tui.config import Settings
from oms_tui.desk import commit, errors, people
from oms_tui.desk.desk import Desk
from oms_tui.domain.people import Actor
from oms_tui.domain.status import BEFORE_PACKED
from oms_tui.store import orders


def say(**what: object) -> None:
    """One line, at once."""
    print(json.dumps(what), flush=True)


class Acting:
    """Somebody at work."""

    def __init__(self, url: str, state_folder: Path, name: str) -> None:
        self.desk = Desk.open(url, settings=Settings(), state_folder=state_folder)
        self.actor: Actor = people.actor_named(self.desk, name)

    def version(self, order_id: str) -> int:
        """The order's version now."""
        with self.desk.store.read() as conn:
            found = orders.find(conn, order_id)
        assert found is not None
        return found.order.version

    def commit(self, verb: str, order_id: str, arguments: dict[str, object], version: int) -> None:
        """One action; printed before it is asked for and again when it is acknowledged or refused."""
        key = uuid4().hex
        say(asked=verb, order=order_id, key=key)
        try:
            done = commit.commit(self.desk, self.actor, verb, order_id, arguments, version=version, key=key)
        except (errors.StaleVersion, errors.StateRefuses) as refused:
            say(refused=type(refused).__name__, order=order_id, key=key)
        else:
            say(done=verb, order=order_id, key=key, version=done.version, seq=done.seq)

    def race(self, order_id: str, rounds: int) -> None:
        """At a word on standard input cancel one piece, on the version named by it."""
        say(ready=True)
        for _ in range(rounds):
            version = int(sys.stdin.readline())
            self.commit("order.cancel", order_id, {"reason": "duplicate", "lines": ["1:1"]}, version)

    def act(self, seed: int, ids: list[str]) -> None:
        """Notes, claims and cancels of single pieces, one after the other, until ended."""
        rng = random.Random(seed)
        say(ready=True)
        for number in _forever():
            order_id = rng.choice(ids)
            verb, arguments = rng.choice(_ACTIONS)(self, order_id, number, rng)
            self.commit(verb, order_id, arguments, self.version(order_id))


def _forever() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


Action = Callable[[Acting, str, int, random.Random], tuple[str, dict[str, object]]]


def _note(acting: Acting, order_id: str, number: int, rng: random.Random) -> tuple[str, dict[str, object]]:
    return "order.note", {"text": f"note {number} by {acting.actor.name} " + "x" * rng.randint(0, 3000)}


def _cancel(acting: Acting, order_id: str, number: int, rng: random.Random) -> tuple[str, dict[str, object]]:
    with acting.desk.store.read() as conn:
        found = orders.find(conn, order_id)
    assert found is not None
    free = [line for line in found.order.lines if line.status in BEFORE_PACKED]
    if not free:
        return _note(acting, order_id, number, rng)
    return "order.cancel", {"reason": "duplicate", "lines": [[rng.choice(free).number, 1]]}


def _claim(acting: Acting, order_id: str, number: int, rng: random.Random) -> tuple[str, dict[str, object]]:
    return rng.choice(["order.claim", "order.release"]), {}


_ACTIONS: list[Action] = [_note, _cancel, _cancel, _claim]


def main(url: str, state_folder: str, name: str, what: str, *rest: str) -> None:
    """Run."""
    acting = Acting(url, Path(state_folder), name)
    if what == "race":
        acting.race(rest[0], int(rest[1]))
    else:
        acting.act(int(rest[0]), list(rest[1:]))
    acting.desk.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
