"""Takes the README's pictures from the running program on sample data: `make screenshots`.

The clock stands still and the sample data is seeded, so the same program gives the same pictures.
"""

import asyncio
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from oms_tui.app import OmsApp
from oms_tui.backend.local import LocalBackend
from oms_tui.clock import FixedClock
from oms_tui.config import DeskSettings, Settings
from oms_tui.desk.intake import Batch, take_in
from oms_tui.desk.sample import begin_sample, finish_sample
from oms_tui.exchange.sample import SAMPLE_PEOPLE, generate

FOLDER = Path(__file__).parent
NOW = datetime(2026, 11, 22, 8, 41, tzinfo=UTC)
SETTINGS = Settings(desk=DeskSettings(time_zone="Europe/Berlin", name="linden-home"))
SIZE = (120, 40)
ORDERS = 2_000
PAUSE = 0.6
"""Seconds given to a screen after the keys that bring it."""
PICTURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("dashboard.svg", ("1",)),
    ("orders.svg", (":", "o", "r", "enter", "2")),
    ("profile.svg", ("enter", "2")),
    ("cancel.svg", ("1", "x")),
)
"""Picture -> the keys that lead there from the one before."""
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def _sample(folder: Path) -> str:
    url = f"sqlite:///{folder / 'sample.db'}"
    desk = begin_sample(url, SETTINGS, SAMPLE_PEOPLE)
    desk.clock = FixedClock(NOW)  # since when flows stand still is said on screens
    for made in generate(ORDERS, now=NOW):
        batch = Batch(orders=made.orders, returns=made.returns, credit_notes=made.credit_notes)
        take_in(desk, batch, source="sample")
    finish_sample(desk)
    desk.close()
    return url


async def _take(url: str) -> None:
    clock = FixedClock(NOW)
    app = OmsApp(LocalBackend(url, SETTINGS, clock=clock), SETTINGS, clock)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(4 * PAUSE)
        for name, keys in PICTURES:
            for key in keys:
                await pilot.press(key)
                await pilot.pause(PAUSE)
            await pilot.pause(2 * PAUSE)
            picture = _FONT_FACE.sub("", app.export_screenshot(title="oms-tui"))
            (FOLDER / name).write_text(picture, encoding="utf-8")
            print(f"docs/{name}")


def main() -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_take(_sample(Path(folder))))


if __name__ == "__main__":
    main()
