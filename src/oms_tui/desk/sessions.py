"""Sessions: how long somebody stays signed in (invariant N4).

A console's session lives in its own memory. Durations are measured by a clock that nobody can set (F5).
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from oms_tui.desk.errors import SignedOut
from oms_tui.domain.people import Actor

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """When a session ends by itself, in seconds: without anything done, and in all."""

    idle: float = 15 * 60
    absolute: float = 12 * 60 * 60


def new_token() -> str:
    """256 random bits, as text."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def session_id(token: str) -> str:
    """What the audit log calls a session: enough of a hash to tell sessions apart, nothing to sign in
    with."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


class Session:
    """Somebody signed in at one console."""

    def __init__(
        self, actor: Actor, limits: SessionLimits, *, elapsed: Callable[[], float] = monotonic
    ) -> None:
        """Begin now; `elapsed` counts seconds from some moment on."""
        self._actor: Actor | None = actor
        self._limits = limits
        self._elapsed = elapsed
        self._began = self._used = elapsed()

    def actor(self, *, is_own_doing: bool = True) -> Actor:
        """Who is signed in. What the console does by itself (`is_own_doing` false) keeps no session alive.

        Raises:
            SignedOut: The session is over.
        """
        now = self._elapsed()
        if self._actor is None:
            raise SignedOut("You are signed out: sign in again.")
        if now - self._used >= self._limits.idle:
            self.end()
            raise SignedOut("Nothing was done for a while, so you are signed out: sign in again.")
        if now - self._began >= self._limits.absolute:
            self.end()
            raise SignedOut("This session has lasted its full time: sign in again.")
        if is_own_doing:
            self._used = now
        return self._actor

    def end(self) -> None:
        """Sign out; harmless when it is over already."""
        self._actor = None
