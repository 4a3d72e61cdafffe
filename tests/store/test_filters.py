"""Filters as SQL find just what they find in plain Python, by whatever index (spec 8, performance.md 5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from oms_tui.domain.answers import Position
from oms_tui.domain.filter import Clause, Filter, Mode, ResolvedFilter, TextTest, WordsTest, parse, resolve
from oms_tui.domain.queues import QUEUES
from oms_tui.exchange.sample import generate
from oms_tui.store import lists, reader
from oms_tui.store.engine import Store
from oms_tui.store.known import Known as Database
from oms_tui.store.reader import Reader
from oms_tui.store.sources import ALL, Numbers, Runs, Words
from tests.domain.filters import filters
from tests.store import asked
from tests.store.asked import NOW, Known, Sale
from tests.store.plans import explained, full_scans
from tests.support import scaled

BERLIN = ZoneInfo("Europe/Berlin")
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


class Undone(Exception):  # noqa: N818
    """Ends a transaction without writing it."""


@contextmanager
def trial(store: Store) -> Iterator[Connection]:
    """A write that is rolled back, so that the next example finds the database as it was."""
    try:
        with store.write() as conn:
            yield conn
            raise Undone
    except Undone:
        pass


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[Known]]]:
    """A desk of sample orders: some of everything."""
    path = tmp_path_factory.mktemp("sampled") / "desk.db"
    with Store.open(str(path)) as store:
        sales = []
        for batch in generate(300, now=NOW):
            of_order = {
                order.id: [back for back in batch.returns if back.order_id == order.id]
                for order in batch.orders
            }
            sales += [
                Sale(order, tuple(of_order[order.id]), ("Ana", 5) if place % 50 == 7 else None)
                for place, order in enumerate(batch.orders)
            ]
        with store.write() as conn:
            known = asked.take_in(conn, sales)
        yield store, known


def ids(conn: Connection, resolved: ResolvedFilter, size: int = 500) -> list[str]:
    """The orders a filter finds, page by page."""
    found: list[str] = []
    after = None
    while True:
        page = lists.page(conn, resolved, size=size, after=after)
        found += [row.id for row in page.rows]
        if not page.has_after:
            return found
        after = page.rows[-1].position


def ready(text: str) -> ResolvedFilter:
    """A filter at noon, asked by Ana."""
    return resolve(parse(text), NOW, BERLIN, "Ana")


@settings(max_examples=scaled(800, 10), deadline=None, suppress_health_check=SLOW)
@given(data=st.data(), sales=asked.desks())
def test_random_filters_over_random_orders(store: Store, sales: list[Sale], data: st.DataObject) -> None:
    with trial(store) as conn:
        known = asked.take_in(conn, sales)
        for _ in range(5):
            resolved = data.draw(asked.questions([one.facts for one in known]))
            wanted = [one.order.id for one in asked.expected(known, resolved)]
            assert ids(conn, resolved) == wanted
            assert lists.count(conn, resolved).value == len(wanted)


@settings(max_examples=scaled(5_000, 50), deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_random_filters_over_sample_orders(sampled: tuple[Store, list[Known]], data: st.DataObject) -> None:
    store, known = sampled
    few = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=3))
    resolved = data.draw(asked.questions([one.facts for one in few]))
    wanted = [one.order.id for one in asked.expected(known, resolved)]
    with store.read() as conn:
        assert ids(conn, resolved) == wanted
        counted = lists.count(conn, resolved, 20)
        assert (counted.value, counted.is_exact) in {
            (len(wanted), True),
            (min(len(wanted), 20), len(wanted) <= 20),
        }


@settings(max_examples=scaled(5_000, 50), deadline=None, suppress_health_check=SLOW)
@given(written=filters())
def test_filters_as_people_write_them(sampled: tuple[Store, list[Known]], written: Filter) -> None:
    store, known = sampled
    resolved = _resolved(written)
    if resolved is None:
        return
    with store.read() as conn:
        assert ids(conn, resolved) == [one.order.id for one in asked.expected(known, resolved)]


def _resolved(written: Filter) -> ResolvedFilter | None:
    try:
        return resolve(written, NOW, BERLIN, "Ana")
    except ValueError:
        return None  # a range that ends before it starts


@settings(max_examples=scaled(2_000, 25), deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_however_many_orders_are_thought_few(
    sampled: tuple[Store, list[Known]], monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    """The limits between the ways of reading change how long it takes, never what is found."""
    for name in ("_PROBED", "_SORTED", "_NEAR"):
        monkeypatch.setattr(reader, name, data.draw(st.sampled_from([0, 1, 5, 40, 1000]), label=name))
    store, known = sampled
    few = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=3))
    resolved = data.draw(asked.questions([one.facts for one in few]))
    wanted = [one.order.id for one in asked.expected(known, resolved)]
    size = data.draw(st.integers(1, 60))
    with store.read() as conn:
        assert ids(conn, resolved, size) == wanted


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.id)
def test_every_queue_finds_its_orders(sampled: tuple[Store, list[Known]], queue: object) -> None:
    store, known = sampled
    resolved = ready(queue.filter)  # type: ignore[attr-defined]
    wanted = [one.order.id for one in asked.expected(known, resolved)]
    assert wanted, "the sample has no order for this queue"
    with store.read() as conn:
        assert ids(conn, resolved) == wanted
        assert lists.count(conn, resolved).value == len(wanted)


HOSTILE = [
    "%",
    "_",
    "'; DROP TABLE orders; --",
    '" OR "" = "',
    "a* NOT b",
    "NEAR(a b)",
    "words : a",
    "^a",
    "\ud7ff",
    "\U0010ffff",
    "\x7f",
    "x" * 5000,
    "(" * 300,
    "ﷺ",
    "٣",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("mode", [Mode.EXACT, Mode.PREFIX])
def test_hostile_values_are_values(sampled: tuple[Store, list[Known]], text: str, mode: Mode) -> None:
    """Invariant T8: nothing in a value is SQL, a wildcard or an operator of the search index."""
    store, known = sampled
    for name in ("id", "email", "first", "last", "name", "sku", "tracking", "reference", "claimed", "method"):
        resolved = ResolvedFilter((Clause(name, (TextTest(mode, text),)),), None, NOW)
        with store.read() as conn:
            assert ids(conn, resolved) == [one.order.id for one in asked.expected(known, resolved)]
    for negated in (False, True):
        resolved = ResolvedFilter((Clause("text", (WordsTest((text,)),), negated),), None, NOW)
        with store.read() as conn:
            assert ids(conn, resolved) == [one.order.id for one in asked.expected(known, resolved)]


def test_many_words_are_one_question(sampled: tuple[Store, list[Known]]) -> None:
    store, known = sampled
    resolved = ready(" ".join(f"{a}{b}" for a in "abcdefghijklm" for b in "aeiou0123456789")[:2000])
    with store.read() as conn:
        assert ids(conn, resolved) == [one.order.id for one in asked.expected(known, resolved)] == []


SOURCES = """
status:shipped | Runs | orders_status
-status:delivered,cancelled,returned,shipped,undelivered | Runs | orders_status
payment:failed | Runs | orders_payment
country:JP | Runs | orders_country
bill-country:JP | Runs | orders_country orders_bill_country
channel-type:marketplace | Runs | orders_channel
method:express | Runs | orders_method
hold:fraud | Runs | PRIMARY
hold:fraud,manual | Runs | PRIMARY
task:failed/allocation | Runs | PRIMARY
return:pending_review | Runs | PRIMARY
uncaptured:shipped | Runs | PRIMARY
line:undelivered | Runs | PRIMARY
line:packed | Runs | orders_status
hans | Words | VIRTUAL
name:hans | Words | VIRTUAL
last:mü* | Words | VIRTUAL
sku:LS* | Words | VIRTUAL
id:10042 | Numbers | ix_orders_id_key
id:1004* | Numbers | ix_orders_id_key
email:hans* | Numbers | orders_email
phone:4118 | Numbers | orders_phone
tracking:JJD* | Numbers | shipment_tracking
reference:pay_* | Numbers | payment_reference operation_reference
claimed:me | Numbers | claim_person
claimed:anyone | Numbers | claim_until
total>=99999 | Numbers | orders_total
-country:DE | all | orders_created
uncaptured:no | all | orders_created
sort:-total | all | orders_total
sort:id | all | ix_orders_id_key
sort:age | all | orders_created
"""


@pytest.mark.parametrize("line", SOURCES.strip().splitlines())
def test_each_kind_of_filter_has_its_index(sampled: tuple[Store, list[Known]], line: str) -> None:
    """What leads, and that SQLite reads the index meant and never sorts what an index has in order."""
    text, kind, indexes = (part.strip() for part in line.split("|"))
    store, _known = sampled
    with store.read() as conn:
        reader = Reader(Database(conn, ready(text)))
        source = reader.source
        assert (reader.source is ALL) == (kind == "all")
        assert kind == "all" or isinstance(source, {"Runs": Runs, "Words": Words, "Numbers": Numbers}[kind])
        middle: Position = {"created": (0, 0), "total": ("EUR", 0, 0), "id": ("", 0)}[reader.sorting.key]
        plan = explained(conn, lambda: reader.rows(middle, 3, forward=False))
    for index in indexes.split():
        assert index in plan
    assert full_scans(plan) == []
    is_merged = isinstance(source, Runs) and len(source.branches) > 1
    assert ("TEMP B-TREE FOR ORDER BY" in plan) == (is_merged or isinstance(source, Numbers))
