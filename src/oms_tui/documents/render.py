"""From a paper to a PDF: the same bytes each time."""

from oms_tui.documents.letters import REPLACEMENT, printable
from oms_tui.documents.page import Pages
from oms_tui.documents.sheet import Sheet
from oms_tui.documents.words import Told
from oms_tui.domain.papers import Paper


def render(paper: Paper, *, copy: int = 0, logo: bytes = b"") -> bytes:
    """The PDF of a paper.

    Args:
        paper: What stands on it.
        copy: 0 for the original; any other is marked as a copy.
        logo: PNG or JPEG image; nothing where there is none.
    """
    told = Told(paper, copy)
    texts = [*map(printable, told.texts()), "0123456789 #/…", REPLACEMENT]
    content, pages = _drawn(told, texts, logo, 1)
    # Drawn again where there are more: only then it is known how many.
    return content if pages == 1 else _drawn(told, texts, logo, pages)[0]


def _drawn(told: Told, texts: list[str], logo: bytes, pages: int) -> tuple[bytes, int]:
    """The PDF that says it has so many pages, and how many it has."""
    sheet = Sheet(texts, told.paper.number, told.paper.at, told.language)
    try:
        found = Pages(sheet, told, logo, pages).draw()
        return (bytes(sheet.output()) if found == pages else b""), found
    finally:
        sheet.release()
