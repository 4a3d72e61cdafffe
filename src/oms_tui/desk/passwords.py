"""Passwords: which are taken (invariant N1) and how they are kept (N2)."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from oms_tui.desk.errors import BadInput

SHORTEST = 15
"""Characters: the password is the only factor (N1)."""
LONGEST = 1_024
"""Characters; far above the 128 that must fit, low enough that hashing stays quick."""
PRODUCT_WORDS = (
    "oms-tui", "omstui", "oms", "tui", "order", "orders", "management", "console", "desk", "terminal",
    "shipment", "return", "returns", "customer", "support", "operations", "administrator", "admin",
    "password",
)  # fmt: skip
"""Words anybody would try first here."""
_FEWEST_OWN = 8
"""Letters that must be left once product words and the person's own names are taken out."""
_GUESSABLE = 2
"""zxcvbn's scale from 0 to 4; up to here fewer than 10^8 guesses find it."""
_READ_CLOSELY = 72
"""Characters that are judged: whatever follows makes a password only stronger."""


def check_password(password: str, *names: str) -> None:
    """Refuse a password that is too short or easily guessed. Any characters go, none is asked for (N1).

    Args:
        password: As typed or pasted.
        names: The person's own names, which are easily guessed.

    Raises:
        BadInput: Says what is wrong with it, never the password itself.
    """
    _refuse_length(password)
    if password.casefold() in _common_passwords():
        raise BadInput("This password is on the list of common passwords.", field="password")
    if _is_mostly_known(password, names):
        raise BadInput("This password is little more than a name or words of this program.", field="password")
    from zxcvbn import zxcvbn  # loads large word lists, which only setting a password needs

    judged = zxcvbn(password[:_READ_CLOSELY], user_inputs=[*PRODUCT_WORDS, *names])
    if judged["score"] <= _GUESSABLE:
        why = judged["feedback"]["warning"]
        hint = f" {why.rstrip('.')}." if why else ""
        raise BadInput(f"This password is too easily guessed.{hint}", field="password")


def _refuse_length(password: str) -> None:
    if len(password) < SHORTEST:
        raise BadInput(
            f"A password needs at least {SHORTEST} characters; this has {len(password)}. "
            "A few words that do not belong together are easy to remember.",
            field="password",
        )
    if len(password) > LONGEST:
        raise BadInput(f"A password has at most {LONGEST:,} characters.", field="password")


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    """The 30,000 most used passwords of known leaks."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def _is_mostly_known(password: str, names: tuple[str, ...]) -> bool:
    """Whether too little is left of it without names, product words, and the digits and signs around them."""
    rest = password.casefold()
    known = {*PRODUCT_WORDS, *(word for name in names for word in name.casefold().split())}
    found = [word for word in sorted(known, key=len, reverse=True) if len(word) > 1 and word in rest]
    for word in found:
        rest = rest.replace(word, " ")
    return bool(found) and sum(char.isalpha() for char in rest) < _FEWEST_OWN


@dataclass(frozen=True, slots=True)
class Cost:
    """What hashing costs: Argon2id's memory in KiB, rounds and lanes. The default is the stronger of N2."""

    memory_kib: int = 64 * 1024
    rounds: int = 3
    lanes: int = 4


class Hasher:
    """Keeps passwords as Argon2id hashes, and takes as long for a name nobody has as for one that is
    there."""

    def __init__(self, cost: Cost | None = None) -> None:
        """Hash at this cost; the default one where none is given."""
        self.cost = cost or Cost()
        self._hasher = PasswordHasher(
            time_cost=self.cost.rounds, memory_cost=self.cost.memory_kib, parallelism=self.cost.lanes
        )
        self._nobody = ""

    def hash(self, password: str) -> str:
        """The hash that is kept."""
        return self._hasher.hash(_as_hashed(password))

    def verify(self, kept: str, password: str) -> bool:
        """Whether the password is the one behind `kept`; "" (nobody, or no password) fails after the same
        work."""
        if kept:
            return self._verify(kept, password)
        self._verify(self._hash_of_nobody(), password)
        return False

    def needs_rehash(self, kept: str) -> bool:
        """Whether it was made at a lower cost than today's (N2)."""
        made = extract_parameters(kept)
        return (
            made.memory_cost < self.cost.memory_kib
            or made.time_cost < self.cost.rounds
            or made.parallelism < self.cost.lanes
        )

    def warm_up(self) -> None:
        """Make the hash that unknown names are held against, so that the first of them takes no longer."""
        self._hash_of_nobody()

    def _hash_of_nobody(self) -> str:
        if not self._nobody:
            self._nobody = self._hasher.hash("a password that nobody has")
        return self._nobody

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _as_hashed(password))
        except (VerificationError, InvalidHashError):
            return False


def _as_hashed(password: str) -> bytes:
    """One form for what looks the same on different keyboards (NFC); lone surrogates are kept as they are."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
