"""Papers are frozen when their document is issued; who prints them is kept (spec 9, M7)."""

import pytest

from oms_tui.config import EntitySettings
from oms_tui.desk import ask, doctor, papers
from oms_tui.desk.errors import Missing, NoRight
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.people import Role
from oms_tui.domain.status import LineStatus
from tests.build import NOON, line, shipment
from tests.desk.conftest import add_person
from tests.desk.test_flows import is_clean, new, take, value_of

INVOICE = DocumentKind.INVOICE
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def sold(**rest):
    """An order of which one shipment was invoiced elsewhere."""
    parcel = shipment("S-1", invoice="X-7", packed_at=NOON, shipped_at=NOON)
    return new(lines=(line(1, LineStatus.SHIPPED, shipment="S-1"),), shipments=(parcel,), payments=(), **rest)


def test_an_imported_invoice_gets_its_paper_once_and_never_another(desk, tmp_path):
    ana = add_person(desk, "ana")
    take(desk, sold())
    logo = tmp_path / "logo.png"
    logo.write_bytes(PNG)
    desk.entities = {"acme-de": EntitySettings(name="Acme GmbH", vat_id="DE1", logo=str(logo))}
    first = papers.to_print(desk, ana, "10427", INVOICE, "X-7")
    assert (first.paper.seller.name, first.logo, first.copy) == ("Acme GmbH", PNG, 0)
    assert first.paper.total == value_of(desk).documents[0].total
    desk.entities = {"acme-de": EntitySettings(name="Other")}
    logo.unlink()
    assert papers.to_print(desk, ana, "10427", INVOICE, "X-7") == first
    assert value_of(desk).version == 1
    assert is_clean(desk)


def test_every_print_is_kept_and_logged_as_the_copy_it_is(desk):
    ana, ben = add_person(desk, "ana"), add_person(desk, "ben", Role.OP)
    take(desk, sold())
    papers.to_print(desk, ana, "10427", INVOICE, "X-7")
    assert papers.note_print(desk, ana, "10427", INVOICE, "X-7", 0)
    assert not papers.note_print(desk, ben, "10427", INVOICE, "X-7", 0)
    assert papers.to_print(desk, ben, "10427", INVOICE, "X-7").copy == 1
    assert papers.note_print(desk, ben, "10427", INVOICE, "X-7", 1)
    assert [(x.number, x.copy, x.person) for x in ask.order(desk, ana, "10427").prints] == [
        ("X-7", 0, "ana"),
        ("X-7", 1, "ben"),
    ]
    assert [x.summary for x in ask.timeline(desk, ana, "10427") if x.action == papers.PRINT] == [
        "Printed invoice X-7, copy 1",
        "Printed invoice X-7",
    ]


def test_what_is_not_there_and_who_may_not(desk):
    take(desk, sold())
    with pytest.raises(Missing, match="has no receipt X-7"):
        papers.to_print(desk, add_person(desk, "ana"), "10427", DocumentKind.RECEIPT, "X-7")
    nick = add_person(desk, "nick", Role.NM)
    with pytest.raises(NoRight):
        papers.to_print(desk, nick, "10427", INVOICE, "X-7")
    with pytest.raises(NoRight):
        papers.note_print(desk, nick, "10427", INVOICE, "X-7", 0)
    assert ask.order(desk, add_person(desk, "cs"), "10427").prints == ()


@pytest.mark.parametrize("content", [b"", b"GIF89a", PNG + b"0" * papers.LARGEST_LOGO, None])
def test_a_logo_that_cannot_be_used_holds_nothing_up(desk, tmp_path, content):
    take(desk, sold())
    logo = tmp_path / "logo"
    if content is not None:
        logo.write_bytes(content)
    desk.entities = {"acme-de": EntitySettings(logo=str(logo))}
    found = papers.to_print(desk, add_person(desk, "ana"), "10427", INVOICE, "X-7")
    assert (found.logo, found.paper.seller.logo) == (b"", "")


def test_doctor_names_numbers_that_are_missing_or_strange(desk):
    take(desk, sold())
    with desk.store.write() as conn:
        conn.exec_driver_sql("INSERT INTO series VALUES ('acme-de', 'invoice', 2026, 'AD', 2)")
        conn.exec_driver_sql(
            "INSERT INTO document VALUES "
            "(1, 1, 'invoice', 'AD-2026-000002', 0, 'acme-de', NULL, 0, '[]', '[]', '', '', 0), "
            "(1, 2, 'receipt', 'AD-R-2026-000001', 0, 'acme-de', NULL, 0, '[]', '[]', '', '', 0)"
        )
        conn.exec_driver_sql("UPDATE shipment SET invoice = 'X-8'")
    found = [x.text for x in doctor.examine(desk).findings if x.part == "documents"]
    assert found[:3] == [
        "Number AD-2026-000001 of acme-de was drawn, and there is no document of it.",
        "Document AD-R-2026-000001 of acme-de has a number that no series gave.",
        "Order 10427: shipment S-1 names invoice X-8, which is not there.",
    ]


def test_a_paper_that_was_changed_behind_its_back_is_not_printed(desk):
    ana = add_person(desk, "ana")
    take(desk, sold())
    papers.to_print(desk, ana, "10427", INVOICE, "X-7")
    with desk.store.write() as conn:
        conn.exec_driver_sql("DROP TRIGGER document_paper_no_update")
        conn.exec_driver_sql("UPDATE document_paper SET digest = 'other'")
    with pytest.raises(Exception, match="not what was kept"):
        papers.to_print(desk, ana, "10427", INVOICE, "X-7")
