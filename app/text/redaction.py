"""Takes what points at the customer out of a comment: names, e-mail, links, phones. Pure.

Spans are code point offsets of the comment as it was given.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.text import contacts, known, numbers, phones, places
from app.text.clean import Clean, clean
from app.text.contacts import Found
from app.text.folding import tokens
from app.text.known import NOBODY, Known
from app.text.lexicon import cues
from app.text.names import names as named

# What a reader sees instead.
MARKS = {
    "EMAIL": "[e-mail]",
    "URL": "[link]",
    "PHONE": "[phone]",
    "NUMBER": "[number]",
    "ORDER": "[number]",
    "NATIONAL_ID": "[id]",
    "IBAN": "[account]",
    "CARD": "[card]",
    "ADDRESS": "[address]",
    "PERSON": "[name]",
    "SURNAME": "[name]",
}
MARK = re.compile("|".join(re.escape(mark) for mark in sorted(set(MARKS.values()))))

_OWNER = re.compile(
    r"(?:[,:;] |^)([A-Z\u00c0-\u00de][\w'-]+"
    r"(?: (?:van|von|de|der|den|[A-Z\u00c0-\u00de][\w'-]*\.?)){1,3}),? $"
)
_GLUED = re.compile(
    r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\ua000-\ua4cf\uac00-\ud7af]"
)


@dataclass(frozen=True, slots=True)
class Span:
    """What was hidden: code points `start` up to `end` of the given comment."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A plain, clean line that may be kept, and what was taken out of it."""

    text: str
    spans: tuple[Span, ...]


def redact(
    comment: str | Clean,
    customer: Known = NOBODY,
    names: Sequence[str] = (),
    region: str | None = None,
    language: str | None = None,
) -> Redacted:
    """Cleans a comment and replaces what points at the customer by neutral marks.

    `names` is the roster: an employee's first name stays, the surname behind it goes. `region` is
    the country whose national phone numbers are known. Whole words are hidden, never a part.
    """
    plain = clean(comment) if isinstance(comment, str) else comment
    found = _joined(plain.text, _found(plain.text, customer, names, region, language))
    shown, last = [], 0
    for start, end, kind in found:
        shown += [plain.text[last:start], MARKS[kind]]
        last = end
    shown.append(plain.text[last:])
    spans = tuple(Span(*plain.given(start, end), kind) for start, end, kind in found)
    return Redacted("".join(shown), spans)


def without(text: str, words: Iterable[str]) -> str:
    """The text with these words (as written) replaced by the mark of a name."""
    hidden = frozenset(words)
    return known.WORD.sub(
        lambda word: MARKS["PERSON"] if word.group() in hidden else word.group(), text
    )


def _found(
    text: str, customer: Known, names: Sequence[str], region: str | None, language: str | None
) -> Iterator[Found]:
    """What the delivery knows first, then what shows by its form, then what a cue announces."""
    words = tokens(text)
    announced = list(cues().hits(words))
    yield from known.customers(text, customer, names)
    yield from known.surnames(text, names)
    yield from contacts.emails(text)
    yield from contacts.links(text)
    if any(map(str.isdigit, text)):
        yield from numbers.accounts(text)
        yield from numbers.national_ids(text)
        yield from numbers.cued(text, words, announced)
        yield from _with_owner(text, places.addresses(text))
        yield from phones.phones(text, region)
    yield from named(text, words, announced, known.staff(tuple(names)), language)


def _with_owner(text: str, addresses: Iterable[Found]) -> Iterator[Found]:
    """An address, and the name in front of it, between commas."""
    for start, end, kind in addresses:
        yield start, end, kind
        owner = _OWNER.search(text, max(0, start - 60), start)
        if owner:
            yield owner.start(1), owner.end(1), "PERSON"


def _joined(text: str, found: Iterable[Found]) -> list[Found]:
    """Whole words, in order, without overlap; the longest of those that overlap gives the type.

    A mark that is already there stays as it is, so that redacting twice changes nothing.
    """
    marks = [mark.span() for mark in MARK.finditer(text)]
    joined: list[Found] = []
    widened = [_whole_words(text, *one) for one in found if not _is_inside(one, marks)]
    for start, end, kind in sorted(widened):
        if not joined or not _is_one(text, joined[-1], (start, end, kind)):
            joined.append((start, end, kind))
            continue
        first, last, before = joined[-1]
        longer = kind if end - start > last - first else before
        joined[-1] = (first, max(end, last), longer)
    return joined


def _is_one(text: str, one: Found, two: Found) -> bool:
    """Overlapping or touching; first, particle and last name of one person are one as well."""
    between = text[one[1] : two[0]]
    if one[2] == two[2] == "PERSON":
        return known.is_within_name(between)
    return two[0] <= one[1]


def _whole_words(text: str, start: int, end: int, kind: str) -> Found:
    while start > 0 and _goes_on(text[start - 1]) and _goes_on(text[start]):
        start -= 1
    while end < len(text) and _goes_on(text[end]) and _goes_on(text[end - 1]):
        end += 1
    return start, end, kind


def _goes_on(sign: str) -> bool:
    """Belongs to a word; scripts without spaces have no words that could be cut."""
    is_word = sign.isalnum() or unicodedata.category(sign)[0] == "M"
    return is_word and not _GLUED.match(sign)


def _is_inside(found: Found, marks: list[tuple[int, int]]) -> bool:
    return any(start <= found[0] and found[1] <= end for start, end in marks)
