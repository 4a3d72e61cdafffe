"""Search: what finds which order, in which rank, told by which field; any text is only text (spec 8, T8)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from oms_tui.domain.answers import SearchResult
from oms_tui.domain.filter import order_words
from oms_tui.domain.money import Money
from oms_tui.domain.order import Address, Customer, Note, Order
from oms_tui.domain.returns import CreditNote, CreditNoteLine, Return, ReturnLine
from oms_tui.domain.status import CreditNoteStatus, OperationKind, RefundStatus, ReturnStatus
from oms_tui.exchange.sample import generate
from oms_tui.store import orders, returns, search, search_index
from oms_tui.store.engine import Store
from oms_tui.store.search_index import Sought, Spelling, newest
from tests.build import EUR, NOON, card, line, operation, order, shipment
from tests.store import values
from tests.store.plans import explained, full_scans
from tests.store.test_filters import trial
from tests.support import scaled

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def sale(order_id: str, days: float = 0, **rest: Any) -> Order:
    """An order that nothing finds but its ID and what it is given, placed some days before noon."""
    plain: dict[str, Any] = {
        "customer": Customer(),
        "bill_to": Address(),
        "ship_to": Address(),
        "payments": (),
        "lines": (line(sku="", name=""),),
    }
    return replace(order(), id=order_id, created=NOON - timedelta(days=days), **(plain | rest))


JANA = Customer(
    number="C-77",
    first_name="Jana Marie",
    last_name="Nováková",
    email="Jana.Novak@Example.cz",
    phone="+420 604 123 118",
)
CAPTURE = operation(2, OperationKind.CAPTURE, 100, reference="cap_9")
TORGE = Customer(first_name="太郎", last_name="山田", phone="00 81 (0)3-1234-5678")
SHIRT = line(sku="LS-204-W-M", name="Linen shirt, white")
BELL = Note(number=1, at=NOON, person="ana", text="Call the neighbour:\nthe bell is broken")
SALES = (
    sale("10432", 1, customer=JANA),
    sale("10433", 2, customer=replace(JANA, number="C-78", phone="", email="x@y.cz")),
    sale("10432-B", 3),
    sale("20001", 4, customer=TORGE),
    sale("20002", 5, lines=(SHIRT, line(2, sku="77", name="Scarf"))),
    sale("20003", 6, shipments=(shipment(tracking="1Z 999-AA1 01"),)),
    sale("20004", 7, payments=(replace(card(100, CAPTURE), reference="pi_3Nxyz"),)),
    sale("20005", 8, notes=(BELL,)),
    sale("20006", 9, ship_to=Address(recipient="Łukasz Øst", city="Kraków", postal_code="30-001")),
    sale("Ä-5", 10),
)
RETURN = Return(
    id="R555",
    order_id="20002",
    created=NOON,
    tracking="RR 12-34 CZ",
    lines=(
        ReturnLine(
            number=1,
            order_line=1,
            sku="LS-204-W-M",
            name="Linen shirt, white",
            quantity=1,
            status=ReturnStatus.CREATED,
            refund=Money(100, EUR),
            refund_status=RefundStatus.REVIEW_PENDING,
            credit_note_status=CreditNoteStatus.PENDING,
        ),
    ),
)


def note_line(number: int, order_id: str | None) -> CreditNoteLine:
    """A row of a credit note, of an order or of none."""
    return CreditNoteLine(
        number=number, code="LS", name="Linen", quantity=1, amount=Money(100, EUR), order_id=order_id
    )


NOTES = (
    CreditNote(number="C900", at=NOON, currency=EUR, customer_number="C-77", lines=(note_line(1, "20002"),)),
    CreditNote(number="C901", at=NOON, currency=EUR, customer_number="C-77", lines=(note_line(1, None),)),
)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A desk with the orders above."""
    with Store.open(str(tmp_path_factory.mktemp("search") / "desk.db")) as store:
        with store.write() as conn:
            pks = orders.insert(conn, SALES)
            returns.insert(conn, [RETURN], pks)
            returns.insert_credit_notes(conn, NOTES)
        yield store


def found(store: Store, asked: str, limit: int = 20) -> SearchResult:
    """What a text finds."""
    with store.read() as conn:
        return search.find(conn, asked, limit)


FOUND = """
10432 | 10432 order ID 10432; 10432-B order ID 10432-B
#10432 | 10432 order ID 10432; 10432-B order ID 10432-B
order 10432 | 10432 order ID 10432; 10432-B order ID 10432-B
Order: #10432 | 10432 order ID 10432; 10432-B order ID 10432-B
return R555 | 20002 return ID R555
1043 | 10432 order ID 10432; 10433 order ID 10433; 10432-B order ID 10432-B
ä-5 | Ä-5 order ID Ä-5
ä5 | Ä-5 order ID Ä-5
a5 | Ä-5 order ID Ä-5
R555 | 20002 return ID R555
r55 | 20002 return ID R555
jana.novak@EXAMPLE.cz | 10432 e-mail Jana.Novak@Example.cz
jana.nov | 10432 e-mail Jana.Novak@Example.cz; 10433 name Jana Marie Nováková
jana@ | 10432 name Jana Marie Nováková; 10433 name Jana Marie Nováková
novak | 10432 name Jana Marie Nováková; 10433 name Jana Marie Nováková
NOVÁKOVÁ jana | 10432 name Jana Marie Nováková; 10433 name Jana Marie Nováková
nov mar | 10432 name Jana Marie Nováková; 10433 name Jana Marie Nováková
+420 604 123 118 | 10432 phone +420 604 123 118
00420604123118 | 10432 phone +420 604 123 118
0604 123 118 | 10432 phone …0604123118
0049 604 123 118 |
3118 | 10432 phone …3118
118 |
0312345678 | 20001 phone …312345678
太郎 | 20001 name 山田 太郎
山田太郎 | 20001 name 山田 太郎
田 | 20001 name 山田 太郎
1z999aa101 | 20003 tracking number 1Z 999-AA1 01
1Z-999-AA1-01 | 20003 tracking number 1Z 999-AA1 01
1z 999 aa | 20003 tracking number 1Z 999-AA1 01
99-AA1-01 | 20003 tracking number 1Z 999-AA1 01
a101 |
rr1234cz | 20002 tracking number RR 12-34 CZ
PI_3nXYZ | 20004 payment reference pi_3Nxyz
pi_3n | 20004 payment reference pi_3Nxyz
cap_9 | 20004 payment reference cap_9
LS-204 | 20002 SKU LS-204-W-M
ls204w | 20002 SKU LS-204-W-M
LS 204 | 20002 SKU LS-204-W-M
77 | 20002 SKU 77
shirt lin | 20002 article Linen shirt, white
white 77 | 20002 article, SKU Linen shirt, white · 77
scarf shirt | 20002 article Linen shirt, white · Scarf
neighb bell | 20005 note Call the neighbour: the bell is broken
ost lukasz | 20006 address Łukasz Øst, 30-001 Kraków
krakow 30-001 | 20006 address Łukasz Øst, 30-001 Kraków
C900 | 20002 credit note C900
c901 | 10432 credit note C901
C-77 | 10432 customer number C-77
c-78 | 10433 customer number C-78
jana scarf |
nothing |
 |
"""


@pytest.mark.parametrize("row", FOUND.strip("\n").splitlines(), ids=lambda row: row.partition(" |")[0])
def test_what_finds_which_order_by_which_field(known: Store, row: str) -> None:
    asked, _, told = row.partition(" |")
    result = found(known, asked)
    hits = [f"{hit.order.id} {hit.field} {hit.matched}" for hit in result.hits]
    assert hits == [hit.strip() for hit in told.split(";") if hit.strip()]
    assert not result.has_more


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("schaefer", ["1", "2"]),
        ("Schäfer", ["1", "2"]),
        ("samuel schaefer", ["1"]),
        ("mueller", ["3"]),
        ("order schaefer", []),  # what people say before a number is said before numbers only
    ],
)
def test_umlauts_are_found_in_either_spelling(store: Store, asked: str, wanted: list[str]) -> None:
    names = (("Samuel", "Schäfer"), ("Eva", "Schaefer"), ("Jörg", "Müller"))
    with store.write() as conn:
        sold = [
            sale(str(number), number, customer=Customer(first_name=first, last_name=last))
            for number, (first, last) in enumerate(names, 1)
        ]
        orders.insert(conn, sold)
    assert sorted(hit.order.id for hit in found(store, asked).hits) == wanted


def test_exact_goes_before_beginning_phone_and_words(known: Store) -> None:
    """Rank before age: an old order whose ID is just that goes before newer ones that only begin so."""
    more = [
        sale("3118", 300),
        sale("31189", 200),
        sale("40001", 100, customer=Customer(phone="+49 30 993118")),
        sale("40002", 0, notes=(replace(BELL, text="gate code 3118"),)),
    ]
    with trial(known) as conn:
        orders.insert(conn, more)
        hits = search.find(conn, "3118").hits
    assert [hit.order.id for hit in hits] == ["3118", "31189", "10432", "40001", "40002"]
    assert [hit.field for hit in hits] == ["order ID", "order ID", "phone", "phone", "note"]


def test_every_step_has_places_among_many(known: Store) -> None:
    crowd = [sale(f"5118{number:03}", number) for number in range(50)]
    crowd += [
        sale(f"6{number:03}", number, customer=Customer(phone=f"+49{number:04}5118")) for number in range(50)
    ]
    crowd += [sale(f"7{number:03}", number, notes=(replace(BELL, text="room 5118"),)) for number in range(50)]
    with trial(known) as conn:
        orders.insert(conn, crowd)
        result = search.find(conn, "5118", 20)
    fields = [hit.field for hit in result.hits]
    assert fields == ["order ID"] * 10 + ["phone"] * 5 + ["note"] * 5
    assert result.has_more
    phones = [hit.order.created for hit in result.hits if hit.field == "phone"]
    notes = [hit.order.created for hit in result.hits if hit.field == "note"]
    assert phones == [NOON - timedelta(days=day) for day in range(5)]
    assert notes == [NOON - timedelta(days=day) for day in range(5)]


def test_the_newest_of_one_day_are_found_whatever_order_they_came_in(known: Store) -> None:
    moments = [3, 1, 5, 0, 4, 2]
    with trial(known) as conn:
        orders.insert(conn, [sale(f"8{m}", m / 100, notes=(replace(BELL, text="zebra"),)) for m in moments])
        assert [hit.order.id for hit in search.find(conn, "zebra").hits] == [f"8{m}" for m in range(6)]
        assert [hit.order.id for hit in search.find(conn, "zebra", 2).hits] == ["80", "81"]


def test_long_beginnings_that_look_alike_are_told_apart(known: Store) -> None:
    """More orders begin like the word than are looked at; those that have the whole are still found."""
    names = ["Christensen"] * 3 + ["Christiansen"] * 150
    with trial(known) as conn:
        crowd = [sale(f"9{n:03}", 200 - n, customer=Customer(last_name=name)) for n, name in enumerate(names)]
        orders.insert(conn, crowd)
        assert [hit.order.id for hit in search.find(conn, "christens").hits] == ["9002", "9001", "9000"]
        assert len(search.find(conn, "christ").hits) == 20


def test_a_limit_is_a_limit(known: Store) -> None:
    assert found(known, "10432", 1).has_more
    assert len(found(known, "10432", 1).hits) == 1
    assert found(known, "10432", 0) == SearchResult((), has_more=False)


TEXTS = st.text(max_size=40) | st.text(st.sampled_from("'\"*%_\\^:()-+{}[]~ aäé0山\x00\ud800"), max_size=40)


@settings(max_examples=scaled(10_000, 200), deadline=None)
@given(asked=TEXTS)
@example("")
@example("\x00")
@example("\ud800")
@example("'; DROP TABLE orders; --")
@example('" OR "a" NOT "b')
@example("NEAR(a b, 2) AND words:c ^d* {words}:e")
@example("%")
@example("_____")
@example("AND OR NOT")
@example("🧵" * 100)
@example("á" * 100_000)
@example(" ".join("abcdefghijklmnopqrstuvwxyz0123456789"))
@example("٠١٢٣٤٥٦٧٨٩")
@example("-" * 500)
@example("\U0010ffff")
def test_any_text_gives_results_or_none(known: Store, asked: str) -> None:
    result = found(known, asked)
    assert all(hit.field for hit in result.hits)
    assert len({hit.order.id for hit in result.hits}) == len(result.hits)


@settings(max_examples=scaled(400, 25), deadline=None, suppress_health_check=SLOW)
@given(sold=st.lists(values.orders(), min_size=1, max_size=4, unique_by=lambda one: one.id), data=st.data())
def test_whatever_an_order_says_finds_it(store: Store, sold: list[Order], data: st.DataObject) -> None:
    with trial(store) as conn:
        pks = orders.insert(conn, sold)
        one = data.draw(st.sampled_from(sold))
        for word in data.draw(st.lists(st.sampled_from(sorted(order_words(one))), max_size=5)):
            begun = word[: data.draw(st.integers(1, len(word)))]
            entries = _entries(conn, [Sought(begun)])
            assert entries == {
                pks[other.id]
                for other in sold
                if any(known.startswith(begun) for known in order_words(other))
            }
            assert _entries(conn, [Sought(word, is_whole=True)]) >= {pks[one.id]}


def _entries(conn: Connection, sought: Sequence[Sought]) -> set[int]:
    expression = Spelling(conn).expression([sought])
    return set(newest(conn, expression, at_least=1000, at_most=1000)) if expression else set()


@settings(max_examples=scaled(500, 15), deadline=None, suppress_health_check=SLOW)
@given(before=values.orders(order_id="A"), after=values.orders(order_id="A"))
def test_the_index_follows_the_order(store: Store, before: Order, after: Order) -> None:
    """Invariant S3: entries are those of the order as it is now, and the check sees where they are not."""
    with trial(store) as conn:
        search.index(conn, [(1, before), (2, sale("B"))])
        assert search.differing(conn, [(1, before), (2, sale("B"))]) == []
        search.reindex(conn, [(1, before, after)])
        assert search.differing(conn, [(1, after), (2, sale("B"))]) == []
        gone = order_words(before) - order_words(after)
        assert all(1 not in _entries(conn, [Sought(word, is_whole=True)]) for word in gone)
        more = replace(after, notes=(*after.notes, replace(BELL, number=99)))
        assert search.differing(conn, [(1, more), (2, sale("B"))]) == [1]
        assert search.differing(conn, [(1, after)]) == [2]
        assert search.differing(conn, [(1, after), (2, sale("B")), (3, sale("C"))]) == [3]
        search.rebuild(conn, [(1, more)], batch=1)
        assert search.differing(conn, [(1, more)]) == []


def test_a_change_that_says_nothing_new_writes_nothing(store: Store) -> None:
    with trial(store) as conn:
        search.index(conn, [(1, SALES[0])])
        before = conn.execute(text("SELECT total_changes()")).scalar_one()
        search.reindex(conn, [(1, SALES[0], replace(SALES[0], version=2, method="Express"))])
        assert conn.execute(text("SELECT total_changes()")).scalar_one() == before


def test_the_migration_makes_the_index_that_the_program_knows(store: Store) -> None:
    with store.read() as conn:
        made = conn.execute(text("SELECT sql FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'")).scalars()
        assert sorted(made) == sorted(search_index.CREATE_SQL)


def test_each_step_reads_an_index(known: Store) -> None:
    """No search goes through all orders, lines, shipments or payments."""
    with known.read() as conn:
        for asked in ("10432 3118", "jana scarf", "christensen"):
            plan = explained(conn, partial(search.find, conn, asked))
            assert full_scans(plan) == []


@pytest.mark.parametrize("text_of", ["id", "email", "phone", "name"])
def test_sample_orders_are_found_by_what_a_customer_says(sample: Store, text_of: str) -> None:
    with sample.read() as conn:
        for stored in orders.load_many(conn, range(1, 120)):
            customer = stored.order.customer
            said = {
                "id": stored.order.id,
                "email": customer.email,
                "phone": customer.phone,
                "name": f"{customer.last_name[:4]} {customer.first_name[:4]}",
            }[text_of]
            if said.strip():
                hits = search.find(conn, said, 500).hits
                assert stored.order.id in {hit.order.id for hit in hits}, said


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A desk of sample orders."""
    with Store.open(str(tmp_path_factory.mktemp("sample") / "desk.db")) as store:
        with store.write() as conn:
            for batch in generate(200, now=NOON):
                orders.insert(conn, batch.orders)
        yield store
