"""The rules that flow steps go by, made from the settings (spec 3.3)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from oms_tui.config import ConfigError, Settings
from oms_tui.desk.errors import Unusable
from oms_tui.domain.money import MoneyError, parse_amount
from oms_tui.domain.rules import EUROPEAN_UNION, FlowRules, FraudRules, FraudSign

_EU = "EU"


def flow_rules(settings: Settings) -> FlowRules:
    """The flow's rules.

    Raises:
        Unusable: A country or an amount in the settings is none; the message names the key.
    """
    desk, flow, fraud = settings.desk, settings.flow, settings.fraud
    try:
        default = FraudRules(
            hold_for=_signs(fraud.hold_for), allowed_pairs=_pairs("fraud", fraud.allowed_pairs)
        )
        return FlowRules(
            interval=timedelta(minutes=desk.task_interval_minutes),
            remorse=timedelta(minutes=desk.remorse_minutes),
            authorization_wait=timedelta(minutes=flow.authorization_wait_minutes),
            remorse_by_channel={code: timedelta(minutes=x) for code, x in flow.remorse_minutes.items()},
            fraud=default,
            fraud_by_channel={
                code: FraudRules(
                    hold_for=default.hold_for if own.hold_for is None else _signs(own.hold_for),
                    allowed_pairs=default.allowed_pairs
                    if own.allowed_pairs is None
                    else _pairs(f"fraud.channels.{code}", own.allowed_pairs),
                )
                for code, own in fraud.channels.items()
            },
            customs_unions=tuple(_union(countries) for countries in flow.customs_unions),
            approve_above=_amounts("flow.approve_above", flow.approve_above),
            approve_guest_above=_amounts("flow.approve_guest_above", flow.approve_guest_above),
        )
    except ConfigError as error:
        raise Unusable(str(error)) from error


def _signs(words: Iterable[str]) -> frozenset[FraudSign]:
    return frozenset(map(FraudSign, words))


def _pairs(section: str, texts: Iterable[str]) -> frozenset[tuple[str, str]]:
    pairs = set()
    for text in texts:
        bill_to, _, ship_to = text.partition(">")
        _check_countries(f"{section}.allowed_pairs", (bill_to, ship_to))
        pairs.add((bill_to, ship_to))
    return frozenset(pairs)


def _union(text: str) -> frozenset[str]:
    codes = text.split(" ")
    _check_countries("flow.customs_unions", (code for code in codes if code != _EU))
    members = EUROPEAN_UNION if _EU in codes else frozenset[str]()
    return members | {code for code in codes if code != _EU}


def _check_countries(key: str, codes: Iterable[str]) -> None:
    unknown = tuple(codes)
    if not unknown:
        return
    from oms_tui.desk.places.countries import is_country  # late: most shops name none

    for code in unknown:
        if not is_country(code):
            raise ConfigError("settings", key, f"{code} is no country.")


def _amounts(key: str, texts: Iterable[str]) -> Mapping[str, int]:
    """Minor units by currency."""
    amounts: dict[str, int] = {}
    for text in texts:
        figure, _, currency = text.rpartition(" ")
        if currency in amounts:
            raise ConfigError("settings", key, f"There are two amounts in {currency}.")
        try:
            amounts[currency] = parse_amount(figure, currency).minor
        except MoneyError as error:
            raise ConfigError("settings", key, str(error)) from None
    return amounts
