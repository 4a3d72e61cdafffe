"""What somebody without a right may not see is taken out here, before an answer leaves the desk (Z3)."""

from collections.abc import Iterable
from dataclasses import replace

from oms_tui.desk.authorise import allows
from oms_tui.domain.answers import Profile
from oms_tui.domain.authority import Authority, Right
from oms_tui.domain.flow import order_flow
from oms_tui.domain.payment import order_payment_status, payment_statuses
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Change

_PAYMENT_PATHS = ("payments/", "to_capture")
_INTENTS = "intents/"
_ASKED = "requested"


def for_actor(profile: Profile, actor: Actor, authority: Authority) -> Profile:
    """The profile with payment statuses filled in, and without what `actor` has no right to see.

    Without `VIEW_PAYMENT_DETAIL` (spec 5: status word and total only) the payments go, their statuses stay;
    without `VIEW_ITEM_FLOW` the tasks of shipments are summed up into the order's.
    """
    order = profile.order
    profile = replace(
        profile, payment_status=order_payment_status(order), payment_statuses=payment_statuses(order)
    )
    if not allows(actor, Right.VIEW_ITEM_FLOW, authority):
        order = replace(order, tasks=order_flow(order))
    if not allows(actor, Right.VIEW_PAYMENT_DETAIL, authority):
        return replace(profile, order=replace(order, payments=()), is_payment_masked=True)
    return replace(profile, order=order)


def changes_for_actor(changes: Iterable[Change], actor: Actor, authority: Authority) -> tuple[Change, ...]:
    """Changes without amounts authorized, captured or refunded for those who may not see them."""
    if allows(actor, Right.VIEW_PAYMENT_DETAIL, authority):
        return tuple(changes)
    return tuple(
        replace(change, after=_ASKED) if change.path.startswith(_INTENTS) else change
        for change in changes
        if not change.path.startswith(_PAYMENT_PATHS)
    )
