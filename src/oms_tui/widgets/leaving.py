"""Work that a screen, a list or the console began and that ends after its screens have gone.

A read may answer while its screen is being taken down: popped, or closed with the console. Textual cancels a
screen's workers only once its widgets are gone, so the work can come back to widgets that are not there.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen

if TYPE_CHECKING:
    from textual.worker import Worker

    AnyNode = DOMNode
else:
    AnyNode = object

Work = Callable[[], Awaitable[Any]] | Awaitable[Any]
"""A coroutine function or a coroutine."""


class Leavable(AnyNode):
    """Mixed into a screen, a widget or the console: work is dropped quietly where it finds them gone."""

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> "Worker[Any]":
        """Run work as Textual does; what it does not find because the screen goes is no error."""
        return super().run_worker(self._until_gone(work), *arguments, **options)

    def _until_gone(self, work: Work) -> Callable[[], Awaitable[Any]]:
        async def run() -> Any:
            try:
                return await (work() if callable(work) else work)
            except (NoMatches, NoScreen, ScreenStackError):
                if self.is_there:
                    raise
                return None

        return run

    @property
    def is_there(self) -> bool:
        """Whether it stays, and all it is in up to the console: its widgets can be asked for."""
        return self.app.is_running and all(node.display for node in self.ancestors_with_self)
