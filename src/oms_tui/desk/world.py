"""The world outside an order, for verbs and flow steps: asked in the transaction in which they decide, and
only what they ask (architecture 4)."""

from zoneinfo import ZoneInfo

from oms_tui.desk.desk import Desk
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.order import Address, Order
from oms_tui.domain.world import AddressVerdict, World
from oms_tui.store import history, references, series, stock
from oms_tui.store.engine import Connection


def world_of(desk: Desk, conn: Connection, *, numbers: bool) -> World:
    """The outside as it is in this transaction.

    Args:
        desk: The desk.
        conn: The transaction's connection; no question may be asked after its end.
        numbers: Whether numbers of documents are drawn. Never for a preview: a number that is drawn is used.
    """

    def document_number(order: Order, kind: DocumentKind) -> str:
        if not numbers:
            return ""
        entity = desk.entity(order.selling_entity)
        zone = ZoneInfo(entity.time_zone) if entity.time_zone else desk.zone
        year = desk.clock.now().astimezone(zone).year
        return series.draw(conn, order.selling_entity, kind, year, entity.series)

    return World(
        locations=stock.locations(conn),
        free_stock=lambda sku: stock.free(conn, sku),
        check_address=_check_address,
        phone_country=_phone_country,
        region=_region,
        distance=_distance,
        history=lambda order: history.history_of(conn, order),
        document_number=document_number,
        reference_owner=lambda order, reference: references.owner_of(conn, reference, order.id),
    )


# The rules of countries and telephones take a while to load: not before somebody asks.


def _check_address(address: Address) -> AddressVerdict:
    from oms_tui.desk.places.addresses import check_address

    return check_address(address)


def _phone_country(phone: str, default: str) -> str:
    from oms_tui.desk.places.phones import phone_country

    return phone_country(phone, default)


def _region(country: str) -> str:
    from oms_tui.desk.places.countries import region

    return region(country)


def _distance(one: str, other: str) -> int | None:
    from oms_tui.desk.places.countries import distance

    return distance(one, other)
