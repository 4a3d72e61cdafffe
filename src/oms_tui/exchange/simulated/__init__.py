"""The world outside, played: warehouse, carrier, payment provider, shops and customers for sample data (spec
3.3, `demo --live`)."""

from oms_tui.exchange.simulated.outside import Outside
from oms_tui.exchange.simulated.words import Goods, Odds, Word

__all__ = ["Goods", "Odds", "Outside", "Word"]
