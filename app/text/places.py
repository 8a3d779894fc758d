"""Finds postal addresses in a clean text: a street with its number, a postcode and town. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache

from app.text.contacts import Found
from app.text.lexicon import lexicons

_NAME = r"[A-Z\u00c0-\u00de][\w'\u2019-]*"
_HOUSE = r"\d{1,4} ?[A-Za-z]?(?![\w])(?:[-/]\d{1,4}[a-z]?)?"
_UK = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_TOWN = rf"{_NAME}(?:[ -](?:am|an der|aan den|sur|sous|de|la|le|den|der|upon|{_NAME})){{0,3}}"
# Behind a street: flat or floor, postcode and town in either order.
_TAIL = (
    rf"(?:,? ?(?:st|kl|\d{{1,2}})\.? ?(?:th|tv|mf|sal|\u00e9tage|OG)\b\.?|,? ?\d\u00ba ?[A-Z]?)?"
    rf"(?:,? ?(?:[A-Z]{{1,2}}-)?(?:\d{{4}} ?[A-Z]{{2}}\b|\d{{5}}|\d{{4}}) {_TOWN}"
    rf"|(?:,? {_TOWN})?,? {_UK}\b|(?:, {_TOWN})?,? [A-Z]{{2}} \d{{5}}\b"
    rf"|,? (?:in|i|te|\u00e0|en) {_NAME}(?=[,.!?]|$)"
    rf"|, {_NAME}(?=[,.!?]|$))?"
)
_POSTCODES = re.compile(
    rf"(?:{_NAME} )?(?<!\w){_UK}(?!\w)|(?<!\w)\d{{4}} ?[A-Z]{{2}},? {_NAME}"
    rf"|(?<=, )\d{{5}} {_NAME}|(?i:(?:PLZ|postnummer|postcode|code postal|zip|c\.p\.))"
    r" (?:is |er |ist )?(?=[\w ]{0,6}\d)[\w ]{4,7}\b"
)
_NO_TOWN = re.compile(r"\d{4,5} (?:Euro?|Kunden|Points?|Punkte|Clients?|People|Kroner|Pounds)\b")


def addresses(text: str) -> Iterator[Found]:
    """Streets with a house number, and postcodes that show by their form."""
    if not any(map(str.isdigit, text)):
        return
    for pattern in (*_streets(), _POSTCODES):
        for match in pattern.finditer(text):
            if not _NO_TOWN.fullmatch(match.group()):
                yield match.start(), match.end(), "ADDRESS"


@lru_cache(maxsize=1)
def _streets() -> tuple[re.Pattern[str], ...]:
    """From the words of all languages: 12 Maple Street, Vestergade 12, 14 rue X, Calle X 15."""
    after, ending = _either("street_after"), _either("street_ending")
    before, postal = _either("street_before"), _either("postal")
    flat = rf"(?:(?i:{postal}) \w{{1,5}},? )?"
    return tuple(
        re.compile(pattern + _TAIL)
        for pattern in (
            rf"(?<![\w.]){flat}\d{{1,5}}[A-Za-z]?,? (?:{_NAME} ){{1,3}}(?i:{after})(?!\w)\.?",
            rf"(?<!\w)(?:{_NAME}[ -]){{0,2}}[A-Z\u00c0-\u00de][\w-]{{2,}}(?:{ending})\.? {_HOUSE}",
            rf"(?<!\w)(?:{_NAME}[ -]){{1,2}}(?i:{ending})\.? {_HOUSE}",
            rf"(?<![\w.])\d{{1,4}}(?: ?bis| ?ter)?,? "
            rf"(?i:{before}) (?:d(?:e|u|es)? ?(?:la |l'|l\u2019)?)?"
            rf"{_NAME}"
            rf"(?:[ -](?:d[eu]s?|la|le|les|{_NAME})){{0,4}}",
            rf"(?<!\w)(?i:{before}) (?:de |del |la |las |los |der |den )*{_NAME}"
            rf"(?: (?:de|del|la|y|{_NAME})){{0,3}},? (?:n\u00ba ?|n\u00famero |n\.\u00ba ?|nr\.? )?"
            rf"{_HOUSE}",
            r"(?<!\w)(?i:p\.? ?o\.? box|postboks|postbus|postfach|apartado(?: de correos)?|bp)"
            r" \d{2,6}",
        )
    )  # fmt: skip


def _either(section: str) -> str:
    """The words of a section in all languages, longest first."""
    words = {word for lexicon in lexicons().values() for word in lexicon.words[section]}
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
