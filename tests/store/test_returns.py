"""Returns and credit notes: exactly as they are, and the tags and counters of their orders follow."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms_tui.domain.money import Money
from oms_tui.domain.returns import Return, ReturnLine
from oms_tui.domain.status import CreditNoteStatus, RefundStatus, ReturnStatus
from oms_tui.store import check, facts, orders, returns
from oms_tui.store.engine import Store
from oms_tui.store.errors import RuleBroken
from tests.build import NOON, eur, order
from tests.store import values
from tests.store.test_orders import SLOW, trial
from tests.support import scaled


def returned(return_id: str, status: ReturnStatus, order_id: str = "10427", **rest: Any) -> Return:
    """A return of one line."""
    line = ReturnLine(
        number=1,
        order_line=1,
        sku="SKU-1",
        name="Article 1",
        quantity=1,
        status=status,
        refund=eur(500),
        refund_status=RefundStatus.NOT_KNOWN,
        credit_note_status=CreditNoteStatus.NONE,
    )
    fields: dict[str, Any] = {"id": return_id, "order_id": order_id, "created": NOON, "lines": (line,)}
    return Return(**(fields | rest))


@settings(max_examples=scaled(4_000), deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_returns_and_credit_notes_come_back_as_they_went_in(store: Store, data: Any) -> None:
    made = [data.draw(values.returns(f"R{number}", "10427")) for number in range(2)]
    notes = [data.draw(values.credit_notes(f"C{number}", "10427")) for number in range(2)]
    with trial(store) as conn:
        pks = orders.insert(conn, [order()])
        returns.insert(conn, made, pks)
        returns.insert_credit_notes(conn, notes)
        found = returns.of_order(conn, pks["10427"])
        assert found == tuple(sorted(made, key=lambda value: (value.created, value.id)))
        for value in made:
            assert returns.find(conn, value.id) == (pks["10427"], value)
        for note in notes:
            assert returns.credit_note(conn, note.number) == note
        of_order = {note.number for note in notes if any(line.order_id for line in note.lines)}
        assert {note.number for note in returns.credit_notes_of(conn, "10427")} == of_order
        changed = replace(data.draw(values.returns("R0", "10427")), created=made[0].created, order_id="10427")
        returns.save(conn, pks["10427"], made[0], changed, touched=5)
        assert returns.find(conn, "R0") == (pks["10427"], changed)
        assert list(check.copy_problems(conn)) == []


def test_what_is_here_is_known_by_its_number(store: Store) -> None:
    with store.write() as conn:
        pks = orders.insert(conn, [order()])
        returns.insert(conn, [returned("R1", ReturnStatus.CREATED)], pks)
    with store.read() as conn:
        assert returns.existing_returns(conn, ["R1", "R2"]) == {"R1"}
        assert returns.existing_credit_notes(conn, ["R1"]) == set()
        assert returns.find(conn, "R2") is None
        assert returns.credit_note(conn, "R1") is None
        assert returns.of_order(conn, 99) == ()


def test_tags_and_counters_follow_returns_and_outlive_changes_of_the_order(store: Store) -> None:
    waiting, created = ReturnStatus.PENDING_REVIEW, ReturnStatus.CREATED
    with store.write() as conn:
        pks = orders.insert(conn, [order(), order(id="other")])
        first, second = returned("R1", waiting), returned("R2", waiting)
        returns.insert(conn, [first, second], pks)
        assert _of_returns(conn) == ({("return:pending_review", 1)}, {"return:pending_review": 1})
        returns.insert(conn, [returned("R3", created, "other"), returned("R4", waiting, "other")], pks)
        assert _of_returns(conn)[1] == {"return:pending_review": 2, "return:created": 1}
        done = replace(first, lines=(replace(first.lines[0], status=ReturnStatus.REJECTED),))
        returns.save(conn, pks["10427"], first, done, touched=1)
        assert _of_returns(conn)[1] == {
            "return:pending_review": 2,
            "return:created": 1,
            "return:rejected": 1,
        }
        orders.save(conn, pks["10427"], order(), replace(order(), method="Express"), touched=2)
        assert _of_returns(conn)[1]["return:rejected"] == 1
        assert list(check.copy_problems(conn)) == []
        assert facts.tags(order(), [second, done]) >= {"return:pending_review", "return:rejected"}


def _of_returns(conn: Any) -> tuple[set[tuple[str, int]], dict[str, int]]:
    tags = conn.exec_driver_sql("SELECT tag, order_pk FROM order_tag WHERE tag LIKE 'return:%'")
    counters = conn.exec_driver_sql("SELECT name, value FROM counter WHERE name LIKE 'return:%' AND value")
    return {tuple(row) for row in tags}, {name: value for name, value in counters}


def test_lines_come_and_go_with_a_save(store: Store) -> None:
    before = returned("R1", ReturnStatus.CREATED)
    line = before.lines[0]
    after = replace(before, lines=(replace(line, number=2), replace(line, number=3)), version=2)
    with store.write() as conn:
        pks = orders.insert(conn, [order()])
        returns.insert(conn, [before], pks)
        returns.save(conn, 1, before, after, touched=1)
        assert returns.find(conn, "R1") == (1, after)


def test_what_would_not_come_back_is_refused(store: Store) -> None:
    value = returned("R1", ReturnStatus.CREATED)
    line = value.lines[0]
    with store.write() as conn:
        pks = orders.insert(conn, [order()])
    mixed = replace(value, lines=(line, replace(line, number=2, refund=Money(5, "USD"))))
    for wrong, why in ((mixed, "currencies"), (replace(value, lines=()), "order of their numbers")):
        with pytest.raises(ValueError, match=why), store.write() as conn:
            returns.insert(conn, [wrong], pks)
    with pytest.raises(RuleBroken), store.write() as conn:
        returns.insert(conn, [value, value], pks)
    with store.read() as conn:
        assert returns.of_order(conn, 1) == ()
        assert list(check.copy_problems(conn)) == []
