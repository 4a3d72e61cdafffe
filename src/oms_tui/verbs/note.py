"""Add note: internal, append-only text on an order (spec 6)."""

from oms_tui.domain.authority import Right
from oms_tui.domain.order import Note
from oms_tui.domain.plan import Outcome
from oms_tui.verbs.base import (
    Argument,
    ArgumentKind,
    Arguments,
    Choice,
    Context,
    Policy,
    Subject,
    Verb,
)

MAX_NOTE = 4_000
"""Characters."""


def _about(subject: Subject, policy: Policy) -> tuple[Choice, ...]:
    order = subject.order
    lines = tuple(Choice(f"line {x.number}", f"line {x.number}") for x in order.lines)
    return (*lines, *(Choice(f"shipment {x.number}", f"shipment {x.number}") for x in order.shipments))


def _apply(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    text = str(arguments["text"])
    about = str(arguments["about"] or "")
    kind, _, name = about.partition(" ")
    order = subject.order
    note = Note(
        number=max((n.number for n in order.notes), default=0) + 1,
        at=context.now,
        person=context.actor.name,
        text=text,
        line=int(name) if kind == "line" else None,
        shipment=name if kind == "shipment" else None,
    )
    where = f"{about} of order {order.id}" if about else f"order {order.id}"
    return Outcome(order=order.with_note(note), action="add the note", summary=f"Added a note to {where}")


ADD_NOTE = Verb(
    id="order.note",
    key="n",
    label="Add note",
    help="Write an internal note on the order, or on one of its lines or shipments.",
    right=Right.ADD_NOTE,
    arguments=(
        Argument(
            name="text",
            kind=ArgumentKind.LONG_TEXT,
            label="Note",
            help="What a colleague should know. Never a card number.",
            is_required=True,
            max_length=MAX_NOTE,
        ),
        Argument(
            name="about",
            kind=ArgumentKind.CHOICE,
            label="About",
            help="The line or shipment it is about; empty for the order.",
            choices=_about,
        ),
    ),
    can_work_a_pile=True,
    is_append_only=True,
    apply=_apply,
)
