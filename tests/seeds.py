"""Random numbers for tests that can be repeated: the seed is printed, and OMS_TUI_TEST_SEED sets it."""

import os
import random


def seeded() -> random.Random:
    """A source of random numbers whose seed a failing test shows."""
    given = os.environ.get("OMS_TUI_TEST_SEED")
    seed = int(given) if given else random.SystemRandom().getrandbits(32)
    print(f"OMS_TUI_TEST_SEED={seed} repeats this run")
    return random.Random(seed)
