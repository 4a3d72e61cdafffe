"""Reading JSON Lines in constant memory: events, and bad lines with their reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import msgspec

from oms_tui.domain.cards import redact_cards
from oms_tui.domain.events.kinds import Event
from oms_tui.exchange.ingest.mapping import event_of
from oms_tui.exchange.ingest.schema import AnyEvent

LONGEST: Final = 131_072
"""Bytes of one line, at most."""
_KEPT: Final = 2_000
"""Characters of a bad line that the reject file shows."""
_DECODE = msgspec.json.Decoder(AnyEvent).decode
_BLANK: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no event: its number, why, and its text."""

    number: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A line that is an event."""

    number: int
    event: Event
    raw: bytes


def read_line(raw: bytes) -> Event:
    """The event of one line.

    Raises:
        ValueError: It is none; the message says why.
    """
    try:
        return event_of(_DECODE(raw))
    except msgspec.ValidationError as error:
        raise ValueError(f"no event: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"no JSON: {error}") from None


def text_of(raw: bytes) -> str:
    """A line for the reject file: without card numbers (K3), cut where it is very long."""
    text = raw.rstrip(_BLANK).decode("utf-8", "replace")
    if len(text) > _KEPT:
        text = f"{text[:_KEPT]}… ({len(raw):,} bytes)"
    return redact_cards(text)


class Lines:
    """The lines of a file or stream, one after the other; `position` tells how many bytes were read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position = 0
        self.count = 0
        """Lines read that were not empty."""

    def __iter__(self) -> Iterator[GoodLine | BadLine]:
        number = 0
        while raw := self._file.readline(LONGEST + 1):
            number += 1
            self.position += len(raw)
            is_long = len(raw) > LONGEST
            if is_long:
                self._skip_rest(raw)
            if not raw.strip(_BLANK):
                continue
            self.count += 1
            if number == 1 and raw.startswith(b"\xef\xbb\xbf"):
                raw = raw[3:]
            if is_long:
                yield BadLine(number, f"longer than {LONGEST:,} bytes", text_of(raw))
                continue
            try:
                yield GoodLine(number, read_line(raw), raw)
            except ValueError as error:
                yield BadLine(number, str(error), text_of(raw))

    def _skip_rest(self, raw: bytes) -> None:
        while raw and not raw.endswith(b"\n"):
            raw = self._file.readline(LONGEST)
            self.position += len(raw)
