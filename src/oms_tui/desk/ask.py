"""Ask: queues, pages, counts, search, profile, timeline, feed, recent; rights per spec 5. Reads write nothing
but the refusal of a right."""

from dataclasses import replace

from oms_tui.clock import to_micros
from oms_tui.desk import filters, masks
from oms_tui.desk.authorise import allows, as_of_now, authorise, refuse
from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import BadInput
from oms_tui.desk.subjects import find_order
from oms_tui.domain.answers import (
    Count,
    DeskInfo,
    FeedEntry,
    FlowStanding,
    OrderPage,
    OrderSummary,
    Position,
    Profile,
    QueueTally,
    SearchResult,
    TimelineEntry,
)
from oms_tui.domain.asking import unanswered
from oms_tui.domain.authority import Right
from oms_tui.domain.events.cases import CaseState, EventCase
from oms_tui.domain.events.goods import was_recalled
from oms_tui.domain.filter import Filter, ResolvedFilter
from oms_tui.domain.order import Address
from oms_tui.domain.people import LOCAL_ACTOR, Actor
from oms_tui.domain.queues import QUEUES, queues_of
from oms_tui.domain.status import OperationState
from oms_tui.domain.world import AddressRules, AddressVerdict
from oms_tui.store import (
    audit,
    channels,
    claims,
    event_cases,
    intents,
    lists,
    orders,
    papers,
    people,
    returns,
    search,
)
from oms_tui.store.engine import Connection
from oms_tui.store.orders import Stored

LARGEST_PAGE = 500
"""Rows of one answer (invariant P1)."""
COUNT_BOUND = 10_000
"""Where counting a free filter stops (architecture 5)."""
_MOST_CASES = 20
"""Events that wait or are problems which a profile looks at."""
RENEW_AFTER = 60.0
"""Seconds after which an open order's claim, and the memory that it was opened, are written anew."""


def info(desk: Desk) -> DeskInfo:
    """What a console must know of the desk before anybody signs in."""
    with desk.store.read() as conn:
        everybody = people.everybody(conn)
    return DeskInfo(
        name=desk.name,
        is_sample=desk.is_sample,
        has_people=bool(everybody),
        sample_people=tuple(x.person for x in everybody if not x.person.is_disabled and desk.is_sample),
        time_zone=desk.policy.time_zone,
        warnings=desk.warnings,
    )


def queues(desk: Desk, actor: Actor) -> tuple[QueueTally, ...]:
    """Count and age of the queues of the person's roles (NM: their own work only); of every queue but one's
    own
    work for whoever reads on the command line without naming a person."""
    if actor == LOCAL_ACTOR:
        asked = tuple(queue for queue in QUEUES if not queue.is_personal)
    else:
        actor = authorise(desk, actor, Right.VIEW_OWN_WORK)
        asked = queues_of(actor.roles)
    now = desk.clock.now()
    with desk.store.read() as conn:
        return lists.tallies(
            conn,
            asked,
            lambda text: filters.make_ready(filters.read(text), now, desk.zone, actor.name),
        )


def page(
    desk: Desk,
    actor: Actor,
    filter_text: str,
    *,
    size: int = 50,
    after: Position | None = None,
    before: Position | None = None,
    around: Position | None = None,
    from_end: bool = False,
) -> OrderPage:
    """One page of the orders that match.

    Raises:
        BadInput: The filter cannot be read, or is none that the person may use.
        NoRight: They may see no lists.
    """
    asked = _asked(desk, actor, filter_text)
    if not 1 <= size <= LARGEST_PAGE:
        raise BadInput(f"A page has 1 to {LARGEST_PAGE} rows, not {size}.", field="size")
    with desk.store.read() as conn:
        found = lists.page(
            conn, asked, size=size, after=after, before=before, around=around, from_end=from_end
        )
    return masks.page_for_actor(found, actor, desk.policy.authority)


def count(desk: Desk, actor: Actor, filter_text: str) -> Count:
    """How many orders match; past `COUNT_BOUND` only that there are more.

    Raises:
        BadInput, NoRight: As for `page`.
    """
    asked = _asked(desk, actor, filter_text)
    with desk.store.read() as conn:
        return lists.count(conn, asked, COUNT_BOUND)


def search_orders(desk: Desk, actor: Actor, text: str, limit: int = 20) -> SearchResult:
    """Orders found by anything a customer can say (spec 8)."""
    authorise(desk, actor, Right.SEARCH_ORDERS)
    with desk.store.read() as conn:
        return search.find(conn, text, min(max(limit, 1), LARGEST_PAGE))


def order(desk: Desk, actor: Actor, order_id: str) -> Profile:
    """The whole order, without what the person may not see (Z3).

    Raises:
        Missing: There is none of that ID.
        NoRight: They may open no orders.
    """
    actor = authorise(desk, actor, Right.OPEN_ORDER, subject=order_id)
    now = to_micros(desk.clock.now())
    with desk.store.read() as conn:
        stored = find_order(conn, order_id)
        order = stored.order
        is_cut = any(x.is_cancelled for x in order.lines) or any(
            was_recalled(order, x.number) for x in order.shipments
        )
        profile = Profile(
            order=stored.order,
            returns=returns.of_order(conn, stored.pk),
            credit_notes=returns.credit_notes_of(conn, stored.order.id),
            claim=claims.running(conn, stored.pk, now),
            prints=papers.prints_of(conn, stored.pk, stored.order),
            stops=intents.waiting_for_stop(conn, stored.pk) if is_cut else (),
            checked=_checked(conn, stored),
            problems=_problems(conn, stored.pk),
        )
    return masks.for_actor(profile, actor, desk.policy.authority)


def _problems(conn: Connection, pk: int) -> tuple[EventCase, ...]:
    """The events of an order that somebody must look at."""
    found = (one.case for one in event_cases.of_order(conn, pk, _MOST_CASES))
    return tuple(case for case in found if case.state is CaseState.PROBLEM)


def _checked(conn: Connection, stored: Stored) -> tuple[tuple[int, int], ...]:
    """The unknown operations of an order that somebody asks the payment provider about."""
    found = [key for key, one in unanswered(stored.order).items() if one.state is OperationState.UNKNOWN]
    return tuple(sorted(set(found) & set(intents.checked(conn, stored.pk)))) if found else ()


def note_opened(desk: Desk, actor: Actor, order_id: str) -> bool:
    """Remember that the person opened an order and renew their claim on it; whether anything was written.

    Neither is an action: there is no audit entry and no new version (spec 6, architecture 3). What was noted
    less than `RENEW_AFTER` ago stays, so that a profile that refreshes itself writes nothing.

    Raises:
        NoRight: They may open no orders.
    """
    noted = desk.opened_at.get((actor.name, order_id))
    elapsed = desk.clock.monotonic()
    if noted is not None and elapsed - noted < RENEW_AFTER:
        return False
    actor = authorise(desk, actor, Right.OPEN_ORDER, subject=order_id)
    now = desk.clock.now()
    with desk.store.write() as conn:
        actor = as_of_now(conn, actor)
        pk = orders.pk_of(conn, order_id)
        if pk is None:
            return False
        claims.opened(conn, actor.name, pk, to_micros(now))
        claim = claims.running(conn, pk, to_micros(now))
        if claim is not None and claim.person == actor.name:
            claims.put(conn, pk, replace(claim, until=now + desk.policy.claim_for))
    desk.opened_at[actor.name, order_id] = elapsed
    return True


def timeline(
    desk: Desk, actor: Actor, order_id: str, *, before: int | None = None, limit: int = 200
) -> tuple[TimelineEntry, ...]:
    """The audit entries of an order, newest first, without amounts the person may not see.

    Raises:
        Missing, NoRight: As for `order`.
    """
    actor = authorise(desk, actor, Right.OPEN_ORDER, subject=order_id)
    with desk.store.read() as conn:
        entries = audit.timeline(
            conn, find_order(conn, order_id).pk, before, min(max(limit, 1), LARGEST_PAGE)
        )
    authority = desk.policy.authority
    return tuple(masks.entry_for_actor(entry, actor, authority) for entry in entries)


def feed(desk: Desk, actor: Actor, limit: int = 50) -> tuple[FeedEntry, ...]:
    """What happened to orders and returns last, newest first (spec 7, Dashboard)."""
    authorise(desk, actor, Right.OPEN_ORDER)
    with desk.store.read() as conn:
        return lists.feed(conn, min(max(limit, 1), LARGEST_PAGE))


def recent(desk: Desk, actor: Actor, limit: int = 10) -> tuple[OrderSummary, ...]:
    """The orders the person opened last, newest first."""
    actor = authorise(desk, actor, Right.VIEW_OWN_WORK)
    with desk.store.read() as conn:
        return lists.recent(conn, actor.name, min(max(limit, 1), LARGEST_PAGE))


def shipping_methods(desk: Desk, actor: Actor, channel: str) -> tuple[str, ...]:
    """The shipping methods that the newest orders of a channel have, the usual ones first.

    Raises:
        NoRight: They may open no orders.
    """
    authorise(desk, actor, Right.OPEN_ORDER)
    with desk.store.read() as conn:
        return channels.methods(conn, channel)


def address_rules(desk: Desk, actor: Actor, country: str) -> AddressRules:
    """How a country writes addresses: the fields of its form in their order.

    Raises:
        NoRight: They may open no orders.
    """
    from oms_tui.desk.places.addresses import rules_of  # late: the rules of the world take a while to load

    authorise(desk, actor, Right.OPEN_ORDER)
    return rules_of(country)


def check_address(desk: Desk, actor: Actor, address: Address) -> AddressVerdict:
    """What the rules of its country say of an address that somebody types.

    Raises:
        NoRight: They may neither validate nor change addresses.
    """
    from oms_tui.desk.places import addresses

    authorise(desk, actor, Right.ADDRESS)
    return addresses.check_address(address)


def flow_standing(desk: Desk, actor: Actor) -> FlowStanding:
    """Whether flows go on: the workers that are alive, or since when flows stand still.

    Raises:
        NoRight: They may open no orders.
    """
    from oms_tui.desk.workers import standing  # late: it brings what workers send mail with

    authorise(desk, actor, Right.OPEN_ORDER)
    return standing(desk)


def readable_by(desk: Desk, actor: Actor, text: str) -> Filter:
    """A filter as typed; one that the person may not use is refused, and that is written.

    Raises:
        BadInput: It cannot be read, or is none that they may use.
        NoRight: They may see no lists.
    """
    actor = authorise(desk, actor, Right.FILTER_BASIC)
    is_limited = not allows(actor, Right.FILTER_ALL, desk.policy.authority)
    asked = filters.read(text, documented_only=is_limited)
    if is_limited:
        refusal = filters.what_is_not_allowed(asked, actor)
        if refusal is not None:
            refuse(desk, actor, Right.FILTER_ALL, str(refusal))
            raise refusal
    return asked


def _asked(desk: Desk, actor: Actor, text: str) -> ResolvedFilter:
    """The filter ready to be asked."""
    asked = readable_by(desk, actor, text)
    me = None if actor == LOCAL_ACTOR else actor.name
    return filters.make_ready(asked, desk.clock.now(), desk.zone, me)
