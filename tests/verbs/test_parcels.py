"""Parcels that left: sent out again, or found under another number (spec 6, Resolve undelivered)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from oms_tui.domain.differences import consequences
from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.order import Order
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import UNDELIVERED_CAUSES, Cause, LineStatus
from oms_tui.verbs import ArgumentError, Policy, Subject, verb
from tests.build import NOON, actor, context, line, order, shipment
from tests.domain.shop import Shop, placed, released, task_of

S = LineStatus
RESOLVE, TRACKING = "order.resolve-undelivered", "order.correct-tracking"


def parcel(
    status: LineStatus = S.UNDELIVERED, cause: Cause = Cause.UNDELIVERED_REFUSED, **rest: Any
) -> Order:
    values: dict[str, Any] = {"carrier": "DHL", "tracking": "JJD 000 1", "shipped_at": NOON}
    return order(
        line(1, status, cause=cause, shipment="S-1"), shipments=(shipment(**(values | rest)), shipment("S-2"))
    )


def do(name: str, value: Order, **raw: object) -> Outcome:
    one, subject = verb(name), Subject(order=value)
    assert one.apply is not None
    return one.apply(subject, one.read(raw, subject, Policy()), context(Role.CS))


def blockers(name: str, value: Order) -> list[str]:
    return [one.reason for one in verb(name).blockers(Subject(order=value), actor(Role.CS), Policy())]


def test_a_parcel_goes_out_again_and_arrives() -> None:
    shop = Shop({("BER-1", "SKU-1"): 9})
    value = shop.hear(released(shop, placed()), "packed", "S-1")
    value = shop.hear(shop.hear(value, "captured", "S-1"), "shipped", "S-1", data={"carrier": "DHL"})
    value = shop.hear(value, "undelivered", "S-1", minutes=5, cause="refused")
    outcome = do(RESOLVE, value, note="they take it now")
    assert outcome.summary == "Sent shipment S-1 of order 10427 out again: they take it now"
    assert [(m.audience, m.recipient) for m in outcome.messages] == [("carrier", "DHL")]
    value = shop.go(shop.take(outcome), 1)
    assert value.lines[0].status is S.SHIPPED
    delivery = task_of(value, Task.DELIVERY, "S-1")
    assert (delivery.state, delivery.error) == (TaskState.ACTIVE, "on its way")
    value = shop.hear(value, "delivered", "S-1", minutes=5)
    assert task_of(value, Task.DELIVERY, "S-1").state is TaskState.COMPLETE


@pytest.mark.parametrize("cause", sorted(UNDELIVERED_CAUSES))
def test_every_cause_says_what_to_see_to_first(cause: Cause) -> None:
    (warning,) = do(RESOLVE, parcel(cause=cause)).warnings
    assert ("correct it (a)" in warning) == (cause is Cause.UNDELIVERED_ADDRESS)


def test_an_address_that_was_corrected_since_is_seen_to() -> None:
    said = [Run(NOON, NOON, "carrier: undelivered, address")]
    value = replace(
        parcel(cause=Cause.UNDELIVERED_ADDRESS),
        tasks=(FlowTask(task=Task.DELIVERY, shipment="S-1", state=TaskState.ACTIVE, runs=tuple(said)),),
    )
    for minutes, told in ((-1, 1), (1, 0)):
        at = NOON + timedelta(minutes=minutes)
        run = Run(at, at, "corrected by ana: the address is valid")
        check = FlowTask(task=Task.ADDRESS_VALIDATION, state=TaskState.COMPLETE, runs=(run,))
        assert len(do(RESOLVE, replace(value, tasks=(check, *value.tasks))).warnings) == told


def test_only_what_came_to_nobody_is_resolved() -> None:
    assert blockers(RESOLVE, parcel(S.SHIPPED)) == ["Nothing is undelivered: no parcel came to nobody."]
    assert blockers(RESOLVE, order(line(1, S.PACKED))) == ["Nothing has left yet."]
    with pytest.raises(ArgumentError, match="choose S-1"):
        do(RESOLVE, parcel(), shipment="S-2")


def test_a_tracking_number_is_mended_with_before_and_after() -> None:
    value = parcel(S.SHIPPED)
    outcome = do(TRACKING, value, tracking="1Z 999-AA", note="label was swapped")
    assert (outcome.order.shipments[0].carrier, outcome.order.shipments[0].tracking) == ("DHL", "1Z 999-AA")
    rows = {row.path: (row.before, row.after) for row in consequences(value, outcome)}
    assert rows["shipments/S-1/tracking"] == ("JJD 000 1", "1Z 999-AA")
    assert outcome.summary == "Corrected the tracking of S-1 to DHL 1Z 999-AA: label was swapped"
    assert do(TRACKING, value, carrier="UPS", tracking="JJD 000 1").order.shipments[0].carrier == "UPS"


def test_a_number_that_two_parcels_have_is_said() -> None:
    value = order(
        line(1, S.SHIPPED, shipment="S-1"), line(2, S.SHIPPED, shipment="S-2"),
        shipments=(shipment("S-1", tracking="AB-12"), shipment("S-2")),
    )  # fmt: skip
    assert do(TRACKING, value, shipment="S-2", tracking="ab12").warnings == (
        "Shipment S-1 has this number too.",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12\u202e34", "letters A to Z"),
        ("=HYPERLINK(1)", "letters A to Z"),
        ("\u0391\u03921234", "letters A to Z"),
        ("A-1", "4 to 40"),
        ("x" * 41, "at most 40"),
        ("JJD 000 1", "already"),
    ],
)
def test_a_tracking_number_that_cannot_be(text: str, why: str) -> None:
    with pytest.raises(ArgumentError, match=why) as refused:
        do(TRACKING, parcel(S.SHIPPED), tracking=text)
    assert refused.value.name == "tracking"


@pytest.mark.parametrize(
    ("carrier", "number", "doubt"),
    [
        ("UPS", "1Z 999 AA1 01 2345 6784", ""),
        ("DHL", "1Z999AA10123456784", "written like one of UPS, not DHL"),
        ("UPS", "1Z999AA10123456785", "last digit"),
        ("Swiss Post", "RA473124829CH", ""),
        ("Swiss Post", "RA 473 124 828 CH", "last digit"),
        ("DHL", "00340434161094042557", ""),
    ],
)
def test_a_number_that_may_be_wrong_is_doubted_and_taken(carrier: str, number: str, doubt: str) -> None:
    warnings = do(TRACKING, parcel(S.SHIPPED), carrier=carrier, tracking=number).warnings
    assert len(warnings) == bool(doubt)
    assert doubt in "".join(warnings)


def test_a_carrier_is_a_name() -> None:
    with pytest.raises(ArgumentError, match="like DHL") as refused:
        do(TRACKING, parcel(S.SHIPPED), carrier="00340434", tracking="12345")
    assert refused.value.name == "carrier"


def test_what_is_known_of_the_only_parcel_stands_in_the_fields() -> None:
    def initial(value: Order) -> list[str]:
        asked = [verb(TRACKING).argument(name).initial for name in ("shipment", "carrier", "tracking")]
        return [known(Subject(order=value)) for known in asked if known is not None]

    assert initial(parcel(S.SHIPPED)) == ["S-1", "DHL", "JJD 000 1"]
    both = (line(1, S.SHIPPED, shipment="S-1"), line(2, S.SHIPPED, shipment="S-2"))
    assert initial(replace(parcel(S.SHIPPED), lines=both)) == ["", "", ""]


def test_what_has_not_left_has_no_parcel() -> None:
    assert blockers(TRACKING, order(line(1, S.PACKED, shipment="S-1"), shipments=(shipment(),))) == [
        "Nothing has left yet: there is no parcel to track."
    ]
    with pytest.raises(ArgumentError, match="choose S-1"):
        do(TRACKING, parcel(S.SHIPPED), shipment="S-2", tracking="12345")
