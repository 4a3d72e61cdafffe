"""Print documents into the documents folder: private, under safe names, never over another file, whole or not
at all (invariants X2, X3)."""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final, Protocol, TypeVar

from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import DeskError
from oms_tui.desk.papers import note_print, to_print
from oms_tui.documents.render import render
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.people import Actor
from oms_tui.paths import documents_dir, make_private_dir, write_atomically
from oms_tui.verbs import Answer

_TRIES: Final = 8
"""Times a copy is made anew where somebody else printed the same document meanwhile."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME: Final = 80


class NotWritten(DeskError):  # noqa: N818 - the tree reads as outcomes
    """A document could not be put into the documents folder; the message says why and what was done."""


T = TypeVar("T")


class Turn(Protocol):
    """Runs what needs the desk where the desk lives."""

    def __call__(self, call: Callable[[], T]) -> T:
        """What the call gives."""


def _here(call: Callable[[], T]) -> T:
    return call()


@dataclass(frozen=True, slots=True)
class _Work:
    """Who prints whose documents where."""

    desk: Desk
    actor: Actor
    order_id: str
    folder: Path
    turn: Turn


def deliver(
    desk: Desk,
    actor: Actor,
    order_id: str,
    given: Answer,
    folder: Path | None = None,
    *,
    turn: Turn = _here,
) -> Answer:
    """Print what an answer names, and answer with where it is.

    Drawing pages and writing files needs no desk; for all else its `turn` is waited for, so that a long print
    holds nobody up who reads.

    Args:
        desk: The desk.
        actor: Who prints.
        order_id: Whose documents they are.
        given: What a verb that prints answered.
        folder: Where to; None = the documents folder.
        turn: Runs what needs the desk; here and now where none is given.

    Raises:
        NoRight, Missing: As the desk says.
        NotWritten: The folder cannot be written to; what was not printed is not counted as printed.
    """
    folder = folder or documents_dir()
    work = _Work(desk, actor, order_id, folder, turn)
    places = [_print(work, kind, number) for kind, number in given.papers]
    names = ", ".join(place.name for place in places)
    verb = "is" if len(places) == 1 else "are"
    text = "\n".join(str(place) for place in places)
    return replace(given, text=text, summary=f"{names} {verb} in {_from_home(folder)}")


def _from_home(folder: Path) -> str:
    """A folder in few characters: a toast is one line, on a small terminal too."""
    with suppress(RuntimeError, ValueError):  # nobody's home, or elsewhere
        return str("~" / folder.relative_to(Path.home()))
    return str(folder)


def _print(work: _Work, kind: DocumentKind, number: str) -> Path:
    """One document: made and written, counted as printed, then given its name."""
    desk, actor, order_id, folder = work.desk, work.actor, work.order_id, work.folder
    for _ in range(_TRIES):
        found = work.turn(lambda: to_print(desk, actor, order_id, kind, number))
        copy = found.copy
        draft = _written(folder, render(found.paper, copy=copy, logo=found.logo), number)
        try:
            if work.turn(partial(note_print, desk, actor, order_id, kind, number, copy)):
                return _named(draft, folder, kind, number, copy)
        finally:
            draft.unlink(missing_ok=True)
    raise NotWritten(f"{number} is being printed by others all the time: nothing was printed. Try again.")


def _written(folder: Path, content: bytes, number: str) -> Path:
    """The whole file on the disk, under a name of its own that nobody looks for."""
    draft = folder / f".{secrets.token_hex(8)}.pdf"
    try:
        make_private_dir(folder)
        write_atomically(draft, content)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise NotWritten(
            f"{number} was not printed: {folder} cannot be written to ({error.strerror})."
        ) from error
    return draft


def _named(draft: Path, folder: Path, kind: DocumentKind, number: str, copy: int) -> Path:
    """The file under its name; the next free one where there is a file of that name already."""
    for place in _places(folder, kind, number, copy):
        try:
            os.link(draft, place)
        except FileExistsError:
            continue
        except OSError as error:
            raise NotWritten(
                f"{number} was counted as printed, but it cannot be put into {folder} ({error.strerror}): "
                "print it again, as a copy."
            ) from error
        return place
    raise AssertionError  # there is always another name


def _places(folder: Path, kind: DocumentKind, number: str, copy: int) -> Iterator[Path]:
    plain = _UNSAFE.sub("-", number).strip("-")[:_LONGEST_NAME] or "document"
    stem = f"{kind.value.replace('_', '-')}-{plain}" + (f"-copy-{copy}" if copy else "")
    yield folder / f"{stem}.pdf"
    for turn in count(2):
        yield folder / f"{stem}-{turn}.pdf"
