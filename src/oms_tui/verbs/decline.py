"""Decline to cancel: a customer's wish that came too late is answered with no (spec 6)."""

from oms_tui.domain.authority import Right
from oms_tui.domain.cancel_requests import DECLINED, open_request
from oms_tui.domain.order import Note
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Outcome
from oms_tui.verbs.arguments import note_argument
from oms_tui.verbs.base import Arguments, Blocker, Context, Policy, Subject, Verb


def _check(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if open_request(subject.order) is None:
        return (Blocker("No wish of the customer to cancel waits for an answer.", is_idle=True),)
    return ()


def _apply(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order = subject.order
    note = Note(
        number=max((note.number for note in order.notes), default=0) + 1,
        at=context.now,
        person=context.actor.name,
        text=f"{DECLINED}: {arguments['note']}",
    )
    return Outcome(
        order=order.with_note(note),
        warnings=("The customer is not told by us: answer them yourself.",),
        action="decline to cancel",
        summary=f"{DECLINED} order {order.id}: {arguments['note']}",
    )


DECLINE = Verb(
    id="order.decline",
    key="x",
    label="Decline to cancel",
    help="Say no to a customer who asks to cancel too late; the order leaves the queue Cancel requests.",
    right=Right.CANCEL,
    arguments=(note_argument("Why not; for colleagues, not for the customer.", is_required=True),),
    check=_check,
    apply=_apply,
)
