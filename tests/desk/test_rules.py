"""The flow's rules as the settings give them (spec 3.3)."""

from datetime import timedelta
from typing import get_args

import pytest

from oms_tui.config import (
    ChannelFraudSettings,
    DeskSettings,
    FlowSettings,
    FraudSettings,
    PriceSettings,
    Settings,
)
from oms_tui.config.sections import SIGNS
from oms_tui.desk.desk import policy_of
from oms_tui.desk.errors import Unusable
from oms_tui.desk.rules import flow_rules
from oms_tui.domain.rules import EUROPEAN_UNION, FlowRules, FraudRules, FraudSign
from oms_tui.verbs import Policy


def test_what_is_not_set_is_as_the_domain_has_it():
    policy = policy_of(Settings())
    assert policy.flow == FlowRules()
    assert policy.adjustment_reasons == Policy().adjustment_reasons


def test_the_settings_name_every_sign():
    assert get_args(SIGNS) == tuple(sign.value for sign in FraudSign)


def test_what_is_set_counts():
    policy = policy_of(
        Settings(
            desk=DeskSettings(remorse_minutes=0, task_interval_minutes=5),
            flow=FlowSettings(
                remorse_minutes={"web-us": 60},
                customs_unions=("EU MC", "CH LI"),
                approve_above=("1000 EUR", "150000 JPY", "1,234.500 KWD"),
                approve_guest_above=("99.99 USD",),
            ),
            fraud=FraudSettings(
                hold_for=("all differ",),
                allowed_pairs=("DE>AT",),
                channels={
                    "web-us": ChannelFraudSettings(hold_for=()),
                    "web-jp": ChannelFraudSettings(allowed_pairs=("JP>KR",)),
                },
            ),
            price=PriceSettings(reasons={"late": 12}),
        )
    )
    flow = policy.flow
    assert (flow.interval, flow.remorse) == (timedelta(minutes=5), timedelta())
    assert flow.remorse_of("web-us") == timedelta(hours=1)
    assert flow.customs_unions == (EUROPEAN_UNION | {"MC"}, frozenset({"CH", "LI"}))
    assert flow.approve_above == {"EUR": 100_000, "JPY": 150_000, "KWD": 1_234_500}
    assert flow.approve_guest_above == {"USD": 9_999}
    signs, pairs = frozenset({FraudSign.ALL_DIFFER}), frozenset({("DE", "AT")})
    assert flow.fraud == FraudRules(hold_for=signs, allowed_pairs=pairs)
    assert flow.fraud_of("web-us") == FraudRules(hold_for=frozenset(), allowed_pairs=pairs)
    assert flow.fraud_of("web-jp") == FraudRules(hold_for=signs, allowed_pairs=frozenset({("JP", "KR")}))
    assert policy.adjustment_reasons == {"late": 12}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            Settings(flow=FlowSettings(approve_above=("10.5 JPY",))),
            "settings: flow.approve_above: 10.5 has 1 decimal; JPY has none.",
        ),
        (Settings(flow=FlowSettings(approve_above=("1,000 EUR",))), "can be read in two ways"),
        (Settings(flow=FlowSettings(approve_guest_above=("1 XYZ",))), "settings: flow.approve_guest_above: "),
        (
            Settings(flow=FlowSettings(approve_above=("1 EUR", "2 EUR"))),
            "settings: flow.approve_above: There are two amounts in EUR.",
        ),
        (
            Settings(flow=FlowSettings(customs_unions=("EU QQ",))),
            "settings: flow.customs_unions: QQ is no country.",
        ),
        (
            Settings(fraud=FraudSettings(allowed_pairs=("DE>XX",))),
            "settings: fraud.allowed_pairs: XX is no country.",
        ),
        (
            Settings(fraud=FraudSettings(channels={"a": ChannelFraudSettings(allowed_pairs=("ZZ>DE",))})),
            "settings: fraud.channels.a.allowed_pairs: ZZ is no country.",
        ),
    ],
)
def test_what_is_no_country_or_amount_is_named_with_its_key(settings: Settings, message: str):
    with pytest.raises(Unusable) as error:
        flow_rules(settings)
    assert message in str(error.value)
