"""Countries: all 249 of ISO 3166 have a name, a part of the world and a distance to every other."""

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.desk.places import countries
from oms_tui.desk.places.countries import country_code, country_name, distance, in_country, iso_codes, region
from oms_tui.domain.order import Channel
from oms_tui.exchange.sample import world


def test_there_are_249_and_babel_names_each():
    assert len(iso_codes()) == 249
    names = Locale("en").territories
    assert {code: country_name(code) for code in iso_codes()} == {code: names[code] for code in iso_codes()}
    assert len(countries.countries()) == 249
    assert countries.countries()[0] == ("AF", "Afghanistan")


def test_what_is_no_country_keeps_its_words():
    assert (country_name("XX"), country_name(""), country_name("Nowhere")) == ("XX", "", "Nowhere")
    assert in_country("US") == "the United States"
    assert in_country("DE") == "Germany"


@pytest.mark.parametrize("code", sorted(iso_codes()))
def test_a_country_is_found_by_code_and_name(code: str):
    assert country_code(code.lower()) == code
    assert country_code(f" {country_name(code).upper()} ") == code


def test_every_country_but_antarctica_is_in_one_part_of_the_world():
    found = {code: region(code) for code in iso_codes()}
    assert {code for code, name in found.items() if not name} == {"AQ"}
    assert set(found.values()) == {"EMEA", "AMER", "APAC", ""}
    assert (region("XX"), region("")) == ("", "")


@pytest.mark.parametrize("channel", world.CHANNELS, ids=lambda channel: channel.code)
def test_channels_and_countries_use_the_same_words(channel: Channel):
    assert region(channel.country) == channel.region


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ("DE", "AT", 524),
        ("DE", "US", 6715),
        ("GB", "FR", 344),
        ("BR", "JP", 17665),
        ("AU", "NZ", 2325),
        ("KW", "IN", 2812),
        ("RU", "UA", 756),
        ("US", "CA", 734),
    ],
)
def test_capitals_are_as_far_apart_as_an_atlas_says(one: str, other: str, km: int):
    found = distance(one, other)
    assert found is not None
    assert abs(found - km) <= max(30, km // 50)


def test_distances_are_those_of_a_ball():
    codes = sorted(iso_codes())
    for one in codes:
        assert distance(one, one) == 0
        for other in codes:
            found = distance(one, other)
            assert found is not None
            assert 0 <= found <= 20_016
            assert found == distance(other, one)
    assert distance("XX", "DE") is None
    assert distance("DE", "") is None


@given(st.text())
def test_any_text_is_a_country_or_none(text: str):
    assert country_code(text) == "" or country_code(text).isalpha()
    country_name(text)
    region(text)
    distance(text, "DE")
