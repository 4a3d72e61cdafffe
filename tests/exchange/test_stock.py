"""`oms-tui import stock`: counts from a CSV, row by row refused, the same again changes nothing."""

from pathlib import Path

import pytest

from oms_tui.desk.errors import BadInput
from oms_tui.exchange.stock import import_stock
from oms_tui.store import stock
from tests.build import line, order
from tests.desk.conftest import take_in
from tests.desks import open_desk

COUNT = """location,sku,on_hand,name,country,type
BER-1,SKU-1,12,Berlin,de,warehouse
BER-1,sku-2,3,,,
store-01,SKU-1,1,Mitte,DE,store
"""


@pytest.fixture
def desk(tmp_path):
    with open_desk(tmp_path) as desk:
        take_in(desk, order(line(1, quantity=5)))
        yield desk


def run(desk, tmp_path, text, *, is_dry_run=False, name="count.csv"):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_stock(desk, file, is_dry_run=is_dry_run, rejects=tmp_path / "count-rejects.csv")


def levels(desk):
    with desk.store.read() as conn:
        rows = conn.exec_driver_sql("SELECT location, sku, on_hand, reserved FROM stock ORDER BY 1, 2")
        return [tuple(row) for row in rows]


def test_a_dry_run_tells_the_same_and_writes_nothing(desk, tmp_path):
    before = levels(desk)
    dry = run(desk, tmp_path, COUNT, is_dry_run=True)
    assert levels(desk) == before
    done = run(desk, tmp_path, COUNT)
    assert (dry.rows, dry.changed, dry.same, dry.locations) == (3, 3, 0, 2)
    assert (done.rows, done.changed, done.same, done.locations) == (3, 3, 0, 2)
    assert levels(desk) == [
        ("BER-1", "SKU-1", 12, 5),
        ("BER-1", "sku-2", 3, 0),
        ("store-01", "SKU-1", 1, 0),
    ]
    with desk.store.read() as conn:
        known = stock.locations(conn)
    assert [(x.code, x.name, x.country, x.type.value) for x in known] == [
        ("BER-1", "Berlin", "DE", "warehouse"),
        ("store-01", "Mitte", "DE", "store"),
    ]


def test_the_same_file_again_changes_nothing(desk, tmp_path):
    run(desk, tmp_path, COUNT)
    with desk.store.read() as conn:
        before = conn.exec_driver_sql("SELECT count(*) FROM audit_entry").scalar()
    again = run(desk, tmp_path, COUNT)
    assert (again.changed, again.same, again.locations, again.woken) == (0, 3, 0, 0)
    with desk.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM audit_entry").scalar() == before


def test_what_is_not_said_of_a_location_stays(desk, tmp_path):
    run(desk, tmp_path, COUNT)
    run(desk, tmp_path, "location,sku,on_hand,name\nBER-1,SKU-1,13,\nstore-01,SKU-1,2,Mitte 2\n")
    with desk.store.read() as conn:
        known = {x.code: x for x in stock.locations(conn)}
    assert (known["BER-1"].name, known["BER-1"].country) == ("Berlin", "DE")
    assert (known["store-01"].name, known["store-01"].country) == ("Mitte 2", "DE")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("BER-1,SKU-1,4,,,", "open lines hold 5 there: 4 cannot be all"),
        ("BER-1,SKU-1,-1,,,", "on_hand is no whole number"),
        ("BER-1,SKU-1,1.5,,,", "on_hand is no whole number"),
        ("BER-1,SKU-1,９,,,", "on_hand is no whole number"),  # noqa: RUF001
        ("BER-1,SKU-1,99999999999,,,", "on_hand is no whole number"),
        ("BER-1,,5,,,", "sku is empty"),
        (",SKU-1,5,,,", "location is empty"),
        ("BER-1,SKU-1,9,,XX,", "country is no ISO code"),
        ("BER-1,SKU-1,9,,DE,shed", "type is neither warehouse nor store"),
        ("BER-1,SKU-1,9", "not as many cells"),
        ("BER-1,MUG\x1b[2J,9,,,", "cannot be printed"),
        ("store-01,sku-1,9,,,", "twice for this location"),
        ("store-01,MUG,9,Other,,", "something else of this location"),
    ],
)
def test_a_row_is_refused_with_its_number_and_reason(desk, tmp_path, row, reason):
    text = "location,sku,on_hand,name,country,type\nstore-01,SKU-1,1,Mitte,DE,store\n" + row + "\n"
    done = run(desk, tmp_path, text)
    assert (done.rows, done.changed, done.rejected_rows) == (2, 1, 1)
    rejects = Path(done.reject_file or "").read_text().splitlines()
    assert rejects[0].startswith("line,reason,location")
    assert rejects[1].startswith("3,")
    assert reason in rejects[1]
    assert levels(desk)[0] == ("BER-1", "SKU-1", 5, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sku,on_hand\nA,1\n",
        "location,sku,on_hand,colour\nA,B,1,red\n",
        "location,sku,sku,on_hand\n",
        b"location,sku,on_hand\nA,\xff,1\n",
        'location,sku,on_hand\nA,"B,1\n',
    ],
)
def test_a_file_that_is_no_count_is_refused_whole(desk, tmp_path, text):
    with pytest.raises(BadInput):
        run(desk, tmp_path, text)
    assert levels(desk) == [("BER-1", "SKU-1", 5, 5)]


def test_what_is_new_to_the_desk_is_told_and_taken(desk, tmp_path):
    text = "location,sku,on_hand\nBER-1,sku-1,9\nBER1,SKU-1,4\nBER1,SKU1X,4\nBER-1,SKU1X,1\n"
    for is_dry_run in (True, False):
        report = run(desk, tmp_path, text, is_dry_run=is_dry_run)
        assert (report.new_locations, report.new_skus) == (("BER1",), 1)
        assert report.as_json()["new_locations"] == ("BER1",)
        assert report.warnings() == (
            "New to this desk: location BER1.",
            "New to this desk: 1 SKU that no order line and no stock names.",
        )
    assert ("BER1", "SKU1X", 4, 0) in levels(desk)
    assert run(desk, tmp_path, text).warnings() == ()


def test_the_folder_of_the_reject_file_is_made_before_anything_is_taken_in(desk, tmp_path):
    file = tmp_path / "count.csv"
    file.write_text(COUNT)
    rejects = tmp_path / "new" / "documents" / "count-rejects.csv"
    before = levels(desk)
    (tmp_path / "new").write_text("in the way")
    with pytest.raises(OSError, match="new"):
        import_stock(desk, file, is_dry_run=False, rejects=rejects)
    assert levels(desk) == before
    (tmp_path / "new").unlink()
    assert import_stock(desk, file, is_dry_run=False, rejects=rejects).reject_file is None
    assert rejects.parent.stat().st_mode & 0o777 == 0o700
    assert list(rejects.parent.iterdir()) == []
