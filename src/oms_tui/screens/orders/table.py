"""The table of orders: a long list whose columns suit the width, or a person's choice, which is kept."""

from collections.abc import Sequence
from dataclasses import replace

from oms_tui.domain.answers import OrderSummary
from oms_tui.domain.own_facts import OwnKind
from oms_tui.screens import kept
from oms_tui.screens.orders.columns import ESSENTIAL, OWN, defaults_at, valid
from oms_tui.widgets.long_list import Column, LongList

KEPT_AS = "columns.OR"
_OF_LISTS = frozenset(name for names in OWN.values() for name in names)
"""Columns that lists add and nobody chooses."""


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
        self.all_columns = tuple(one for one in columns if one.id not in _OF_LISTS)
        self._chosen: tuple[str, ...] = ()
        self._suited: tuple[str, ...] = ()

    @property
    def suited(self) -> tuple[str, ...]:
        """The columns shown where there is room for all of them, but for those the list itself adds."""
        return tuple(one for one in self._suited if one not in _OF_LISTS)

    def suit(self, width: int, *, why: bool = False, own: OwnKind | None = None) -> None:
        """Show the chosen columns, or those that suit a terminal of this width and the list.

        Of chosen columns the last named go first where room is short.

        Args:
            width: of the terminal.
            why: whether the list is one of orders that stand still.
            own: what the list is about beyond its orders: that is shown whatever is chosen.
        """
        added = () if own is None else OWN[own]
        ids = (*self._chosen, *added) if self._chosen else defaults_at(width, why=why, own=own)
        if ids == self._suited:
            return
        self._suited = ids
        columns = [self._columns[one] for one in ids]
        if self._chosen:
            columns = [
                replace(column, priority=0 if column.id in ESSENTIAL or column.id in added else place)
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
