"""What questions to the desk cost: pages at depth, counts, search, an order's detail (performance, goals)."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from benchmarks.raw import Raw
from benchmarks.results import Result, at_most
from benchmarks.setting import Setting, reader
from benchmarks.timing import for_each, in_turns, median, medians_ms, quantile, ratio, seconds
from oms_tui.desk import ask
from oms_tui.desk.desk import Desk
from oms_tui.domain.answers import Position
from oms_tui.domain.people import Actor
from oms_tui.domain.queues import QUEUES

PAGE = 50
"""Rows of a page."""
DEPTH = 0.9
"""How far down the deep page lies, as a share of the queue."""
SEED = 20_261_122
LARGEST = "SELECT order_pk FROM order_line GROUP BY order_pk ORDER BY count(*) DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Asked:
    """The desk with a plain connection beside it, and a seeded generator for what is asked."""

    desk: Desk
    actor: Actor
    raw: Raw
    rng: random.Random

    def order_ids(self, count: int) -> list[str]:
        """Orders drawn from all of them."""
        last = self.raw.number("SELECT max(pk) FROM orders")
        numbers = [self.rng.randint(1, last) for _ in range(count)]
        return [self.raw.texts("SELECT id FROM orders WHERE pk >= ? LIMIT 1", pk)[0] for pk in numbers]


@contextmanager
def asked(setting: Setting) -> Iterator[Asked]:
    """Open the sample data for questions."""
    path = setting.sample()
    raw = Raw(path)
    try:
        with setting.desk(path) as desk:
            yield Asked(desk, reader(desk), raw, random.Random(SEED))
    finally:
        raw.close()


def depth(setting: Setting) -> Iterator[Result]:
    """A page deep in a queue against its first page."""
    with asked(setting) as this:
        for name, text, where in (
            ("all orders", "", "1"),
            ("status:delivered", "status:delivered", "status = 'delivered'"),
            ("country:DE", "country:DE", "country = 'DE'"),
        ):
            place, number = _place(this, text, where)
            page = partial(ask.page, this.desk, this.actor, text, size=PAGE)
            pairs = in_turns(partial(page, after=place), page, setting.times(100, 15))
            deep, first = medians_ms(pairs)
            skipping = seconds(_offset, this.raw, where, number) * 1e3
            yield Result(
                metric=f"queue page {number:,} deep / depth 0, {name}",
                measured=ratio(pairs),
                unit="x",
                goal=at_most(1.5),
                detail=f"{deep:.2f} ms / {first:.2f} ms; OFFSET would take {skipping:.1f} ms",
            )


def _place(this: Asked, text: str, where: str) -> tuple[Position, int]:
    """The position of the row at `DEPTH`, and how many rows stand before it."""
    count = this.raw.number(f"SELECT count(*) FROM orders WHERE {where}")  # noqa: S608 - constants
    number = int(count * DEPTH)
    pk = this.raw.number(
        f"SELECT pk FROM orders WHERE {where} ORDER BY created DESC, pk DESC LIMIT 1 OFFSET ?",  # noqa: S608
        number,
    )
    return ask.page(this.desk, this.actor, text, size=1, around=(pk,)).rows[0].position, number


def _offset(raw: Raw, where: str, number: int) -> None:
    raw.rows(
        f"SELECT * FROM orders WHERE {where} ORDER BY created DESC, pk DESC LIMIT ? OFFSET ?",  # noqa: S608
        PAGE,
        number,
    )


def counts(setting: Setting) -> Iterator[Result]:
    """The counts of all built-in queues, and the whole answer with the age of each queue's oldest order."""
    with asked(setting) as this:
        filters = [queue.filter for queue in QUEUES]

        def count_all() -> None:
            for text in filters:
                ask.count(this.desk, this.actor, text)

        names = [queue.counter for queue in QUEUES if queue.counter]
        counters = f"SELECT name, value FROM counter WHERE name IN ({','.join('?' * len(names))})"  # noqa: S608
        tallies = in_turns(
            partial(ask.queues, this.desk, this.actor),
            partial(this.raw.rows, counters, *names),
            setting.times(200, 20),
        )
        whole, plain = medians_ms(tallies)
        yield Result(
            metric="counts and oldest ages of all queues",
            measured=whole,
            unit="ms",
            goal=at_most(0.5),
            detail=f"{len(QUEUES)} queues; the counters alone {plain:.3f} ms in plain SQL",
        )
        group = partial(this.raw.rows, "SELECT status, count(*) FROM orders GROUP BY status")
        one_by_one, grouped = medians_ms(in_turns(count_all, group, setting.times(15, 5)))
        yield Result(
            metric="every queue's filter counted by itself",
            measured=one_by_one,
            unit="ms",
            detail=f"a GROUP BY of the statuses alone {grouped:.1f} ms",
        )


def search(setting: Setting) -> Iterator[Result]:
    """Search for what a customer can say, by kind, each text of 3 characters or more."""
    with asked(setting) as this:
        for kind, draw in KINDS.items():
            texts = list(dict.fromkeys(text for text in draw(this, setting.times(400, 60)) if len(text) >= 3))
            for text in texts[:3]:
                ask.search_orders(this.desk, this.actor, text)
            times = {text: seconds(ask.search_orders, this.desk, this.actor, text) * 1e3 for text in texts}
            slowest = max(times, key=times.__getitem__)
            yield Result(
                metric=f"search, {kind}, p95",
                measured=quantile(times.values(), 0.95),
                unit="ms",
                goal=at_most(10),
                detail=(
                    f"{len(times)} texts, p50 {median(times.values()):.2f} ms, "
                    f"worst {times[slowest]:.1f} ms ({slowest!r})"
                ),
            )


def _of_orders(this: Asked, column: str, count: int) -> list[str]:
    """A column of orders drawn from all of them, where it says something."""
    ids = this.order_ids(count)
    sql = f"SELECT {column} FROM orders WHERE id = ?"  # noqa: S608 - columns named below
    return [text for order_id in ids for text in this.raw.texts(sql, order_id) if text.strip()]


def _exact(this: Asked, count: int) -> list[str]:
    lines = "SELECT sku FROM order_line WHERE order_pk = (SELECT pk FROM orders WHERE id = ?) LIMIT 1"
    skus = [text for order_id in this.order_ids(count // 3) for text in this.raw.texts(lines, order_id)]
    return [*_of_orders(this, "id", count // 3), *_of_orders(this, "email", count // 3), *skus]


def _beginnings(this: Asked, count: int) -> list[str]:
    whole = [
        text
        for column in ("id", "email", "last_name", "first_name")
        for text in _of_orders(this, column, count // 4)
    ]
    return [text[: this.rng.randint(3, max(3, len(text) - 1))] for text in whole]


def _phone_tails(this: Asked, count: int) -> list[str]:
    phones = ("".join(filter(str.isdigit, phone)) for phone in _of_orders(this, "phone", count))
    return [digits[-this.rng.randint(4, 7) :] for digits in phones]


def _words(this: Asked, count: int) -> list[str]:
    """A name, half a name with the other, a name with a place, words of an article's name."""
    share = count // 4
    names = _of_orders(this, "first_name || ' ' || last_name", share)
    halves = _of_orders(this, "last_name || ' ' || substr(first_name, 1, 2)", share)
    places = _of_orders(this, "last_name || ' ' || json_extract(ship_to, '$.city')", share)
    lines = "SELECT name FROM order_line WHERE order_pk = (SELECT pk FROM orders WHERE id = ?) LIMIT 1"
    articles = [text for order_id in this.order_ids(share) for text in this.raw.texts(lines, order_id)]
    return [*names, *halves, *places, *(" ".join(text.split()[:2]) for text in articles)]


KINDS: dict[str, Callable[[Asked, int], Sequence[str]]] = {
    "exact": _exact,
    "beginning": _beginnings,
    "phone tail": _phone_tails,
    "words": _words,
}
"""How texts of each kind are drawn: from the orders themselves, so that common ones come more often."""


def detail(setting: Setting) -> Iterator[Result]:
    """An order's whole profile against six plain queries."""
    with asked(setting) as this:
        pairs = for_each(
            partial(ask.order, this.desk, this.actor),
            this.raw.order,
            this.order_ids(setting.times(400, 60)),
        )
        ours, plain = medians_ms(pairs)
        yield Result(
            metric="order detail / six raw queries",
            measured=ratio(pairs),
            unit="x",
            goal=at_most(8),
            detail=f"{ours:.2f} ms / {plain:.3f} ms",
        )
        pk = this.raw.number(LARGEST)
        largest = this.raw.texts("SELECT id FROM orders WHERE pk = ?", pk)[0]
        lines = this.raw.number("SELECT count(*) FROM order_line WHERE order_pk = ?", pk)
        large = in_turns(
            partial(ask.order, this.desk, this.actor, largest),
            partial(this.raw.order, largest),
            setting.times(50, 10),
        )
        ours, plain = medians_ms(large)
        yield Result(
            metric=f"the largest order's detail ({lines} lines)",
            measured=ratio(large),
            unit="x",
            detail=f"{ours:.1f} ms / {plain:.2f} ms",
        )
