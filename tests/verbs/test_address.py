"""Validate, correct and force address: one test for each rule and refusal of spec 6."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from oms_tui.domain.differences import consequences
from oms_tui.domain.engine import advance
from oms_tui.domain.flow import DELIVERY_FLOW, ORDER_FLOW, FlowTask, Run, Task, TaskState
from oms_tui.domain.order import Address, Hold, Order
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import BEFORE_PACKED, Cause, HoldKind, LineStatus
from oms_tui.domain.world import AddressVerdict, FieldProblem, World
from oms_tui.verbs import ArgumentError, Blocker, Refused, Subject, verb
from oms_tui.verbs.status import PROVIDE_STATUS
from oms_tui.verbs.tasks import flow_context
from tests.build import NOON, actor, context, line, order, shipment

S, T, ST = LineStatus, Task, TaskState
AREAS = {"ca": "CA", "california": "CA", "ny": "NY"}


def rules(address: Address) -> AddressVerdict:
    """Five digits in Germany, a known state in the US, a street everywhere; names in capitals and
    hyphens of codes are suggested."""
    problems = []
    if address.country not in ("DE", "US", "JP", "BR"):
        problems.append(FieldProblem("country", "is no country that is known"))
    if not address.street:
        problems.append(FieldProblem("street", "is needed"))
    if address.country == "DE" and not (len(address.postal_code) == 5 and address.postal_code.isdecimal()):
        problems.append(FieldProblem("postal_code", "has five digits in Germany, e.g. 26133"))
    if address.country == "US" and address.area.casefold() not in AREAS:
        problems.append(FieldProblem("area", "is no state of the United States"))
    tidy = replace(
        address,
        city=address.city.title(),
        postal_code=re.sub(r"^(\d{5})(\d{3})$", r"\1-\2", address.postal_code),
        area=AREAS.get(address.area.casefold(), address.area),
        country=address.country.upper(),
    )
    return AddressVerdict(tuple(problems), None if tidy == address else tidy)


WORLD = World(check_address=rules)
BAD = Address(
    recipient="Hans Müller", street=("Hauptstr. 1",), city="Berlin", postal_code="1011", country="DE"
)
RUN = Run(NOON - timedelta(days=1), NOON - timedelta(days=1), "done")


def flow(*parcels: str, **states: TaskState) -> tuple[FlowTask, ...]:
    own = ORDER_FLOW[: ORDER_FLOW.index(T.PICK_TICKET)]
    tasks = [FlowTask(task=x, state=states.get(x.value, ST.COMPLETE), runs=(RUN,)) for x in own]
    for parcel in parcels:
        tasks += [
            FlowTask(task=x, shipment=parcel, state=states.get(f"{parcel}_{x.value}", ST.PENDING))
            for x in DELIVERY_FLOW
        ]
    return tuple(tasks)


def failing(**rest: object) -> Order:
    """An order held for its address."""
    hold = Hold(number=1, kind=HoldKind.ADDRESS, reason="postal code", placed_at=NOON, placed_by="system")
    values = {"ship_to": BAD, "holds": (hold,), "tasks": flow(address_validation=ST.ACTIVE)}
    return order(line(1), **(values | rest))


def do(name: str, value: Order, **raw: object) -> Outcome:
    one, subject, at = verb(f"order.{name}"), Subject(order=value), context(Role.CS, world=WORLD)
    assert one.apply is not None
    return one.apply(subject, one.read(raw, subject, at.policy), at)


def why_not(name: str, value: Order) -> list[Blocker]:
    return list(verb(f"order.{name}").blockers(Subject(order=value), actor(), context().policy))


def task(value: Order, name: Task, parcel: str | None = None) -> FlowTask:
    return next(x for x in value.tasks if (x.task, x.shipment) == (name, parcel))


ALL = ("validate", "address", "force")
FORCED = {"reason": "new building", "note": "customer is sure"}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("status", S)
def test_while_something_is_not_packed_or_came_back(name: str, status: LineStatus) -> None:
    value = order(line(1, status), line(2, S.CANCELLED), tasks=flow())
    can = status in BEFORE_PACKED or status is S.UNDELIVERED
    assert (why_not(name, value) == []) == can
    if status is S.CANCELLED:
        assert why_not(name, value)[0].reason == "The order is cancelled: nothing goes anywhere."
    elif not can:
        assert "packed or has left" in why_not(name, value)[0].reason


# -- validate ----------------------------------------------------------------------------------------------


def test_a_valid_address_completes_its_task_and_ends_its_hold() -> None:
    value = failing(ship_to=replace(BAD, postal_code="10115"))
    outcome = do("validate", value)
    assert outcome.order.open_holds() == ()
    assert outcome.order.holds[0].released_by == "ana"
    done = task(outcome.order, T.ADDRESS_VALIDATION)
    assert (done.state, done.runs[-1].result, done.cardinality) == (ST.COMPLETE, "the address is valid", 2)
    assert outcome.warnings == ()
    assert outcome.summary == "Validated the address of order 10427: it is valid"


def test_what_fails_is_named_and_what_would_be_right_suggested() -> None:
    value = failing(holds=(), ship_to=replace(BAD, street=(), city="berlin"), tasks=flow())
    outcome = do("validate", value)
    assert outcome.warnings == (
        "Street is needed.",
        "Postal code has five digits in Germany, e.g. 26133.",
        "Suggested: city “Berlin”.",
    )
    (hold,) = outcome.order.open_holds()
    assert (hold.kind, hold.evidence) == (HoldKind.ADDRESS, "postal_code street")
    again = task(outcome.order, T.ADDRESS_VALIDATION)
    assert (again.state, again.next_run) == (ST.ACTIVE, NOON + timedelta(minutes=15))
    assert "five digits" in again.error
    assert outcome.order.ship_to == value.ship_to
    assert outcome.summary.endswith("Street is needed. Postal code has five digits in Germany, e.g. 26133.")


def test_what_is_held_for_it_already_is_told_and_nothing_changes() -> None:
    with pytest.raises(Refused) as refused:
        do("validate", failing(ship_to=replace(BAD, city="berlin")))
    assert refused.value.blockers == (
        Blocker("Postal code has five digits in Germany, e.g. 26133."),
        Blocker("Suggested: city “Berlin”."),
        Blocker("The order is held for it already: that stays.", fix="order.address"),
    )


def test_an_order_without_that_task_is_answered_all_the_same() -> None:
    assert do("validate", failing(holds=(), tasks=())).warnings
    assert do("validate", failing(holds=(), tasks=flow(address_validation=ST.CANCELLED))).warnings


def test_pickup_needs_no_address() -> None:
    (blocker,) = why_not("validate", failing(method="Pickup in store"))
    assert "no address is needed" in blocker.reason


# -- correct -----------------------------------------------------------------------------------------------


def test_only_what_is_named_changes() -> None:
    value = failing(ship_to=replace(BAD, company="Acme", phone="+49 30 1"))
    outcome = do("address", value, postal_code=" 10115 ", company="")
    assert outcome.order.ship_to == replace(BAD, postal_code="10115", phone="+49 30 1")
    assert outcome.order.bill_to == value.bill_to
    rows = {row.path: (row.before, row.after) for row in consequences(value, outcome)}
    assert rows["ship_to/postal_code"] == ("1011", "10115")
    assert rows["ship_to/company"] == ("Acme", "–")
    assert not outcome.order.is_forced


def test_correcting_ends_the_hold_and_lets_the_other_tasks_run_again() -> None:
    outcome = do("address", failing(), postal_code="10115")
    assert outcome.order.open_holds() == ()
    done = task(outcome.order, T.ADDRESS_VALIDATION)
    assert (done.state, done.runs[-1].result) == (ST.COMPLETE, "corrected by ana: the address is valid")
    for name in (T.FRAUD_CHECK, T.DUTIES):
        again = task(outcome.order, name)
        assert (again.state, again.next_run, again.cardinality) == (ST.ACTIVE, NOON, 1)
    assert outcome.warnings[-1] == "Fraud Check and Duties run again. The shipping cost stays as it is."
    assert outcome.summary == "Corrected the address of order 10427"


def test_a_street_of_several_lines() -> None:
    outcome = do("address", failing(), postal_code="10115", street="Hof 3\n\n Hauptstr. 1 ")
    assert outcome.order.ship_to.street == ("Hof 3", "Hauptstr. 1")
    initial = verb("order.address").argument("street").initial
    assert initial is not None
    assert initial(Subject(order=outcome.order)) == "Hof 3\nHauptstr. 1"
    for street in ("\n".join("abcdef"), "x" * 201):
        with pytest.raises(ArgumentError) as refused:
            do("address", failing(), street=street)
        assert refused.value.name == "street"


def test_an_address_that_is_still_wrong_is_refused_field_by_field() -> None:
    with pytest.raises(Refused) as refused:
        do("address", failing(), postal_code="1", street="")
    assert refused.value.blockers == (
        Blocker("Street is needed."),
        Blocker("Postal code has five digits in Germany, e.g. 26133.", fix="order.force"),
    )


def test_what_is_only_written_otherwise_is_written_as_its_country_does() -> None:
    outcome = do("address", failing(), postal_code="10115", city="BERLIN")
    assert outcome.order.ship_to.city == "Berlin"
    brazilian = replace(BAD, country="BR", area="SP", city="São Paulo", postal_code="1")
    corrected = do("address", failing(ship_to=brazilian), postal_code="01430000").order
    assert corrected.ship_to.postal_code == "01430-000"
    with pytest.raises(Refused, match="only in how it is written"):
        do("address", failing(ship_to=corrected.ship_to), postal_code="01430000")
    forced = do("force", failing(ship_to=brazilian), postal_code="01430000", **FORCED).order
    assert forced.ship_to.postal_code == "01430000"


def test_what_the_rules_would_say_otherwise_is_suggested_and_not_taken() -> None:
    american = replace(BAD, country="US", area="California", city="Los Angeles", postal_code="1")
    outcome = do("address", failing(ship_to=american), postal_code="90001")
    assert "Suggested: area “CA”." in outcome.warnings
    assert outcome.order.ship_to.area == "California"


def test_an_address_that_does_not_differ_is_refused() -> None:
    with pytest.raises(Refused, match="Nothing differs"):
        do("address", failing())
    with pytest.raises(Refused, match="Nothing differs"):
        do("address", failing(), country="de")


@pytest.mark.parametrize("name", ["address", "force"])
def test_another_country_is_another_order(name: str) -> None:
    more = FORCED if name == "force" else {}
    with pytest.raises(Refused, match=r"country stays DE.*Cancel and reorder") as refused:
        do(name, failing(), country="JP", **more)
    assert refused.value.blockers[0].fix == "order.cancel"
    with pytest.raises(Refused, match="country stays DE"):
        do(name, failing(), country="", **more)


def test_a_country_that_is_none_or_not_known_may_be_put_right() -> None:
    for country in ("", "XX"):
        value = failing(ship_to=replace(BAD, country=country))
        assert do("address", value, country="DE", postal_code="10115").order.ship_to.country == "DE"


US = Address(recipient="Ann", street=("1 Main St",), city="Fresno", area="CA", country="US")


@pytest.mark.parametrize("name", ["address", "force"])
def test_another_state_is_another_order_where_tax_depends_on_it(name: str) -> None:
    more = FORCED if name == "force" else {}
    with pytest.raises(Refused, match=r"area stays CA: in US the tax depends on it") as refused:
        do(name, failing(ship_to=US), area="NY", **more)
    assert refused.value.blockers[0].fix == "order.cancel"
    same = do(name, failing(ship_to=US), area="California", city="Reno", **more)
    assert same.order.ship_to.area == "California"


@pytest.mark.parametrize("country", ["US", "CA", "BR", "IN", "AU"])
def test_the_countries_whose_states_tax(country: str) -> None:
    value = failing(ship_to=replace(US, country=country, area="NY"))
    with pytest.raises(Refused, match="area stays NY"):
        do("force", value, area="CA", **FORCED)


def test_a_state_that_was_none_may_be_put_right() -> None:
    for area in ("", "Kalifornia"):
        value = failing(ship_to=replace(US, area=area))
        assert do("address", value, area="CA").order.ship_to.area == "CA"
    japan = failing(ship_to=replace(US, country="JP", area="Tokyo"))
    assert do("address", japan, area="Osaka").order.ship_to.area == "Osaka"


# -- shipments ---------------------------------------------------------------------------------------------


def in_parcels(status: LineStatus, *, released: bool = True, **rest: object) -> Order:
    """S-1 packed and S-2 in a status, both with the old address."""
    out = {"released_at": NOON, "ship_to": BAD} if released else {}
    cause = Cause.UNDELIVERED_ADDRESS if status is S.UNDELIVERED else Cause.ACCEPTED
    tasks = flow("S-1", "S-2", **{"S-2_pick_ticket": ST.COMPLETE, "S-2_packing": ST.ACTIVE})
    return failing(
        lines=(
            line(1, S.PACKED, shipment="S-1"),
            line(2, status, shipment="S-2", cause=cause),
        ),
        shipments=(
            shipment("S-1", released_at=NOON, packed_at=NOON, ship_to=BAD),
            shipment("S-2", carrier="DHL", tracking="JJD1", **(out | rest)),
        ),
        tasks=tasks,
    )


def test_a_released_pick_ticket_is_recalled() -> None:
    outcome = do("address", in_parcels(S.CONFIRMED), postal_code="10115")
    kept, recalled = outcome.order.shipments
    assert (kept.ship_to, kept.released_at) == (BAD, NOON)
    assert (recalled.ship_to, recalled.released_at) == (None, None)
    (intent,) = outcome.intents
    assert (intent.kind, intent.shipment, intent.until) == (
        "stop_picking",
        "S-2",
        NOON + timedelta(hours=24),
    )
    (told,) = outcome.messages
    assert (told.recipient, told.template) == ("BER-1", "stop_picking")
    assert task(outcome.order, T.PICK_TICKET, "S-2").state is ST.ACTIVE
    assert task(outcome.order, T.PACKING, "S-2").state is ST.PENDING
    assert "Shipment S-1 is packed or has left: it keeps the address it has." in outcome.warnings
    assert "The pick ticket of S-2 is out: it is recalled and goes out anew." in outcome.warnings
    after = advance(outcome.order, flow_context(context(world=WORLD))).outcome.order
    assert after.shipment("S-2").ship_to == outcome.order.ship_to


def test_what_is_not_released_takes_the_order_s_address_when_it_is() -> None:
    outcome = do("address", in_parcels(S.ALLOCATED, released=False), postal_code="10115")
    assert outcome.intents == ()
    assert outcome.order.shipment("S-2").ship_to is None


def test_the_carrier_is_told_of_what_came_back() -> None:
    value = in_parcels(S.UNDELIVERED, shipped_at=NOON, packed_at=NOON)
    outcome = do("address", value, postal_code="10115")
    (message,) = outcome.messages
    assert (message.audience, message.recipient) == ("carrier", "DHL")
    assert "parcel JJD1" in message.text
    assert "Hauptstr. 1, Berlin, 10115, DE" in message.text
    assert outcome.order.shipment("S-2").ship_to == outcome.order.ship_to
    assert outcome.intents == ()
    assert outcome.warnings[-1] == "The shipping cost stays as it is."
    assert task(outcome.order, T.FRAUD_CHECK).state is ST.COMPLETE
    rows = [row.label for row in consequences(value, outcome)]
    assert "carrier told" in rows


def test_a_parcel_of_cancelled_lines_is_no_parcel() -> None:
    value = failing(
        lines=(line(1), line(2, S.CANCELLED, shipment="S-9")), shipments=(shipment("S-9", released_at=NOON),)
    )
    outcome = do("address", value, postal_code="10115")
    assert not any("S-9" in warning for warning in outcome.warnings)
    assert outcome.intents == ()


# -- force -------------------------------------------------------------------------------------------------


def test_forcing_takes_it_as_it_is_and_flags_it_for_good() -> None:
    value = in_parcels(S.CONFIRMED)
    outcome = do("force", value, postal_code="1012", method="Express", date="2026-12-24", **FORCED)
    after = outcome.order
    assert (after.ship_to.postal_code, after.method, after.preferred_date) == (
        "1012",
        "Express",
        date(2026, 12, 24),
    )
    assert after.is_forced
    assert [one.is_forced for one in after.shipments] == [False, True]
    assert [one.method for one in after.shipments] == ["", "Express"]
    assert after.open_holds() == ()
    done = task(after, T.ADDRESS_VALIDATION)
    assert (done.state, done.runs[-1].result) == (ST.COMPLETE, "forced by ana: new building")
    assert outcome.warnings[0] == "Postal code has five digits in Germany, e.g. 26133."
    assert outcome.warnings[-1] == "The order is flagged as forced for good."
    assert [intent.kind for intent in outcome.intents] == ["stop_picking"]
    assert outcome.summary == ("Forced address and details of order 10427: new building (customer is sure)")


def test_the_flow_leaves_a_forced_address_alone() -> None:
    after = do("force", failing(), **FORCED).order
    again = replace(
        after,
        tasks=tuple(
            replace(x, state=ST.ACTIVE, next_run=NOON) if x.task is T.ADDRESS_VALIDATION else x
            for x in after.tasks
        ),
    )
    ran = advance(again, flow_context(context(world=WORLD))).outcome.order
    assert task(ran, T.ADDRESS_VALIDATION).state is ST.COMPLETE
    assert ran.open_holds() == ()
    (blocker,) = why_not("validate", after)
    assert blocker == Blocker(
        "The address was forced by ana: new building: it is taken as it is.", fix="order.address"
    )


def test_correcting_a_forced_address_keeps_the_flag() -> None:
    forced = do("force", failing(), **FORCED).order
    after = do("address", forced, postal_code="10115").order
    assert after.is_forced
    assert why_not("validate", after) == []


def test_forcing_what_is_there_recalls_nothing() -> None:
    value = in_parcels(S.CONFIRMED)
    outcome = do("force", value, **FORCED)
    assert outcome.intents == ()
    assert outcome.order.shipment("S-2").ship_to == BAD
    back = in_parcels(S.UNDELIVERED, shipped_at=NOON, packed_at=NOON)
    assert do("force", back, **FORCED).messages == ()


@pytest.mark.parametrize(
    ("raw", "field", "message"),
    [
        ({"note": "x"}, "reason", "is needed"),
        ({"reason": "x"}, "note", "is needed"),
        ({**FORCED, "date": "24.12.2026"}, "date", "is no date"),
        ({**FORCED, "date": "20261224"}, "date", "is no date"),
        ({**FORCED, "date": "2026-W52-4"}, "date", "is no date"),
        ({**FORCED, "date": "2026-11-21"}, "date", "is over; today is 2026-11-22"),
        ({**FORCED, "recipient": "x" * 201}, "recipient", "at most 200"),
        ({**FORCED, "city": "a\0b"}, "city", "is no text"),
        ({**FORCED, "phone": "4111 1111 1111 1111"}, "phone", "card number"),
    ],
)
def test_what_cannot_be_forced(raw: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=message) as refused:
        do("force", failing(), **raw)
    assert refused.value.name == field


def test_today_is_the_day_of_the_business_zone() -> None:
    assert do("force", failing(), date="2026-11-22", **FORCED).order.preferred_date == date(2026, 11, 22)
    old = failing(preferred_date=date(2026, 1, 1))
    assert do("force", old, **FORCED).order.preferred_date == date(2026, 1, 1)
    assert do("force", old, date="", **FORCED).order.preferred_date is None


def test_nothing_of_it_reaches_the_customer() -> None:
    for outcome in (do("validate", failing(holds=())), do("force", failing(), **FORCED)):
        assert outcome.messages == ()
        assert PROVIDE_STATUS.answer is not None
        told = PROVIDE_STATUS.answer(Subject(order=outcome.order), {}, context()).text.lower()
        assert not any(text in told for text in ("forced", "hold", "address"))
