"""How a pilot of Textual waits for the program under test."""

from textual import _wait

_LOOKS = 200
"""How often a second it looks whether the program has come to rest."""


def quicken() -> None:
    """Have pilots look for rest more often than every 20 ms, which Textual sleeps after each key.

    Nothing rests upon that sleep: tests wait for what they expect.
    """
    _wait.SLEEP_GRANULARITY = 1 / _LOOKS
    _wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 5
