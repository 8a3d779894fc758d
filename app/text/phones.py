"""Finds phone numbers and other long numbers in a clean text; dates are ruled out first. Pure.

Offsets count code points.
"""

import re
from collections.abc import Iterator

import phonenumbers

from app.text.contacts import Found

# The shortest run of digits that is hidden whatever it means, and the longest phone (E.164).
FEWEST, MOST = 8, 15

_RUN = re.compile(r"[+\uff0b(]{0,2}\d(?:[ ().\-/\u2010-\u2015\u2212]{0,3}\d){6,}")
_GAP = re.compile(r"\D+")
_DAY = re.compile(
    r"(?<!\d)(?<!\d[./\-+])(?:(\d{1,2})([./-])(\d{1,2})\2(?:\d{4}|\d{2})|\d{4}([./-])(\d{1,2})\4(\d{1,2}))"
    r"(?!\d|[./-]\d)"
)
_HOURS = re.compile(
    r"(?<![\d.:/-])([01]?\d|2[0-4])[.:]([0-5]\d) ?[-\u2013\u2014] ?([01]?\d|2[0-4])[.:]([0-5]\d)"
    r"(?!\d|[.:/-]\d)"
)
_YEARS = re.compile(
    r"(?<![\d+./-])((?:19|20)\d\d) ?[-/\u2013\u2014] ?((?:19|20)\d\d)(?!\d|[./-]\d)"
)


def phones(text: str, region: str | None = None) -> Iterator[Found]:
    """Numbers somebody could call (PHONE), and other runs of eight digits or more (NUMBER).

    `region` is the country, as in "DK", whose national numbers libphonenumber should know;
    without one it knows numbers written with a plus, and runs of digits stand for the rest.
    """
    if not any(len(_GAP.sub("", run.group())) > FEWEST - 2 for run in _RUN.finditer(text)):
        return
    text = _without_dates(text)
    if region or "+" in text or "\uff0b" in text:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            yield match.start, match.end, "PHONE"
    for run in _RUN.finditer(text):
        digits = _GAP.sub("", run.group())
        if len(digits) >= FEWEST:
            glued = text[run.start() - 1 : run.start()].isalpha()  # as in an IBAN
            callable_ = not glued and _is_callable(run, digits)
            yield run.start(), run.end(), "PHONE" if callable_ else "NUMBER"


def warm_up() -> None:
    """Loads what libphonenumber would otherwise load on a customer's first number (70 ms)."""
    for region in phonenumbers.SUPPORTED_REGIONS:
        phonenumbers.PhoneMetadata.metadata_for_region(region)
    list(phones("+1 212 555 0123, +45 20 12 34 56"))


def _is_callable(run: re.Match[str], digits: str) -> bool:
    """Begins like a phone number or is grouped like one; nothing is said about plain digits."""
    first = run.group()[0]
    begins = first in "+(\uff0b" or digits.startswith("0")
    grouped = len(_GAP.findall(run.group())) >= 2
    return len(digits) <= MOST and (begins or grouped)


def _without_dates(text: str) -> str:
    """The same text with days, opening hours and spans of years blanked, of the same length."""
    text = _DAY.sub(_day, text)
    text = _HOURS.sub(_blank, text)
    return _YEARS.sub(_years, text)


def _day(found: re.Match[str]) -> str:
    """Blank when day and month are possible, in either order or behind the year."""
    one, _, two, _, month, day = found.groups()
    pairs = [(month, day)] if month else [(one, two), (two, one)]
    possible = any(1 <= int(m) <= 12 and 1 <= int(d) <= 31 for m, d in pairs)
    return _blank(found) if possible else found.group()


def _years(found: re.Match[str]) -> str:
    return _blank(found) if int(found[1]) <= int(found[2]) else found.group()


def _blank(found: re.Match[str]) -> str:
    return "\0" * len(found.group())
