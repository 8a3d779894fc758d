"""Takes what points at the customer out of a comment: names, e-mail, links, phones. Pure.

Spans are code point offsets of the comment as it was given.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.text import contacts, known, phones
from app.text.clean import clean
from app.text.contacts import Found
from app.text.known import NOBODY, Known

# What a reader sees instead.
MARKS = {
    "EMAIL": "[e-mail]",
    "URL": "[link]",
    "PHONE": "[phone]",
    "NUMBER": "[number]",
    "PERSON": "[name]",
    "SURNAME": "[name]",
}
MARK = re.compile("|".join(re.escape(mark) for mark in sorted(set(MARKS.values()))))

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
    comment: str, customer: Known = NOBODY, names: Sequence[str] = (), region: str | None = None
) -> Redacted:
    """Cleans a comment and replaces what points at the customer by neutral marks.

    `names` is the roster: an employee's first name stays, the surname behind it goes. `region` is
    the country whose national phone numbers are known. Whole words are hidden, never a part.
    """
    plain = clean(comment)
    found = _joined(plain.text, _found(plain.text, customer, names, region))
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


def _found(text: str, customer: Known, names: Sequence[str], region: str | None) -> Iterator[Found]:
    yield from known.customers(text, customer, names)
    yield from known.surnames(text, names)
    yield from contacts.emails(text)
    yield from contacts.links(text)
    yield from phones.phones(text, region)


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
