"""A batch in which each order is written once leaves the same facts as its events one at a time."""

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, table, text

from oms_tui.clock import FixedClock
from oms_tui.desk import doctor, flows, receiving
from oms_tui.desk.desk import Desk
from oms_tui.desk.events import Together
from oms_tui.desk.intake import Batch, take_in
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.events.cases import Fate, Received
from oms_tui.domain.status import LineStatus
from oms_tui.store.stock import StockLevel
from tests.build import NOON, line, order
from tests.desk.test_flows import BERLIN
from tests.desks import open_desk
from tests.seeds import seeded
from tests.support import scaled

K = EventKind
LATER = timedelta(minutes=31)
ORDERS = ("10427", "10428", "10429")
LINES = (1, 2, 3)
COURSE = (K.ACKNOWLEDGED, K.CONFIRMED, K.PACKED, K.SHIPPED, K.DELIVERED)
"""What mostly is said of a parcel."""
STRAY = (K.SHORT, K.UNDELIVERED, K.CANCEL_REQUESTED, K.PICK_CANCELLED, K.SENT_BACK, K.CAPTURED, K.DISPUTED)
NUMBERED = {"pk", "seq", "link", "detail"}
"""Columns that say in which order rows were written, or follow from that."""
BESIDE = ("meta", "alembic_version", "order_search")
"""Tables of the file itself, and those that SQLite keeps for the search index."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk with orders of which one has its pick ticket out and the others nearly."""
    folder = tmp_path_factory.mktemp("begun")
    clock = FixedClock(NOON)
    with open_desk(folder, clock=clock) as desk:
        lines = [line(number, LineStatus.PENDING_ALLOCATION, quantity=2) for number in LINES]
        new = [order(*lines, id=name, tasks=(), created=NOON) for name in ORDERS]
        levels = [StockLevel(location="BER-1", sku=f"SKU-{number}", on_hand=6) for number in LINES]
        taken = take_in(desk, Batch(orders=new, locations=(BERLIN,), stock=tuple(levels)), source="test")
        assert taken.refused == ()
        flows.run_due(desk)
        confirmed = Event(id="c", kind=K.CONFIRMED, order_id=ORDERS[0], at=NOON, shipment="S-1")
        receiving.receive(desk, [confirmed])
        clock.advance(LATER)
        flows.run_due(desk)
    return folder


def drawn(rng: random.Random) -> list[Event]:
    """Events of some orders, most of them in their turn, some too early, twice, or such as cannot be."""
    told = []
    for name in rng.sample(ORDERS, rng.randrange(1, 4)):
        kinds = [kind for kind in COURSE for _ in range(rng.choice((1, 1, 2, 3)))]
        for _ in range(rng.choice((0, 0, 1, 2))):
            kinds.insert(rng.randrange(len(kinds)), rng.choice(STRAY))
        if rng.random() < 0.3:
            rng.shuffle(kinds)
        for place, kind in enumerate(kinds):
            told.append(_event(rng, name, kind, place))
            if rng.random() < 0.1:
                told.append(rng.choice(told))
    return told if rng.random() < 0.5 else sorted(told, key=lambda event: event.at)


def _event(rng: random.Random, order_id: str, kind: EventKind, place: int) -> Event:
    lines = rng.sample(LINES, rng.randrange(1, 4)) if rng.random() < 0.6 else []
    return Event(
        id=f"{order_id}-{place}" if rng.random() < 0.95 else "same",
        kind=kind,
        order_id=order_id if rng.random() < 0.97 else "10430",
        at=NOON + LATER + timedelta(seconds=place),
        shipment="S-1" if rng.random() < 0.95 else "S-9",
        lines=tuple((number, rng.choice((0, 0, 0, 1))) for number in lines),
        cause="refused" if kind is K.UNDELIVERED else "",
        reference="r-1" if kind in (K.CAPTURED, K.DISPUTED) else "",
    )


def facts(desk: Desk) -> dict[str, Counter[tuple[object, ...]]]:
    """Everything that is stored, without the order in which it was written."""
    found = {}
    with desk.store.read() as conn:
        tables = conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        for name in tables:
            if not name.startswith(BESIDE):
                rows = conn.execute(select(text("*")).select_from(table(name))).mappings().all()
                found[name] = Counter(
                    tuple(value for key, value in row.items() if key not in NUMBERED or name == "orders")
                    for row in rows
                    if row.get("value", 1) != 0  # a counter that came back to nothing
                )
        words = conn.exec_driver_sql("SELECT term, doc FROM order_entry").all()
        found["words"] = Counter(tuple(row) for row in words)
    return found


def story(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """The audit entries of each order with what they say, in their order."""
    told: dict[str, list[tuple[object, ...]]] = {}
    with desk.store.read() as conn:
        rows = conn.exec_driver_sql(
            "SELECT subject, action, version, key, actor, body FROM audit_entry JOIN audit_detail USING (seq)"
            " ORDER BY seq"
        )
        for subject, *said in rows:
            told.setdefault(subject, []).append(tuple(said))
    return told


@contextmanager
def at_a_copy(begun: Path, folder: Path) -> Iterator[Desk]:
    """A desk on a copy of its own."""
    shutil.copytree(begun, folder)
    with open_desk(folder, clock=FixedClock(NOON + LATER)) as desk:
        yield desk
    shutil.rmtree(folder)


@dataclass
class Left:
    """What a desk is left with, and what became of each event."""

    facts: dict[str, Counter[tuple[object, ...]]]
    story: dict[str, list[tuple[object, ...]]]
    fates: list[Fate]


def told_by(size: int, told: list[Event], begun: Path, folder: Path) -> Left:
    """What so many events at a time leave on a desk of their own, on which nothing is wrong."""
    with at_a_copy(begun, folder) as desk:
        done: list[Received] = []
        for start in range(0, len(told), size):
            done += receiving.receive(desk, told[start : start + size])
        assert doctor.examine(desk).findings == ()
        return Left(facts(desk), story(desk), [one.fate for one in done])


@pytest.fixture
def written_together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many orders each quick way wrote at once."""
    quick: list[int] = []
    real = Together.write

    def counted(self):
        written = real(self)
        quick.append(len(written))
        return written

    monkeypatch.setattr(Together, "write", counted)
    return quick


def test_what_is_written_together_is_what_one_at_a_time_leaves(
    begun: Path, tmp_path: Path, written_together: list[int]
) -> None:
    """A third of the events stop the quick way, so that both are walked, and every fate is met."""
    rng = seeded()
    fates = Counter[Fate]()
    for _ in range(scaled(400, at_least=10)):
        told = drawn(rng)
        alone, together = (told_by(size, told, begun, tmp_path / "desk") for size in (1, len(told)))
        assert alone.facts == together.facts, told
        assert alone.story == together.story, told
        fates.update(together.fates)
    assert sum(written_together)
    assert {Fate.TAKEN, Fate.KNOWN, Fate.WAITING, Fate.PROBLEM} <= fates.keys()
