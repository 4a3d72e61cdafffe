"""What a long list reads from: keyset pages of rows, pulled as needed, and a count that may come late."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from oms_tui.domain.answers import Count

Key = Hashable
"""What names a row for good, such as an order's ID."""

Cursor = Hashable
"""A row's place in the sort, opaque to the list: keyset pages begin after or before it."""

RowT = TypeVar("RowT")
RowT_co = TypeVar("RowT_co", covariant=True)
RowT_contra = TypeVar("RowT_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT_co]):
    """Neighbouring rows in the order of the list."""

    rows: tuple[RowT_co, ...]
    """In list order, whichever direction they were asked in."""
    has_before: bool
    """Whether the list has rows before the first of these."""
    has_after: bool
    """Whether the list has rows after the last of these."""


class PageSource(Protocol[RowT_co]):
    """One filtered, sorted list of rows. Every method may raise `backend.errors.BackendError`.

    A source stands for one filter and one sort; to show something else, give the list another source.
    """

    async def first(self, size: int) -> Page[RowT_co]:
        """The first ``size`` rows."""
        ...

    async def last(self, size: int) -> Page[RowT_co]:
        """The last ``size`` rows, in list order."""
        ...

    async def after(self, key: Cursor, size: int) -> Page[RowT_co]:
        """The ``size`` rows that follow the place ``key``, whether or not a row still stands there."""
        ...

    async def before(self, key: Cursor, size: int) -> Page[RowT_co]:
        """The ``size`` rows that precede the place ``key``, in list order."""
        ...

    async def around(self, key: Cursor, size: int) -> Page[RowT_co]:
        """About ``size`` rows: half before the place ``key``, half from it on, fewer at an end."""
        ...

    async def find(self, key: Key) -> RowT_co | None:
        """The row named ``key`` where it stands now; None when the list does not hold it (any more)."""
        ...

    async def count(self) -> Count:
        """How many rows there are."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RowIdentity(Generic[RowT_contra]):
    """How a list tells rows apart, places them and sees that one has changed."""

    key: Callable[[RowT_contra], Key]
    cursor: Callable[[RowT_contra], Cursor]
    version: Callable[[RowT_contra], Hashable]
    """Changes whenever anything the columns show of the row does."""
