"""The country of a phone number (spec 3.3, Fraud Check)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.desk.places.countries import iso_codes
from oms_tui.desk.places.phones import phone_country
from oms_tui.exchange.sample import world


@pytest.mark.parametrize(
    ("phone", "default", "country"),
    [
        ("+49 30 1234567", "US", "DE"),
        ("0049 30 1234567", "US", "DE"),
        ("030 1234567", "DE", "DE"),
        ("(212) 555-0123", "US", "US"),
        ("+1 212 555 0123", "DE", "US"),
        ("+1 604 681 0123", "US", "CA"),
        ("+44 1481 712345", "GB", "GG"),
        ("+7 727 250 1234", "RU", "KZ"),
        ("+81 3 1234 5678", "", "JP"),
        ("030 1234567", "", ""),
        ("+800 1234 5678", "DE", ""),
        ("+999 1234", "DE", ""),
        ("1", "DE", ""),
        ("", "DE", ""),
        ("call me", "DE", ""),
        ("030 1234567", "ZZ", ""),
        ("+49" + "1" * 100, "DE", ""),
    ],
)
def test_a_number_is_read_in_its_own_country(phone: str, default: str, country: str):
    assert phone_country(phone, default) == country


@pytest.mark.parametrize("country", world.COUNTRIES.values(), ids=lambda country: country.code)
def test_the_phones_of_the_sample_data_are_of_their_countries(country: world.Country):
    assert phone_country(country.phone.replace("#", "2"), "") == country.code


@given(st.text(), st.sampled_from(sorted(iso_codes())) | st.text())
def test_any_text_is_of_a_country_or_of_none(phone: str, default: str):
    assert phone_country(phone, default) == "" or len(phone_country(phone, default)) == 2
