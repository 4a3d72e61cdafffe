"""Addresses by the rules of their country, offline (spec 3.3 Address Validation, spec 6)."""

import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from oms_tui.desk.places import labels, postal
from oms_tui.desk.places.countries import country_code, country_name, in_country
from oms_tui.desk.places.rules import Area, Areas, PlaceRules, has_codes_of_its_own, is_latin, place_rules
from oms_tui.domain.order import Address
from oms_tui.domain.world import AddressField, AddressRules, AddressVerdict, FieldProblem

_LONGEST_GUESS: Final = 80
"""Characters; for a longer name nothing near is looked for."""


def rules_of(country: str) -> AddressRules:
    """The form of a country's addresses; that of nowhere in particular where the country is not known."""
    code = country_code(country)
    rules = place_rules(code)
    fields = tuple(_field(name, code, rules) for name in rules.order)
    return AddressRules(
        country=code or country,
        name=country_name(code or country),
        fields=(*fields, AddressField("phone", labels.PHONE)),
    )


def check_address(address: Address) -> AddressVerdict:
    """What the rules of its country say of an address: the fields that fail, and the form they would write.

    Needed are what the country's post needs, and whom it is for. A field that the country does not use may
    hold anything: it is left as it is.
    """
    code = country_code(address.country)
    if not code:
        return AddressVerdict((_no_country(address.country),), _if_other(address, _tidy(address)))
    check = _Check(code, _tidy(replace(address, country=code)), [])
    tidy = check.run()
    return AddressVerdict(tuple(check.problems), _if_other(address, tidy))


def _no_country(country: str) -> FieldProblem:
    if not country.strip():
        return FieldProblem("country", "is needed: two letters, e.g. DE")
    return FieldProblem("country", "is no country that is known: two letters are, e.g. DE")


def _if_other(entered: Address, suggested: Address) -> Address | None:
    return None if suggested == entered else suggested


def _tidy(address: Address) -> Address:
    """The address without blanks that say nothing; its words as they are."""
    lines = (_plain(part) for line in address.street for part in line.splitlines())
    return replace(
        address,
        recipient=_plain(address.recipient),
        company=_plain(address.company),
        street=tuple(line for line in lines if line),
        city=_plain(address.city),
        area=_plain(address.area),
        postal_code=_plain(address.postal_code),
        country=_plain(address.country),
        phone=_plain(address.phone),
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(slots=True)
class _Check:
    """One address against the rules of one country."""

    country: str
    address: Address
    problems: list[FieldProblem]

    def run(self) -> Address:
        """Check every field; the address as the rules would write it."""
        address, rules = self.address, place_rules(self.country)
        where = in_country(self.country)
        if not address.recipient and not address.company:
            self._fail("recipient", "is needed: a person or a company")
        if not address.street and "street" in rules.required:
            self._fail("street", f"is needed in {where}")
        area, written_area = self._area(rules)
        here = place_rules(self.country, area.key) if area else rules
        city, written_city = self._city(rules, here, area)
        if area and city and has_codes_of_its_own(self.country, area.key, city.key):
            here = place_rules(self.country, area.key, city.key)
        code = self._postal_code(rules, here, area, city)
        return replace(address, area=written_area, city=written_city, postal_code=code)

    def _fail(self, field: str, reason: str) -> None:
        self.problems.append(FieldProblem(field, reason))

    def _area(self, rules: PlaceRules) -> tuple[Area | None, str]:
        text = self.address.area
        if "area" not in rules.order:
            return None, text
        if not text:
            if "area" in rules.required:
                self._fail("area", f"is needed in {in_country(self.country)}{_examples(rules.areas)}")
            return None, text
        return self._among("area", text, rules.areas, in_country(self.country))

    def _city(self, rules: PlaceRules, here: PlaceRules, area: Area | None) -> tuple[Area | None, str]:
        text = self.address.city
        if not text:
            if "city" in rules.required:
                self._fail("city", f"is needed in {in_country(self.country)}")
            return None, text
        known = here.cities
        if "city" not in rules.required and known.find(text) is None:
            return None, text  # a list that is no more than a help
        return self._among("city", text, known, area.shown if area else "")

    def _among(self, field: str, text: str, known: Areas, where: str) -> tuple[Area | None, str]:
        """The place of a list that is meant, and how to write it; without a list anything is right."""
        if not known:
            return None, text
        found = known.find(text, self.country)
        if found is not None:
            return found, _written(found, text)
        near = known.nearest(text) if len(text) <= _LONGEST_GUESS else None
        if near is None:
            self._fail(field, f"is no place in {where}{_examples(known)}")
            return None, text
        self._fail(field, f"is no place in {where}; {near.shown} is")
        return None, _written(near, text)

    def _postal_code(self, rules: PlaceRules, here: PlaceRules, area: Area | None, city: Area | None) -> str:
        text = self.address.postal_code
        if "postal_code" not in rules.order:
            return text
        if not text:
            if "postal_code" in rules.required:
                self._fail("postal_code", postal.needed(self.country, here))
            return text
        code, is_one = postal.normal_form(text, self.country, rules)
        place = city if city and here.postal_starts else area
        if not is_one:
            self._fail("postal_code", postal.in_words(self.country, rules))
        elif place and not postal.is_in_place(code, here):
            example = f": there it is like {here.examples[0]}" if here.examples != rules.examples else ""
            self._fail("postal_code", f"is not in {place.shown}{example}")
        return code


def _written(place: Area, text: str) -> str:
    """A place as its post writes it: by its code or name, in Latin script for who writes Latin script."""
    return place.latin or place.key if is_latin(text) and not is_latin(place.key) else place.key


def _examples(known: Areas) -> str:
    return f", e.g. {', '.join(place.shown for place in known.all[:2])}" if known else ""


def _field(name: str, country: str, rules: PlaceRules) -> AddressField:
    is_required = name in rules.required
    match name:
        case "recipient":
            return AddressField(
                name, labels.RECIPIENT, is_required=True, hint="a person, or the company below"
            )
        case "company":
            return AddressField(name, labels.COMPANY)
        case "area":
            choices = tuple((area.key, area.shown) for area in rules.areas.all)
            return AddressField(name, labels.area_label(country, rules.area_type), is_required, choices)
        case "city":
            return AddressField(name, labels.city_label(country, rules.city_type), is_required)
        case "postal_code":
            hint = f"e.g. {rules.examples[0]}" if rules.examples else ""
            return AddressField(name, labels.postal_label(country, rules.postal_type), is_required, hint=hint)
        case _:
            return AddressField(name, labels.STREET, is_required)
