"""What an order's parts tell of the time before it reached us."""

from dataclasses import replace
from datetime import timedelta

from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.history import history
from oms_tui.domain.order import Hold, Note
from oms_tui.domain.status import HoldKind
from tests.build import NOON, flow, order, shipment

LATER = NOON + timedelta(hours=1)


def test_every_part_with_a_time_tells_of_itself_newest_first() -> None:
    failed = FlowTask(
        task=Task.ALLOCATION,
        state=TaskState.FAILED,
        error="no stock",
        runs=(Run(LATER, LATER, "no stock"),),
    )
    value = order(
        tasks=(*flow(2)[:2], failed),
        shipments=(shipment(shipped_at=LATER, carrier="DHL", tracking="JJD1"),),
        holds=(
            Hold(
                number=1,
                kind=HoldKind.MANUAL,
                reason="wait",
                placed_at=LATER,
                placed_by="olga",
                released_at=LATER + timedelta(minutes=1),
                released_by="olga",
            ),
        ),
        notes=(Note(number=1, at=LATER, person="ana", text="rang back"),),
    )
    events = history(value)
    texts = [event.text for event in events]
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
    assert texts[0] == "Released the hold manual"
    for text in (
        "Placed through Web Germany",
        "Shipment S-1 handed over DHL JJD1",
        "Allocation, run 1: no stock",
        "Placed the hold manual: wait",
        "Noted: rang back",
        "Authorize 10.00 € on card: succeeded",
    ):
        assert text in texts
    assert not any("Address Validation" in text for text in texts), "smooth steps tell nothing"


def test_nothing_is_told_that_the_log_has() -> None:
    value = replace(order(), notes=(Note(number=1, at=LATER, person="ana", text="after"),))
    assert all(event.at < LATER for event in history(value, until=LATER))
