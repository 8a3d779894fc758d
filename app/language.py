"""Language: in which tongue something is said, and how numbers, dates and lists are written in it.

Words live in `app/locales/<language>/<room>.po`, one catalogue for each room that speaks. They are
read when they are first needed, so there is nothing to compile. Whoever draws for a reader says
`with speaking("de"):`; everything below then asks here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations
from babel.units import format_unit

CATALOGUES = Path(__file__).parent / "locales"
# English needs no catalogue: it is what stands in the code.
LANGUAGES = ("en", "de", "nl", "da", "fr", "es")
# Where the name of a language alone would mean one country's habits.
_HOME = {"en": "en_GB"}
# Keep a sign on the left of its digits where text runs from right to left: an isolate and its end.
LEFT_TO_RIGHT, BACK = "\u2066", "\u2069"


@dataclass(frozen=True)
class Tongue:
    """`code` is what `lang` says on a page; `formats` writes numbers and dates."""

    code: str
    formats: Locale
    words: NullTranslations

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return str(self.formats.text_direction)


@cache
def tongue(wanted: str | None) -> Tongue:
    """The nearest there is to a language such as `de` or `pt-BR`; English when there is none."""
    try:
        asked = Locale.parse(wanted or "en", sep="-")
    except (ValueError, UnknownLocaleError):
        asked = Locale("en")
    if asked.language not in LANGUAGES:
        asked = Locale("en")
    formats = Locale.parse(_HOME.get(str(asked), str(asked)))
    return Tongue(asked.language, formats, _words(asked.language))


def accepted(header: str) -> str | None:
    """Which of our languages an `Accept-Language` header likes best; None when it knows none."""
    liked: list[tuple[float, str]] = []
    for part in header.lower().split(",")[:20]:
        name, _, weight = part.partition(";q=")
        code = name.strip().split("-")[0]
        with suppress(ValueError):
            liked.append((-float(weight or 1), code))
    return next((code for weight, code in sorted(liked) if weight and code in LANGUAGES), None)


_spoken: ContextVar[Tongue | None] = ContextVar("spoken", default=None)


def spoken() -> Tongue:
    """The tongue of whoever is drawn for; English where nobody said."""
    return _spoken.get() or tongue("en")


@contextmanager
def speaking(wanted: str | Tongue | None) -> Iterator[None]:
    """Says everything within in this language."""
    token = _spoken.set(wanted if isinstance(wanted, Tongue) else tongue(wanted))
    try:
        yield
    finally:
        _spoken.reset(token)


def lookup(text: str) -> str:
    """The words for an English text, its places for facts still open."""
    return spoken().words.gettext(text)


def lookup_plural(one: str, many: str, number: int) -> str:
    """The same where a number decides the form."""
    return spoken().words.ngettext(one, many, number)


def gettext(text: str, **facts: object) -> str:
    """`%(name)s` in the text are the facts; a percent sign of its own is written twice."""
    return lookup(text) % facts


def ngettext(one: str, many: str, number: int, **facts: object) -> str:
    """Likewise; `%(n)s` is the number as it is written."""
    return lookup_plural(one, many, number) % {"n": count(number), **facts}


def count(number: int) -> str:
    """1284567 as this language groups it."""
    return format_decimal(number, locale=spoken().formats)


def percent(share: float) -> str:
    """0.82 as "82 %", the sign where this language puts it."""
    return format_percent(share, locale=spoken().formats)


def figure(shown: str) -> str:
    """A signed score within a sentence."""
    return f"{LEFT_TO_RIGHT}{shown}{BACK}" if spoken().direction == "rtl" else shown


def day(on: date) -> str:
    """A day of a year that is known, such as 1 Sept."""
    return format_skeleton("MMMd", on, locale=spoken().formats)


def weekday(on: date) -> str:
    """Tue."""
    return format_date(on, "EEE", locale=spoken().formats)


def hours(number: int) -> str:
    """4 h, as short as this language writes it."""
    return format_unit(number, "duration-hour", "short", locale=spoken().formats)


def month(on: date, *, year: bool = False) -> str:
    """March, or March 2026."""
    if year:
        return format_skeleton("yMMMM", on, locale=spoken().formats)
    return format_date(on, "LLLL", locale=spoken().formats)


def joined(names: Sequence[str]) -> str:
    """One name, two with "and" between, more with commas before it."""
    return format_list(list(names), locale=spoken().formats) if names else ""


def _words(language: str) -> NullTranslations:
    merged = Translations()
    for path in sorted((CATALOGUES / language).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        merged.merge(Translations(compiled))
    return merged
