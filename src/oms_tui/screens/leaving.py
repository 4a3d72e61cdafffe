"""Work that a screen began and that ends after the screen has gone.

A read may answer while its screen is being taken down: popped, or closed with the console. Textual cancels a
screen's workers only once its widgets are gone, so the work can come back to widgets that are not there.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual.css.query import NoMatches
from textual.dom import NoScreen

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.worker import Worker

    AnyScreen = Screen[Any]
else:
    AnyScreen = object

Work = Callable[[], Awaitable[Any]] | Awaitable[Any]
"""A coroutine function or a coroutine."""


class Leavable(AnyScreen):
    """Mixed into a screen: its work is dropped quietly where it finds the screen gone."""

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> "Worker[Any]":
        """Run work as a screen does; what it does not find because the screen goes is no error."""
        return super().run_worker(self._until_gone(work), *arguments, **options)

    def _until_gone(self, work: Work) -> Callable[[], Awaitable[Any]]:
        async def run() -> Any:
            try:
                return await (work() if callable(work) else work)
            except (NoMatches, NoScreen):
                if self.is_there:
                    raise
                return None

        return run

    @property
    def is_there(self) -> bool:
        """Whether the screen stays, and the console it is in: its widgets can be asked for."""
        return self.display and self.app.is_running
