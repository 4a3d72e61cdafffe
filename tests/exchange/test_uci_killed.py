"""An import that is killed in the middle leaves a database that a second run completes (spec 9, invariant
X5)."""

import os
import signal
import time
from pathlib import Path
from random import Random
from subprocess import TimeoutExpired

import pytest

from oms_tui.desk.desk import Desk
from oms_tui.desk.doctor import examine
from oms_tui.exchange.uci.reading import LAYOUTS
from oms_tui.store import orders as stored_orders
from oms_tui.store import returns as stored_returns
from tests.desks import open_desk
from tests.processes import Process
from tests.seeds import seeded
from tests.support import scaled

INVOICES = 2_500
ARTICLES = [f"{number}" for number in range(22_000, 22_040)]


def make_file(path: Path, rng: Random) -> Path:
    """Sales and credits of few customers and articles, so that most credits reach several orders."""
    rows = [",".join(LAYOUTS[0])]
    for number in range(INVOICES):
        invoice = f"{500_000 + number}"
        day = f"2010-{1 + number // 400:02d}-{1 + number // 15 % 27:02d}"
        when = f"{day} {8 + number % 10:02d}:{number % 60:02d}:00"
        customer = f"{12_000 + rng.randrange(30)}"
        is_credit = rng.random() < 0.25
        for _ in range(rng.randint(1, 6)):
            pieces = rng.randint(1, 12)
            quantity, prefix = (-pieces, "C") if is_credit else (pieces, "")
            price, article = f"{rng.randint(0, 8)}.{rng.randint(10, 99)}", rng.choice(ARTICLES)
            rows.append(f"{prefix}{invoice},{article},THING,{quantity},{when},{price},{customer},EIRE")
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return path


def start(folder: Path, file: Path) -> Process:
    folder.mkdir(exist_ok=True)
    words = ("--database", str(folder / "desk.db"), "import", "uci", str(file), "--rejects", str(folder))
    return Process("-m", "oms_tui", *words, env={**os.environ, "OMS_TUI_STATE_DIR": str(folder / "state")})


def content(desk: Desk) -> list[object]:
    """All that came in but the time of the import."""
    found: list[object] = []
    with desk.store.read() as conn:
        last = 0
        while pks := stored_orders.next_pks(conn, last):
            for stored in stored_orders.load_many(conn, pks):
                order = stored.order
                notes = stored_returns.credit_notes_of(conn, order.id)
                returns = sorted(stored_returns.of_order(conn, stored.pk), key=lambda r: r.id)
                lines = sorted((x.placed_as, x.status, x.quantity, x.amount.minor) for x in order.lines)
                found.append((order.id, lines, returns, sorted(notes, key=lambda n: n.number)))
            last = pks[-1]
    return sorted(found, key=lambda row: row[0])  # type: ignore[index]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[object], float]:
    """The file, what an undisturbed import makes of it, and how long it takes in seconds."""
    folder = tmp_path_factory.mktemp("whole")
    file = make_file(folder / "uci.csv", seeded())
    begin = time.monotonic()
    assert start(folder, file).wait(timeout=300) == 0
    took = time.monotonic() - begin
    with open_desk(folder) as desk:
        return file, content(desk), took


def test_killed_and_begun_again(whole: tuple[Path, list[object], float], tmp_path: Path) -> None:
    """Killed at several moments, the last of them late, then completed: the same orders, returns and
    notes."""
    file, expected, took = whole
    rng = seeded()
    kills = scaled(200, at_least=3)
    for moment in sorted(rng.uniform(0.3, 0.98) for _ in range(kills)):
        process = start(tmp_path, file)
        try:
            process.wait(timeout=took * moment)
        except TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert start(tmp_path, file).wait(timeout=300) == 0
    with open_desk(tmp_path) as desk:
        assert content(desk) == expected
        assert examine(desk).findings == ()
