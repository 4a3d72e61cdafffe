"""The way on from a refusal, as the authority table has it: the verb itself for somebody who may do it, for
everybody else who decides (spec 5; spec 6)."""

from collections.abc import Iterable
from dataclasses import replace

from oms_tui.domain.people import Actor
from oms_tui.verbs import VERBS
from oms_tui.verbs.base import Blocker, Policy, Subject, Verb, holders_of

_BY_ID = {verb.id: verb for verb in VERBS}


def refusals(verb: Verb, subject: Subject, actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    """Why `actor` cannot do this to `subject` now, each fact with a way on that is theirs."""
    return for_actor(verb.blockers(subject, actor, policy), actor, policy)


def for_actor(blockers: Iterable[Blocker], actor: Actor, policy: Policy) -> tuple[Blocker, ...]:
    """The same facts; a verb that would help and that the person may not do is said to be for others.

    Nobody is sent to a key or a command that would only refuse them once more.
    """
    return tuple(_for_actor(one, actor, policy) for one in blockers)


def _for_actor(blocker: Blocker, actor: Actor, policy: Policy) -> Blocker:
    helping = _BY_ID.get(blocker.fix or "")
    if helping is None or policy.authority.allows(actor.roles, helping.right):
        return blocker
    holders = holders_of(helping, policy)
    sentence = blocker.reason if blocker.reason.endswith((".", "!", "?")) else f"{blocker.reason}."
    told = f"{sentence} {holders} decides: {helping.label}." if holders else sentence
    return replace(blocker, reason=told, fix=None)
