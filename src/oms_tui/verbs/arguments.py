"""Arguments that several verbs ask for."""

from oms_tui.verbs.base import Argument, ArgumentKind

LONGEST_NOTE = 500
"""Characters."""
OTHER = "other"
"""The reason that needs words of its own (spec 6)."""


def note_argument(help: str, *, is_required: bool = False) -> Argument:
    """Words of the person's own, for the timeline; `help` says what they are good for here."""
    return Argument(
        name="note",
        kind=ArgumentKind.TEXT,
        label="Note",
        help=help,
        is_required=is_required,
        max_length=LONGEST_NOTE,
    )
