"""What a long list tells the screen it is on. Facts, in the past tense."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Generic

from textual.message import Message

from oms_tui.domain.answers import Count
from oms_tui.widgets.long_list.source import RowT

if TYPE_CHECKING:
    from oms_tui.widgets.long_list.rows import RowCanvas


class ListMessage(Message, Generic[RowT]):
    """A message about `list`."""

    def __init__(self, list_: "RowCanvas[RowT]") -> None:
        super().__init__()
        self.list = list_

    @property
    def control(self) -> "RowCanvas[RowT]":
        """The list the message is about, for selectors in handlers."""
        return self.list


class RowHighlighted(ListMessage[RowT]):
    """The cursor came to stand on `row`, or the row under it changed; None: the list is empty.

    Of several in a row only the last is delivered.
    """

    def __init__(self, list_: "RowCanvas[RowT]", row: RowT | None) -> None:
        super().__init__(list_)
        self.row = row

    def can_replace(self, message: Message) -> bool:
        """A later one makes an earlier one void."""
        return isinstance(message, RowHighlighted) and message.list is self.list


class RowOpened(ListMessage[RowT]):
    """Somebody opened `row`."""

    def __init__(self, list_: "RowCanvas[RowT]", row: RowT) -> None:
        super().__init__(list_)
        self.row = row


class MarksChanged(ListMessage[RowT]):
    """Rows were marked or unmarked; `marks` holds the keys of all that are marked now."""

    def __init__(self, list_: "RowCanvas[RowT]", marks: frozenset[Hashable]) -> None:
        super().__init__(list_)
        self.marks = marks


class Counted(ListMessage[RowT]):
    """The number of rows became known, or changed."""

    def __init__(self, list_: "RowCanvas[RowT]", count: Count) -> None:
        super().__init__(list_)
        self.count = count


class LoadFailed(ListMessage[RowT]):
    """Rows that were waited for could not be had; `text` says why. Rows shown are old ones, if any."""

    def __init__(self, list_: "RowCanvas[RowT]", text: str) -> None:
        super().__init__(list_)
        self.text = text


class Loaded(ListMessage[RowT]):
    """The rows of a new source, or the same rows read again, are shown now."""
