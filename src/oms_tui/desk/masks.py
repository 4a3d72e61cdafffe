"""What somebody without a right may not see is taken out here, before an answer leaves the desk (Z3)."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from oms_tui.desk.authorise import allows
from oms_tui.domain.answers import OrderPage, OrderSummary, Profile, TimelineEntry
from oms_tui.domain.authority import Authority, Right
from oms_tui.domain.currency import AFFIXES
from oms_tui.domain.flow import FlowTask, Task, order_flow
from oms_tui.domain.order import Hold
from oms_tui.domain.own_facts import OwnKind
from oms_tui.domain.payment import order_payment_status, payment_statuses
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Change
from oms_tui.domain.status import HoldKind

_PAYMENT_PATHS = ("payments/", "to_capture")
_INTENTS = "intents/"
_ASKED = "requested"
_HOLDS = "holds/"
_TASKS = "tasks/"
_EVIDENCE = "/evidence"
_CARD: Final = re.compile(r", card [A-Z]{2}(?:, [A-Z]{2})*")
"""Where a card was issued, as the reason of a fraud hold says it."""
_MONEY_TASKS: Final = (Task.PAYMENT_AUTHORIZATION, Task.CAPTURE)
"""What these tasks come to names amounts authorized and captured."""
_TELLS_OF_TASKS: Final = ("flow.", "event.", "order.run")
"""How the actions begin whose summaries say what tasks came to, or what the payment provider says."""
_FIGURE: Final = r"\d{1,3}(?:,\d{3})*(?:\.\d+)?"
_AMOUNT: Final = re.compile(
    "|".join(
        f"{re.escape(before)}{_FIGURE}{re.escape(after)}" for before, after in sorted(set(AFFIXES.values()))
    )
)
_NO_AMOUNT: Final = "an amount"


def for_actor(profile: Profile, actor: Actor, authority: Authority) -> Profile:
    """The profile with payment statuses filled in, and without what `actor` has no right to see.

    Without `VIEW_PAYMENT_DETAIL` (spec 5: status word and total only) the payments go, their statuses stay;
    without `VIEW_ITEM_FLOW` the tasks of shipments are summed up into the order's. The evidence of a fraud
    hold is for those who decide it.
    """
    order = profile.order
    profile = replace(
        profile, payment_status=order_payment_status(order), payment_statuses=payment_statuses(order)
    )
    if not allows(actor, Right.VIEW_ITEM_FLOW, authority):
        order = replace(order, tasks=order_flow(order))
    order = replace(order, tasks=tuple(_task_for_actor(task, actor, authority) for task in order.tasks))
    order = replace(order, holds=tuple(_hold_for_actor(hold, actor, authority) for hold in order.holds))
    if not allows(actor, Right.VIEW_PAYMENT_DETAIL, authority):
        order = replace(order, payments=(), documents=())  # a receipt says what was captured
        return replace(
            profile, order=order, prints=(), stops=(), checked=(), problems=(), is_payment_masked=True
        )
    return replace(profile, order=order)


def page_for_actor(page: OrderPage, actor: Actor, authority: Authority) -> OrderPage:
    """A page of a list without amounts, and without what is said of payments, for those who may not see
    payment details."""
    if allows(actor, Right.VIEW_PAYMENT_DETAIL, authority):
        return page
    return replace(page, rows=tuple(_row_for_actor(row, actor, authority) for row in page.rows))


def _row_for_actor(row: OrderSummary, actor: Actor, authority: Authority) -> OrderSummary:
    own = row.own if row.own is not None and row.own.kind is OwnKind.ASKED else None
    return replace(row, reason=amounts_for_actor(row.reason, actor, authority), own=own)


def _task_for_actor(task: FlowTask, actor: Actor, authority: Authority) -> FlowTask:
    """A task with what it came to, without amounts authorized or captured for those who may not see them."""
    if allows(actor, Right.VIEW_PAYMENT_DETAIL, authority):
        return task
    mask = amounts_for_actor if task.task in _MONEY_TASKS else text_for_actor
    runs = tuple(replace(run, result=mask(run.result, actor, authority)) for run in task.runs)
    return replace(task, error=mask(task.error, actor, authority), runs=runs)


def entry_for_actor(entry: TimelineEntry, actor: Actor, authority: Authority) -> TimelineEntry:
    """An audit entry with its changes, without what `actor` has no right to see."""
    mask = amounts_for_actor if entry.action.startswith(_TELLS_OF_TASKS) else text_for_actor
    return replace(
        entry,
        summary=mask(entry.summary, actor, authority),
        changes=changes_for_actor(entry.changes, actor, authority),
    )


def amounts_for_actor(text: str, actor: Actor, authority: Authority) -> str:
    """A text about payments, without its amounts for those who may not see payment details."""
    if allows(actor, Right.VIEW_PAYMENT_DETAIL, authority):
        return text
    return _AMOUNT.sub(_NO_AMOUNT, text_for_actor(text, actor, authority))


def _hold_for_actor(hold: Hold, actor: Actor, authority: Authority) -> Hold:
    """A hold with its reason, and with its evidence for those it is for."""
    needed = Right.FRAUD if hold.kind is HoldKind.FRAUD else Right.VIEW_PAYMENT_DETAIL
    evidence = hold.evidence if allows(actor, needed, authority) else ""
    reason = text_for_actor(hold.reason, actor, authority)
    if (reason, evidence) == (hold.reason, hold.evidence):
        return hold
    return replace(hold, reason=reason, evidence=evidence)


def text_for_actor(text: str, actor: Actor, authority: Authority) -> str:
    """A text about a hold, without where a card was issued for those who may not see payment details."""
    return text if allows(actor, Right.VIEW_PAYMENT_DETAIL, authority) else _CARD.sub("", text)


def changes_for_actor(changes: Iterable[Change], actor: Actor, authority: Authority) -> tuple[Change, ...]:
    """Changes without amounts authorized, captured or refunded, and without evidence, for those who may not
    see them."""
    if not allows(actor, Right.FRAUD, authority):
        changes = (change for change in changes if not _is_evidence(change))
    if allows(actor, Right.VIEW_PAYMENT_DETAIL, authority):
        return tuple(changes)
    return tuple(
        _without_detail(change, actor, authority)
        for change in changes
        if not change.path.startswith(_PAYMENT_PATHS)
    )


def _is_evidence(change: Change) -> bool:
    return change.path.startswith(_HOLDS) and change.path.endswith(_EVIDENCE)


def _without_detail(change: Change, actor: Actor, authority: Authority) -> Change:
    if change.path.startswith(_INTENTS):
        return replace(change, after=_ASKED)
    mask = text_for_actor
    if change.path.startswith(_TASKS) and change.path.endswith(_MONEY_TASKS):
        mask = amounts_for_actor
    elif not change.path.startswith((_HOLDS, _TASKS)):
        return change
    before, after = (mask(text, actor, authority) for text in (change.before, change.after))
    return (
        change
        if (before, after) == (change.before, change.after)
        else replace(change, before=before, after=after)
    )
