"""A customer's wish to cancel that nobody has answered: a queue for Customer Support (spec 6).

Both the wish and a refusal are notes of the order; whichever came last counts.
"""

from typing import Final

from oms_tui.domain.order import Note, Order

CUSTOMER: Final = "customer"
"""Who a note is from that says what the customer told us."""
ASKED: Final = "The customer asks to cancel"
"""How the note of a wish begins."""
DECLINED: Final = "Declined to cancel"
"""How the note of a refusal begins."""


def open_request(order: Order) -> Note | None:
    """The wish that waits for an answer; None where there is none, or nothing is left to cancel."""
    if order.lines and all(line.is_cancelled for line in order.lines):
        return None
    for note in reversed(order.notes):
        if note.text.startswith(DECLINED):
            return None
        if note.person == CUSTOMER and note.text.startswith(ASKED):
            return note
    return None


def words_of(request: Note) -> str:
    """What the customer said with a wish to cancel; "" = nothing."""
    return request.text.removeprefix(ASKED).lstrip(": ")
