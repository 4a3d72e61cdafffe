"""The form of a fraud review: the evidence, the decision, and what follows it (spec 6, Fraud flag)."""

import asyncio
from dataclasses import replace
from time import monotonic

import pytest
from textual import events

from oms_tui.domain.answers import ComparedCountry, CountryDistance, FraudEvidence
from oms_tui.domain.derive import standing
from oms_tui.domain.money import Money
from oms_tui.domain.order import Address, Hold
from oms_tui.domain.status import HoldKind, OrderStatus
from oms_tui.domain.world import EarlierCase
from oms_tui.screens.forms import VerbForm
from oms_tui.screens.forms.evidence import EvidenceCard
from oms_tui.screens.forms.form import RELEASED
from oms_tui.screens.forms.fraud import Form
from oms_tui.text import cell_width
from oms_tui.widgets.lines import cut
from tests.build import NOON, card
from tests.screens.acting import free, other_does, read
from tests.screens.consoles import LARGE, SMALL
from tests.screens.test_forms import gone
from tests.screens.test_hostile import NEVER_STORED, OBEYED, STORED, check, no_guard
from tests.screens.test_profile import open_profile

__all__ = ["no_guard"]

COMBINATION = "source=DE bill-to=CZ ship-to=SK"
REASON = "source location, bill-to and ship-to are in three countries (source DE, bill-to CZ, ship-to SK)"


def flagged(order_id="10432", *, by="system", reason=REASON):
    """An order from Germany to Slovakia, billed in Czechia, held for fraud; its customer has a past."""
    hold = Hold(
        number=1, kind=HoldKind.FRAUD, reason=reason, placed_at=NOON, placed_by=by, evidence=COMBINATION
    )
    address = Address(
        recipient="Jana Novák", street=("Dlouhá 1",), city="Praha", postal_code="110 00", country="CZ"
    )
    return free(
        order_id, bill_to=address, holds=(hold,), payments=(replace(card(18490), card_country="CZ"),),
        ship_to=replace(address, city="Bratislava", postal_code="811 01", country="SK"),
    )  # fmt: skip


async def open_review(console, order_id="10432"):
    """The form, drawn."""
    await open_profile(console, order_id)
    await console.press("f")
    await console.until(lambda: isinstance(console.app.screen, Form), "the form")
    form = console.app.screen
    await console.until(lambda: form.drawn_at < monotonic(), "the form drawn")
    await console.settle()
    return form


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_card_and_decision_are_seen_together(desk_of, size):
    async with desk_of(flagged()).console(size=size) as console:
        form = await open_review(console)
        for fact in (
            "Held 22 Nov 13:00 by system", "= bill-to CZ Czechia", "≠ ship-to SK Slovakia", "km from bill-to",
            "= card CZ Czechia", "Decision * g genuine, f fraud", "Reason *", "Note",
        ):  # fmt: skip
            assert console.shows(fact), fact
        assert form.focused.argument.name == "decision"
        assert form.focused.held() is None
        if size is SMALL:
            assert console.shows("more: pgdn")
            await console.press("pagedown", "pagedown")
        for fact in (
            "Value 184.90 €",
            "Customer no earlier orders",
            "Flagged never before",
            "Rule An order of",
        ):
            assert console.shows(fact), fact
        check_sizes(console, size)


def check_sizes(console, size):
    """No line is wider than the screen."""
    assert all(cell_width(text) <= size[0] for text in console.lines)


async def test_nothing_is_decided_until_somebody_decides(desk_of):
    desk = desk_of(flagged())
    async with desk.console() as console:
        form = await open_review(console)
        await console.press("tab", *"looks fine", "f9")
        await console.see("Decision is needed.")
        assert form in console.app.screen_stack
    assert read(desk, "10432").version == 1


async def test_genuine_releases_the_hold_and_remembers_the_combination(desk_of):
    desk = desk_of(flagged())
    async with desk.console() as console:
        form = await open_review(console)
        await console.press("g", "tab", *"moved house")
        await console.see(f"It is not held for this combination again: {COMBINATION}.")
        assert console.shows("fraud review hold open released by ana")
        await console.press("f9")
        await gone(console, form)
        await console.settle()
        assert not isinstance(console.app.screen, VerbForm)
    now = read(desk, "10432")
    assert now.open_holds() == ()
    assert now.holds[0].evidence == COMBINATION


async def test_fraud_goes_on_to_cancel_with_the_reason_filled_in(desk_of):
    desk = desk_of(flagged())
    async with desk.console() as console:
        form = await open_review(console)
        await console.press("f", "tab", *"stolen card")
        await console.see("Cancelling comes next, with the reason filled in.")
        assert console.shows("hold 1 open confirmed as fraud by ana: stolen card")
        await console.press("f9")
        await gone(console, form)
        await console.until(lambda: isinstance(console.app.screen, VerbForm), "the form of Cancel")
        cancel = console.app.screen
        await console.until(lambda: cancel.drawn_at < monotonic())
        await console.settle()
        assert cancel.verb.id == "order.cancel"
        assert console.shows("Reason fraud")
        await console.until(lambda: monotonic() > cancel.drawn_at + RELEASED)
        await console.press("f9")
        await gone(console, cancel)
    assert standing(read(desk, "10432").lines).status is OrderStatus.CANCELLED


async def test_a_decision_left_before_cancelling_is_still_seen(desk_of):
    desk = desk_of(flagged())
    async with desk.console() as console:
        form = await open_review(console)
        await console.press("f", "tab", *"stolen card")
        await console.see("Cancelling comes next, with the reason filled in.")
        await console.press("f9")
        await gone(console, form)
        await console.until(lambda: isinstance(console.app.screen, VerbForm), "the form of Cancel")
        cancel = console.app.screen
        await console.until(lambda: cancel.drawn_at < monotonic())
        await console.press("escape")
        await gone(console, cancel)
        await console.see("to be cancelled.")
        assert console.shows("onfirmed as fraud by ana: stolen card")
        await console.press("f")
        await console.until(lambda: isinstance(console.app.screen, Form), "the review again")
        review = console.app.screen
        await console.until(lambda: review.drawn_at < monotonic())
        await console.see("Confirmed as fraud by ana: stolen card. To cancel it: esc, then x.")
        await console.see("esc leave")
        await console.press("f", "tab", *"again")
        await console.see("Confirmed as fraud by ana: stolen card. Cancelling comes next.")
        await console.press("escape", "y")
        await gone(console, review)
        await console.press("x")
        await console.until(lambda: isinstance(console.app.screen, VerbForm), "the form of Cancel")
        await console.see("Reason fraud")
    assert read(desk, "10432").version == 2


async def test_a_commit_key_held_down_decides_and_cancels_nothing(desk_of):
    desk = desk_of(flagged())
    async with desk.console() as console:
        form = await open_review(console)
        await console.press("f", "tab", *"stolen card")
        await console.see("f9 decide fraud")
        until = monotonic() + 3
        while monotonic() < until:
            console.app.post_message(events.Key("f9", None))
            await asyncio.sleep(0.03)
        await gone(console, form)
        await console.until(lambda: isinstance(console.app.screen, VerbForm), "the form of Cancel")
        assert console.app.screen.verb.id == "order.cancel"
    assert standing(read(desk, "10432").lines).status is OrderStatus.ALLOCATED


async def test_the_evidence_follows_the_order(desk_of):
    desk = desk_of(flagged(by="olga", reason="called three times"))
    async with desk.console(size=LARGE) as console:
        form = await open_review(console)
        assert console.shows("by olga: called three times")
        assert console.shows("Stands out")
        other_does(
            desk, "order.price", "10432", "k" * 16, person="ana", lines=["1:0"], reason="late", percent="50"
        )
        await console.press("g", "tab", *"ok")
        await console.until(lambda: form.card.evidence.version == 2, "the evidence read anew")
        await console.see("Value 144.95 €")


EVIDENCE = FraudEvidence(
    order_id="1", version=1, held_since=NOON, held_by="system", reason="three countries",
    compared=(
        ComparedCountry("source", "IT", "Italy"), ComparedCountry("bill-to", "CZ", "Czechia"),
        ComparedCountry("ship-to", "SK", "Slovakia"), ComparedCountry("phone", "CZ", "Czechia"),
    ),
    missing=("card",),
    distances=(
        CountryDistance("source", "ship-to", 830), CountryDistance("source", "bill-to, phone", 529),
        CountryDistance("bill-to, phone", "ship-to", None),
    ),
    signs=("three countries",), rule="Held if so. Here so.", value=Money(18490, "EUR"),
    usual=Money(8900, "EUR"), earlier_orders=7, pairs=(("CZ", "CZ", 5), ("CZ", "SK", 2)),
    cases=(EarlierCase("10311", "bill-to=CZ ship-to=SK", "genuine"),), cleared=("bill-to=CZ ship-to=PL",),
)  # fmt: skip


def drawn(evidence, width, *, ascii_only=False):
    """The card's lines."""
    made = EvidenceCard(ascii_only=ascii_only)
    made.show_evidence(evidence, "today by system")
    body = made._card_at(width)
    return ["".join(text for text, _ in cut(entry.draw(), width)) for entry in body.entries]


def test_every_fact_of_the_evidence_is_said_once_with_signs_beside_colours():
    lines = drawn(EVIDENCE, 100)
    for fact in (
        "≠ source   IT Italy                  529 km from bill-to",
        "= bill-to  CZ Czechia",
        "≠ ship-to  SK Slovakia               distance not known from bill-to",
        "= phone    CZ Czechia",
        "? card     not known",
        "Apart      source – ship-to: 830 km",
        "Value      184.90 €, 2.1 times their usual 89.00 €",
        "Customer   7 earlier orders, billed→shipped: CZ→CZ 5, CZ→SK 2",
        "Flagged    10311 genuine: bill-to=CZ ship-to=SK",
        "Cleared    bill-to=CZ ship-to=PL, on this order",
        "Rule       Held if so. Here so.",
    ):
        assert lines.count(fact) == 1, (fact, lines)
    assert not any("Stands out" in line for line in lines)
    plain = drawn(EVIDENCE, 100, ascii_only=True)
    assert "! source   IT Italy                  529 km from bill-to" in plain
    assert all(line.isascii() for line in plain if "€" not in line)


@pytest.mark.parametrize("text", [*STORED, *NEVER_STORED], ids=range(len(STORED) + len(NEVER_STORED)))
def test_hostile_evidence_is_shown_literally(text):
    bad = replace(
        EVIDENCE, reason=text, held_by=text, signs=(text,), rule=text, missing=(text,),
        compared=(ComparedCountry(text, text, text),), distances=(CountryDistance(text, text, 3),),
        cases=(EarlierCase(text, text, text),), cleared=(text,), pairs=((text, text, 1),),
    )  # fmt: skip
    for width in (60, 77, 117):
        for line in drawn(bad, width):
            assert not OBEYED.search(line), repr(line)
            assert cell_width(line) <= width, repr(line)


async def test_hostile_text_in_reason_and_note(desk_of, no_guard):
    async with desk_of(flagged(reason="".join(STORED), by=STORED[3])).console(size=SMALL) as console:
        form = await open_review(console)
        check(console)
        for text in STORED:
            for name in ("reason", "note"):
                form._fields.field(name).focus()
                form._fields.field(name).post_message(events.Paste(text))
            await console.settle()
            check(console)
