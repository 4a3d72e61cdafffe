"""The table of orders: a long list whose columns suit the width, or a person's choice, which is kept."""

from collections.abc import Sequence
from dataclasses import replace

from oms_tui.domain.answers import OrderSummary
from oms_tui.screens import kept
from oms_tui.screens.orders.columns import ESSENTIAL, defaults_at, valid
from oms_tui.widgets.long_list import Column, LongList

KEPT_AS = "columns.OR"


class OrderList(LongList[OrderSummary]):
    """Orders in the columns that somebody chose, or that suit the width."""

    def __init__(
        self, columns: Sequence[Column[OrderSummary]], *, ascii_only: bool = False, id: str | None = None
    ) -> None:
        super().__init__(
            columns,
            key=lambda row: row.id,
            cursor=lambda row: row.position,
            version=lambda row: row,
            ascii_only=ascii_only,
            id=id,
        )
        self.all_columns = tuple(columns)
        self._chosen: tuple[str, ...] = ()
        self._suited: tuple[str, ...] = ()

    @property
    def suited(self) -> tuple[str, ...]:
        """The columns shown where there is room for all of them."""
        return self._suited

    def suit(self, width: int, *, why: bool = False) -> None:
        """Show the chosen columns, or those that suit a terminal of this width and the list.

        Of chosen columns the last named go first where room is short.

        Args:
            width: of the terminal.
            why: whether the list is one of orders that stand still.
        """
        ids = self._chosen or defaults_at(width, why=why)
        if ids == self._suited:
            return
        self._suited = ids
        columns = [self._columns[one] for one in ids]
        if self._chosen:
            columns = [
                replace(column, priority=0 if column.id in ESSENTIAL else place)
                for place, column in enumerate(columns)
            ]
        self._painter.configure(columns=columns)
        self._show()

    def choose(self, ids: Sequence[str]) -> None:
        """Show these columns from now on (`suit` does it)."""
        self._chosen = valid(ids, self.all_columns)

    def load_choice(self, person: str, configured: Sequence[str] = ()) -> None:
        """Find what the person chose last time; where they never did, what the settings say."""
        self.choose(kept.texts(kept.load(person).get(KEPT_AS)) or configured)

    def keep_choice(self, person: str) -> None:
        """Keep what is chosen for next time.

        Raises:
            OSError: it could not be written.
        """
        kept.keep(person, {KEPT_AS: list(self._chosen)})
