"""A long list on a screen, for its tests."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias, TypeVar

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input

from oms_tui.widgets.long_list import Cell, Column, LongList
from tests.widgets.rows import ListSource, Row

WIDTH, HEIGHT = 60, 12
ROWS_ON_SCREEN = HEIGHT - 1
TextOf: TypeAlias = Callable[[Row], str]


def columns(text: TextOf) -> Sequence[Column[Row]]:
    return (
        Column(id="key", title="Key", width=10, render=lambda row: str(row.key)),
        Column(id="text", title="Text", width=10, flex=1, render=text),
        Column(
            id="version",
            title="Version",
            width=9,
            align="right",
            priority=1,
            render=lambda row: Cell(f"v{row.version}", "good" if row.version == 1 else "problem"),
        ),
    )


class SpiedList(LongList[Row]):
    """Remembers what it repainted."""

    def __init__(self, text: TextOf) -> None:
        super().__init__(
            columns(text),
            key=lambda row: row.key,
            cursor=lambda row: row.place,
            version=lambda row: row.version,
        )
        self.repainted: list[Region] = []
        self.repainted_whole = 0

    def refresh(self, *regions: Region, **options: bool):
        self.repainted += regions
        self.repainted_whole += not regions
        return super().refresh(*regions, **options)

    def forget_repaints(self) -> None:
        self.repainted.clear()
        self.repainted_whole = 0

    @property
    def shown(self) -> list[str]:
        """The text of every line."""
        return [self.render_line(y).text for y in range(self.size.height)]


class ListApp(App[None]):
    """A list, and a field for the focus to go to."""

    def __init__(self, source: ListSource | None, text: TextOf) -> None:
        super().__init__()
        self.source = source
        self.rows = SpiedList(text)

    def compose(self) -> ComposeResult:
        if self.source is not None:
            self.rows.set_source(self.source, empty_text="No rows match 'ab' – esc clears the filter")
        yield self.rows
        yield Input()

    def on_mount(self) -> None:
        self.query_one(SpiedList).focus()
        self.query_one(Input).styles.dock = "bottom"
        self.query_one(Input).styles.display = "none"


MessageT = TypeVar("MessageT", bound=Message)


class Told:
    """The messages of the list, in order."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def __call__(self, message: Message) -> None:
        self.messages.append(message)

    def of(self, kind: type[MessageT]) -> list[MessageT]:
        """Those of one kind."""
        unique: list[MessageT] = []
        for message in self.messages:  # a message comes by once for every widget it passes
            if isinstance(message, kind) and not any(message is other for other in unique):
                unique.append(message)
        return unique


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


@asynccontextmanager
async def running(
    source: ListSource | None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    text: TextOf = lambda row: row.text,
) -> AsyncIterator[tuple[Pilot[None], SpiedList, Told]]:
    """The list on a screen with its first rows, and the messages it sent."""
    app, told = ListApp(source, text), Told()
    async with app.run_test(size=size, notifications=True, tooltips=True, message_hook=told) as pilot:
        if source is None or source.open.is_set():
            await settled(pilot)
        else:
            await pilot.pause()
        app.rows.forget_repaints()
        yield pilot, app.rows, told
