"""Downloads: what is issued on asking, what is refused, files, copies, the numbers of many at once."""

import os
import threading
from dataclasses import replace

import pytest

from oms_tui.desk import ask, doctor, papers, plan
from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import NoRight, StateRefuses
from oms_tui.documents import deliver as delivering
from oms_tui.documents.deliver import NotWritten, deliver
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.people import Role
from oms_tui.domain.status import Cause, LineStatus, OperationKind
from tests.build import NOON, card, eur, line, operation, shipment
from tests.desk.conftest import SETTINGS, add_person
from tests.desk.test_flows import is_clean, new, take, value_of
from tests.documents.papers import text_of
from tests.support import scaled


def paid(order_id="10427", **rest):
    """An order that was paid at the counter."""
    paid_by = card(1000, operation(2, OperationKind.CAPTURE, 1000))
    sold = line(1, LineStatus.DELIVERED, location="")
    return new(order_id, lines=(sold,), payments=(paid_by,), is_carry_out=True, **rest)


def download(desk, actor, name, folder, order_id="10427", **arguments):
    given = plan.answer(desk, actor, f"order.{name}", order_id, arguments)
    return deliver(desk, actor, order_id, given, folder)


def test_a_receipt_is_issued_once_and_printed_as_a_copy_then(desk, ana, tmp_path):
    take(desk, paid())
    folder = tmp_path / "papers"
    first = download(desk, ana, "receipt", folder)
    file = folder / "receipt-AD-R-2026-000001.pdf"
    assert first.text == str(file)
    assert first.summary == f"{file.name} is in {folder}"
    assert file.stat().st_mode & 0o777 == 0o600
    assert value_of(desk).version == 2
    again = download(desk, ana, "receipt", folder)
    assert again.text == str(folder / "receipt-AD-R-2026-000001-copy-1.pdf")
    assert value_of(desk).version == 2
    assert "KOPIE" not in text_of(file.read_bytes())
    assert "KOPIE" in text_of((folder / "receipt-AD-R-2026-000001-copy-1.pdf").read_bytes())
    assert [x.summary for x in ask.timeline(desk, ana, "10427")][:3] == [
        "Printed receipt AD-R-2026-000001, copy 1",
        "Printed receipt AD-R-2026-000001",
        "Issued receipt AD-R-2026-000001",
    ]
    assert is_clean(desk)


def test_what_is_in_the_home_folder_is_told_in_few_characters(desk, ana, tmp_path, monkeypatch):
    take(desk, paid())
    monkeypatch.setenv("HOME", str(tmp_path))
    given = download(desk, ana, "receipt", tmp_path / "Documents")
    assert given.summary == "receipt-AD-R-2026-000001.pdf is in ~/Documents"
    assert given.text == str(tmp_path / "Documents" / "receipt-AD-R-2026-000001.pdf")


def test_a_sale_over_the_counter_is_invoiced_when_somebody_asks(desk, ana, tmp_path):
    take(desk, paid())
    assert "AD-2026-000001" in download(desk, ana, "invoice", tmp_path).text
    assert "AD-2026-000001-copy-1" in download(desk, ana, "invoice", tmp_path, number="AD-2026-000001").text
    assert [(x.kind, x.shipment) for x in value_of(desk).documents] == [(DocumentKind.INVOICE, None)]
    assert is_clean(desk)


def test_every_invoice_of_an_order_is_printed(desk, ana, tmp_path):
    parcels = tuple(shipment(f"S-{n}", invoice=f"X/{n}", packed_at=NOON) for n in (1, 2))
    lines = tuple(line(n, LineStatus.PACKED, shipment=f"S-{n}") for n in (1, 2))
    take(desk, new(lines=lines, shipments=parcels, payments=(), placed_total=eur(2000)))
    given = download(desk, ana, "invoice", tmp_path / "papers")
    assert sorted(os.listdir(tmp_path / "papers")) == ["invoice-X-1.pdf", "invoice-X-2.pdf"]
    assert given.summary.startswith("invoice-X-1.pdf, invoice-X-2.pdf are in ")


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("invoice", {}, "Nothing is invoiced yet"),
        ("invoice", {"source": "uci"}, "was issued elsewhere"),
        (
            "invoice",
            {"lines": (line(1, LineStatus.CANCELLED, cause=Cause.CANCEL),)},
            "cancelled before anything left",
        ),
        ("receipt", {}, "No money was received yet"),
        ("credit-note", {}, "There is no credit note"),
    ],
)
def test_what_is_missing_is_said(desk, ana, tmp_path, name, change, why):
    take(desk, new(**change))
    with pytest.raises(StateRefuses, match=why):
        download(desk, ana, name, tmp_path)
    assert value_of(desk).documents == ()


def test_rights_are_those_of_the_table(desk, ana, tmp_path):
    take(desk, paid())
    for role, names in ((Role.NM, ("invoice", "receipt", "credit-note")), (Role.OP, ("credit-note",))):
        somebody = add_person(desk, role.value, role)
        for name in names:
            with pytest.raises(NoRight):
                download(desk, somebody, name, tmp_path)
    assert download(desk, add_person(desk, "olga", Role.OP), "receipt", tmp_path).papers


def test_no_file_is_written_over_and_no_link_followed(desk, ana, tmp_path):
    take(desk, paid())
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / "receipt-AD-R-2026-000001.pdf").symlink_to(target)
    given = download(desk, ana, "receipt", tmp_path)
    assert given.text.endswith("receipt-AD-R-2026-000001-2.pdf")
    assert target.read_text() == "mine"


@pytest.mark.parametrize("number", ["../../etc/passwd", "a/b\\c", "\x00\x1b]52;", "…", "x" * 500, ".", "CON"])
def test_names_of_files_are_made_of_plain_letters(number, tmp_path):
    places = delivering._places(tmp_path, DocumentKind.CREDIT_NOTE, number, 3)
    for place in (next(places), next(places)):
        assert place.parent == tmp_path
        assert set(place.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
        assert place.name.startswith("credit-note-")
        assert len(place.name) < 130


def test_a_folder_that_cannot_be_written_to_counts_no_print(desk, ana, tmp_path):
    take(desk, paid())
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(NotWritten, match="was not printed"):
        download(desk, ana, "receipt", tmp_path / "file")
    assert ask.order(desk, ana, "10427").prints == ()
    assert download(desk, ana, "receipt", tmp_path).text.endswith("receipt-AD-R-2026-000001.pdf")


def test_somebody_who_printed_meanwhile_makes_it_a_copy(desk, ana, tmp_path, monkeypatch):
    take(desk, paid())
    download(desk, ana, "receipt", tmp_path)
    real, calls = papers.to_print, []

    def late(*given):
        found = real(*given)
        calls.append(found.copy)
        return replace(found, copy=0) if len(calls) == 1 else found

    monkeypatch.setattr(delivering, "to_print", late)
    assert download(desk, ana, "receipt", tmp_path).text.endswith("-copy-1.pdf")
    assert len(calls) == 2
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_eight_who_issue_at_once_leave_no_gap(place, desk, ana):
    """Each with a desk of its own; what is refused in between draws no number."""
    each = scaled(500, 3)
    take(desk, *(paid(f"N{turn}-{n}") for turn in range(8) for n in range(each)))
    failed = []

    def issue(turn):
        own = Desk.open(place.url, settings=SETTINGS, state_folder=place.state, clock=place.clock)
        try:
            for n in range(each):
                with pytest.raises(StateRefuses):
                    plan.answer(own, ana, "order.credit-note", f"N{turn}-{n}", {})
                plan.answer(own, ana, "order.receipt", f"N{turn}-{n}", {})
        except Exception as error:
            failed.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=issue, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    numbers = sorted(
        value_of(desk, f"N{turn}-{n}").documents[0].number for turn in range(8) for n in range(each)
    )
    assert numbers == [f"AD-R-2026-{n:06d}" for n in range(1, 8 * each + 1)]
    assert [x.text for x in doctor.examine(desk).findings if x.part == "documents"] == []
