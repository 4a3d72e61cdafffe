"""What the console tells its person: toasts, one at a time, and the log of all of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from weakref import ref

from textual.app import App
from textual.notifications import Notification, Notify
from textual.widgets._toast import ToastHolder

from oms_tui.clock import Clock

if TYPE_CHECKING:
    from textual.screen import Screen

Severity = Literal["information", "warning", "error"]
ERROR_TOAST_SECONDS = 86_400.0
"""An error stays until somebody puts it away."""
TOAST_SECONDS = 5.0
READ_SECONDS = 1.5
"""What was told so long ago goes with the next key, errors excepted."""
MOST_MESSAGES = 500
"""Messages kept for the message log."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something the console told its person."""

    at: datetime
    severity: Severity
    text: str


class Telling(App[int]):
    """A program that tells its person what happened."""

    def __init__(self, clock: Clock) -> None:
        """Have told nothing yet.

        Args:
            clock: says when something was told.
        """
        super().__init__()
        self.clock = clock
        self._told_on: dict[str, ref[Screen[Any]]] = {}
        """Toast -> the screen it was told on."""
        self.messages: list[Told] = []
        """What was told, oldest first."""

    def toast(self, text: str, severity: Severity = "information", *, is_result: bool = False) -> None:
        """Tell what happened, in the past tense and naming the thing. Errors stay until put away.

        It takes the place of what was told before; an error gives way to another error only. It goes with
        the screen it was told on, unless it `is_result`: what became of something committed.
        """
        from oms_tui.text import clean

        safe = clean(text)
        self.messages = [*self.messages, Told(self.clock.now(), severity, safe)][-MOST_MESSAGES:]
        seconds = ERROR_TOAST_SECONDS if severity == "error" else TOAST_SECONDS
        for earlier in list(self._notifications):
            if earlier.severity != "error" or severity == "error":
                self._unnotify(earlier, refresh=False)
        toast = Notification(safe, "", severity, seconds, markup=False)
        if not is_result:
            self._told_on[toast.identity] = ref(self._place())
        self.post_message(Notify(toast))

    def put_read_away(self) -> None:
        """Take away what has been told for a while: a key was pressed, somebody works on."""
        for one in list(self._notifications):
            if one.severity != "error" and one.timeout - one.time_left >= READ_SECONDS:
                self._unnotify(one)

    def _place(self) -> "Screen[Any]":
        """The screen in front, without the boxes over it."""
        return next((one for one in reversed(self.screen_stack) if not one.is_modal), self.screen)

    def _refresh_notifications(self) -> None:
        """The framework shows toasts anew on each screen that comes to the front: without those of others."""
        for toast in list(self._notifications):
            place = self._told_on.get(toast.identity)
            if place is not None and place() is not self._place():
                del self._told_on[toast.identity]
                self._unnotify(toast, refresh=False)
        if self._screen_stack:
            for holder in self.screen.query(ToastHolder).results():
                if not holder.children:
                    holder.remove()  # the framework leaves it, and a few of them fill the rack
        super()._refresh_notifications()

    def put_errors_away(self) -> bool:
        """Take the errors off the screen; the message log keeps them. False: there was none."""
        has_errors = bool(self.screen.query("Toast.-error"))
        if has_errors:
            self.clear_notifications()
        return has_errors
