"""Pages, counts, tallies, the feed and what was opened: what a list shows, from any place in it (spec 7)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from oms_tui.clock import to_micros
from oms_tui.domain.answers import Count, OrderPage, Position, RowClaim
from oms_tui.domain.cancel_requests import open_request
from oms_tui.domain.derive import standing
from oms_tui.domain.filter import Clause, Mode, ResolvedFilter, ResolvedSort, TextTest, parse, resolve
from oms_tui.domain.flow import FlowTask, Task, TaskState
from oms_tui.domain.order import Hold, Order
from oms_tui.domain.own_facts import OwnKind, own_fact
from oms_tui.domain.payment import order_payment_status
from oms_tui.domain.plan import Claim
from oms_tui.domain.queues import QUEUES, Queue, queue
from oms_tui.domain.returns import refund_total
from oms_tui.domain.status import Cause, HoldKind, LineStatus
from oms_tui.domain.totals import order_total
from oms_tui.exchange.sample import generate
from oms_tui.store import claims, counts, lists, orders, returns
from oms_tui.store.engine import Store
from tests.build import line, order, shipment
from tests.store import asked
from tests.store.asked import NOW, Known, Sale
from tests.store.plans import explained, full_scans
from tests.store.test_filters import BERLIN, ready, trial
from tests.support import scaled

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
EVERYTHING = ResolvedFilter((), None, NOW)


def ids(page: OrderPage) -> list[str]:
    """The orders of a page."""
    return [row.id for row in page.rows]


@settings(max_examples=scaled(400, 12), deadline=None, suppress_health_check=SLOW)
@given(data=st.data(), sales=asked.desks(8))
def test_pages_are_stretches_of_the_list(store: Store, sales: list[Sale], data: st.DataObject) -> None:
    """Any page, from any position, of any sort: the rows there, and whether there are more on either side."""
    with trial(store) as conn:
        known = asked.take_in(conn, sales)
        resolved = data.draw(asked.questions([one.facts for one in known]))
        wanted = [one.order.id for one in asked.expected(known, resolved)]
        for one in known:
            size = data.draw(st.integers(1, 5))
            at = one.position(resolved.sort)
            before, after = _sides(known, resolved, at)
            page = lists.page(conn, resolved, size=size, after=at)
            assert (ids(page), page.has_before) == (after[:size], len(wanted) > len(after))
            assert page.has_after == (len(after) > size)
            page = lists.page(conn, resolved, size=size, before=at)
            assert (ids(page), page.has_after) == (before[-size:], len(wanted) > len(before))
            assert page.has_before == (len(before) > size)
            page = lists.page(conn, resolved, size=size, around=at)
            _check_around(ids(page), page, wanted, before, size)
        page = lists.page(conn, resolved, size=3)
        assert (ids(page), page.has_before, page.has_after) == (wanted[:3], False, len(wanted) > 3)
        page = lists.page(conn, resolved, size=3, from_end=True)
        assert (ids(page), page.has_before, page.has_after) == (wanted[-3:], len(wanted) > 3, False)
        assert lists.oldest(conn, resolved) == min(
            (one.order.created for one in known if one.order.id in wanted), default=None
        )


def _sides(known: list[Known], resolved: ResolvedFilter, at: Position) -> tuple[list[str], list[str]]:
    """The orders that stand before and after a position."""
    descending = resolved.sort is None or resolved.sort.descending
    found = asked.expected(known, resolved)
    above = [one.order.id for one in found if (one.position(resolved.sort) > at) is descending]
    if not descending:
        above = [one.order.id for one in found if one.position(resolved.sort) < at]
    here = [one.order.id for one in found if one.position(resolved.sort) == at]
    below = [one.order.id for one in found if one.order.id not in {*above, *here}]
    return [i for i in above if i not in here], below


def _check_around(shown: list[str], page: OrderPage, wanted: list[str], before: list[str], size: int) -> None:
    assert len(shown) == min(size, len(wanted))
    if not shown:
        return
    start = wanted.index(shown[0])
    assert shown == wanted[start : start + len(shown)]
    assert (page.has_before, page.has_after) == (start > 0, start + len(shown) < len(wanted))
    # As much before the position as after it, where there is as much.
    ahead = len(before) - start
    assert ahead <= max(size // 2, size - (len(wanted) - len(before)))
    assert ahead == min(len(before), max(size // 2, size - (len(wanted) - len(before))))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, Order]]]:
    """A desk of 300 sample orders with their returns, some claimed, some opened."""
    with Store.open(str(tmp_path_factory.mktemp("lists") / "desk.db")) as store:
        known: dict[str, Order] = {}
        with store.write() as conn:
            for batch in generate(300, now=NOW):
                pks = orders.insert(conn, batch.orders)
                returns.insert(conn, batch.returns, pks)
                known |= {order.id: order for order in batch.orders}
            for place, pk in enumerate((5, 9, 17, 200)):
                until = NOW + timedelta(minutes=1 if place else -1)
                claim = Claim(order_id="", person="Ana", since=NOW - timedelta(minutes=9), until=until)
                claims.put(conn, pk, claim)
                claims.opened(conn, "Ana", pk, to_micros(NOW) + place)
            claims.opened(conn, "bob", 1, to_micros(NOW))
        yield store, known


def test_rows_say_what_the_orders_are(desk: tuple[Store, dict[str, Order]]) -> None:
    store, known = desk
    with store.read() as conn:
        rows = lists.page(conn, EVERYTHING, size=500).rows
    assert len(rows) == len(known)
    for row in rows:
        value = known[row.id]
        now = standing(value.lines)
        assert (row.status, row.ahead, row.pieces) == (now.status, now.ahead, now.pieces)
        assert (row.version, row.created, row.total) == (value.version, value.created, order_total(value))
        assert row.payment is order_payment_status(value)
        assert row.holds == tuple(
            kind for kind in HoldKind if any(hold.kind is kind for hold in value.open_holds())
        )
        assert row.has_undelivered == any(part.status is LineStatus.UNDELIVERED for part in value.lines)
        customer, channel = value.customer, value.channel
        assert (row.first_name, row.last_name) == (customer.first_name, customer.last_name)
        assert (row.customer_number, row.email, row.phone) == (
            customer.number,
            customer.email,
            customer.phone,
        )
        assert (row.channel, row.channel_type, row.region) == (channel.code, channel.type, channel.region)
        assert row.method == value.method
        assert row.country == (channel.country if value.is_carry_out else value.ship_to.country)


def test_a_position_of_another_sort_stays_with_its_order(desk: tuple[Store, dict[str, Order]]) -> None:
    """The cursor is held by order when the sort changes."""
    store, _known = desk
    with store.read() as conn:
        row = lists.page(conn, EVERYTHING, size=150).rows[-1]
        for sort in ("total", "id"):
            sorted_by = ResolvedFilter((), ResolvedSort(sort, descending=True), NOW)
            page = lists.page(conn, sorted_by, size=5, around=row.position)
            assert row.id in ids(page)
            assert ids(lists.page(conn, sorted_by, size=5, after=page.rows[0].position))[:4] == ids(page)[1:]
            back = next(one.position for one in page.rows if one.id == row.id)
            assert row.id in ids(lists.page(conn, EVERYTHING, size=5, around=back))
        assert ids(lists.page(conn, EVERYTHING, size=5, after=("nowhere", 10**9))) == ids(
            lists.page(conn, EVERYTHING, size=5)
        )


def test_an_order_that_left_the_list_leaves_its_place(store: Store) -> None:
    with trial(store) as conn:
        pks = orders.insert(
            conn, [replace(order(), id=f"A{day}", created=NOW - timedelta(days=day)) for day in range(5)]
        )
        here = (to_micros(NOW - timedelta(days=2)), pks["A2"])
        resolved = ready("-id:A2")
        assert ids(lists.page(conn, resolved, size=2, around=here)) == ["A1", "A3"]
        assert ids(lists.page(conn, resolved, size=9, after=here)) == ["A3", "A4"]
        page = lists.page(conn, resolved, size=9, before=here)
        assert (ids(page), page.has_after) == (["A0", "A1"], True)
        gone = lists.page(conn, ready("id:A0"), size=9, after=here)
        assert (ids(gone), gone.has_before, gone.has_after) == ([], True, False)


def test_counters_answer_where_they_know(desk: tuple[Store, dict[str, Order]]) -> None:
    store, known = desk
    with store.read() as conn:
        for text in ("", "status:delivered", "status:delivered,shipped", "-status:delivered", "task:failed"):
            counted = lists.count(conn, ready(text), 1)
            assert counted == Count(len(ids(lists.page(conn, ready(text), size=500))))
        assert lists.count(conn, ready("country:DE"), 1) == Count(1, is_exact=False)
        assert str(lists.count(conn, ready("-country:AQ"), 100)) == "100+"
        assert lists.count(conn, ready("-country:AQ"), len(known)) == Count(len(known))


def test_tallies_are_the_queues_counts_and_their_oldest(desk: tuple[Store, dict[str, Order]]) -> None:
    store, known = desk
    with store.read() as conn:
        tallies = lists.tallies(conn, QUEUES, ready)
        assert [tally.queue for tally in tallies] == [one.id for one in QUEUES]
        for tally, one in zip(tallies, QUEUES, strict=True):
            if one.place:
                continue  # it holds no orders
            wanted = ids(lists.page(conn, ready(one.filter), size=500))
            assert tally.count == Count(len(wanted))
            assert tally.oldest == min((_began(one, known[i]) for i in wanted), default=None)
        by_queue = {tally.queue: tally for tally in tallies}
        assert by_queue["my-work"].count.value == 3
        assert lists.tallies(conn, (), ready) == ()
        nobody = lists.tallies(conn, [queue("my-work")], _asked_by("nobody at all"))
        assert (nobody[0].count, nobody[0].oldest) == (Count(0), None)


def _asked_by(name: str) -> Callable[[str], ResolvedFilter]:
    return lambda text: resolve(parse(text), NOW, BERLIN, name)


def test_a_queue_past_the_bound_says_so_and_knows_its_oldest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many an uncounted queue holds, its oldest is the oldest."""
    monkeypatch.setattr(counts, "COUNT_BOUND", 2)
    tagged = Queue(id="q", title="", filter="hold:fraud,manual", counter=None, roles=frozenset(), why="")
    held = [
        Hold(number=number, kind=kind, reason="", placed_at=NOW, placed_by="ana")
        for number, kind in enumerate((HoldKind.FRAUD, HoldKind.MANUAL), start=1)
    ]
    with trial(store) as conn:
        for day, holds in enumerate((held, held[:1], held[1:])):
            placed = NOW - timedelta(days=day)
            orders.insert(conn, [replace(order(), id=f"A{day}", created=placed, holds=tuple(holds))])
            (tally,) = lists.tallies(conn, [tagged], ready)
            assert tally.count == Count(min(day + 1, 2), is_exact=day < 2)
            assert tally.oldest == placed


def _began(queue: Queue, order: Order) -> datetime:
    """Since when an order is in a queue, as its tally counts: since it was placed, or asked about."""
    request = open_request(order)
    return request.at if queue.id == "cancel-requests" and request is not None else order.created


def test_cancel_requests_stand_by_when_they_came_with_what_was_said(
    desk: tuple[Store, dict[str, Order]],
) -> None:
    store, known = desk
    with store.read() as conn:
        rows = lists.page(conn, ready(queue("cancel-requests").filter), size=50).rows
    asked_at = [row.own.at for row in rows if row.own is not None]
    assert asked_at == sorted(request.at for one in known.values() if (request := open_request(one)))
    assert [row.own for row in rows] == [own_fact(known[row.id], OwnKind.ASKED) for row in rows]


def test_tallies_are_few_statements_on_indexes(desk: tuple[Store, dict[str, Order]]) -> None:
    """One read of the counters, one of all oldest orders, one or two for each queue nobody counts."""
    store, _known = desk
    with store.read() as conn:
        statements: list[str] = []
        listener = _remember(statements)
        event.listen(conn, "before_cursor_execute", listener)
        try:
            lists.tallies(conn, QUEUES, ready)
        finally:
            event.remove(conn, "before_cursor_execute", listener)
        plan = explained(conn, lambda: lists.tallies(conn, QUEUES, ready))
        # What lapses is found by when it lapses: those few alone are sorted by when they were placed.
        sorted_by_index = [one for one in QUEUES if not one.filter.startswith("lapses")]
        plan_of_others = explained(conn, lambda: lists.tallies(conn, sorted_by_index, ready))
    assert len(statements) <= 2 + 2 * sum(one.counter is None for one in QUEUES)
    assert full_scans(plan) == []
    assert len(sorted_by_index) == len(QUEUES) - 1
    assert "ORDER BY" not in plan_of_others


def _remember(statements: list[str]) -> Callable[..., None]:
    def listener(_conn: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    return listener


def test_the_feed_is_what_happened_last(desk: tuple[Store, dict[str, Order]]) -> None:
    store, known = desk
    with store.read() as conn:
        entries = lists.feed(conn, 1000)
        back = {value.id: value for pk in range(1, 301) for value in returns.of_order(conn, pk)}
        assert lists.feed(conn, 7) == entries[:7]
        plan = explained(conn, lambda: lists.feed(conn, 7))
    assert len(entries) == len(known) + len(back)
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    for entry in entries:
        value = known[entry.order_id]
        assert entry.channel == value.channel.code
        if entry.id in back:
            assert entry.value == -refund_total(back[entry.id])
        else:
            assert (entry.id, entry.value, entry.method) == (value.id, order_total(value), value.method)
            assert entry.status == standing(value.lines).text()
    assert "ORDER BY" not in plan


def test_recent_orders_are_the_persons_own(desk: tuple[Store, dict[str, Order]]) -> None:
    store, _known = desk
    with store.read() as conn:
        by_pk = {stored.pk: stored.order.id for stored in orders.load_many(conn, [1, 5, 9, 17, 200])}
        mine = [row.id for row in lists.recent(conn, "Ana", 3)]
        theirs = [row.id for row in lists.recent(conn, "bob")]
    assert mine == [by_pk[200], by_pk[17], by_pk[9]]
    assert theirs == [by_pk[1]]


@pytest.mark.parametrize("sort", ["created", "total", "id"])
@pytest.mark.parametrize("descending", [True, False])
def test_no_page_skips_rows_it_does_not_show(
    desk: tuple[Store, dict[str, Order]], sort: str, descending: bool
) -> None:
    """Keyset, never OFFSET: the position is looked up in the index of the sort (performance.md 5)."""
    store, _known = desk
    resolved = ResolvedFilter((), ResolvedSort(sort, descending), NOW)
    with store.read() as conn:
        middle = lists.page(conn, resolved, size=150).rows[-1].position
        plan = explained(conn, lambda: lists.page(conn, resolved, size=5, after=middle))
    assert full_scans(plan) == []
    assert "ORDER BY" not in plan
    assert plan.count("SEARCH orders USING") >= 2


def test_a_clause_that_nothing_can_meet_finds_nothing(desk: tuple[Store, dict[str, Order]]) -> None:
    store, _known = desk
    impossible = ResolvedFilter((Clause("channel", (TextTest(Mode.EXACT, "no such channel"),)),), None, NOW)
    with store.read() as conn:
        assert lists.page(conn, impossible, size=5) == OrderPage((), has_before=False, has_after=False)
        assert lists.count(conn, impossible) == Count(0)
        assert lists.oldest(conn, impossible) is None


# -- what stands beside the rows -----------------------------------------------------------------------------


def _task(name: Task, state: TaskState, error: str = "", shipment: str | None = None) -> FlowTask:
    return FlowTask(task=name, state=state, error=error, shipment=shipment)


def _hold(number: int, kind: HoldKind, reason: str, *, is_open: bool = True) -> Hold:
    over = {} if is_open else {"released_at": NOW, "released_by": "olga"}
    return Hold(number=number, kind=kind, reason=reason, placed_at=NOW, placed_by="system", **over)  # type: ignore[arg-type]


FAILED = _task(Task.CAPTURE, TaskState.FAILED, "declined", "S-1")
NO_STOCK = _task(Task.ALLOCATION, TaskState.ACTIVE, "no stock of LS-1 at any location")
REASONS = {
    "failed": (
        order(line(1, LineStatus.SHIPPED, shipment="S-1"), shipments=(shipment(),), tasks=(NO_STOCK, FAILED)),
        "Capture S-1 failed: declined",
    ),
    "failed without a word": (
        order(tasks=(_task(Task.INVOICE, TaskState.FAILED),)),
        "Invoice failed: no reason given",
    ),
    "failed once delivered": (
        order(line(1, LineStatus.DELIVERED, shipment="S-1"), shipments=(shipment(),), tasks=(FAILED,)),
        "Capture S-1 failed: declined",
    ),
    "delivered": (order(line(1, LineStatus.DELIVERED), tasks=(NO_STOCK,)), ""),
    "held": (
        order(holds=(_hold(1, HoldKind.FRAUD, "IT to SK"), _hold(2, HoldKind.MANUAL, "call"))),
        "Fraud review (and 1 more): IT to SK",
    ),
    "released": (order(holds=(_hold(1, HoldKind.FRAUD, "IT to SK", is_open=False),)), ""),
    "no stock": (order(tasks=(NO_STOCK,)), "Allocation: no stock of LS-1 at any location"),
    "time": (order(tasks=(_task(Task.REMORSE_PERIOD, TaskState.ACTIVE, "ends 2026-11-22"),)), ""),
    "cancelled": (
        order(line(1, LineStatus.CANCELLED, cause=Cause.CANCEL), holds=(_hold(1, HoldKind.MANUAL, "call"),)),
        "",
    ),
}


@pytest.mark.parametrize("name", REASONS)
def test_a_page_says_why_an_order_stands(store: Store, name: str) -> None:
    value, reason = REASONS[name]
    with store.write() as conn:
        orders.insert(conn, [value])
    with store.read() as conn:
        (row,) = lists.page(conn, EVERYTHING, size=50).rows
    assert row.reason.casefold() == reason.casefold()


def test_a_page_says_who_works_on_an_order_while_the_claim_runs(store: Store) -> None:
    since, minutes = NOW - timedelta(minutes=5), timedelta(minutes=15)
    with store.write() as conn:
        for name, until in (("1", since + minutes), ("2", NOW), ("3", None)):
            pk = orders.insert(conn, [order(id=name)])[name]
            if until is not None:
                claims.put(conn, pk, Claim(order_id=name, person="ana", since=since, until=until))
    with store.read() as conn:
        found = {row.id: row.claim for row in lists.page(conn, EVERYTHING, size=50).rows}
    assert found == {"1": RowClaim("ana", since, since + minutes), "2": None, "3": None}


def test_what_stands_beside_a_page_is_four_statements_on_indexes(
    desk: tuple[Store, dict[str, Order]],
) -> None:
    """Claims, holds, flows, and which of those that are over failed: however many rows the page has."""
    store, _ = desk
    found: dict[int, list[str]] = {2: [], 50: []}
    with store.read() as conn:
        for size, statements in found.items():
            listener = _remember(statements)
            event.listen(conn, "before_cursor_execute", listener)
            try:
                lists.page(conn, EVERYTHING, size=size)
            finally:
                event.remove(conn, "before_cursor_execute", listener)
        plan = explained(conn, lambda: lists.page(conn, EVERYTHING, size=50))
    for statements in found.values():
        assert sum(any(f"FROM {one}" in text for one in ("claim", "hold")) for text in statements) <= 2
        assert len(statements) <= 8
    assert full_scans(plan) == []
