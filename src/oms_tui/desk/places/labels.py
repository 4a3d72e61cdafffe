"""What the fields of an address are called, country by country."""

from typing import Final

_POSTAL: Final = {
    **dict.fromkeys(("DE", "AT", "CH", "LI"), "PLZ"),
    **dict.fromkeys(("GB", "NL", "AU", "NZ", "ZA", "GG", "JE", "IM", "MY"), "Postcode"),
    **dict.fromkeys(("ES", "MX", "AR", "CL", "CO", "PE", "UY", "EC", "CR", "GT"), "Código postal"),
    **dict.fromkeys(("FR", "BE", "LU", "MC", "MA", "TN", "DZ", "SN", "RE", "GP", "MQ", "GF"), "Code postal"),
    **dict.fromkeys(("IT", "SM", "VA"), "CAP"),
    **dict.fromkeys(("PT", "AO", "MZ", "CV"), "Código postal"),
    **dict.fromkeys(("CZ", "SK"), "PSČ"),
    **dict.fromkeys(("DK", "NO"), "Postnummer"),
    "BR": "CEP",
    "SE": "Postnummer",
    "FI": "Postinumero",
    "PL": "Kod pocztowy",
    "UA": "Postal index",
    "RU": "Postal index",
    "CN": "Postcode (邮编)",
    "JP": "Postal code (〒)",
}
"""Country -> its own word for the postal code, where agents and customers know that word."""
_POSTAL_BY_TYPE: Final = {"zip": "ZIP code", "pin": "PIN code", "eircode": "Eircode"}
_AREA: Final = {"CL": "Region", "IT": "Province", "GB": "County"}
_AREA_BY_TYPE: Final = {"do_si": "Province or city", "area": "Area"}
_CITY: Final = {"JP": "City or ward", "CL": "Comuna", "BR": "Municipality", "SG": "City"}
_CITY_BY_TYPE: Final = {"post_town": "Post town"}


def postal_label(country: str, kind: str) -> str:
    """The country's word for its postal code; `kind` as the rules give it."""
    return _POSTAL.get(country) or _POSTAL_BY_TYPE.get(kind, "Postal code")


def area_label(country: str, kind: str) -> str:
    """The country's word for its state, province or prefecture."""
    return _AREA.get(country) or _AREA_BY_TYPE.get(kind, kind.capitalize())


def city_label(country: str, kind: str) -> str:
    """The country's word for the town an address is in."""
    return _CITY.get(country) or _CITY_BY_TYPE.get(kind, kind.capitalize())


RECIPIENT: Final = "Recipient"
COMPANY: Final = "Company"
STREET: Final = "Street"
PHONE: Final = "Phone"
