"""A filter's text cut into items: signs, field names, operators and pieces of values, each with its place."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from oms_tui.domain.filter.errors import FilterError, quoted
from oms_tui.domain.filter.syntax import Operator

OPERATOR_CHARS = ":=<>"
QUOTE = '"'
STAR = "*"


@dataclass(frozen=True, slots=True)
class Piece:
    """One value or word: its text without quotes and without the `*` that ended it."""

    text: str
    start: int
    end: int
    is_quoted: bool = False
    has_star: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """One item: a word (no operator, one piece), or a field with an operator and its values."""

    start: int
    end: int
    negated: bool
    name: str
    name_start: int
    operator: Operator | None
    pieces: tuple[Piece, ...]


def readable(text: str) -> str:
    """The text with blanks for controls and lone surrogates, which nothing contains; places stay the same."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)


def scan(text: str) -> Iterator[Token]:
    """Cut a readable text into its items.

    Raises:
        FilterError: A quote is not closed, or something follows it directly.
    """
    scanner = _Scanner(text)
    while scanner.skip_blanks():
        yield scanner.item()


class _Scanner:
    """Walks over the text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def skip_blanks(self) -> bool:
        """Go on to the next item; False at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def item(self) -> Token:
        start = self.at
        negated = self._peek() == "-" and not self._ends(self.at + 1)
        self.at += negated
        name_start = self.at
        if self._peek() == QUOTE:
            piece = self._quoted_piece("")
            return Token(start, self.at, negated, "", name_start, None, (piece,))
        while not self._ends(self.at) and self.text[self.at] not in OPERATOR_CHARS:
            self.at += 1
        name = self.text[name_start : self.at]
        if self._ends(self.at):
            piece = _with_star(name, name_start, self.at)
            return Token(start, self.at, negated, "", name_start, None, (piece,))
        operator = self._operator()
        return Token(start, *self._values(negated, name, name_start, operator))

    def _operator(self) -> Operator:
        length = 2 if self.text[self.at : self.at + 2] in (">=", "<=") else 1
        found = Operator(self.text[self.at : self.at + length])
        self.at += length
        return found

    def _values(
        self, negated: bool, name: str, name_start: int, operator: Operator
    ) -> tuple[int, bool, str, int, Operator, tuple[Piece, ...]]:
        pieces = [self._piece()]
        while self._peek() == ",":
            self.at += 1
            pieces.append(self._piece())
        return self.at, negated, name, name_start, operator, tuple(pieces)

    def _piece(self) -> Piece:
        if self._peek() == QUOTE:
            return self._quoted_piece(",")
        start = self.at
        while not self._ends(self.at) and self.text[self.at] != ",":
            self.at += 1
        return _with_star(self.text[start : self.at], start, self.at)

    def _quoted_piece(self, may_follow: str) -> Piece:
        """Read `"…"`, in which `\\"` is a quote and `\\\\` a backslash, and the `*` that may end it."""
        start = self.at
        self.at += 1
        chars = []
        while self._peek() != QUOTE:
            if self.at >= len(self.text):
                raise FilterError("the quote is not closed", start, self.at, ('a closing "',))
            if self._peek() == "\\" and self.text[self.at + 1 : self.at + 2] in (QUOTE, "\\"):
                self.at += 1
            chars.append(self.text[self.at])
            self.at += 1
        self.at += 1
        has_star = self._peek() == STAR
        self.at += has_star
        if not self._ends(self.at) and self._peek() not in may_follow:
            raise self._glued()
        return Piece("".join(chars), start, self.at, is_quoted=True, has_star=has_star)

    def _glued(self) -> FilterError:
        end = self.at
        while not self._ends(end):
            end += 1
        message = f"{quoted(self.text[self.at : end])} follows a closing quote directly"
        return FilterError(message, self.at, end, ("a space", f"\\{QUOTE} for a quote inside quotes"))

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _ends(self, at: int) -> bool:
        return at >= len(self.text) or self.text[at].isspace()


def _with_star(raw: str, start: int, end: int) -> Piece:
    has_star = len(raw) > 1 and raw.endswith(STAR)
    return Piece(raw[:-1] if has_star else raw, start, end, has_star=has_star)
