"""The contract of `backend.Backend` for event problems: whatever stands behind the door answers like this."""

import pytest

from oms_tui.backend.errors import BadRequest, Conflict, NotAllowed, NotFound, RefusedByDesk
from oms_tui.desk import receiving
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.events.cases import CaseState
from oms_tui.domain.events.ways import Way
from tests.backend.test_contract import key
from tests.desk.conftest import entries, take_in


@pytest.fixture
async def olga(set_up):
    """An OP's console, with three event problems of an order."""
    take_in(set_up.desk)
    for number in range(3):
        event = Event(
            id=f"e{number}",
            kind=EventKind.CONFIRMED,
            order_id="10427",
            at=set_up.clock.now(),
            lines=((number + 7, 0),),
        )
        receiving.receive(set_up.desk, [event])
    return await set_up.console("olga")


async def test_events_are_listed_page_by_page_and_counted(olga):
    first = await olga.events(CaseState.PROBLEM, limit=2)
    assert [case.event.id for case in first] == ["e0", "e1"]
    last = first[-1]
    rest = await olga.events(CaseState.PROBLEM, after=(last.received, last.event.id))
    assert [case.event.id for case in rest] == ["e2"]
    assert await olga.events(CaseState.WAITING) == ()
    tally = next(one for one in await olga.queues() if one.queue == "event-problems")
    assert (tally.count.value, tally.oldest) == (3, first[0].received)


async def test_one_event_is_seen_with_its_order_and_the_ways_on(olga):
    seen = await olga.event("e1")
    assert seen.case.reason == "There is no line 8 in it."
    assert seen.order == (await olga.order("10427")).order
    assert seen.ways == (Way.REPLAY, Way.PARK)
    with pytest.raises(NotFound):
        await olga.event("another")


async def test_it_is_settled_once(set_up, olga):
    used = key()
    with pytest.raises(BadRequest) as refused:
        await olga.settle_event("e1", Way.PARK, version=1, key=used)
    assert refused.value.field == "note"
    done = await olga.settle_event("e1", Way.PARK, "seen", version=1, key=used)
    before = entries(set_up.desk)
    assert await olga.settle_event("e1", Way.PARK, "seen", version=1, key=used) == done
    assert await olga.outcome_of(used) == done
    with pytest.raises(Conflict):
        await olga.settle_event("e1", Way.PARK, "seen", version=1, key=key())
    with pytest.raises(RefusedByDesk, match="Still not taken"):
        await olga.settle_event("e2", Way.REPLAY, version=1, key=key())
    assert entries(set_up.desk) == before


async def test_it_is_for_who_may_and_not_for_a_read_only_console(set_up, olga):
    ana = await set_up.console("ana")
    for ask in (
        lambda: ana.events(CaseState.PROBLEM),
        lambda: ana.event("e1"),
        lambda: ana.settle_event("e1", Way.PARK, "x", version=1, key=key()),
    ):
        with pytest.raises(NotAllowed):
            await ask()
    reading = await set_up.console("olga", is_read_only=True)
    assert len(await reading.events(CaseState.PROBLEM)) == 3
    with pytest.raises(NotAllowed, match="read-only"):
        await reading.settle_event("e1", Way.PARK, "x", version=1, key=key())
