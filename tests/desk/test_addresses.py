"""Correcting an address through the desk, country by country (spec 6, Correct address; issue 3)."""

import pytest

from oms_tui.desk import ask, commit
from oms_tui.desk.errors import StateRefuses
from oms_tui.domain.order import Address, Hold
from oms_tui.domain.people import Role
from oms_tui.domain.status import HoldKind
from tests.build import NOON, line, order
from tests.desk.conftest import add_person, take_in

KEY = "a" * 32
DE = Address(
    recipient="Hans Müller", street=("Hauptstr. 1",), city="Berlin", postal_code="1011", country="DE"
)
US = Address(
    recipient="Maria Begay", street=("133 Elm Ave Apt 4",), city="Boise", area="ID", postal_code="837",
    country="US",
)  # fmt: skip
JP = Address(
    recipient="小林 太郎", street=("本町71-5",), city="大阪市中央区", area="大阪府", postal_code="541-00",
    country="JP",
)  # fmt: skip
BR = Address(
    recipient="Antônio Gonçalves", street=("Rua das Flores 12",), city="São Paulo", area="SP",
    postal_code="0131010", country="BR",
)  # fmt: skip


def at(address: Address) -> object:
    hold = Hold(number=1, kind=HoldKind.ADDRESS, reason="postal code", placed_at=NOON, placed_by="system")
    return order(line(1), ship_to=address, bill_to=address, holds=(hold,))


@pytest.mark.parametrize(
    ("address", "bad", "good"),
    [(DE, "10", "10115"), (US, "8370", "83702"), (JP, "5410053x", "541-0053"), (BR, "01310", "01310-100")],
    ids=["DE", "US", "JP", "BR"],
)
def test_a_bad_code_is_refused_and_a_good_one_releases_the_hold(desk, address, bad, good):
    take_in(desk, at(address))
    ana = add_person(desk, "ana", Role.CS)
    with pytest.raises(StateRefuses) as refused:
        commit.commit(desk, ana, "order.address", "10427", {"postal_code": bad}, version=1, key=KEY)
    assert "order.force" in [one.fix for one in refused.value.blockers]
    assert ask.order(desk, ana, "10427").order.ship_to == address
    commit.commit(desk, ana, "order.address", "10427", {"postal_code": good}, version=1, key=KEY)
    now = ask.order(desk, ana, "10427").order
    assert now.ship_to.postal_code == good
    assert (now.ship_to.recipient, now.ship_to.area) == (address.recipient, address.area)
    assert now.open_holds() == ()
