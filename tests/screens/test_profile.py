"""The order profile: head, tabs, details, walk, live reload, what is not known or not allowed (spec 7)."""

import time
from datetime import timedelta
from functools import partial

import pytest

from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.order import Address, AdjustedPart, Adjustment, Customer, Hold, Note
from oms_tui.domain.returns import CreditNote, CreditNoteLine, Return, ReturnLine
from oms_tui.domain.status import (
    Cause,
    CreditNoteStatus,
    HoldKind,
    LineStatus,
    OperationKind,
    PaymentMethod,
    RefundStatus,
    ReturnPointType,
    ReturnStatus,
    word,
)
from oms_tui.domain.totals import split_line
from oms_tui.screens.profile import ProfileScreen
from oms_tui.screens.profile.items import LineKey
from tests.build import NOON, card, eur, flow, line, operation, order, shipment
from tests.screens.acting import free, other_does, partly_shipped
from tests.screens.consoles import LARGE, SMALL


async def open_profile(console, order_id, tab=""):
    """The profile of an order, read."""
    await console.app.open_order(order_id, tab=tab)
    screen = console.app.screen
    assert isinstance(screen, ProfileScreen)
    await console.until(lambda: screen.subject() is not None or screen._look.fault)
    await console.settle()
    return screen


async def show_tab(console, number):
    """Turn to a tab."""
    await console.press(str(number))


async def test_the_head_says_everything_documented_at_80x24(desk_of):
    value = partly_shipped()
    async with desk_of(value).console(size=SMALL) as console:
        await open_profile(console, "10427")
        for fact in (
            "PR Order 10427", "10427 ◑ Confirmed 2/7", "224.90 €", "Hans Müller", "Registered",
            "+49 30 1234567", "hans@example.com", "placed 22 Nov 13:00", "web-de", "DE", "de", "Standard",
            "CONFIRMED 2/7",
        ):  # fmt: skip
            assert console.shows(fact), fact
        assert len([text for text in console.lines if "Desk lamp" in text]) == 1


async def test_items_show_every_documented_fact_of_a_line(desk_of):
    async with desk_of(partly_shipped()).console(size=(180, 40)) as console:
        await open_profile(console, "10427")
        header = next(text for text in console.lines if "Item" in text and "Total" in text)
        titles = "Item SKU Size Category Location Status Ret. Rule Amount Disc Tax Total"
        for title in titles.split():
            assert title in header
        lamp = next(text for text in console.lines if "Desk lamp" in text)
        for fact in ("SKU-1", "Lamps", "BER-1", "◑ Confirmed", "yes", "Default Rules", "100.00"):
            assert fact in lamp
        assert console.shows("Shipping")
        assert console.shows("Authorized 224.90 € Captured 64.90 € Due 160.00 €")


async def test_enter_shows_the_details_of_a_line_and_hides_them(desk_of):
    async with desk_of(partly_shipped()).console() as console:
        await open_profile(console, "10427")
        await console.press("j", "enter")
        await console.see("UPC not known")
        assert console.shows("Size E27"), console.text
        await console.press("enter")
        assert not console.shows("UPC")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_sums_of_a_long_order_stay_in_sight(desk_of, size):
    lines = [line(number, LineStatus.DELIVERED, 100, quantity=number) for number in range(1, 41)]
    async with desk_of(order(*lines, id="10441")).console(size=size) as console:
        screen = await open_profile(console, "10441")
        for key in ("j", "pagedown", "G", "g"):
            await console.press(key)
            assert console.shows("Total 40.00 €")
            assert any("Authorized" in text and "Due" in text for text in console.lines)
            above, below = screen.tab_body.hidden
            assert above + below > 0
            assert not above or console.shows(f"▴ {above} more")
            assert not below or console.shows(f"▾ {below} more")


async def test_every_flag_of_a_held_order_is_read_whole(desk_of):
    held = free(holds=tuple(
        Hold(number=number, kind=kind, reason="test", placed_at=NOON, placed_by="test")
        for number, kind in enumerate(HoldKind, 1)
    ))  # fmt: skip
    desk = desk_of(held)
    for size in (SMALL, LARGE):
        async with desk.console(size=size) as console:
            await open_profile(console, "10432")
            for kind in HoldKind:
                assert console.shows(f"⚑ {word(kind)}"), (kind, size)


async def test_split_lines_stand_below_the_line_as_placed(desk_of):
    whole = line(2, LineStatus.DELIVERED, 3000, name="Mug", quantity=3)
    stays, part = split_line(whole, 1, 3)
    value = order(line(1, LineStatus.DELIVERED), stays, part, id="10440")
    async with desk_of(value).console() as console:
        screen = await open_profile(console, "10440")
        assert screen.tab_body.keys[:3] == (LineKey(1), LineKey(2), LineKey(3))
        assert console.shows("2 Mug placed as ×3, split")
        assert console.shows("2 part 2")
        assert console.shows("3 part 1")


async def test_the_tab_flow_names_what_failed_and_lists_the_delivery_flows(desk_of):
    failed = FlowTask(
        task=Task.ALLOCATION,
        state=TaskState.FAILED,
        error="no stock in CZ",
        runs=(Run(NOON, NOON + timedelta(seconds=2), "no stock"),),
    )
    tasks = tuple(failed if task.task is Task.ALLOCATION else task for task in flow(until=3))
    async with desk_of(order(id="10441", tasks=tasks), partly_shipped()).console(size=LARGE) as console:
        await open_profile(console, "10441", tab="flow")
        assert console.shows("2 Flow !1")
        assert console.shows("✗ Allocation Failed 1")
        assert console.shows("Allocation failed: no stock in CZ.")
        await console.press("enter")
        await console.see("Order 10441 · Allocation")
        await console.press("q")
        await open_profile(console, "10427", tab="flow")
        for fact in ("S-1 ◑ Confirmed BER-1", "S-3 ▶ Shipped BER-1", "JD014600"):
            assert console.shows(fact), fact
        await console.press("G", "enter")
        await console.see("Order 10427 · delivery flow S-3")


async def test_the_flow_of_the_line_under_the_cursor_and_of_the_order(desk_of):
    async with desk_of(partly_shipped()).console(size=LARGE) as console:
        await open_profile(console, "10427")
        await console.press("j", "j", "j", "i")
        await console.see("Order 10427 · item flow, line 4")
        await console.press("escape", "2", "i")
        assert console.told[-1].startswith("Item flow: put the cursor on a line first")
        await console.press("g", "j", "t")
        await console.see("Order 10427 · order flow")
        assert console.app.screen.task_key.task is Task.ADDRESS_VALIDATION, "where the cursor was"


async def test_a_new_member_sees_status_word_and_total_of_payments_only(desk_of):
    async with desk_of(partly_shipped()).console(2, size=LARGE) as console:
        await open_profile(console, "10427", tab="payments")
        assert console.shows("Payment Partly captured Total 224.90 €")
        assert "tab part" not in console.lines[-1]
        for secret in ("411111", "Authorized", "cap-3", "64.90"):
            assert secret not in console.text
        await show_tab(console, 2)
        assert console.shows("The delivery flow of each shipment is for CS and OP.")
        await show_tab(console, 1)
        await console.press("i")
        assert console.told[-1] == "Item flow: for CS and OP only"
        await show_tab(console, 4)
        row = next(text for text in console.lines if "S-3" in text)
        assert row.endswith(" 64.90 €         –"), "what it costs, not what was captured"


async def test_shipments_show_where_what_and_how_much(desk_of):
    async with desk_of(partly_shipped()).console(size=LARGE) as console:
        await open_profile(console, "10427", tab="shipments")
        titles = "Ship to No Date Method Payment Invoice Tracking Amount Captured"
        assert console.shows(titles)
        for fact in (
            "Hans Müller S-3 22 Nov 13:00 not known Captured Invoiced JD014600 64.90 € 64.90 €",
            "▶ Shipped 1 line, 1 piece from BER-1 DHL BER-2026-1",
            "Hans Müller S-1 22 Nov 13:00 not known Authorized Pending – 120.00 € 0.00 €",
            "◑ Confirmed 2 lines, 5 pieces from BER-1 tracking when it leaves",
        ):  # fmt: skip
            assert console.shows(fact), fact


async def test_where_it_goes_is_read_at_once_and_paging_reaches_the_rest(desk_of):
    async with desk_of(partly_shipped()).console(size=SMALL) as console:
        await open_profile(console, "10427")
        assert not console.shows("Ship-To")
        await show_tab(console, 4)
        ship_to = next(text for text in console.lines if "Ship-To" in text)
        address = partly_shipped().ship_to
        for part in (address.recipient, *address.street, address.postal_code, address.city, address.country):
            assert part in ship_to
        assert not console.shows("Bill-To")
        await console.press("G")
        assert console.shows("Bill-To")
        await console.press("g", "g")
        assert console.shows("Ship-To Hans Müller")


async def test_a_high_screen_has_the_address_in_the_head(desk_of):
    async with desk_of(partly_shipped()).console(size=LARGE) as console:
        await open_profile(console, "10427")
        assert console.shows("Ship-To Hans Müller, ")


async def test_a_cancelled_shipment_promises_nothing(desk_of):
    cancelled = line(1, LineStatus.CANCELLED, 1000, shipment="S-1", cause=Cause.CANCEL)
    gone = order(cancelled, id="10442", shipments=(shipment("S-1"),), payments=(card(1000),))
    async with desk_of(gone).console(size=LARGE) as console:
        await open_profile(console, "10442", tab="shipments")
        assert console.shows("not known none: cancelled none: c")
        assert console.shows("no tracking: cancelled")
        for promise in (
            "when it leaves",
            "until the pick ticket",
            "Invoice Pending",
            "Payment P",
        ):
            assert not console.shows(promise), promise
        await show_tab(console, 3)
        assert console.shows("None: the order was cancelled before anything left.")


async def test_a_line_adds_up_after_its_price_was_changed(desk_of):
    changed = order(line(1, LineStatus.CONFIRMED, 4380, reduction=eur(657), name="Lamp"), id="10442")
    async with desk_of(changed).console(size=SMALL) as console:
        await open_profile(console, "10442")
        head = next(text for text in console.lines if "Item" in text and "Total" in text)
        row = next(text for text in console.lines if "Lamp" in text)
        assert head.index("Amount") < head.index("Adj.") < head.index("Total")
        for figure in ("43.80", "-6.57", "37.23"):
            assert figure in row.replace("−", "-")


async def test_adjustments_show_prices_before_and_after(desk_of):
    adjusted = line(1, LineStatus.DELIVERED, 1000, reduction=eur(200), name="Lamp")
    value = order(
        adjusted,
        id="10442",
        adjustments=(
            Adjustment(
                number=1, at=NOON, person="ana", reason="late", note="two days late",
                parts=(AdjustedPart(line=1, charge=None, before=eur(1000), after=eur(800)),),
            ),
        ),
    )  # fmt: skip
    async with desk_of(value).console() as console:
        await open_profile(console, "10442", tab="adjustments")
        for fact in ("22 Nov 13:00 ana late", "two days late", "line 1 Lamp 10.00 € 8.00 €"):
            assert console.shows(fact), fact


async def test_returns_and_credit_notes_are_negative(desk_of):
    value = order(line(1, LineStatus.RETURNED, 1000, name="Lamp"), id="10443")
    coming_back = Return(
        id="R10443", order_id="10443", created=NOON, return_point="BER-1",
        return_point_type=ReturnPointType.WAREHOUSE,
        lines=(
            ReturnLine(
                number=1, order_line=1, sku="SKU-1", name="Lamp", quantity=1, reason="damaged",
                status=ReturnStatus.REFUNDED, refund=eur(1000), refund_status=RefundStatus.REFUNDED,
                credit_note_status=CreditNoteStatus.ISSUED, credit_note="CN-1",
            ),
        ),
    )  # fmt: skip
    note = CreditNote(
        number="CN-1", at=NOON, currency="EUR",
        lines=(
            CreditNoteLine(number=1, code="SKU-1", name="Lamp", quantity=1, amount=eur(1000),
                           order_id="10443", return_id="R10443"),
        ),
    )  # fmt: skip
    desk = desk_of(value, returns=(coming_back,), credit_notes=(note,))
    async with desk.console(size=LARGE) as console:
        await open_profile(console, "10443", tab="returns")
        for fact in ("6 Returns 1", "R10443 Refunded −10.00 €", "Return point BER-1 · Warehouse",
                     "Tracking not known", "Lamp ×1 damaged Refunded", "CN-1", "−10.00"):  # fmt: skip
            assert console.shows(fact), fact


async def test_notes_and_timeline_with_values_before_and_after(desk_of):
    value = free("10444", notes=(Note(number=1, at=NOON, person="olga", text="first\nsecond line", line=2),))
    desk = desk_of(value)
    other_does(desk, "order.cancel", "10444", "k" * 16, person="ana", reason="duplicate", lines=["1"])
    async with desk.console(size=LARGE) as console:
        await open_profile(console, "10444", tab="notes")
        assert console.shows("olga 22 Nov 13:00 about line 2 first second line")
        await show_tab(console, 8)
        await console.see("Cancelled 1 line of order 10444: duplicate")
        assert console.shows("total 184.90 € → 105.00 €")
        await console.press("enter")
        await console.see("line 1 status before Allocated after Cancelled")


async def test_the_timeline_reads_on_at_its_end(desk_of, monkeypatch):
    from oms_tui.screens.profile import screen as profile_screen

    monkeypatch.setattr(profile_screen, "TIMELINE_PAGE", 5)
    desk = desk_of(free("10445"))
    for number in range(12):
        other_does(desk, "order.note", "10445", f"{number:016}", text=f"note number {number}")
    async with desk.console(size=LARGE) as console:
        screen = await open_profile(console, "10445", tab="timeline")
        await console.see("older entries: enter")
        assert len(screen._look.timeline) == 5
        await console.press("G")
        await console.until(lambda: len(screen._look.timeline) == 10)
        await console.press("G")
        await console.until(lambda: len(screen._look.timeline) == 13)
        await console.settle()
        assert not console.shows("older entries")


async def test_what_an_import_does_not_say_is_not_known(desk_of):
    ledger = card(0, number=1)
    imported = operation(1, OperationKind.IMPORTED, 1000)
    value = order(
        line(1, LineStatus.DELIVERED, 1000, category="", size="", location=""),
        id="536365",
        source="uci",
        method="",
        language="",
        customer=Customer(number="17850"),
        bill_to=Address(country="GB"),
        ship_to=Address(country="GB"),
        payments=(
            type(ledger)(number=1, method=PaymentMethod.LEDGER, currency="EUR", operations=(imported,)),
        ),
        tasks=(FlowTask(task=Task.IMPORTED, state=TaskState.COMPLETE),),
    )
    async with desk_of(value).console(size=LARGE) as console:
        await open_profile(console, "536365")
        for fact in ("customer 17850", "phone not known", "e-mail not known", "shipping not known"):
            assert console.shows(fact), fact
        assert console.shows("Authorized not known Captured 10.00 € Due 0.00 €")
        await show_tab(console, 8)
        assert console.shows("Taken in from test: order of 1 line, 10.00 €")
        assert "sha" not in console.text.lower()
        await console.press("enter")
        assert "sha" not in console.text.lower()
        await show_tab(console, 2)
        assert console.shows("✓ Imported Complete")
        await show_tab(console, 3)
        assert console.shows("Summary Not known")
        assert console.shows("Ledger (how it was paid is not known)")
        assert console.shows("Invoiced, number 536365 in the source")
        await show_tab(console, 4)
        assert console.shows("How it was shipped is not known: the import does not say.")


async def test_the_pod_lists_every_verb_and_a_dim_one_says_why(desk_of):
    delivered = order(line(1, LineStatus.DELIVERED), id="10446", shipments=(shipment(),))
    async with desk_of(delivered).console() as console:
        screen = await open_profile(console, "10446")
        pod = {verb.key: verb for verb in screen.pod.verbs}
        assert set(pod) >= {"c", "n", "x", "Y"}
        assert pod["x"].is_dim
        assert console.shows("x cancel·")
        await console.press("x")
        assert "Nothing can be cancelled any more: 1 of line 1 is delivered" in console.told[-1]
        assert console.app.screen is screen


async def test_what_somebody_may_not_do_is_dim_and_says_who_may(desk_of):
    async with desk_of(free("10447")).console(3) as console:
        screen = await open_profile(console, "10447")
        assert next(verb for verb in screen.pod.verbs if verb.key == "x").is_dim
        await console.press("x")
        assert console.told[-1] == f"Cancel, order {console.app.screen.order_id}: for CS or NM only"


async def test_a_claim_shows_and_is_renewed_while_somebody_works(desk_of):
    desk = desk_of(free("10448"))
    async with desk.console() as console:
        clock = console.app.clock
        screen = await open_profile(console, "10448")
        await console.press("c")
        await console.see("claimed by you")
        first = screen.subject().claim.until
        clock.advance(timedelta(minutes=10))
        screen._renew_claim()
        await console.settle()
        assert screen.subject().claim.until == first + timedelta(minutes=10)
        clock.advance(timedelta(minutes=4))
        screen._renew_claim()  # no key was pressed since
        await console.settle()
        assert screen.subject().claim.until == first + timedelta(minutes=10)
        await console.press("j")
        screen._renew_claim()
        await console.until(lambda: screen.subject().claim.until == first + timedelta(minutes=14))


async def test_somebody_elses_claim_and_holds_are_said(desk_of):
    from oms_tui.domain.order import Hold

    hold = Hold(number=1, kind=HoldKind.FRAUD, reason="three countries", placed_at=NOON, placed_by="system")
    desk = desk_of(free("10449", holds=(hold,)))
    other_does(desk, "order.claim", "10449", "k" * 16)
    async with desk.console(size=LARGE) as console:
        await open_profile(console, "10449")
        assert console.shows("claimed by olga since 13:30")
        assert console.shows("⚑ fraud review")


async def test_a_change_elsewhere_shows_without_moving_the_cursor(desk_of):
    desk = desk_of(partly_shipped())
    async with desk.console(size=LARGE) as console:
        screen = await open_profile(console, "10427")
        await console.press("j", "j")
        at = screen.tab_body.cursor_key
        await console.until(lambda: console.app.session.is_live)
        other_does(desk, "order.note", "10427", "k" * 16, text="looked at it")
        await console.see("7 Notes 1")
        assert screen.tab_body.cursor_key == at


async def test_every_tab_keeps_its_place_and_arrows_turn_the_tabs(desk_of):
    async with desk_of(partly_shipped()).console(size=LARGE) as console:
        screen = await open_profile(console, "10427")
        await console.press("j", "j")
        await show_tab(console, 2)
        await console.press("j")
        await show_tab(console, 1)
        assert screen.tab_body.cursor_key == LineKey(3)
        await console.press("l")
        assert screen._tab == 1
        await console.press("h", "h")
        assert screen._tab == 7
        await console.press("l")
        assert screen._tab == 0


async def test_an_order_that_is_not_there_says_so(desk_of):
    async with desk_of(free()).console() as console:
        await open_profile(console, "nothing-here")
        assert console.shows("There is no order nothing-here.")
        assert console.shows("r tries again, q goes back.")
        await console.press("n", "enter", "8", "]")
        assert console.told[0] == "Add note: there is no order here"
        await console.press("q")
        assert not isinstance(console.app.screen, ProfileScreen)


async def test_an_order_of_700_lines_draws_only_what_is_seen(desk_of):
    lines = [
        line(number, LineStatus.ALLOCATED, 100 + number, name=f"Article {number}") for number in range(1, 701)
    ]
    desk = desk_of(order(*lines, id="10700"), free("10701"))
    async with desk.console(size=LARGE) as console:
        screen = await open_profile(console, "10700")
        drawn = []
        entries = screen.tab_body._entries
        assert len(entries) > 700

        def drawing(one):
            drawn.append(one)
            return one.draw()

        screen.tab_body._body = type(screen.tab_body._body)(
            tuple(type(one)(partial(drawing, one), one.key, one.can_mark) for one in entries),
            screen.tab_body._body.head,
        )
        screen.tab_body.refresh()
        await console.settle()
        assert 0 < len(drawn) < 80
        drawn.clear()
        await console.press("j")
        assert len(drawn) <= 6
        await console.press("G")
        assert console.shows("700 Article 700")
        await console.press("g", "pagedown")
        assert screen.tab_body.cursor_key == LineKey(1 + screen.tab_body._room - 2)


@pytest.mark.parametrize("number", range(1, 9))
async def test_700_lines_make_a_body_about_as_fast_as_seven(desk_of, number):
    """Building is what opening costs beside reading: it stays within a few steps a line."""
    from zoneinfo import ZoneInfo

    from oms_tui.domain.answers import Profile
    from oms_tui.screens.profile.tabs import TABS
    from oms_tui.screens.profile.view import View

    lines = [line(n, LineStatus.ALLOCATED, 100 + n) for n in range(1, 701)]
    view = View(
        profile=Profile(order=order(*lines, id="1")), zone=ZoneInfo("UTC"), now=NOON, me="ana", timeline=()
    )
    started = time.process_time()
    body = TABS[number - 1].build(view, 100)
    for entry in body.entries[:40]:
        entry.draw()
    assert time.process_time() - started < 0.5


async def test_marked_lines_go_into_the_form(desk_of):
    async with desk_of(free("10450")).console() as console:
        screen = await open_profile(console, "10450")
        await console.press("j", "space")
        assert screen.tab_body.marks == {LineKey(2)}
        await console.press("x")
        await console.see("cancel 1 line")
        assert console.shows("□ 1 Linen shirt")
        await console.press("escape")
        await console.until(lambda: console.app.screen is screen)
        await console.press("escape")
        assert screen.tab_body.marks == frozenset()
        assert console.app.screen is screen
