"""Claim and release: who is working on an order now. It never blocks anyone and makes no new version (spec
6)."""

from datetime import datetime

from oms_tui.domain.authority import Right
from oms_tui.domain.people import Actor
from oms_tui.domain.plan import Claim, Outcome
from oms_tui.verbs.base import Arguments, Blocker, Context, Policy, Subject, Verb


def is_running(claim: Claim | None, now: datetime) -> bool:
    """Whether a claim still counts: 15 minutes from when it was made or renewed (spec 6)."""
    return claim is not None and claim.until > now


def _claim(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    held = subject.claim
    mine = held is not None and is_running(held, context.now) and held.person == context.actor.name
    since = held.since if held is not None and mine else context.now
    order = subject.order
    warnings: tuple[str, ...] = ()
    if held is not None and is_running(held, context.now) and not mine:
        warnings = (f"{held.person} has been working on it since {held.since:%H:%M} UTC.",)
    return Outcome(
        order=order,
        claim=Claim(
            order_id=order.id,
            person=context.actor.name,
            since=since,
            until=context.now + context.policy.claim_for,
        ),
        warnings=warnings,
        action="claim it",
        summary=f"Claimed order {order.id}",
    )


def _check_release(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if subject.claim is None:
        return (Blocker("Nobody has claimed it.", fix="order.claim", is_idle=True),)
    if subject.claim.person != actor.name:
        reason = f"It is claimed by {subject.claim.person}, not by you."
        return (Blocker(reason, fix="order.claim", is_idle=True),)
    return ()


def _release(subject: Subject, arguments: Arguments, context: Context) -> Outcome:
    order = subject.order
    return Outcome(
        order=order, releases_claim=True, action="release it", summary=f"Released order {order.id}"
    )


def _check_claim(subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    if subject.claim is not None and subject.claim.person == actor.name:
        return (Blocker("You have claimed it already.", fix="order.release", is_idle=True),)
    return ()


CLAIM = Verb(
    id="order.claim",
    key="c",
    label="Claim",
    help="Show others that you are working on the order, for 15 minutes.",
    right=Right.CLAIM,
    can_work_a_pile=True,
    is_beside=True,
    check=_check_claim,
    apply=_claim,
)
RELEASE = Verb(
    id="order.release",
    key="c",
    label="Release",
    help="Take your claim off the order.",
    right=Right.CLAIM,
    can_work_a_pile=True,
    is_beside=True,
    check=_check_release,
    apply=_release,
)
