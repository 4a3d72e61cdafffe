"""The Payments tab and View Shipment: four parts, every operation, a shipment's own money, its verbs."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from oms_tui.domain.answers import DocumentPrint, Profile
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.issuing import with_invoice
from oms_tui.domain.payment import balance, payment_statuses
from oms_tui.domain.plan import Intent, Outcome
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentMethod
from oms_tui.screens.profile import payments
from oms_tui.screens.profile.page import PartKey
from oms_tui.screens.profile.payments.details import _why_nothing_left
from oms_tui.screens.profile.payments.papers import DocumentKey
from oms_tui.screens.profile.view import View
from oms_tui.screens.shipment import ShipmentScreen
from oms_tui.screens.shipment.verbs import VerbsOfShipment
from oms_tui.store import outbox
from oms_tui.store.engine import Store
from oms_tui.verbs import verb
from tests.build import NOON, card, eur, line, operation, order, shipment
from tests.screens.acting import other_does, partly_shipped
from tests.screens.consoles import LARGE, SMALL
from tests.screens.test_profile import open_profile

K, S = OperationKind, OperationState


def two_tenders(order_id="10500"):
    """A gift card used up and a card; of two shipments one left and its capture was lost, then answered."""
    gift = replace(
        card(2000, operation(2, K.CAPTURE, 2000, reference="g-c")), method=PaymentMethod.GIFT_CARD,
        card_type="", masked_card="", reference="gift-1",
    )  # fmt: skip
    asked = operation(2, K.CAPTURE, 4000, state=S.UNKNOWN, shipment="S-1", reference="c-1")
    answered = operation(3, K.CAPTURE, 4000, state=S.SUCCEEDED, shipment="S-1", reference="c-1", answers=2)
    again = operation(4, K.CAPTURE, 1000, state=S.FAILED, shipment="S-1", cause="do not honour")
    visa = card(
        9000, asked, answered, again, number=2, holder="Hans Müller", reference="pay-2",
        expires_at=NOON + timedelta(days=2, hours=5),
    )  # fmt: skip
    return order(
        line(1, LineStatus.SHIPPED, 6000, name="Desk lamp", shipment="S-1"),
        line(2, LineStatus.CONFIRMED, 5000, name="Shade", shipment="S-2"),
        id=order_id,
        shipments=(shipment("S-1", shipped_at=NOON, carrier="DHL", tracking="JD0146"), shipment("S-2")),
        payments=(gift, visa),
    )


async def test_payments_have_their_parts_and_tab_goes_from_one_to_the_next(desk_of):
    async with desk_of(partly_shipped()).console(size=SMALL) as console:
        screen = await open_profile(console, "10427", tab="payments")
        assert console.shows("Summary Partly captured")
        assert console.shows("Authorized 224.90 € Captured 64.90 € Not captured yet 160.00 € Due 160.00 €")
        assert console.shows("1 Card Visa 22 Nov 13:00 Hans Müller Partly captured pay-1")
        assert "tab part" in console.lines[-1]
        titles = [key.title for key in screen.tab_body.parts]
        seen = []
        for _ in titles:
            await console.press("tab")
            seen.append(screen.tab_body.cursor_key)
            assert console.shows(seen[-1].title)
        assert seen == [PartKey(title) for title in (*titles[1:], titles[0])]
        await console.press("shift+tab")
        assert screen.tab_body.cursor_key == PartKey(titles[-1])
        await console.press("1")
        assert "tab part" not in console.lines[-1]


async def test_each_tender_shows_its_sums_its_expiry_and_what_answers_what(desk_of):
    async with desk_of(two_tenders()).console(size=(120, 60)) as console:
        await open_profile(console, "10500", tab="payments")
        for fact in (
            "1 Gift Card 22 Nov 13:00 not known Captured gift-1",
            "Authorized 20.00 € Captured 20.00 € Difference 0.00 €",
            "2 Card Visa 411111••••••1111 Failed",
            "Authorized 90.00 € Captured 40.00 € Not captured yet 50.00 € Remaining 50.00 €",
            "Expires 24 Nov 18:00, lapses in 2 d 4 h",
            "2 Capture Unknown, answered 40.00 €",
            "3→2 Capture Succeeded 40.00 €",
            "4 Capture Failed 10.00 €",
            "A capture of 10.00 € for S-1 failed: do not honour.",
        ):
            assert console.shows(fact), fact
        assert not console.shows("1 more"), "said once: here, not above the verbs as well"
        await console.press(*["j"] * 7, "enter")
        await console.see("Answered by operation 3: capture succeeded")
        await console.press("j", "enter")
        await console.see("Answers operation 2: capture unknown")


async def test_the_profile_says_above_its_verbs_what_is_wrong_with_the_money(desk_of):
    desk = desk_of(two_tenders())
    for size in (SMALL, LARGE):
        async with desk.console(size=size) as console:
            await open_profile(console, "10500")
            assert console.shows("A capture of 10.00 € for S-1 failed: do not honour.")
    async with desk.console(2, size=LARGE) as console:  # whom amounts are not for
        await open_profile(console, "10500")
        assert not console.shows("do not honour")


async def test_an_order_cancelled_while_picked_says_what_its_money_waits_for(desk_of):
    picked = order(
        line(1, LineStatus.CONFIRMED, 1000, shipment="S-1"),
        id="10501",
        shipments=(shipment("S-1", released_at=NOON),),
        payments=(card(1000, operation(2, K.CAPTURE, 1000)),),
    )
    desk = desk_of(picked)
    other_does(desk, "order.cancel", "10501", "k" * 16, person="ana", reason="duplicate")
    async with desk.console(size=SMALL) as console:
        await open_profile(console, "10501")
        assert console.shows(
            "BER-1 (S-1) has not answered the request to stop: the refund of 10.00 € waits"
            " until 23 Nov 13:30."
        )


async def test_a_shipment_opens_whole_with_its_own_money(desk_of):
    async with desk_of(partly_shipped()).console(3, size=SMALL) as console:
        await open_profile(console, "10427", tab="shipments")
        await console.press("G", "enter")
        screen = console.app.screen
        assert isinstance(screen, ShipmentScreen)
        for fact in (
            "SH Order 10427 · shipment S-3",
            "10427 S-3 ▶ Shipped",
            "Ship-To Hans Müller, Hauptstr. 1, 10115 Berlin, DE",
            "from BER-1 · DHL · JD014600",
            "Payment Captured",
            "Due 64.90 € Captured 64.90 € Difference 0.00 € Invoice Invoiced BER-2026-1",
            "2 Capture Succeeded 64.90 €",
            "4 Cable 1 ▶ Shipped 60.00",
            "Shipping 4.90",
        ):
            assert console.shows(fact), fact
        await console.press("G")
        assert console.shows("22 Nov BER-2026-1 Invoice Imported S-3 acme-de 64.90 €")
        assert console.shows("✓ Capture")
        invoice = verb("order.invoice")
        assert isinstance(screen.verbs_here, VerbsOfShipment)
        subject = screen.subject()
        assert subject is not None
        given = screen.verbs_here._value(invoice.argument("number"), subject)
        assert (given, screen.verbs_here.foremost("d")[0].verb) == ("BER-2026-1", invoice)
        await console.press("t")
        await console.see("Order 10427 · delivery flow S-3")
        await console.press("q", "q")
        assert not isinstance(console.app.screen, ShipmentScreen)


async def test_d_prints_the_invoice_of_a_shipment_and_says_where_it_is(desk_of, tmp_path, monkeypatch):
    """The name of the file first, then its folder, whole at 80x24; the copied path is the file's."""
    folder = tmp_path / "Documents" / "oms-tui"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OMS_TUI_DOCUMENTS_DIR", str(folder))
    async with desk_of(partly_shipped()).console(1, size=SMALL) as console:
        await open_profile(console, "10427", tab="shipments")
        await console.press("G", "enter")
        for copy in ("", "-copy-1"):
            name = f"invoice-BER-2026-1{copy}.pdf"
            await console.press("d")
            await console.until(lambda name=name: any(name in one for one in console.told), name)
            assert console.told[-1] == f"{name} is in ~/Documents/oms-tui; path copied"
            await console.see(f"{name} is in ~/Documents/oms-tui")
            assert console.app.clipboard == str(folder / name)
        assert sorted(one.name for one in folder.iterdir()) == [
            "invoice-BER-2026-1-copy-1.pdf",
            "invoice-BER-2026-1.pdf",
        ]
        assert [x.copy for x in (await console.app.backend.order("10427")).prints] == [0, 1]


async def test_a_new_member_sees_of_a_shipment_what_it_costs_and_a_status_word(desk_of):
    async with desk_of(partly_shipped()).console(2, size=LARGE) as console:
        await open_profile(console, "10427", tab="shipments")
        await console.press("G", "enter")
        await console.see("Payment Partly captured")
        for secret in ("Captured", "cap-3", "✓ Capture"):
            assert secret not in console.text
        await console.press("t")
        assert console.told[-1] == "Delivery flow: for CS and OP only"


async def test_a_note_started_on_a_shipment_is_about_it(desk_of):
    async with desk_of(partly_shipped()).console(size=SMALL) as console:
        await open_profile(console, "10427", tab="shipments")
        await console.press("j", "enter", "n")
        await console.see("Add note")
        await console.until(lambda: console.shows("shipment S-2"), "the shipment is filled in")


async def test_a_shipment_follows_what_others_do_to_its_order(desk_of):
    desk = desk_of(partly_shipped())
    async with desk.console(size=SMALL) as console:
        await open_profile(console, "10427", tab="shipments")
        await console.press("g", "enter")
        await console.see("shipment S-1")
        other_does(
            desk, "order.cancel", "10427", "k" * 16, person="noor", reason="duplicate", lines=["1", "2"]
        )
        await console.press("r")
        await console.see("none: cancelled")


async def test_an_unknown_capture_says_that_the_provider_is_asked_about_it(desk_of):
    asked = operation(2, K.CAPTURE, 1000, state=S.REQUESTED, shipment="S-1")
    lost = replace(asked, number=3, state=S.UNKNOWN, answers=2)
    value = order(line(1, shipment="S-1"), shipments=(shipment(),), payments=(card(1000, asked, lost),))
    place = desk_of(value)
    with Store.open(place.url) as store, store.write() as conn:
        intent = Intent(kind="capture", payment=1, operation=2, shipment="S-1", amount=eur(1000))
        outbox.add(conn, [(1, Outcome(order=value, intents=(intent,)))], 1)
        conn.exec_driver_sql("UPDATE outbox_intent SET state = 'unknown'")
    async with place.console(size=LARGE) as console:
        await open_profile(console, "10427", tab="payments")
        for fact in (
            "Summary Unknown, checking",
            "A capture of 10.00 € for S-1 is unknown, checking.",
            "3→2 Capture Unknown, checking 10.00 €",
        ):
            assert console.shows(fact), fact


async def test_mark_as_paid_starts_on_the_shipment_that_is_shown_and_only_where_it_can_be_done(desk_of):
    lacking = order(
        line(1, LineStatus.SHIPPED, 6000, name="Lamp", shipment="S-1"),
        line(2, LineStatus.CONFIRMED, 5000, name="Shade", shipment="S-2"),
        id="10502",
        shipments=(shipment("S-1", shipped_at=NOON), shipment("S-2")),
        payments=(card(11000, operation(2, K.CAPTURE, 6000, state=S.UNKNOWN, shipment="S-1")),),
    )
    async with desk_of(lacking).console(3, size=LARGE) as console:
        await open_profile(console, "10502")
        assert console.shows("A capture of 60.00 € for S-1 is unknown. m Mark as paid")
        await console.press("m")  # the menu, though the order's state leaves one of it
        await console.see("Which?")
        assert console.shows("1 Mark as paid")  # what can be done stands first
        await console.press("3")
        assert console.told[-1].startswith("Retry refund: ")
        await console.press("escape")
        await console.press("4", "j", "enter")
        await console.see("shipment S-2")
        assert "m mark-paid·" in console.lines[-1]
        await console.press("m")
        assert (
            console.told[-1] == "Mark as paid, order 10502: not for shipment S-2, only for S-1: 60.00 € due"
        )
        await console.press("q", "k", "enter")
        await console.see("shipment S-1")
        assert "m mark-paid " in console.lines[-1]
        await console.press("m")
        await console.see("Mark as paid · order 10502")
        await console.until(lambda: console.app.screen.focused is not None)
        assert console.app.screen._given == {"shipment": "S-1"}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([operation(1, K.AUTHORIZE, 100, state=S.REQUESTED)], "nothing is authorized of it"),
        ([operation(2, K.CAPTURE, 100, state=S.REQUESTED)], "a capture of the rest is asked for"),
        ([operation(2, K.VOID, 100, state=S.REQUESTED)], "a void of the rest is asked for"),
        ([operation(2, K.CAPTURE, 100)], "nothing is left of it"),
    ],
)
def test_an_expiry_says_why_nothing_is_left_to_lapse(rows, why):
    asked = card(100, operations=tuple(rows)) if rows[0].number == 1 else card(100, *rows)
    assert _why_nothing_left(balance(asked)) == why


def test_a_document_says_who_printed_it_when():
    value = with_invoice(two_tenders(), "S-1", "A-1", NOON)
    prints = tuple(
        DocumentPrint(kind=DocumentKind.INVOICE, number=number, copy=copy, at=NOON, person=person)
        for number, copy, person in (("A-1", 0, "ana"), ("A-1", 1, "olga"), ("A-2", 0, "noor"))
    )
    look = View(
        profile=Profile(order=value, payment_statuses=payment_statuses(value), prints=prints),
        zone=ZoneInfo("Europe/Berlin"),
        now=NOON,
        me="ana",
        opened=frozenset({DocumentKey("invoice", "A-1")}),
    )
    shown = ["".join(text for text, _ in one.draw()).strip() for one in payments.build(look, 77).entries]
    at = shown.index("Printed       22 Nov 13:00 by olga, copy 1")
    assert shown[at + 1] == "22 Nov 13:00 by ana"
    assert not any("noor" in line for line in shown)
    assert "Status        Issued" in shown, "in full, however narrow its column is"
