"""The form of Correct and Force address: it knows the country (spec 6), and takes any text (T1 to T5)."""

from dataclasses import replace
from time import monotonic

import pytest
from textual import events
from textual.widgets import Input

from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.order import Address, Hold
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.screens.forms.address import Form
from oms_tui.screens.forms.address_fields import Areas
from tests.build import NOON, line, order, shipment
from tests.screens.acting import free, other_does, read
from tests.screens.consoles import LARGE, SMALL
from tests.screens.test_forms import gone
from tests.screens.test_hostile import NEVER_STORED, STORED, check, hostile, no_guard
from tests.screens.test_profile import open_profile
from tests.support import IS_RELEASE

__all__ = ["no_guard"]

GERMAN = Address(
    recipient="Hans Müller",
    street=("Hauptstr. 1", "Hinterhaus"),
    city="Berlin",
    postal_code="1011",
    country="DE",
)
AMERICAN = Address(
    recipient="Maria Begay", street=("133 Elm Ave Apt 4",), city="Boise", area="Idaho", postal_code="837",
    country="US", phone="+1 208 555 0148",
)  # fmt: skip
JAPANESE = Address(
    recipient="小林 太郎",
    street=("本町71-5",),
    city="大阪市中央区",
    area="大阪府",
    postal_code="541-00",
    country="JP",
)
BRAZILIAN = Address(
    recipient="Antônio Gonçalves", street=("Rua das Flores 12",), city="Sao Paulo", area="Sao Paulo",
    postal_code="01310100", country="BR",
)  # fmt: skip


def at(address, order_id="10432", **rest):
    """An order to this address, held for it."""
    hold = Hold(number=1, kind=HoldKind.ADDRESS, reason="postal code", placed_at=NOON, placed_by="system")
    return free(order_id, ship_to=address, bill_to=address, **{"holds": (hold,), **rest})


async def open_address(console, entry="Correct", order_id="10432"):
    """The form, drawn."""
    await open_profile(console, order_id)
    await console.press(":")
    await console.type("address" if entry == "Correct" else "force")
    await console.press("enter")
    await console.until(lambda: isinstance(console.app.screen, Form), "the form")
    form = console.app.screen
    await console.until(lambda: form.drawn_at < monotonic(), "the form drawn")
    await console.settle()
    return form


def name_of(form):
    """The field that has the focus."""
    return form.focused.argument.name


async def clear(console, field):
    """Empty a field, its person in it."""
    field.focus()
    await console.press("end", *["backspace"] * len(getattr(field, "value", "")))


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize(
    ("address", "labels", "fault"),
    [
        (GERMAN, "Recipient * | Street * | PLZ * | City *", "PLZ has five digits in Germany, e.g. 26133."),
        (AMERICAN, "Recipient * | Street * | City * | State * | ZIP code *", "ZIP code is written like"),
        (JAPANESE, "Postal code (〒) * | Prefecture * | Street * | Recipient *", "is written like 154-0023"),
        (BRAZILIAN, "Recipient * | Street * | Municipality * | State * | CEP *", ""),
    ],
    ids=["DE", "US", "JP", "BR"],
)  # fmt: skip
async def test_the_country_says_labels_order_and_what_fails(desk_of, size, address, labels, fault):
    async with desk_of(at(address)).console(size=size) as console:
        form = await open_address(console)
        places = [console.text.find(label) for label in labels.split(" | ")]
        assert all(place >= 0 for place in places), console.text
        assert places == sorted(places)
        assert console.shows(f"({address.country}) stays: cancel and reorder (x)")
        if fault:
            assert console.shows(fault)
            assert name_of(form) == "postal_code"
        assert console.shows("Change what is wrong")


async def test_a_german_address_is_corrected_in_a_few_keys(desk_of):
    desk = desk_of(at(GERMAN))
    async with desk.console() as console:
        form = await open_address(console)
        await console.type("10115")
        await console.see("Fraud Check and Duties run again. The shipping cost stays as it is.")
        assert console.shows("ship-to postal code 1011 10115")
        assert console.shows("address hold open released by ana")
        assert not console.shows("five digits")
        await console.press("f9")
        await gone(console, form)
    now = read(desk, "10432")
    assert now.ship_to.postal_code == "10115"
    assert now.ship_to.street == GERMAN.street
    assert now.open_holds() == ()
    states = {task.task: task.state for task in now.tasks}
    assert states[Task.FRAUD_CHECK] is TaskState.ACTIVE


async def test_what_the_country_would_write_stands_beside_and_is_taken_over(desk_of):
    desk = desk_of(at(BRAZILIAN))
    async with desk.console() as console:
        form = await open_address(console)
        for suggestion in ("→ São Paulo", "→ 01310-100"):
            assert console.shows(suggestion), console.text
        assert console.shows("F6 take over what is suggested")
        await console.press("f6")
        await console.see("f9 correct the address")
        assert not console.shows("take over what is suggested")
        await console.press("f9")
        await gone(console, form)
    now = read(desk, "10432").ship_to
    assert (now.city, now.area, now.postal_code) == ("São Paulo", "SP", "01310-100")


async def test_what_is_only_written_otherwise_is_stored_as_the_country_writes_it(desk_of):
    desk = desk_of(at(replace(BRAZILIAN, city="São Paulo", area="SP", postal_code="1")))
    async with desk.console() as console:
        form = await open_address(console)
        form._fields.field("postal_code").put("01430000")
        await console.see("01430-000")
        await console.see("f9 correct the address")
        await console.press("f9")
        await gone(console, form)
    assert read(desk, "10432").ship_to.postal_code == "01430-000"


async def test_typing_in_the_street_stands_for_what_was_there_as_in_any_field(desk_of):
    async with desk_of(at(GERMAN)).console() as console:
        form = await open_address(console)
        street, recipient = form._fields.field("street"), form._fields.field("recipient")
        for field, behind, instead in (
            (recipient, f"{recipient.value} 2", "Zoe"),
            (street, "Hauptstr. 1\nHinterhaus 2", "Hof 3"),
        ):
            field.focus()
            await console.press("end", *" 2")
            assert field.held() == behind
            form.button.focus()
            await console.settle()
            field.focus()
            await console.settle()
            await console.type(instead)
            assert field.held() == instead
        form.button.focus()
        await console.settle()
        street.focus()
        await console.press("enter")
        assert (street.held(), name_of(form)) == ("Hof 3", "postal_code")


async def test_the_button_takes_it_over_too(desk_of):
    async with desk_of(at(BRAZILIAN)).console() as console:
        form = await open_address(console)
        await console.pilot.click("#take")
        await console.see("f9 correct the address")
        assert form._fields.field("postal_code").held() == "01310-100"


async def test_areas_narrow_as_one_types_however_fast(desk_of):
    async with desk_of(at(AMERICAN)).console() as console:
        form = await open_address(console)
        area = form._fields.field("area")
        area.focus()
        await console.settle()
        for letter in "new york":
            console.app.post_message(events.Key("space" if letter == " " else letter, letter))
        await console.until(lambda: isinstance(console.app.screen, Areas), "the list")
        await console.until(lambda: console.app.screen.query_one("#wanted", Input).value == "new york")
        await console.see("NY")
        await console.press("enter")
        assert console.app.screen is form
        assert area.held() == "NY"
        await console.press("?")
        await console.see("take it")
        await console.type("ca")
        await console.press("enter")
        assert area.held() == "CA"
        await console.press("down", "escape")
        assert area.held() == "CA"


async def test_the_state_stays_where_tax_depends_on_it(desk_of):
    async with desk_of(at(AMERICAN)).console() as console:
        form = await open_address(console)
        form._fields.field("area").focus()
        await console.press("?")
        await console.type("ny")
        await console.press("enter")
        form._fields.field("postal_code").focus()
        await console.type("10001")
        await console.see("The area stays Idaho: in US the tax depends on it. Cancel and reorder.")


async def test_what_the_order_has_stays_until_somebody_changes_it(desk_of):
    """An area that no list has is not lost, nor is it written anew by opening the form."""
    odd = Address(
        recipient="Zoe", street=("1 Main St",), city="Reno", area="Nevadaa", postal_code="89501", country="US"
    )
    async with desk_of(at(odd)).console() as console:
        form = await open_address(console)
        assert form._fields.field("area").held() == "Nevadaa"
        assert not form.is_dirty
        assert console.shows("is no place in the United States; Nevada is")
        assert name_of(form) == "area"
        await console.press("f6")
        assert form._fields.field("area").held() == "NV"


async def test_street_lines_are_lines(desk_of):
    desk = desk_of(at(GERMAN))
    async with desk.console() as console:
        form = await open_address(console)
        await console.type("10115")
        street = form._fields.field("street")
        street.focus()
        await console.settle()
        street.move_cursor((0, 0))
        await console.press("end", "enter")
        assert street.cursor_location == (1, len("Hinterhaus"))
        await console.press("enter", *"3. Stock", "enter")
        assert street.text.splitlines() == ["Hauptstr. 1", "Hinterhaus", "3. Stock"]
        await console.press("enter")
        assert name_of(form) == "postal_code"
        await console.see("f9 correct the address")
        await console.press("f9")
        await gone(console, form)
    assert read(desk, "10432").ship_to.street == ("Hauptstr. 1", "Hinterhaus", "3. Stock")


async def test_pasted_lines_of_street_stay_lines(desk_of):
    async with desk_of(at(GERMAN)).console() as console:
        form = await open_address(console)
        street = form._fields.field("street")
        street.focus()
        await console.settle()
        street.move_cursor((0, 0))
        street.post_message(events.Paste("Haus A\r\n"))
        await console.settle()
        assert street.held() == "Haus A\nHauptstr. 1\nHinterhaus"


async def test_force_takes_what_fails_with_reason_and_note(desk_of):
    desk = desk_of(at(GERMAN, shipments=(shipment("S-1"),)))
    async with desk.console(size=LARGE) as console:
        form = await open_address(console, "force")
        for label in ("Method", "Date 2026-12-24", "Reason *", "Note *"):
            assert console.shows(label), label
        for name, text in (("date", "2026-12-24"), ("reason", "confirmed by phone"), ("note", "rang her")):
            form._fields.field(name).focus()
            await console.type(text)
        await console.see("The order is flagged as forced for good.")
        assert console.shows("PLZ has five digits in Germany")
        await console.press("f9")
        await gone(console, form)
        await console.see("forced")
    now = read(desk, "10432")
    assert now.is_forced
    assert str(now.preferred_date) == "2026-12-24"


async def test_force_fits_its_fields_into_a_small_screen(desk_of):
    async with desk_of(at(JAPANESE)).console(size=SMALL) as console:
        form = await open_address(console, "force")
        assert name_of(form) == "reason"
        assert all(console.shows(label) for label in ("Reason *", "Note *", "Recipient *"))
        for name in ("method", "date", "reason", "note"):
            form._fields.field(name).focus()
            await console.settle()
            assert console.shows(name.capitalize()), name
            assert form.preview.size.height >= 3
        check(console)


async def test_a_released_pick_ticket_is_said_to_be_recalled(desk_of):
    out = order(
        line(1, LineStatus.CONFIRMED, 1000, shipment="S-1"), id="10432", ship_to=GERMAN,
        shipments=(shipment("S-1", released_at=NOON, ship_to=GERMAN),),
    )  # fmt: skip
    async with desk_of(out).console() as console:
        await open_address(console)
        await console.type("10115")
        await console.see("The pick ticket of S-1 is out: it is recalled and goes out anew.")


async def test_another_country_is_refused_with_the_way_on(desk_of):
    async with desk_of(at(GERMAN)).console() as console:
        await open_profile(console, "10432")
        await console.press(":")
        await console.type("address country=AT postal_code=1010 city=Wien")
        await console.press("enter")
        await console.see("The country stays DE: prices, taxes and duties are for it. Cancel and reorder.")


async def test_fields_nobody_touched_follow_what_somebody_else_did(desk_of):
    desk = desk_of(at(replace(GERMAN, postal_code="10115")))
    async with desk.console() as console:
        form = await open_address(console)
        other_does(desk, "order.address", "10432", "k" * 16, person="ana", postal_code="10117", city="Berlin")
        form._fields.field("phone").focus()
        await console.type("030 5")
        await console.until(lambda: form._fields.field("postal_code").held() == "10117", "the other's code")
        assert form._fields.field("phone").held() == "030 5"
        assert console.shows("changed since the form opened")


# -- any text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", range(0, len(STORED), 1 if IS_RELEASE else 8))
async def test_hostile_addresses_are_shown_and_obeyed_by_nothing(desk_of, no_guard, first):
    desk = desk_of(hostile((*STORED[first:], *STORED[:first])))
    async with desk.console(size=SMALL) as console:
        for entry in ("Correct", "force"):
            form = await open_address(console, entry, "10666")
            check(console)
            for row in form._fields.rows:
                row.field.focus()
                await console.settle()
                check(console)
            await console.press("f6")
            check(console)
            await console.press("f12")
            await console.settle()
            if console.shows("is lost"):
                await console.press("y")
            await gone(console, form)


@pytest.mark.parametrize("text", [*STORED[:: 1 if IS_RELEASE else 6], *NEVER_STORED])
async def test_hostile_text_typed_into_every_field(desk_of, no_guard, text):
    async with desk_of(at(AMERICAN)).console(size=SMALL) as console:
        form = await open_address(console, "force")
        for row in form._fields.rows:
            if row.field.can_focus and row.name_of_argument != "area":
                row.field.focus()
                row.field.post_message(events.Paste(text))
        await console.settle()
        check(console)
        await console.press("f6")
        check(console)


async def test_an_area_list_takes_any_text(desk_of, no_guard):
    async with desk_of(at(JAPANESE)).console(size=SMALL) as console:
        form = await open_address(console)
        form._fields.field("area").focus()
        await console.press("?")
        for text in (*STORED, *NEVER_STORED):
            console.app.screen.focused.value = ""
            console.app.screen.focused.post_message(events.Paste(text))
            await console.settle()
            check(console)
        await console.press("escape")
        assert form._fields.field("area").held() == "大阪府"


async def test_f7_goes_on_to_force_with_what_was_typed(desk_of):
    async with desk_of(at(GERMAN)).console(size=SMALL) as console:
        form = await open_address(console)
        await clear(console, form._fields.field("recipient"))
        await console.type("Erika Mustermann")
        await console.see("F7 goes on to Force address, with what you typed.")
        form.set_focus(form._fields.field("street"))  # several lines: it has keys of its own
        await console.press("f7")
        await console.until(
            lambda: isinstance(console.app.screen, Form) and console.app.screen.verb.id == "order.force"
        )
        force = console.app.screen
        await console.until(lambda: force.drawn_at < monotonic(), "the form drawn")
        await console.settle()
        held = force._fields.hold()
        assert (held["recipient"], held["postal_code"]) == ("Erika Mustermann", "1011")
        assert held["street"] == "Hauptstr. 1\nHinterhaus"
        await console.press("f7")  # here it goes nowhere
        assert console.app.screen is force


async def test_force_offers_the_methods_of_the_channel_and_takes_others(desk_of):
    orders = (at(GERMAN, method="Standard"), free("10433", method="Express"), free("10434", method="Express"))
    async with desk_of(*orders).console(size=LARGE) as console:
        form = await open_address(console, "Force")
        field = form._fields.field("method")
        assert console.shows("Express, Standard")
        await clear(console, field)
        await console.press("e")
        await console.until(lambda: field._suggestion == "Express")
        await console.press("right")
        assert field.value == "Express"
        await clear(console, field)
        await console.type("By drone")
        assert field.held() == "By drone"
