"""Reads that answer while their screen is being taken down (widgets/leaving)."""

import asyncio

import pytest
from textual.css.query import NoMatches
from textual.worker import WorkerFailed

from tests.screens.acting import free
from tests.screens.test_orders import orders_of


async def test_work_that_comes_back_to_a_popped_screen_is_dropped(desk_of):
    async with desk_of(free()).console() as console:
        screen = await orders_of(console)
        answered = asyncio.Event()
        found: list[object] = []

        async def read() -> None:
            try:
                await answered.wait()
            finally:
                found.append(screen.query_one("#gone"))

        worker = screen.run_worker(read)
        await console.pilot.pause()
        await console.app.switch_mode("dashboard")
        await screen.remove()
        answered.set()
        await console.until(lambda: worker.is_finished)
        assert not found
        assert console.app.is_running


async def test_work_of_a_list_that_comes_back_to_a_popped_screen_is_dropped(desk_of):
    async with desk_of(free()).console() as console:
        screen = await orders_of(console)
        answered = asyncio.Event()
        found: list[object] = []

        async def read() -> None:
            try:
                await answered.wait()
            finally:
                found.append(screen.orders.query_one("#gone"))

        worker = screen.orders.run_worker(read)
        await console.pilot.pause()
        await console.app.switch_mode("dashboard")
        await screen.remove()
        answered.set()
        await console.until(lambda: worker.is_finished)
        assert not found
        assert console.app.is_running


async def test_work_that_comes_back_while_the_console_closes_is_dropped(desk_of):
    answered = asyncio.Event()
    async with desk_of(free()).console() as console:
        screen = await orders_of(console)

        async def read() -> object:
            while console.app.is_running:  # noqa: ASYNC110 - closing sets no event
                await asyncio.sleep(0)
            answered.set()
            return screen.query_one("#gone")

        screen.run_worker(read)
        await console.pilot.pause()
    assert answered.is_set()


async def test_what_is_missing_on_a_screen_that_stays_is_an_error(desk_of):
    async def look_for_nothing(desk):
        async with desk.console() as console:
            screen = await orders_of(console)

            async def read() -> object:
                return screen.query_one("#never")

            screen.run_worker(read)
            await console.pilot.pause()

    with pytest.raises(WorkerFailed) as raised:
        await look_for_nothing(desk_of(free()))
    assert isinstance(raised.value.error, NoMatches)


async def test_the_console_s_own_work_is_dropped_once_there_are_no_screens(desk_of):
    answered = asyncio.Event()
    async with desk_of(free()).console() as console:
        app = console.app

        async def read() -> object:
            while app.is_running or app._screen_stacks.get("dashboard"):  # noqa: ASYNC110 - closing sets no event
                await asyncio.sleep(0)
            answered.set()
            return app.screen

        app.run_worker(read)
        await console.pilot.pause()
    assert answered.is_set()
