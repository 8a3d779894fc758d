"""Details: what else a delivery says of its customer, beside name and e-mail. Pure.

Attributes are named by whoever set the survey up, so a name tells as much as the form of a value.
What says where and by whom a customer was served is never a detail: it stays readable.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from app.text.contacts import Found
from app.text.folding import fold

# Words of an attribute's name that speak of the house and not of the customer.
_OURS_TEXT = """
    employee agent staff seller advisor technician team store shop site branch location department
    device ip network transaction channel product item sku segment region country language plan
    campaign survey queue source medium version score date time at
"""
_KINDS_TEXT = {
    "PHONE": "phone telephone tel mobile cell msisdn whatsapp fax telefon mobil handy gsm telefono"
    " movil portable telefoon",
    "PERSON": "name firstname lastname fullname surname forename first last given family nickname"
    " navn fornavn efternavn vorname nachname naam voornaam achternaam prenom nom nombre apellido"
    " apellidos contact",
    "ADDRESS": "address street zip zipcode postcode postal plz adresse adres direccion strasse"
    " straat vej calle postnummer",
    "EMAIL": "email mail",
    "NATIONAL_ID": "passport cpr ssn dni bsn nino birth birthday dob taxid",
    "ORDER": "order ordre bestellung bestelling commande pedido invoice faktura rechnung facture"
    " factura booking reservation ticket case account customer client kunde klant cliente member"
    " membership contract policy reference ref tracking loyalty parcel shipment plate vin"
    " registration serial id number no nr",
}
_OURS = frozenset(_OURS_TEXT.split())
_KINDS = {kind: frozenset(words.split()) for kind, words in _KINDS_TEXT.items()}
_NAME_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*")
_BETWEEN = r"[ ().\-/\u2010-\u2015]{0,3}"
# Fewer digits than a phone's own, without its country and area.
_PHONE_CORE = 7
_FEWEST_DIGITS, _FEWEST_SIGNS, _MOST_SIGNS = 3, 4, 120
# What nobody named counts by its form alone from so many digits.
_TELLING_DIGITS = 6


class Detail(NamedTuple):
    """A value of the delivery that is hidden where it stands, as the `kind` it is."""

    kind: str
    value: str


def personal(attributes: Mapping[str, object]) -> tuple[Detail, ...]:
    """The attributes that point at the customer; the house's own (employee, store, …) do not."""
    found = []
    for name, given in attributes.items():
        value = str(given).strip()
        kind = _kind(name, value) if 0 < len(value) <= _MOST_SIGNS else None
        if kind:
            found.append(Detail(kind, value))
    return tuple(found)


def found(text: str, details: tuple[Detail, ...]) -> Iterator[Found]:
    """Where these values stand, whatever separates their digits; names are found word by word."""
    for kind, value in details:
        pattern = _pattern(kind, value) if kind != "PERSON" else None
        if pattern:
            for match in pattern.finditer(text):
                yield match.start(), match.end(), kind


def _kind(name: str, value: str) -> str | None:
    words = {fold(part) for part in _NAME_PARTS.findall(name)}
    if words & _OURS or _DATE.fullmatch(value):
        return None
    digits = sum(map(str.isdigit, value))
    for kind, telling in _KINDS.items():
        if words & telling:
            needs_digits = kind in ("PHONE", "ORDER", "NATIONAL_ID")
            return kind if digits >= _FEWEST_DIGITS or not needs_digits else None
    if "@" in value:
        return "EMAIL"
    is_plain = " " not in value.strip("+") or not any(map(str.isalpha, value))
    return "ORDER" if digits >= _TELLING_DIGITS and is_plain else None


@lru_cache(maxsize=512)
def _pattern(kind: str, value: str) -> re.Pattern[str] | None:
    signs = [sign for sign in value if sign.isalnum()]
    if len(signs) < _FEWEST_SIGNS:
        return None
    before, first = r"(?<![^\W_])", 0
    if kind == "PHONE" and len(signs) > _PHONE_CORE:
        # +45 20 12 34 56, 0045…, (020) 12…: the same end, another beginning.
        first = len(signs) - _PHONE_CORE
        before = rf"(?<!\d)[+(]{{0,2}}(?:\d{_BETWEEN}){{0,8}}?"
    written = _BETWEEN.replace(" ", r"\s,") if kind == "ADDRESS" else _BETWEEN
    body = written.join(re.escape(sign) for sign in signs[first:])
    return re.compile(rf"{before}{body}(?![^\W_])", re.IGNORECASE)
