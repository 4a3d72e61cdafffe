"""What forms and queues ask of a backend: address rules, evidence, the next order, how flows stand."""

from datetime import timedelta

import pytest

from oms_tui.backend.errors import BadRequest, NotAllowed, NotFound
from oms_tui.domain.flow import FlowTask, Task, TaskState
from oms_tui.domain.order import Address
from oms_tui.domain.world import FieldProblem
from tests.build import NOON, order
from tests.desk.conftest import entries, take_in

BERLIN = Address(recipient="A", street=("Weg 1",), city="Berlin", postal_code="10115", country="DE")


@pytest.mark.parametrize("who", ["nina", "olga"])
async def test_what_is_for_support_is_refused_to_others(set_up, who: str) -> None:
    take_in(set_up.desk)
    console = await set_up.console(who)
    before = entries(set_up.desk)
    for call in (console.evidence("10427"), console.check_address(BERLIN)):
        with pytest.raises(NotAllowed):
            await call
    assert entries(set_up.desk) == before + 2


async def test_a_form_knows_its_country(set_up) -> None:
    console = await set_up.console("ana")
    rules = await console.address_rules("BR")
    assert (rules.country, rules.name) == ("BR", "Brazil")
    assert [field.label for field in rules.fields if field.field in ("area", "postal_code")] == [
        "State",
        "CEP",
    ]
    assert (await console.check_address(BERLIN)).is_valid
    wrong = await console.check_address(
        Address(recipient="A", street=("Weg 1",), city="Berlin", postal_code="1011", country="DE")
    )
    assert wrong.problems == (FieldProblem("postal_code", "has five digits in Germany, e.g. 26133"),)


async def test_the_next_order_of_a_queue_is_claimed_and_others_see_it(set_up) -> None:
    take_in(set_up.desk, order(id="new", created=NOON), order(id="old", created=NOON - timedelta(days=1)))
    ana, olga = await set_up.console("ana"), await set_up.console("olga")
    assert await ana.claim_next("status:allocated") == "old"
    profile = await olga.order("old")
    assert profile.claim is not None
    assert profile.claim.person == "ana"
    assert await olga.claim_next("status:allocated") == "new"
    assert await olga.claim_next("status:allocated") is None
    with pytest.raises(BadRequest) as refused:
        await ana.claim_next("nonsense:x")
    assert refused.value.field == "filter"


async def test_a_read_only_console_claims_nothing(set_up) -> None:
    take_in(set_up.desk)
    console = await set_up.console("ana", is_read_only=True)
    with pytest.raises(NotAllowed, match="read-only"):
        await console.claim_next("")
    assert (await console.order("10427")).claim is None


async def test_evidence_of_an_order_that_is_not_there(set_up) -> None:
    console = await set_up.console("ana")
    with pytest.raises(NotFound):
        await console.evidence("99")


async def test_without_a_worker_flows_stand_still_since_the_first_of_them_was_due(set_up) -> None:
    console = await set_up.console("nina")
    assert not (await console.flow_standing()).is_still
    task = FlowTask(task=Task.REMORSE_PERIOD, state=TaskState.ACTIVE, next_run=NOON + timedelta(minutes=5))
    take_in(set_up.desk, order(tasks=(task,)))
    assert not (await console.flow_standing()).is_still
    set_up.clock.advance(timedelta(minutes=9))
    standing = await console.flow_standing()
    assert (standing.workers, standing.due) == ((), 1)
    assert standing.still_since == NOON + timedelta(minutes=5)
    assert standing.is_still


async def test_the_methods_of_a_channel_are_known_the_usual_one_first(set_up) -> None:
    methods = ("Express", "Standard", "Standard", "")
    take_in(set_up.desk, *(order(id=str(n), method=one) for n, one in enumerate(methods, 1)))
    console = await set_up.console("ana")
    assert await console.shipping_methods("web-de") == ("Standard", "Express")
    assert await console.shipping_methods("elsewhere") == ()
