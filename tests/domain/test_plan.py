"""The diff of two values of one order: what previews and audit entries are made from."""

from dataclasses import replace

from oms_tui.domain.differences import consequences, diff, show
from oms_tui.domain.order import Note
from oms_tui.domain.plan import Change, ChangeKind, Outcome, StockMove
from oms_tui.domain.status import Cause, LineStatus
from oms_tui.domain.weight import by_weight
from tests.build import NOON, eur, flow, line, order


def test_equal_values_differ_in_nothing() -> None:
    assert diff(order(), order()) == ()


def test_every_part_that_changed_is_named_with_before_and_after() -> None:
    before = order(line(1), line(2, LineStatus.CONFIRMED), tasks=flow(3))
    cancelled = replace(before.lines[0], status=LineStatus.CANCELLED, cause=Cause.CANCEL)
    note = Note(number=1, at=NOON, person="ana", text="called")
    after = replace(
        before, lines=(cancelled, before.lines[1]), notes=(note,), tasks=flow(4), method="Express"
    )
    rows = {change.path: change for change in diff(before, after)}
    assert (rows["lines/1/status"].before, rows["lines/1/status"].after) == ("Allocated", "Cancelled")
    assert rows["status"].after == "◑ Confirmed"
    assert rows["total"].kind is ChangeKind.MONEY
    assert rows["notes/1"].after == "called"
    assert rows["method"].before == "Standard"
    assert any(path.startswith("tasks/") for path in rows)
    assert "lines/2/status" not in rows


def test_an_address_change_names_its_fields() -> None:
    before = order()
    after = replace(before, ship_to=replace(before.ship_to, city="Potsdam"))
    (change,) = diff(before, after)
    assert (change.path, change.label, change.before, change.after) == (
        "ship_to/city",
        "ship-to city",
        "Berlin",
        "Potsdam",
    )


def test_consequences_add_stock_per_location() -> None:
    moves = (
        StockMove(location="BER-1", sku="a", name="lamp", quantity=1),
        StockMove(location="BER-1", sku="b", name="bulb", quantity=4),
    )
    value = order()
    (row,) = consequences(value, Outcome(order=value, stock=moves))
    assert (row.label, row.after) == ("stock at BER-1", "+1 lamp, +4 bulb")


def test_what_matters_to_a_person_comes_first_and_tasks_last() -> None:
    paths = (
        *(
            "tasks/packing",
            "payments/1/operations/2",
            "notes/1",
            "lines/1/status",
            "lines/2/status",
            "stock/BER-1",
        ),
        *("messages/0", "intents/0", "ship_to/city", "total", "status"),
    )
    kinds = {
        "tasks": ChangeKind.TASK,
        "payments": ChangeKind.MONEY,
        "notes": ChangeKind.NOTE,
        "lines": ChangeKind.LINE,
        "stock": ChangeKind.STOCK,
        "messages": ChangeKind.MESSAGE,
        "intents": ChangeKind.MESSAGE,
        "ship_to": ChangeKind.ADDRESS,
        "total": ChangeKind.MONEY,
        "status": ChangeKind.STATUS,
    }
    changes = [Change(kinds[path.partition("/")[0]], path, path, "a", "b") for path in paths]
    assert [change.path for change in by_weight(changes)] == [
        *("total", "status", "intents/0", "messages/0", "ship_to/city", "lines/1/status", "lines/2/status"),
        *("stock/BER-1", "notes/1", "payments/1/operations/2", "tasks/packing"),
    ]


def test_show_reads_like_words() -> None:
    assert show(None) == "–"
    assert show(True) == "yes"
    assert show(LineStatus.PENDING_ALLOCATION) == "Pending Allocation"
    assert "10.00" in show(eur(1000))
