"""The shops: new orders as a shop sends them, with nothing done to them yet."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from oms_tui.domain.order import Order
from oms_tui.domain.status import Cause, LineStatus
from oms_tui.exchange.sample.build import Builder
from oms_tui.exchange.sample.parts import person_of
from oms_tui.exchange.sample.reasons import misspelled
from oms_tui.exchange.sample.scenarios import Pay, Scenario
from oms_tui.exchange.sample.world import FAR_FROM
from oms_tui.exchange.simulated.dice import Dice
from oms_tui.exchange.simulated.words import Odds

CUSTOMERS: Final = 500
"""So many different people order."""
_ON_ITS_WAY: Final = timedelta(seconds=2)
"""How long an order takes from the shop to us."""
_NEW: Final = Scenario(
    name="as sent",
    weight=1,
    line=LineStatus.PENDING_ALLOCATION,
    cause=Cause.ACCEPTED,
    pay=Pay.ASKED,
    age=(0, 0),
)


def new_order(number: int, now: datetime, *, seed: int, odds: Odds) -> Order:
    """The order of that number, just placed: its payment is asked for, everything else is still to do.

    The same number, seed and moment give the same order.
    """
    dice = Dice(seed, str(number))
    rng = random.Random(f"{seed}|{number}")  # noqa: S311 - made-up orders, no secret
    placed = (now - _ON_ITS_WAY).replace(microsecond=0)
    order, _, _ = Builder(rng, now, customers=CUSTOMERS).build(number, _NEW, placed)
    if dice.hits(odds.misspelled, "misspelled"):
        order = replace(order, ship_to=misspelled(order.ship_to))
    elif dice.hits(odds.far, "far"):
        _, bill_to, _ = person_of(FAR_FROM[order.channel.region], number)
        payments = tuple(
            replace(one, card_country=bill_to.country) if one.masked_card else one for one in order.payments
        )
        order = replace(order, bill_to=bill_to, payments=payments)
    return replace(order, tasks=(), notes=())
