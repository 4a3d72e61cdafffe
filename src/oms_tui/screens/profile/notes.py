"""Tab Notes: what colleagues wrote, newest first, with what it is about (spec 2, Note)."""

from dataclasses import dataclass

from oms_tui.domain.order import Note
from oms_tui.screens.profile.page import Page
from oms_tui.screens.profile.view import View
from oms_tui.widgets.lines import Piece
from oms_tui.widgets.listing import Body


@dataclass(frozen=True, slots=True)
class NoteKey:
    """Names a note among the stops."""

    number: int


def build(view: View, width: int, *, key: str = "") -> Body:
    """The tab's body; `key` writes a note."""
    page = Page(width)
    for note in reversed(view.order.notes):
        _note(page, view, note)
    if not view.order.notes:
        page.say(f"No note yet. {key} writes one." if key else "No note yet.")
    return page.body()


def _note(page: Page, view: View, note: Note) -> None:
    page.blank()
    about = f"line {note.line}" if note.line is not None else ""
    about = f"shipment {note.shipment}" if note.shipment is not None else about
    head: list[Piece] = [(note.person, "strong"), (f"  {view.at(note.at)}", "muted")]
    if about:
        head.append((f"  about {about}", "accent"))
    key = NoteKey(note.number)
    page.put(*head, key=key)
    page.say(note.text, "", key=key)
