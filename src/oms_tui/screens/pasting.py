"""Pastes stay whole: what stands between a terminal's paste brackets is text and never keys (invariant T7).

The framework takes an escape inside the brackets for the begin of a key: what follows it then arrives as
keys, and before the text that was pasted in front of it.
"""

from collections.abc import Iterable
from contextlib import suppress

from textual._xterm_parser import XTermParser
from textual.message import Message

ESCAPE = "\x1b"
BEGIN, END = "\x1b[200~", "\x1b[201~"
"""How a terminal brackets a paste."""


class PasteFilter:
    """Takes the escapes out of pastes, in whatever pieces they are read."""

    def __init__(self) -> None:
        self._is_inside = False
        self._seen = ""
        """Outside: the last characters, which may begin a bracket."""
        self._kept = ""
        """Inside: what may be the begin of the closing bracket."""

    def passed(self, data: str) -> str:
        """What of the data goes on; what may be half a closing bracket waits for the rest of it."""
        out: list[str] = []
        while data:
            piece, data = self._inside(data) if self._is_inside else self._outside(data)
            out.append(piece)
        return "".join(out)

    def _outside(self, data: str) -> tuple[str, str]:
        """(what goes on, what is still to be looked at)."""
        whole = self._seen + data
        at = whole.find(BEGIN)
        if at < 0:
            self._seen = whole[1 - len(BEGIN) :]
            return data, ""
        end = at + len(BEGIN) - len(self._seen)
        self._is_inside, self._seen = True, ""
        return data[:end], data[end:]

    def _inside(self, data: str) -> tuple[str, str]:
        """(what goes on, what is still to be looked at)."""
        data, self._kept = self._kept + data, ""
        text, end, rest = data.partition(END)
        if end:
            self._is_inside = False
        else:
            half = next(n for n in range(len(END) - 1, -1, -1) if text.endswith(END[:n]))
            text, self._kept = text[: len(text) - half], END[:half]
        return text.replace(ESCAPE, "") + end, rest


class WholePastes(XTermParser):
    """The framework's parser, given pastes without escapes."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pastes = PasteFilter()

    def feed(self, data: str) -> Iterable[Message]:
        """The messages in what was read; "" is the end of it."""
        passed = self._pastes.passed(data)
        return super().feed(passed) if passed or not data else ()


def keep_pastes_whole() -> None:
    """Have terminals read with `WholePastes`; the framework has no setting for it."""
    with suppress(ImportError):  # no such driver on this system
        from textual.drivers import linux_driver

        linux_driver.XTermParser = WholePastes  # type: ignore[attr-defined]
