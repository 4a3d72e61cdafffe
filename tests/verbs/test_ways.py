"""Nobody is sent to a verb that is not theirs: who decides is said instead (spec 5, 6)."""

import pytest

from oms_tui.domain.authority import AUTHORITY, Authority
from oms_tui.domain.people import Role
from oms_tui.verbs import VERBS, Blocker, Policy
from oms_tui.verbs.base import holders_of
from oms_tui.verbs.ways import for_actor
from tests.build import actor

FACT = Blocker("It is so", fix=None)


@pytest.mark.parametrize("role", [Role.CS, Role.NM, Role.OP])
@pytest.mark.parametrize("verb", VERBS, ids=lambda one: one.id)
def test_a_verb_that_would_help_is_named_to_those_who_may_and_to_nobody_else(verb, role):
    policy = Policy()
    (told,) = for_actor([Blocker("It is so", fix=verb.id)], actor(role), policy)
    if role in AUTHORITY[verb.right]:
        assert told == Blocker("It is so", fix=verb.id)
    else:
        assert told.fix is None
        assert told.reason == f"It is so. {holders_of(verb, policy)} decides: {verb.label}."


def test_what_nobody_may_do_is_offered_to_nobody():
    (told,) = for_actor([Blocker("It is so.", fix="order.cancel")], actor(), Policy(authority=Authority({})))
    assert told == Blocker("It is so.")


def test_a_fact_without_a_way_on_stays_as_it_is():
    assert for_actor([FACT], actor(), Policy()) == (FACT,)
