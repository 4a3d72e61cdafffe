"""Import of UCI Online Retail: the mapping row by row, credits, rejects, and doing it again (spec 9,
invariant X5)."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from oms_tui.desk import intake
from oms_tui.desk.desk import Desk
from oms_tui.desk.doctor import examine
from oms_tui.domain.derive import order_status
from oms_tui.domain.flow import Task, order_flow
from oms_tui.domain.order import Order
from oms_tui.domain.payment import order_payment_status
from oms_tui.domain.status import Cause, ChargeKind, CustomerType, LineStatus, OrderStatus, PaymentStatus
from oms_tui.domain.totals import order_total, totals
from oms_tui.exchange.uci import ImportReport, import_file, importer
from oms_tui.exchange.uci.reading import LAYOUTS, NotUci
from oms_tui.store import orders as stored_orders
from oms_tui.store import returns as stored_returns
from tests.desks import open_desk
from tests.support import SHARED_DATA

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as value:
        yield value


def write(path: Path, *rows: str, layout: int = 0, packed: bool = False) -> Path:
    text = "\n".join([",".join(LAYOUTS[layout]), *rows, ""])
    if packed:
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.write(text)
    else:
        path.write_text(text, encoding="utf-8")
    return path


def row(invoice: str, code: str, quantity: int, price: str, customer: str = "12345", **rest: str) -> str:
    name, when = rest.get("name", f"ARTICLE {code}"), rest.get("when", "2010-01-04 10:00:00")
    country = rest.get("country", "United Kingdom")
    return f"{invoice},{code},{name},{quantity},{when},{price},{customer},{country}"


def run(desk: Desk, path: Path, is_dry_run: bool = False) -> ImportReport:
    return import_file(
        desk,
        path,
        now=NOW,
        is_dry_run=is_dry_run,
        progress=lambda *_: None,
        rejects=path.with_name("rejects.csv"),
    )


def order_of(desk: Desk, number: str) -> Order:
    with desk.store.read() as conn:
        stored = stored_orders.find(conn, number)
    assert stored is not None
    return stored.order


@pytest.mark.parametrize("layout", [0, 1])
@pytest.mark.parametrize("packed", [False, True])
def test_an_invoice_becomes_an_order(desk: Desk, tmp_path: Path, layout: int, packed: bool) -> None:
    """Lines wherever they stand in the file, postage and other codes as charges, nothing made up."""
    path = write(
        tmp_path / "uci.csv",
        row("500001", "85123A", 6, "2.55", when="2010-07-01 08:26:00"),
        row("500002", "22423", 1, "12.75"),
        row("500001", "POST", 1, "18", when="2010-07-01 08:28:00"),
        row("500001", "M", 2, "1.5", when="2010-07-01 08:28:00"),
        row("500001", "D", 1, "5", when="2010-07-01 08:28:00"),
        row("500001", "gift_0001_20", 1, "20", when="2010-07-01 08:28:00"),
        row("500001", "71053", 3, "0", when="2010-07-01 08:28:00"),
        layout=layout,
        packed=packed,
    )
    report = run(desk, path)
    order = order_of(desk, "500001")
    assert [(x.sku, x.quantity, x.amount.minor) for x in order.lines] == [
        ("85123A", 6, 1530),
        ("gift_0001_20", 1, 2000),
        ("71053", 3, 0),
    ]
    kinds = [(c.kind, c.code, c.amount.minor, c.discount.minor) for c in order.charges]
    assert kinds == [
        (ChargeKind.SHIPPING, "POST", 1800, 0),
        (ChargeKind.OTHER, "M", 300, 0),
        (ChargeKind.OTHER, "D", 0, -500),
    ]
    assert order.created == datetime(2010, 7, 1, 7, 26, tzinfo=UTC)
    assert order_total(order).minor == 1530 + 2000 + 1800 + 300 + 500
    assert totals(order).discount.minor == -500
    assert order.customer.number == "12345"
    assert order.customer.type is CustomerType.REGISTERED
    assert (order.customer.email, order.ship_to.street, order.shipments) == ("", (), ())
    assert order.bill_to.country == "GB"
    assert {x.cause for x in order.lines} == {Cause.IMPORTED}
    assert order_status(order) is OrderStatus.DELIVERED
    assert order_payment_status(order) is PaymentStatus.NOT_KNOWN
    assert [(t.task, t.cardinality) for t in order_flow(order)] == [(Task.IMPORTED, 1)]
    assert (report.rows, report.orders, report.lines, report.charges) == (7, 2, 4, 3)
    assert report.sum_orders == report.sum_read == Decimal("74.05")
    assert examine(desk).findings == ()


def test_a_guest_has_no_number_and_an_area_is_no_country(desk: Desk, tmp_path: Path) -> None:
    run(
        desk,
        write(
            tmp_path / "a.csv",
            row("500001", "22423", 1, "1", "", country="EIRE"),
            row("500002", "22423", 1, "1", country="Channel Islands"),
            row("500003", "22423", 1, "1", country="Unspecified"),
            row("500004", "22423", 1, "1", country="RSA"),
        ),
    )
    first, second, third, fourth = (order_of(desk, f"50000{n}") for n in (1, 2, 3, 4))
    assert (first.customer.type, first.bill_to.country) == (CustomerType.GUEST, "IE")
    assert (second.bill_to.country, second.bill_to.area) == ("", "Channel Islands")
    assert (third.bill_to.country, third.bill_to.area) == ("", "")
    assert fourth.bill_to.country == "ZA"


def test_what_is_no_order_goes_to_the_reject_file(desk: Desk, tmp_path: Path) -> None:
    path = write(
        tmp_path / "uci.csv",
        row("A500001", "B", 1, "-11062.06"),
        row("500002", "22423", -5, "0", ""),
        row("500003", "22423", 5, "0.001"),
        row("500004", "22423", 5, "0"),
        row("500004", "22424", 5, "0"),
        row("500005", "22423", 1, "1"),
        row("500005", "22424", 1, "0"),
        row("500006", "22424", 1, "abc"),
        row("500007", "22424", 1, "1", when="yesterday"),
        "500008,22424,TOO FEW,1",
        row("X1", "22424", 1, "1"),
    )
    report = run(desk, path)
    assert report.orders == 1
    assert [x.amount.minor for x in order_of(desk, "500005").lines] == [100, 0]
    assert report.rejected_rows == 9
    assert sum(report.rejects.values()) == 9
    rejected = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert rejected[0] == "line,reason," + ",".join(LAYOUTS[0])
    numbers = [int(text.split(",")[0]) for text in rejected[1:]]
    assert numbers == [2, 3, 4, 5, 6, 9, 10, 11, 12]
    assert (tmp_path / "rejects.csv").stat().st_mode & 0o077 == 0
    assert report.sum_orders + report.sum_credits + report.sum_rejected == report.sum_read


SALES = (
    row("500001", "22423", 5, "2.00", when="2010-01-04 10:00:00"),
    row("500002", "22423", 3, "2.10", when="2010-01-05 10:00:00"),
    row("500002", "84879", 8, "1.00", when="2010-01-05 10:00:00"),
    row("500003", "22423", 9, "2.00", "99999", when="2010-01-05 11:00:00"),
)
CREDITS = (
    row("C500010", "22423", -4, "2.10", when="2010-01-06 10:00:00"),
    row("C500010", "POST", -1, "3.95", when="2010-01-06 10:00:00"),
    row("C500011", "22423", -9, "2.00", when="2010-01-07 10:00:00"),
    row("C500012", "M", -1, "5.00", when="2010-01-08 10:00:00"),
)


def check_credits(desk: Desk) -> None:
    """What SALES and CREDITS amount to, in however many files and runs they came."""
    newest, oldest = order_of(desk, "500002"), order_of(desk, "500001")
    assert [(x.placed_as, x.quantity, x.status) for x in newest.lines] == [
        (1, 3, LineStatus.RETURNED),
        (2, 8, LineStatus.DELIVERED),
    ]
    assert sorted((x.quantity, x.status) for x in oldest.lines) == [
        (1, LineStatus.RETURNED),
        (4, LineStatus.RETURNED),
    ] or [(x.quantity, x.status) for x in oldest.lines] == [(5, LineStatus.RETURNED)]
    assert order_status(oldest) is OrderStatus.RETURNED
    assert order_total(oldest).minor == 1000
    assert {x.status for x in order_of(desk, "500003").lines} == {LineStatus.DELIVERED}
    with desk.store.read() as conn:
        notes = {n.number: n for n in stored_returns.credit_notes_of(conn, "500001")}
        pk = stored_orders.find(conn, "500001")
        assert pk is not None
        returns = stored_returns.of_order(conn, pk.pk)
    assert set(notes) == {"C500010", "C500011"}
    first, second = notes["C500010"], notes["C500011"]
    assert [(x.code, x.quantity, x.amount.minor, x.order_id) for x in first.lines] == [
        ("22423", 3, 630, "500002"),
        ("22423", 1, 210, "500001"),
        ("POST", 1, 395, None),
    ]
    assert [(x.quantity, x.amount.minor, x.return_id) for x in second.lines] == [
        (4, 800, "R500011-500001"),
        (5, 1000, None),
    ]
    assert sorted(r.id for r in returns) == ["R500010-500001", "R500011-500001"]
    assert examine(desk).findings == ()


def test_credits_give_back_the_newest_earlier_sale_first(desk: Desk, tmp_path: Path) -> None:
    report = run(desk, write(tmp_path / "uci.csv", *SALES, *CREDITS))
    check_credits(desk)
    assert (report.credit_notes, report.returns, report.unattached_rows) == (3, 3, 3)
    assert report.sum_credits == Decimal("-35.35")


def test_credits_reach_orders_of_an_earlier_file(desk: Desk, tmp_path: Path) -> None:
    run(desk, write(tmp_path / "first.csv", *SALES))
    report = run(desk, write(tmp_path / "second.csv", *SALES[2:], *CREDITS, layout=1))
    check_credits(desk)
    assert (report.orders, report.orders_already_here, report.returns) == (0, 2, 3)


def test_again_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "uci.csv", *SALES, *CREDITS)
    run(desk, path)
    report = run(desk, path)
    check_credits(desk)
    assert (report.orders, report.returns, report.credit_notes) == (0, 0, 0)
    assert (report.orders_already_here, report.credit_notes_already_here) == (3, 3)
    assert report.sum_orders + report.sum_credits + report.sum_rejected == report.sum_read


@pytest.mark.parametrize("batches", range(5))
def test_a_run_broken_off_after_any_batch_is_completed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    path = write(tmp_path / "uci.csv", *SALES, *CREDITS)
    monkeypatch.setattr(importer, "ORDERS_PER_BATCH", 1)
    monkeypatch.setattr(importer, "CREDITS_PER_BATCH", 1)
    real, left = intake.take_in, iter(range(batches))

    def break_off(*args: object, **rest: object) -> object:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(*args, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(importer, "take_in", break_off)
    with pytest.raises(KeyboardInterrupt):
        run(desk, path)
    monkeypatch.setattr(importer, "take_in", real)
    run(desk, path)
    check_credits(desk)


def test_a_dry_run_reports_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "uci.csv", *SALES, *CREDITS, row("500009", "22423", -1, "0"))
    report = run(desk, path, is_dry_run=True)
    assert (report.orders, report.credit_notes, report.returns, report.rejected_rows) == (3, 3, 3, 1)
    assert report.reject_file is None
    assert not (tmp_path / "rejects.csv").exists()
    with desk.store.read() as conn:
        assert stored_orders.existing_ids(conn, ["500001", "500002", "500003"]) == set()


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", "\x00\x01\xff"])
def test_another_file_is_refused(desk: Desk, tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(NotUci):
        run(desk, path)


def test_the_report_is_plain_data(desk: Desk, tmp_path: Path) -> None:
    report = run(desk, write(tmp_path / "uci.csv", *SALES))
    assert json.loads(json.dumps(report.as_json()))["sum_read"] == "42.30"


@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the retail data is not beside this checkout")
@pytest.mark.parametrize(
    ("name", "rows", "sum_all", "credits"),
    [
        pytest.param(
            *("uci_online_retail_ii_2009-12_2010-12.csv.gz", 525_461, "9539484.63", 4_592),
            marks=pytest.mark.release,
        ),
        ("uci_online_retail_2010-12_2011-09.csv.gz", 370_931, "6781619.00", 2_887),
    ],
)
def test_the_real_files_add_up(
    desk: Desk, tmp_path: Path, name: str, rows: int, sum_all: str, credits: int
) -> None:
    """Accepted and rejected are the published sums, to the penny (a dry run: no row is lost or counted
    twice)."""
    report = import_file(
        desk,
        SHARED_DATA / name,
        now=NOW,
        is_dry_run=True,
        progress=lambda *_: None,
        rejects=tmp_path / "rejects.csv",
    )
    assert report.rows == rows
    assert report.sum_read.quantize(Decimal("0.01")) == Decimal(sum_all)
    assert report.sum_orders + report.sum_credits + report.sum_rejected == report.sum_read
    assert report.credit_notes == credits
    assert report.rejected_rows == sum(report.rejects.values())


LONG = "x" * 1_500
REFUSED = (
    row("500001", "22423", 5, "2.00", when="2010-01-04 10:00:00", name=LONG),
    row("500001", "84879", 1, "7.00", when="2010-01-04 10:00:00"),
    row("500002", "22423", 2, "2.00", when="2010-01-03 10:00:00"),
    row("500003", "84880", 2, "3.00", when="2010-01-03 10:00:00"),
    row("C500010", "22423", -6, "2.00", when="2010-01-06 10:00:00"),
    row("C500011", "84880", -1, "3.00", when="2010-01-07 10:00:00", name=LONG),
    row("C500011", "M", -1, "1.00", when="2010-01-07 10:00:00"),
)


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_refused_orders_and_credits_are_among_the_rejects_with_every_row(
    desk: Desk, tmp_path: Path, is_dry_run: bool
) -> None:
    """Nothing refused is counted as taken, and a dry run says the same as the run."""
    report = run(desk, write(tmp_path / "uci.csv", *REFUSED), is_dry_run=is_dry_run)
    assert (report.orders, report.lines, report.charges) == (2, 2, 0)
    assert (report.credit_notes, report.returns, report.unattached_rows) == (1, 1, 1)
    assert (report.rejected_rows, report.rejects) == (4, {"refused": 4})
    assert (report.sum_orders, report.sum_credits) == (Decimal("10.00"), Decimal("-12.00"))
    assert report.sum_rejected == Decimal("13.00")
    assert report.sum_orders + report.sum_credits + report.sum_rejected == report.sum_read


def test_nothing_comes_back_of_what_was_refused(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "uci.csv", *REFUSED)
    run(desk, path)
    rejected = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [int(text.split(",")[0]) for text in rejected] == [2, 3, 7, 8]
    with desk.store.read() as conn:
        assert stored_orders.existing_ids(conn, ["500001", "500002", "500003"]) == {"500002", "500003"}
        assert stored_returns.existing_returns(conn, ["R500010-500001", "R500011-500003"]) == set()
        assert stored_returns.existing_credit_notes(conn, ["C500010", "C500011"]) == {"C500010"}
        note = stored_returns.credit_note(conn, "C500010")
    assert note is not None
    assert [(x.quantity, x.order_id, x.return_id) for x in note.lines] == [
        (5, None, None),
        (1, "500002", "R500010-500002"),
    ]
    assert {x.status for x in order_of(desk, "500003").lines} == {LineStatus.DELIVERED}
    assert examine(desk).findings == ()
    again = run(desk, path)
    assert (again.orders, again.credit_notes, again.rejected_rows) == (0, 0, 4)
    assert again.sum_orders + again.sum_credits + again.sum_rejected == again.sum_read


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_amounts_beyond_all_measure_are_rejected_and_the_rest_comes_in(
    desk: Desk, tmp_path: Path, is_dry_run: bool
) -> None:
    most = "92233720368547758.07"
    path = write(
        tmp_path / "uci.csv",
        row("500001", "22423", 1, "99999999999999999999.00"),
        row("500001", "22423", 1, "1e999999"),
        row("500001", "22423", 2, most),
        row("500002", "22423", 1, most),
        row("500002", "D", 1, "0.01"),
        row("C500003", "22423", -1, most),
        row("C500003", "84879", -1, most),
        row("500004", "22423", 1, "0.001"),
        row("500004", "22423", 1, "1e2"),
        row("500004", "22423", 1, '"1,234.50"'),
    )
    report = run(desk, path, is_dry_run=is_dry_run)
    assert report.rejects.pop("amount is beyond all measure") == 7
    assert report.rejects.pop("price with more decimals than GBP has") == 1
    assert report.rejects.pop("cannot be read") == 1
    assert not report.rejects
    assert report.sum_orders + report.sum_credits + report.sum_rejected == report.sum_read
    if not is_dry_run:
        assert [x.amount.minor for x in order_of(desk, "500004").lines] == [123450]
        assert examine(desk).findings == ()
