"""What the desk answers when it does not do what was asked: a short tree, each with a sentence for the
person.

A backend turns these into its own errors (`backend.errors`), which say the same.
"""

from collections.abc import Sequence

from oms_tui.verbs import Blocker


class DeskError(Exception):
    """Anything the desk answers that is not what was asked for."""


class NoRight(DeskError):  # noqa: N818 - the tree reads as outcomes
    """The person has no right to it. The refusal is in the audit log."""


class SignedOut(NoRight):
    """The session is over, or the person was disabled: sign in again."""


class SignInRefused(DeskError):  # noqa: N818
    """Name and password do not go together, or the wait after earlier failures is not over."""

    def __init__(self, message: str, *, retry_after: int = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Whole seconds until the next try counts; 0 = at once."""


class BadInput(DeskError):  # noqa: N818
    """Something typed cannot be taken; `field` names it, `start` and `end` underline it in a filter."""

    def __init__(self, message: str, *, field: str = "", start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.field = field
        self.start = start
        self.end = end


class StateRefuses(DeskError):  # noqa: N818
    """The order's state refuses the verb; nothing was written."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        super().__init__("; ".join(blocker.reason for blocker in blockers))
        self.blockers = tuple(blockers)


class StaleVersion(DeskError):  # noqa: N818
    """Somebody changed the order since it was planned (invariant C1): plan again on `version`."""

    def __init__(self, message: str, *, version: int) -> None:
        super().__init__(message)
        self.version = version


class Missing(DeskError):  # noqa: N818
    """There is no such order, queue or person."""


class Unusable(DeskError):  # noqa: N818
    """The desk cannot be used: what happened to what was asked, and what to do."""


class OutcomeNotKnown(DeskError):  # noqa: N818
    """Writing broke off where nobody can tell whether it took effect: ask with the same key (invariant
    I3)."""
