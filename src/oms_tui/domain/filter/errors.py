"""What is wrong with a filter, said so that a person can mend it (spec 8)."""

from collections.abc import Iterable, Sequence

_SHOWN_LENGTH = 40
_CLOSE_ENOUGH = 0.55


class FilterError(ValueError):
    """A filter that cannot be: never answered with an empty list (spec 8).

    Attributes:
        message: the problem, naming the wrong word; the words are the person's own and not yet cleaned.
        start, end: where the wrong word stands in the text, half-open, for underlining.
        expected: what may stand there instead.
        nearest: the one of them, or the field, that was probably meant.
    """

    def __init__(
        self,
        message: str,
        start: int,
        end: int,
        expected: Sequence[str] = (),
        nearest: str | None = None,
    ) -> None:
        super().__init__(message, start, end, tuple(expected), nearest)
        self.message = message
        self.start = start
        self.end = end
        self.expected = tuple(expected)
        self.nearest = nearest

    def __str__(self) -> str:
        """The whole sentence: the problem, the nearest right word, what was expected."""
        meant = f" (did you mean {self.nearest}?)" if self.nearest else ""
        expected = f"; expected {', '.join(self.expected)}" if self.expected else ""
        return f"{self.message}{meant}{expected}"


def quoted(word: str) -> str:
    """A word of the person's in quotes, cut short where it is long."""
    shown = word if len(word) <= _SHOWN_LENGTH else word[: _SHOWN_LENGTH - 1] + "…"
    return f'"{shown}"'


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that the word probably meant, None where none is near."""
    from difflib import get_close_matches  # only wrong words pay for it

    known = list(names)
    found = get_close_matches(word, known, n=1, cutoff=_CLOSE_ENOUGH)
    if found:
        return found[0]
    started = [name for name in known if word and name.startswith(word)]
    return started[0] if len(started) == 1 else None
