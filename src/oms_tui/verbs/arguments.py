"""Arguments that several verbs ask for."""

from collections.abc import Callable

from oms_tui.verbs.base import Argument, ArgumentKind, Arguments, Subject

LONGEST_NOTE = 500
"""Characters."""
OTHER = "other"
"""The reason that needs words of its own (spec 6)."""


def note_argument(
    help: str, *, is_required: bool = False, needed: Callable[[Subject, Arguments], bool] | None = None
) -> Argument:
    """Words of the person's own, for the timeline; `help` says what they are good for here, `needed` when
    they cannot be left out."""
    return Argument(
        name="note",
        kind=ArgumentKind.TEXT,
        label="Note",
        help=help,
        is_required=is_required,
        needed=needed,
        max_length=LONGEST_NOTE,
    )
