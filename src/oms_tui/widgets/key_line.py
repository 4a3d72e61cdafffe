"""The key line at the bottom: what one can press now (style guide 5, footer)."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.geometry import Region

from oms_tui.widgets.lines import Lines, Piece, Pieces, pieces_width, rule, spread


@dataclass(frozen=True, slots=True)
class Hint:
    """One key and what it does, in a word; dim where it cannot be done now (pressing it says why)."""

    key: str
    text: str
    is_dim: bool = False


class KeyLine(Lines):
    """Hints from the left, as many as there is room for; the last one, help, is always there."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ascii_only = ascii_only
        self._hints: tuple[Hint, ...] = ()
        self._note = ""

    @property
    def hints(self) -> tuple[Hint, ...]:
        """What it offers."""
        return self._hints

    def tell(self, hints: Sequence[Hint], note: str | None = None) -> None:
        """Offer these keys; `note` stands at the right edge ("1 of 1,204"), None leaves it as it is."""
        wanted = (tuple(hints), self._note if note is None else note)
        if wanted != (self._hints, self._note):
            self._hints, self._note = wanted
            # The rule above stays: it is as many bytes as all the rest.
            self.refresh(Region(0, self.size.height - 1, self.size.width, 1))

    def line(self, y: int, width: int) -> Pieces:
        """The rule, then the hints that fit; in a box of one line the hints alone."""
        if y < self.size.height - 1:
            return rule(width, ascii_only=self._ascii_only)
        note: list[Piece] = [(f"{self._note} ", "muted")] if self._note else []
        room = width - pieces_width(note) - 2
        *hints, last = self._hints or (Hint("", ""),)
        room -= pieces_width(_pieces(last))
        left: list[Piece] = [(" ", "")]
        for hint in hints:
            pieces = _pieces(hint)
            room -= pieces_width(pieces)
            if room < 0:
                break
            left += pieces
        return spread([*left, *_pieces(last)], note, width)


def _pieces(hint: Hint) -> list[Piece]:
    if not hint.text:
        return []
    if hint.is_dim:
        return [(f"{hint.key} {hint.text}·  ", "muted")]
    return [(hint.key, "key"), (f" {hint.text}  ", "")]
