"""What can go wrong between a console and its desk: a short tree, written for the person who reads it
(architecture 6)."""

from collections.abc import Sequence


class BackendError(Exception):
    """Anything the desk answers that is not what was asked for. Its text can be shown as it is."""


class BadRequest(BackendError):  # noqa: N818 - the tree reads as outcomes
    """Something typed cannot be taken: `field` names the argument ("filter" for filters), `start`/`end`
    underline it."""

    def __init__(self, message: str, *, field: str = "", start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.field = field
        self.start = start
        self.end = end


class RefusedByDesk(BackendError):  # noqa: N818
    """The order's state refuses the verb: (reason, id of the verb that would fix it or None) for each
    fact."""

    def __init__(self, blockers: Sequence[tuple[str, str | None]]) -> None:
        super().__init__("; ".join(reason for reason, _ in blockers))
        self.blockers = tuple(blockers)


class Conflict(BackendError):  # noqa: N818
    """Somebody changed the order since it was planned: what changed and by whom is in the text; plan
    again."""

    def __init__(self, message: str, *, version: int) -> None:
        super().__init__(message)
        self.version = version


class NotFound(BackendError):  # noqa: N818
    """There is no such order, queue or person."""


class NotAllowed(BackendError):  # noqa: N818
    """The person has no right to it, or is not signed in."""


class SignedOut(NotAllowed):
    """Nobody is signed in any more: the session has run out, or the person was disabled (invariants N4,
    Z4)."""


class SignInFailed(BackendError):  # noqa: N818
    """Name and password do not go together, or the wait after earlier failures is not over (`retry_after`
    seconds)."""

    def __init__(self, message: str, *, retry_after: int = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OutcomeUnknown(BackendError):  # noqa: N818
    """No answer came: whether it took effect is not known yet; ask `outcome_of` with the same key (invariant
    I3)."""


class Unavailable(BackendError):  # noqa: N818
    """The desk cannot be used now (locked, full, read-only, newer than this program): what and what to do."""
