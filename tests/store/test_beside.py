"""What stands beside orders: people, commit keys, facts about the database, claims, the outbox."""

from datetime import timedelta

import pytest

from oms_tui.clock import to_micros
from oms_tui.domain.answers import Committed
from oms_tui.domain.people import Person, Role
from oms_tui.domain.plan import Claim, Intent, Message, Outcome, StockMove
from oms_tui.store import claims, keys, meta, orders, outbox, people
from oms_tui.store.engine import Store
from oms_tui.store.errors import RuleBroken
from oms_tui.store.people import Failures, Known
from tests.build import NOON, eur, order

AT = to_micros(NOON)
ANA = Known(
    name_key="ana",
    person=Person(name="Ana", display_name="Ana Öz", roles=frozenset({Role.OP, Role.AD})),
    password_hash="$argon2id$x",
    created=AT,
)


def test_people_come_back_as_they_went_in(store: Store) -> None:
    nobody = Known(
        name_key="bo",
        person=Person(name="bo", display_name="", roles=frozenset(), is_disabled=True),
        password_hash="",
        created=0,
    )
    with store.write() as conn:
        assert people.count(conn) == 0
        people.add(conn, nobody)
        people.add(conn, ANA)
    with store.read() as conn:
        assert people.everybody(conn) == (ANA, nobody)
        assert people.find(conn, "ana") == ANA
        assert people.find(conn, "Ana") is None
        assert people.count(conn) == 2


def test_a_person_is_added_once_and_saved_where_they_are(store: Store) -> None:
    with store.write() as conn:
        people.add(conn, ANA)
        with pytest.raises(KeyError):
            people.save(conn, Known(name_key="bo", person=ANA.person, password_hash="", created=0))
        later = Known(name_key="ana", person=ANA.person, password_hash="new", created=AT)
        people.save(conn, later)
        assert people.find(conn, "ana") == later
    with pytest.raises(RuleBroken), store.write() as conn:
        people.add(conn, ANA)


def test_failures_are_kept_per_scope(store: Store) -> None:
    with store.write() as conn:
        people.put_failures(conn, "name:ana", 1, AT)
        people.put_failures(conn, "name:ana", 2, AT + 1)
        people.put_failures(conn, "origin:here", 5, AT)
        assert people.failures(conn, "name:ana") == Failures(2, AT + 1)
        people.clear_failures(conn, "name:ana")
        assert people.failures(conn, "name:ana") is None
        assert people.failures(conn, "origin:here") == Failures(5, AT)


def test_a_key_answers_for_its_actor_alone_and_once(store: Store) -> None:
    answer = Committed(order_id="10427", version=2, summary="Added a note “x”", seq=7)
    with store.write() as conn:
        keys.put(conn, "ana", "k1", AT, "digest", answer)
    with store.read() as conn:
        found = keys.find(conn, "ana", "k1")
        assert found is not None
        assert (found.at, found.body, found.answer) == (AT, "digest", answer)
        assert keys.find(conn, "bo", "k1") is None
    with pytest.raises(RuleBroken), store.write() as conn:
        keys.put(conn, "ana", "k1", AT, "other", answer)


def test_facts_about_the_database(store: Store) -> None:
    with store.write() as conn:
        assert meta.get(conn, "kind", "desk") == "desk"
        meta.put(conn, "kind", "sample")
        meta.put(conn, "kind", "sample data")
        assert meta.get(conn, "kind") == "sample data"


def test_a_claim_runs_until_its_end_and_gives_way(store: Store) -> None:
    claim = Claim(order_id="10427", person="ana", since=NOON, until=NOON + timedelta(minutes=15))
    theirs = Claim(order_id="10427", person="bo", since=NOON, until=NOON + timedelta(minutes=20))
    with store.write() as conn:
        pk = orders.insert(conn, [order()])["10427"]
        assert claims.running(conn, pk, AT) is None
        claims.put(conn, pk, claim)
        assert claims.running(conn, pk, AT) == claim
        assert claims.running(conn, pk, to_micros(claim.until)) is None
        claims.put(conn, pk, theirs)
        assert claims.running(conn, pk, AT) == theirs
        claims.drop(conn, pk)
        claims.drop(conn, pk)
        assert claims.running(conn, pk, AT) is None
        assert orders.load(conn, pk).version == 1


def test_the_last_orders_opened_are_remembered(store: Store) -> None:
    with store.write() as conn:
        count = claims.KEPT + 20
        pks = list(orders.insert(conn, [order(id=f"A{n}") for n in range(count)]).values())
        for place, pk in enumerate(pks):
            claims.opened(conn, "ana", pk, AT + place)
        claims.opened(conn, "ana", pks[-1], AT + count)
        claims.opened(conn, "bo", pks[0], AT)
        kept = conn.exec_driver_sql("SELECT order_pk FROM opened WHERE person = 'ana' ORDER BY at").scalars()
        assert kept.all() == pks[-claims.KEPT :]
        assert conn.exec_driver_sql("SELECT count(*) FROM opened WHERE person = 'bo'").scalar() == 1


def test_everything_that_goes_out_is_a_row(store: Store) -> None:
    outcome = Outcome(
        order=order(),
        stock=(StockMove(location="BER-1", sku="SKU-1", name="Article 1", quantity=2),),
        messages=(
            Message(recipient="a@b.de", audience="customer", template="t", language="de", text="Hallo"),
        ),
        intents=(
            Intent(kind="void", payment=1, operation=2, amount=eur(500), waits_for="x", until=NOON),
            Intent(kind="stop_picking", shipment="S-1", lines=((1, 2), (3, 1))),
        ),
    )
    with store.write() as conn:
        pk = orders.insert(conn, [order()])["10427"]
        outbox.add(conn, [(pk, outcome), (pk, Outcome(order=order()))], AT)
        rows = {
            name: [tuple(row)[1:] for row in conn.exec_driver_sql(query)]
            for name, query in (
                ("stock", "SELECT * FROM stock_move"),
                ("messages", "SELECT * FROM outbox_message"),
                (
                    "intents",
                    "SELECT pk, order_pk, at, state, kind, payment, operation, shipment, amount, currency,"
                    " lines, waits_for, until FROM outbox_intent ORDER BY pk",
                ),
            )
        }
    assert rows["stock"] == [(pk, AT, "BER-1", "SKU-1", 2, "freed")]
    assert rows["messages"] == [(pk, AT, "requested", "customer", "a@b.de", "t", "de", "Hallo", 0, 0, "")]
    assert rows["intents"] == [
        (pk, AT, "requested", "void", 1, 2, None, 500, "EUR", "[]", "x", AT),
        (pk, AT, "requested", "stop_picking", None, None, "S-1", None, None, "[[1,2],[3,1]]", "", None),
    ]
