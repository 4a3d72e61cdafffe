"""One console at one desk: its door, who is signed in, the rules in force, whether news of changes arrive."""

import asyncio
import gc
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from oms_tui.backend import Backend
    from oms_tui.domain.answers import DeskInfo, FlowStanding
    from oms_tui.domain.people import Actor, Role
    from oms_tui.verbs import Policy


SWITCH_SECONDS = 0.0005
"""How long a thread that imports may keep the event loop waiting; the interpreter's own is ten times that."""


class Session:
    """What is known of desk and person. Made before the first frame: imports the domain where it is used."""

    def __init__(self, door: "Backend | Callable[[], Backend]") -> None:
        """Begin with nothing opened and nobody signed in.

        Args:
            door: the desk's door, or what makes it once the first frame is painted.
        """
        self._door = door
        self.desk: DeskInfo | None = None
        """What is known of the desk; None while it opens."""
        self.parting = ""
        """Why the last person's session ended, if somebody must be told."""
        self.sample_role: Role | None = None
        """Of sample data: the role to sign in with at once, the first time."""
        self.is_sample_start = False
        """Whether the desk is known to be sample data before it is open: nobody types a name."""
        self.is_live = False
        """Whether changes made by others reach the screen."""
        self.change_number = 0
        """Grows with every change in the desk that we hear of."""
        self.flows: FlowStanding | None = None
        """Whether flows go on, by the desk's last answer; None before it was asked."""
        self._actor: Actor | None = None
        self._policy: Policy | None = None

    # -- the desk ------------------------------------------------------------------------------------------

    @property
    def backend(self) -> "Backend":
        """The desk's door.

        Raises:
            RuntimeError: the desk has not begun to open.
        """
        if callable(self._door):
            raise RuntimeError("the desk is not open")
        return self._door

    async def open_desk(self) -> str:
        """Open the desk, loading what is heavy beside the event loop; why it cannot be opened, or ""."""
        await load_beside(self._load)
        from oms_tui.backend.errors import BackendError

        try:
            self.desk = await self.backend.open()
        except BackendError as error:
            return str(error)
        finally:
            settle_memory()
        return ""

    def _load(self) -> None:
        """Import what the first frame did without, and make the desk's door. Runs in a thread."""
        from oms_tui.screens import first_steps  # noqa: F401 - with it the domain, which all screens need

        if callable(self._door):
            self._door = self._door()

    async def close(self, seconds: float) -> None:
        """Let go of the desk, if it was opened; wait for it no longer than `seconds`."""
        if not callable(self._door):
            await asyncio.wait_for(self._door.close(), seconds)

    @property
    def zone(self) -> "ZoneInfo":
        """The business time zone, in which times are shown."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.desk.time_zone if self.desk else "UTC")

    # -- the person ----------------------------------------------------------------------------------------

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self._actor is not None

    @property
    def actor(self) -> "Actor":
        """The person signed in.

        Raises:
            RuntimeError: nobody is; no screen of the desk is open then.
        """
        if self._actor is None:
            raise RuntimeError("nobody is signed in")
        return self._actor

    @property
    def policy(self) -> "Policy":
        """The rules in force: the desk's own once somebody is signed in."""
        if self._policy is None:
            from oms_tui.verbs import Policy

            return Policy()
        return self._policy

    async def begin(self, actor: "Actor") -> None:
        """Somebody signed in: take the rules in force.

        Raises:
            BackendError: the desk does not give them.
        """
        from dataclasses import replace

        self._policy = await self.backend.policy()
        self._actor = actor
        self.parting = ""
        if self.desk is not None:
            self.desk = replace(self.desk, has_people=True)

    def end(self, why: str) -> None:
        """Forget who was here."""
        self._actor = self._policy = self.flows = None
        self.parting = why
        self.is_live = False


async def load_beside(load: Callable[[], None]) -> None:
    """Import in a thread, which hands the processor over often meanwhile: keys must not wait for it."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        await asyncio.to_thread(load)
    finally:
        sys.setswitchinterval(usual)


def settle_memory() -> None:
    """Where a program began without collecting garbage: begin now, and never look at what has been loaded."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
