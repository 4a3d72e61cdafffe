"""What tests of every room share: the scale of the run, where the real data lies, the repository's root."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The repository."""

SHARED_DATA = Path(os.environ.get("OMS_TUI_TEST_DATA") or ROOT.parent / "shared" / "data")
"""The folder of real orders beside the repository; not on every machine (fixture ``shared_data``)."""

IS_RELEASE = os.environ.get("OMS_TUI_TEST_SCALE") == "release"
"""True in ``make test-release``: every count at its full figure."""

SCALE = 1.0 if IS_RELEASE else 0.01
"""Share of the figures in the acceptance list that this run works through."""


def scaled(whole: int, at_least: int = 1) -> int:
    """How many of ``whole`` this run does.

    Args:
        whole: The figure of the acceptance list (1,000 keys, 200 kills, 1,000,000 orders).
        at_least: The fewest that still prove something.
    """
    return min(whole, max(at_least, round(whole * SCALE)))
