"""Sample data of our own making: seeded, dated relative to today, every state of an order in it (spec 9,
`demo`)."""

from oms_tui.exchange.sample.generate import SampleBatch, generate
from oms_tui.exchange.sample.world import SAMPLE_PEOPLE, SEED

__all__ = ["SAMPLE_PEOPLE", "SEED", "SampleBatch", "generate"]
