"""Orders and returns of every shape, as Hypothesis strategies: what the store must give back exactly."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from oms_tui.domain.documents import DocumentKind, DocumentPart, IssuedDocument
from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.money import Money
from oms_tui.domain.order import (
    Address,
    AdjustedPart,
    Adjustment,
    Channel,
    Charge,
    Customer,
    Hold,
    Line,
    Note,
    Operation,
    Order,
    Payment,
    Shipment,
)
from oms_tui.domain.returns import CreditNote, CreditNoteLine, Return, ReturnLine
from oms_tui.domain.status import (
    Cause,
    ChannelType,
    ChargeKind,
    CreditNoteStatus,
    CustomerRole,
    CustomerType,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    OutcomeOption,
    PaymentMethod,
    RefundStatus,
    ReturnPointType,
    ReturnStatus,
)

CURRENCIES = ("EUR", "JPY", "KWD", "GBP", "USD")
WORDS = st.text(max_size=12) | st.sampled_from(
    ["", "Łódź", "東京", "O'Brien", "+49 (0)30 12", "a@b.ch", "S-1"]
)
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MAYBE_TIMES = st.none() | TIMES
CHANNELS = {
    currency: Channel(
        code=f"web-{currency.lower()}",
        name=f"Web {currency}",
        type=list(ChannelType)[place % 3],
        region="EMEA",
        country="DE",
        language="de",
        currency=currency,
        time_zone="Europe/Berlin",
        selling_entity="acme",
        ships_complete=place % 2 == 0,
    )
    for place, currency in enumerate(CURRENCIES)
}
ADDRESSES = st.builds(
    Address,
    recipient=WORDS,
    company=WORDS,
    street=st.lists(WORDS, max_size=3).map(tuple),
    city=WORDS,
    area=WORDS,
    postal_code=WORDS,
    country=st.sampled_from(["", "DE", "JP", "KW"]),
    phone=WORDS,
)
CUSTOMERS = st.builds(
    Customer,
    number=WORDS,
    type=st.sampled_from(CustomerType),
    role=st.sampled_from(CustomerRole),
    first_name=WORDS,
    last_name=WORDS,
    email=WORDS,
    phone=WORDS,
)
RUNS = st.lists(st.builds(Run, TIMES, MAYBE_TIMES, WORDS), max_size=3).map(tuple)


def money(currency: str, low: int = -(10**15), high: int = 10**15) -> st.SearchStrategy[Money]:
    """Amounts of one currency."""
    return st.builds(Money, st.integers(low, high), st.just(currency))


def _cause(status: LineStatus) -> Cause:
    """A cause that leads to the status."""
    return {
        LineStatus.CANCELLED: Cause.CANCEL,
        LineStatus.UNDELIVERED: Cause.UNDELIVERED_REFUSED,
        LineStatus.RETURNED: Cause.RETURN_ACCEPTED,
    }.get(status, Cause.ACCEPTED)


@st.composite
def lines(draw: Any, number: int, currency: str) -> Line:
    """A line of that number, some split off an earlier one."""
    status = draw(st.sampled_from(LineStatus))
    small = money(currency, 0, 10**9)
    return Line(
        number=number,
        parent=draw(st.none() | st.integers(1, number - 1)) if number > 1 else None,
        sku=draw(WORDS),
        upc=draw(WORDS),
        name=draw(WORDS),
        size=draw(WORDS),
        category=draw(WORDS),
        promo=draw(WORDS),
        quantity=draw(st.integers(1, 10_000)),
        status=status,
        cause=_cause(status),
        location=draw(WORDS),
        shipment=draw(st.none() | WORDS),
        amount=draw(money(currency)),
        discount=draw(small),
        tax=draw(small),
        tax_rate=draw(st.integers(0, 10**6)),
        tax_included=draw(st.booleans()),
        reduction=draw(small),
        tax_reduction=draw(small),
        is_returnable=draw(st.booleans()),
        review_rule=draw(st.sampled_from(OutcomeOption)),
    )


@st.composite
def charges(draw: Any, number: int, currency: str) -> Charge:
    """A charge of that number."""
    small = money(currency, 0, 10**9)
    return Charge(
        number=number,
        kind=draw(st.sampled_from(ChargeKind)),
        code=draw(WORDS),
        name=draw(WORDS),
        amount=draw(money(currency)),
        discount=draw(small),
        tax=draw(small),
        tax_rate=draw(st.integers(0, 10**6)),
        tax_included=draw(st.booleans()),
        reduction=draw(small),
        tax_reduction=draw(small),
        is_cancelled=draw(st.booleans()),
    )


@st.composite
def operations(draw: Any, number: int, currency: str) -> Operation:
    """An operation of that number, some answering an earlier one."""
    return Operation(
        number=number,
        kind=draw(st.sampled_from(OperationKind)),
        state=draw(st.sampled_from(OperationState)),
        amount=draw(money(currency, 0, 10**12)),
        at=draw(TIMES),
        reference=draw(WORDS),
        cause=draw(WORDS),
        shipment=draw(st.none() | WORDS),
        answers=draw(st.none() | st.integers(1, number - 1)) if number > 1 else None,
    )


@st.composite
def payments(draw: Any, number: int, currency: str) -> Payment:
    """A payment of that number with its operations."""
    return Payment(
        number=number,
        method=draw(st.sampled_from(PaymentMethod)),
        card_type=draw(WORDS),
        masked_card=draw(WORDS),
        card_country=draw(WORDS),
        holder=draw(WORDS),
        reference=draw(WORDS),
        currency=currency,
        expires_at=draw(MAYBE_TIMES),
        lapsed_at=draw(MAYBE_TIMES),
        operations=draw(numbered(operations, currency, 4)),
    )


@st.composite
def holds(draw: Any, number: int, _currency: str) -> Hold:
    """A hold of that number, open or released."""
    released = draw(MAYBE_TIMES)
    return Hold(
        number=number,
        kind=draw(st.sampled_from(HoldKind)),
        reason=draw(WORDS),
        placed_at=draw(TIMES),
        placed_by=draw(WORDS),
        evidence=draw(WORDS),
        released_at=released,
        released_by="ana" if released else "",
    )


@st.composite
def adjustments(draw: Any, number: int, currency: str) -> Adjustment:
    """A price adjustment of that number."""
    part = st.integers(1, 9).flatmap(
        lambda about: st.builds(
            AdjustedPart,
            line=st.just(about if about % 2 else None),
            charge=st.just(None if about % 2 else about),
            before=money(currency),
            after=money(currency),
        )
    )
    return Adjustment(
        number=number,
        at=draw(TIMES),
        person=draw(WORDS),
        reason=draw(WORDS),
        note=draw(WORDS),
        parts=tuple(draw(st.lists(part, max_size=3))),
    )


@st.composite
def notes(draw: Any, number: int, _currency: str) -> Note:
    """A note of that number."""
    return Note(
        number=number,
        at=draw(TIMES),
        person=draw(WORDS),
        text=draw(WORDS),
        line=draw(st.none() | st.integers(1, 9)),
        shipment=draw(st.none() | WORDS),
    )


def numbered(make: Any, currency: str, most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """Up to `most` parts with rising numbers."""
    counts = st.lists(st.integers(1, 20), max_size=most, unique=True).map(sorted)
    return counts.flatmap(lambda found: st.tuples(*(make(number, currency) for number in found)))


@st.composite
def documents(draw: Any, currency: str) -> tuple[IssuedDocument, ...]:
    """Documents of every kind, no two of a kind with one number."""
    part = st.builds(
        DocumentPart,
        line=st.none() | st.integers(1, 20),
        charge=st.none() | st.integers(1, 20),
        quantity=st.integers(0, 100),
        amount=money(currency),
        tax=money(currency),
    )
    document = st.builds(
        IssuedDocument,
        kind=st.sampled_from(DocumentKind),
        number=st.text("ABC-0123", min_size=1, max_size=6),
        at=TIMES,
        entity=WORDS,
        shipment=st.none() | WORDS,
        total=money(currency),
        parts=st.lists(part, max_size=3).map(tuple),
        operations=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=2).map(tuple),
        refers_to=WORDS,
        reason=WORDS,
        is_imported=st.just(True),
    )
    several = st.lists(document, max_size=3, unique_by=lambda one: (one.kind, one.number))
    return tuple(draw(several))


@st.composite
def shipments(draw: Any) -> tuple[Shipment, ...]:
    """Shipments with different numbers, which need not rise."""
    names = draw(st.lists(st.sampled_from(["S-10", "S-2", "S-1", "東-3"]), max_size=3, unique=True))
    return tuple(
        Shipment(
            number=name,
            location=draw(WORDS),
            method=draw(WORDS),
            carrier=draw(WORDS),
            tracking=draw(WORDS),
            ship_to=draw(st.none() | ADDRESSES),
            is_forced=draw(st.booleans()),
            invoice=draw(WORDS),
            planned_at=draw(TIMES),
            released_at=draw(MAYBE_TIMES),
            packed_at=draw(MAYBE_TIMES),
            shipped_at=draw(MAYBE_TIMES),
            delivered_at=draw(MAYBE_TIMES),
        )
        for name in names
    )


@st.composite
def tasks(draw: Any, most: int = 5, of: tuple[Shipment, ...] = ()) -> tuple[FlowTask, ...]:
    """Tasks of the order's flow and of its shipments, each once."""
    names = st.tuples(st.sampled_from(Task), st.sampled_from([None, *(each.number for each in of)]))
    return tuple(
        FlowTask(
            task=task,
            shipment=shipment,
            state=draw(st.sampled_from(TaskState)),
            error=draw(WORDS),
            next_run=draw(MAYBE_TIMES),
            runs=draw(RUNS),
        )
        for task, shipment in draw(st.lists(names, max_size=most, unique=True))
    )


@st.composite
def orders(draw: Any, order_id: str | None = None, currency: str | None = None) -> Order:
    """A whole order in one currency."""
    currency = currency or draw(st.sampled_from(CURRENCIES))
    parcels = draw(shipments())
    return Order(
        id=order_id or draw(st.text(min_size=1, max_size=10)),
        channel=CHANNELS[currency],
        selling_entity=draw(WORDS),
        currency=currency,
        created=draw(TIMES),
        language=draw(WORDS),
        method=draw(WORDS),
        customer=draw(CUSTOMERS),
        bill_to=draw(ADDRESSES),
        ship_to=draw(ADDRESSES),
        preferred_date=draw(st.none() | st.dates()),
        is_forced=draw(st.booleans()),
        is_carry_out=draw(st.booleans()),
        source=draw(WORDS),
        placed_total=draw(money(currency)),
        lines=draw(numbered(lines, currency, 5)),
        charges=draw(numbered(charges, currency, 2)),
        shipments=parcels,
        payments=draw(numbered(payments, currency, 3)),
        holds=draw(numbered(holds, currency, 3)),
        adjustments=draw(numbered(adjustments, currency, 2)),
        notes=draw(numbered(notes, currency, 3)),
        documents=draw(documents(currency)),
        tasks=draw(tasks(of=parcels)),
        version=draw(st.integers(1, 10**6)),
    )


@st.composite
def returns(draw: Any, return_id: str, order_id: str) -> Return:
    """A return of that order."""
    currency = draw(st.sampled_from(CURRENCIES))
    numbers = sorted(draw(st.sets(st.integers(1, 20), min_size=1, max_size=3)))
    return Return(
        id=return_id,
        order_id=order_id,
        created=draw(TIMES),
        return_point=draw(WORDS),
        return_point_type=draw(st.none() | st.sampled_from(ReturnPointType)),
        tracking=draw(WORDS),
        closed_at=draw(MAYBE_TIMES),
        lines=tuple(
            ReturnLine(
                number=number,
                order_line=draw(st.integers(1, 20)),
                sku=draw(WORDS),
                name=draw(WORDS),
                quantity=draw(st.integers(1, 99)),
                reason=draw(WORDS),
                review_rule=draw(st.none() | st.sampled_from(OutcomeOption)),
                rule_name=draw(WORDS),
                condition=draw(WORDS),
                status=draw(st.sampled_from(ReturnStatus)),
                refund=draw(money(currency, 0, 10**12)),
                captured_status=draw(WORDS),
                refund_status=draw(st.sampled_from(RefundStatus)),
                credit_note_status=draw(st.sampled_from(CreditNoteStatus)),
                credit_note=draw(WORDS),
            )
            for number in numbers
        ),
        tasks=draw(tasks(2)),
        version=draw(st.integers(1, 99)),
    )


@st.composite
def credit_notes(draw: Any, number: str, order_id: str) -> CreditNote:
    """A credit note, some of whose rows belong to that order."""
    currency = draw(st.sampled_from(CURRENCIES))
    return CreditNote(
        number=number,
        at=draw(TIMES),
        currency=currency,
        customer_number=draw(WORDS),
        country=draw(WORDS),
        source=draw(WORDS),
        lines=tuple(
            CreditNoteLine(
                number=place,
                code=draw(WORDS),
                name=draw(WORDS),
                quantity=draw(st.integers(-99, 99)),
                amount=draw(money(currency)),
                order_id=draw(st.sampled_from([None, order_id])),
                return_id=draw(st.sampled_from([None, "R0", "R1"])),
            )
            for place in range(1, draw(st.integers(1, 4)))
        ),
    )
