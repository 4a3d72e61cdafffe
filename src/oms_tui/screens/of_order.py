"""What screens about one order have in common: reading it, again and again, and saying why there is none."""

from oms_tui.backend.errors import BackendError, NotFound, SignedOut
from oms_tui.domain.answers import Profile
from oms_tui.screens.base import DeskScreen
from oms_tui.screens.profile.parts import body_without_order
from oms_tui.screens.subject import subject_of
from oms_tui.verbs import Subject
from oms_tui.widgets.listing import Body


class OrderScreen(DeskScreen):
    """A screen about one order, or about a part of it."""

    def __init__(self, order_id: str, known: Profile | None) -> None:
        """Be about an order; `known` is what was read of it."""
        super().__init__()
        self._order_id = order_id
        self._profile = known
        self._fault = ""

    @property
    def order_id(self) -> str | None:
        """The order; None where it could not be read."""
        return None if self._fault and self._profile is None else self._order_id

    def subject(self) -> Subject | None:
        """The order as the verbs look at it."""
        return None if self._profile is None else subject_of(self._profile)

    async def read_order(self) -> bool:
        """Read the order again; whether there is something to show for it. What was read before stays where
        it cannot be read now, unless there is no such order any more."""
        try:
            profile = await self.app.backend.order(self._order_id)
            await self.read_more()
        except SignedOut as error:
            self.app.tell_error(error)
            return False
        except BackendError as error:
            if not isinstance(error, NotFound) and self._profile is not None:
                self.app.toast(f"Order {self._order_id} could not be read again: {error}", "warning")
                return False
            self._profile, self._fault = None, str(error)
        else:
            self._profile, self._fault = profile, ""
        return True

    async def read_more(self) -> None:
        """Read what else the screen shows.

        Raises:
            BackendError: the desk does not say.
        """

    def no_order(self, width: int) -> Body:
        """The body without an order: why there is none."""
        return body_without_order(self._fault, self.app.keys, width)
