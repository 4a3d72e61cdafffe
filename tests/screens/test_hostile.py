"""Outside text in every field of the working screens: shown literally, obeyed by nothing (T1 to T4)."""

import re
from dataclasses import fields, replace
from itertools import cycle
from zoneinfo import ZoneInfo

import pytest

from oms_tui.domain.answers import Profile, TimelineEntry
from oms_tui.domain.concerns import concerns
from oms_tui.domain.documents import DocumentKind, IssuedDocument
from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.order import Address, AdjustedPart, Adjustment, Customer, Hold, Note
from oms_tui.domain.plan import Change, ChangeKind
from oms_tui.domain.status import HoldKind, LineStatus, OperationKind, OperationState, PaymentStatus
from oms_tui.screens.flow.pages import body_of
from oms_tui.screens.flow.places import DeliveryFlow, ItemFlow, OneTask, OrderFlow, TaskKey
from oms_tui.screens.flow.screen import FlowScreen
from oms_tui.screens.flow.sight import Sight
from oms_tui.screens.money_notes import MoneyNote
from oms_tui.screens.orders import flow_pane
from oms_tui.screens.profile.tabs import TABS
from oms_tui.screens.profile.view import View
from oms_tui.screens.shipment import ShipmentScreen
from oms_tui.screens.shipment import page as shipment_page
from oms_tui.text import cell_width
from oms_tui.widgets.guard import ControlGuard
from oms_tui.widgets.lines import cut
from tests.build import NOON, WEB_DE, card, charge, eur, flow, line, operation, order, shipment
from tests.screens.consoles import SMALL
from tests.screens.test_orders import orders_of
from tests.screens.test_profile import open_profile
from tests.support import IS_RELEASE

STORED = (
    "[/]",
    "[@click=app.simulate_key('y')]Zoe[/]",
    "[bold]x[/bold] [link=https://evil.example]here[/link] $name",
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x9b2J\x9d0;title\x9c",
    "\x07\x08\x0b\x7f bell",
    "line\nnew\r\nline\ttab",
    "abc\u202edcba\u2066x",
    "zero\u200bwidth\u2060\ufeff\u00ad",
    "e" + "\u0301" * 20,
    "\U000e0041\U000e0042 tags",
    "👩‍👩‍👧‍👦👍🏽 🇩🇪",
    "株式会社 山田 " * 10,
    "ﷺ" * 3 + "الصباح نورة",
    "W" * 180,
)
"""What a database can hold."""
NEVER_STORED = ("\ud800 lone \udfff", "nul\x00nul", "\ufffe\uffff")
"""What none should, and a screen shows all the same if it does."""
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def hostile(texts, order_id="10666"):
    """An order with the next of the texts in every field that holds text."""
    turn = cycle(texts)

    def text():
        return next(turn)

    address = Address(
        recipient=text(), company=text(), street=(text(), text()), city=text(), area=text(),
        postal_code=text(), country="DE", phone=text(),
    )  # fmt: skip
    bad = line(
        1, LineStatus.ALLOCATED, 1000, sku=f"S{text()}", name=text(), size=text(), category=text(),
        promo=text(), upc=text(), location=text(), shipment="S-1", reduction=eur(100),
    )  # fmt: skip
    runs = (Run(NOON, NOON, text()),)
    error = FlowTask(task=Task.ALLOCATION, state=TaskState.FAILED, error=text(), runs=runs)
    return order(
        bad,
        id=order_id,
        channel=replace(WEB_DE, code=f"web-{text()}", name=text(), region=text()),
        selling_entity=text(),
        method=text(),
        language=text(),
        customer=Customer(number=text(), first_name=text(), last_name=text(), email=text(), phone=text()),
        bill_to=address,
        ship_to=address,
        charges=(charge(name=text(), code=text()),),
        shipments=(
            shipment("S-1", location=text(), method=text(), carrier=text(), tracking=text(), ship_to=address),
        ),
        payments=(
            card(
                1490,
                operation(2, OperationKind.CAPTURE, 100, reference=text(), cause=text()),
                operation(3, OperationKind.REFUND, 50, state=OperationState.UNKNOWN, reference=text(),
                          cause=text()),
                operation(4, OperationKind.CAPTURE, 100, state=OperationState.FAILED, shipment="S-1",
                          reference=text(), cause=text()),
                holder=text(), card_type=text(), reference=text(), masked_card=text(),
            ),
        ),
        documents=(
            IssuedDocument(kind=DocumentKind.CREDIT_NOTE, number=f"C{text()}", at=NOON, entity=text(),
                           shipment="S-1", total=eur(-100), refers_to=text(), reason=text()),
        ),
        holds=(Hold(number=1, kind=HoldKind.MANUAL, reason=text(), placed_at=NOON, placed_by=text()),),
        adjustments=(
            Adjustment(number=1, at=NOON, person=text(), reason=text(), note=text(),
                       parts=(AdjustedPart(line=1, charge=None, before=eur(1000), after=eur(900)),)),
        ),
        notes=(Note(number=1, at=NOON, person=text(), text=text()),),
        tasks=tuple(error if task.task is Task.ALLOCATION else task for task in flow()),
    )  # fmt: skip


def flow_build(place):
    """Makes the body of a flow screen."""

    def build(view, width):
        values = {field.name: getattr(view, field.name) for field in fields(view)}
        return body_of(Sight(**values), place, width)

    return build


def shipment_build(view, width):
    """Makes the body of View Shipment, with what is told of its money."""
    notes = tuple(
        MoneyNote(one.kind, one.text, one.shipment, "m", one.text) for one in concerns(view.order, NOON)
    )
    assert notes
    return shipment_page.build(replace(view, money=notes), "S-1", width)


FLOW_PLACES = (
    OrderFlow(), DeliveryFlow("S-1"), ItemFlow(1), OneTask(TaskKey(Task.ALLOCATION)),
    OneTask(TaskKey(Task.PICK_TICKET)), OneTask(TaskKey(Task.PICK_TICKET, "S-1")),
)  # fmt: skip
FLOW_BUILDS = [flow_build(place) for place in FLOW_PLACES]


@pytest.fixture
def no_guard(monkeypatch):
    """Take the last guard away: the screens themselves must be safe."""
    monkeypatch.setattr(ControlGuard, "apply", lambda self, segments, background: segments)


def check(console):
    """The screen as it would be written holds nothing that a terminal obeys, and no line is too wide."""
    width, height = SMALL
    assert len(console.lines) <= height
    for text in console.lines:
        assert not OBEYED.search(text), repr(text)
        assert cell_width(text) <= width, repr(text)


@pytest.mark.parametrize("first", range(0, len(STORED), 1 if IS_RELEASE else 9))
async def test_lists_tabs_forms_answers_and_toasts(desk_of, no_guard, first):
    desk = desk_of(hostile((*STORED[first:], *STORED[:first])))
    async with desk.console(size=SMALL) as console:
        screen = await orders_of(console)
        check(console)
        await console.press("z")
        check(console)
        screen.orders.set_columns(
            ["first", "last", "email", "phone", "region", "channel", "method", "status"]
        )
        await console.settle()
        check(console)
        await open_profile(console, "10666")
        for number in range(1, 9):
            await console.press(str(number))
            check(console)
            for _ in range(3):
                await console.press("enter", "j")
                check(console)
            while isinstance(console.app.screen, FlowScreen | ShipmentScreen):
                await console.press("q")
        await console.press("1", "i")
        check(console)
        await console.press("escape", "t")
        for _ in range(3):
            check(console)
            await console.press("t")
            check(console)
            await console.press("escape", "enter")
        while isinstance(console.app.screen, FlowScreen):
            await console.press("q")
        await console.press("Y")
        await console.see("Provide status")
        check(console)
        await console.press("Y", "c")
        await console.until(lambda: "Claimed order 10666" in console.told)
        check(console)
        for key in ("x", "n"):
            await console.press(key)
            await console.until(lambda: console.app.screen.focused is not None)
            await console.settle()
            check(console)
            await console.press("escape")
            await console.settle()
        assert not any("clipboard" in told and "Provide" in told for told in console.told)


@pytest.mark.parametrize("text", [*STORED, *NEVER_STORED], ids=range(len(STORED) + len(NEVER_STORED)))
def test_every_tab_and_pane_draws_safe_lines_of_the_right_width(text):
    entry = TimelineEntry(
        seq=1, at=NOON, actor=text, origin=text, action=text, summary=text,
        changes=(Change(ChangeKind.NOTE, "notes/1", text, text, text),) * 5,
    )  # fmt: skip
    look = View(
        profile=Profile(order=hostile([text]), payment_statuses=(PaymentStatus.FAILED,)),
        zone=ZoneInfo("UTC"),
        now=NOON,
        me="ana",
        timeline=(entry,),
    )
    for width in (40, 77, 117):
        builds = [*(tab.build for tab in TABS), flow_pane.build, *FLOW_BUILDS, shipment_build]
        for build in builds:
            keys = frozenset(one.key for one in build(look, width).entries)
            for one in build(replace(look, opened=keys), width).entries:
                pieces = cut(one.draw(), width)
                shown = "".join(part for part, _ in pieces)
                assert not OBEYED.search(shown)
                assert cell_width(shown) <= width
