"""The holds of an order on its profile: the set, each with reason, since when, who releases it, the key."""

from dataclasses import replace

import pytest

from oms_tui.domain.order import Customer, Hold
from oms_tui.domain.status import CustomerRole, HoldKind
from tests.build import NOON
from tests.screens.acting import free
from tests.screens.consoles import LARGE, SMALL
from tests.screens.test_hostile import STORED, check
from tests.screens.test_profile import open_profile


def hold(number, kind, reason, **rest):
    """A hold placed at noon."""
    return Hold(number=number, kind=kind, reason=reason, placed_at=NOON, placed_by="olga", **rest)


HELD = (
    hold(1, HoldKind.FRAUD, "three countries"),
    hold(2, HoldKind.MANUAL, "waits for a call"),
    hold(3, HoldKind.ADDRESS, "no such place", released_at=NOON, released_by="ana"),
)


async def test_open_holds_stand_above_the_tabs_where_there_is_room(desk_of):
    async with desk_of(free(holds=HELD)).console(size=LARGE) as console:
        await open_profile(console, "10432")
        await console.see("⚑ fraud review three countries")
        assert console.shows("since 22 Nov 13:00 by olga CS f Review fraud")
        assert console.shows("⚑ manual waits for a call")
        assert console.shows("OP Release hold")
        assert not console.shows("no such place")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_flow_tab_has_them_all(desk_of, size):
    async with desk_of(free(holds=HELD)).console(size=size) as console:
        await open_profile(console, "10432")
        await console.press("2", *["pagedown"] * 5)
        for fact in (
            "fraud review CS: f Review fraud", "since 22 Nov 13:00 by olga: three countries",
            "manual OP: Release hold", "address released 22 Nov 13:00 by ana",
        ):  # fmt: skip
            await console.see(fact)


async def test_nobody_is_sent_to_a_key_that_only_refuses_them(desk_of):
    async with desk_of(free(holds=HELD)).console(2, size=LARGE) as console:
        await open_profile(console, "10432")
        await console.see("CS Review fraud")
        await console.press("2", *["pagedown"] * 5)
        await console.see("fraud review CS: Review fraud")
        assert console.shows("manual OP: Release hold")
        assert not console.shows("f Review fraud")


async def test_holds_come_and_go_with_the_order(desk_of):
    async with desk_of(free(holds=HELD[:1])).console(size=LARGE) as console:
        screen = await open_profile(console, "10432")
        assert console.shows("f Review fraud")
        screen.query_one("#holds").tell(None, console.app)
        await console.settle()
        assert not console.shows("three countries since")


async def test_any_reason_is_shown_literally(desk_of):
    holds = tuple(hold(n, HoldKind.MANUAL, text) for n, text in enumerate(STORED, 1))
    async with desk_of(free(holds=holds)).console(size=SMALL) as console:
        await open_profile(console, "10432")
        await console.press("2")
        for _ in range(12):
            await console.press("pagedown")
            check(console)


async def test_many_holds_leave_room_for_the_order(desk_of):
    holds = tuple(hold(n, HoldKind.MANUAL, text) for n, text in enumerate(STORED, 1))
    async with desk_of(free(holds=holds)).console(size=LARGE) as console:
        await open_profile(console, "10432")
        await console.see("and 12 more: on the Flow tab")


async def test_who_only_receives_the_goods_is_named(desk_of):
    customer = Customer(first_name="Zoe", role=CustomerRole.SHIP_TO, email="z@example.com")
    async with desk_of(replace(free(), customer=customer)).console(size=LARGE) as console:
        await open_profile(console, "10432")
        await console.see("Guest · Ship-To")
