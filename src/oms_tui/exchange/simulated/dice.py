"""Chance that can be asked again: what is asked of it and the seed decide, not when or how often."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, TypeVar

T = TypeVar("T")
_BYTES: Final = 8
_WHOLE: Final = 1 << (8 * _BYTES)
_MILLE: Final = 1_000


class Dice:
    """The chance of one order. The same seed, order and question give the same answer, in any run and order
    of asking."""

    def __init__(self, seed: int, about: str) -> None:
        """Take the seed of the whole play, and the ID of what the chance is about."""
        self._start = f"{seed}|{about}"

    def _number(self, question: Sequence[object]) -> int:
        text = "|".join((self._start, *map(str, question)))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=_BYTES).digest(), "big")

    def hits(self, per_mille: int, *question: object) -> bool:
        """Whether something happens that does so this often in a thousand."""
        return self._number(question) % _MILLE < per_mille

    def pick(self, options: Sequence[T], *question: object) -> T:
        """One of several, each as likely as the others."""
        return options[self._number(question) % len(options)]

    def between(self, low: timedelta, high: timedelta, *question: object) -> timedelta:
        """A duration from `low` to `high`."""
        return low + (high - low) * (self._number(question) / _WHOLE)
