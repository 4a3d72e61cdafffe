"""What filters need to know of the database before they become SQL: few rows, read once a question.

Channels, shipping methods and people are named in filters by folded words or their beginnings, so they are
compared here as `domain.filter.match` does, and the conditions name the ones found.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select

from oms_tui.clock import to_micros
from oms_tui.domain.filter import Clause, Mode, PresenceTest, ResolvedFilter, TextTest, code_key, phrase_key
from oms_tui.store.rows import ORDERS
from oms_tui.store.search_index import Spelling
from oms_tui.store.sql import distinct_values
from oms_tui.store.tables import ChannelRow, ClaimRow, CounterRow, table

CHANNEL_FIELDS: Final = ("channel", "channel-type", "region")
"""Fields that an order has from its channel."""
CLAIM: Final = table(ClaimRow)
_CHANNEL: Final = table(ChannelRow)
_COUNTER: Final = table(CounterRow)
_CHANNELS: Final = select(_CHANNEL.c.code, _CHANNEL.c.type, _CHANNEL.c.region)
_COUNTERS: Final = select(_COUNTER.c.name, _COUNTER.c.value)
_METHODS: Final = distinct_values(ORDERS.c.method)
_CURRENCIES: Final = distinct_values(ORDERS.c.currency)
_COMPARE: Final[Mapping[Mode, Callable[[str, str], bool]]] = {
    Mode.EXACT: str.__eq__,
    Mode.PREFIX: str.startswith,
}


def counters(conn: Connection) -> dict[str, int]:
    """The counters by name."""
    return {name: value for name, value in conn.execute(_COUNTERS)}


class Known:
    """The database as one question sees it."""

    def __init__(self, conn: Connection, resolved: ResolvedFilter) -> None:
        """Read nothing yet.

        Args:
            conn: A connection that sees one snapshot.
            resolved: The filter that is asked.
        """
        self.conn = conn
        self.resolved = resolved
        self.now = to_micros(resolved.now)

    @cached_property
    def spelling(self) -> Spelling:
        """What writes expressions for the search index."""
        return Spelling(self.conn)

    @cached_property
    def counters(self) -> dict[str, int]:
        """The counters by name."""
        return counters(self.conn)

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The currencies that orders have."""
        return tuple(self.conn.execute(_CURRENCIES).scalars())

    def channels(self, clause: Clause) -> tuple[str, ...]:
        """The codes of the channels for which a clause on one of `CHANNEL_FIELDS` holds."""
        return tuple(code for code, keys in self._channel_keys if _holds(clause, keys[clause.field]))

    def methods(self, clause: Clause) -> tuple[str, ...]:
        """The shipping methods, as stored, for which a clause holds."""
        return tuple(method for method, key in self._method_keys if _holds(clause, key))

    def claimants(self, clause: Clause) -> tuple[str, ...]:
        """The people with running claims whom the tests of a clause name, negated or not."""
        return tuple(
            person
            for person in self._claimants
            if any(_test(test, code_key(person)) for test in clause.tests)
        )

    @property
    def is_claimed_now(self) -> ColumnElement[bool]:
        """The condition on a claim that it has not run out."""
        return CLAIM.c.until > self.now

    @cached_property
    def _channel_keys(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        return tuple(
            (code, {"channel": phrase_key(code), "channel-type": kind, "region": phrase_key(region)})
            for code, kind, region in self.conn.execute(_CHANNELS)
        )

    @cached_property
    def _method_keys(self) -> tuple[tuple[str, str], ...]:
        return tuple((method, phrase_key(method)) for method in self.conn.execute(_METHODS).scalars())

    @cached_property
    def _claimants(self) -> tuple[str, ...]:
        people = select(CLAIM.c.person).distinct().where(self.is_claimed_now)
        return tuple(self.conn.execute(people).scalars())


def _holds(clause: Clause, key: str) -> bool:
    return any(_test(test, key) for test in clause.tests) is not clause.negated


def _test(test: Any, key: str) -> bool:
    """Whether a test holds for the key of something; "" is the key of nothing (as in `filter.match`)."""
    if isinstance(test, TextTest):
        return bool(key) and _COMPARE[test.mode](key, test.key)
    return isinstance(test, PresenceTest) and bool(key) is test.is_present
