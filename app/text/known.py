"""Finds what the delivery itself says about its customer, and leaves the staff's names. Pure.

Words are compared without case and accents: Jose is José.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.text import details
from app.text.contacts import Found
from app.text.details import Detail

FEWEST_LETTERS = 3

WORD = re.compile(r"[^\W\d_]+")
_LOGOGRAMS = re.compile(r"[\u3041-\u30fa\u3400-\u9fff\uac00-\ud7a3]{2,}")
# Everyday words somewhere; of these, parts of a name between two other parts.
_EVERYDAY_TEXT = "and auf frau herr las les los miss mme mrs sir the und"
_PARTICLES_TEXT = """
    al bin da dal das de dei del della den der des di dos du el ibn la le ten ter van vom von y zu
    zum zur
"""
# What a mailbox may be called without being anybody's name.
_MAILBOXES_TEXT = """
    admin contact hello help hola info kontakt mail office post sales service shop store support
    team test thank thanks web
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_EVERYDAY = _PARTICLES | frozenset(_EVERYDAY_TEXT.split())
_MAILBOXES = frozenset(_MAILBOXES_TEXT.split())


@dataclass(frozen=True, slots=True)
class Known:
    """Who sent the comment, as far as the delivery says."""

    name: str | None = None
    email: str | None = None
    details: tuple[Detail, ...] = ()


NOBODY = Known()


@dataclass(frozen=True, slots=True)
class Staff:
    """First names (folded) and, behind each, the surnames the roster knows with it."""

    surnames: Mapping[str, frozenset[str]]
    written: frozenset[str]


def fold(word: str) -> str:
    """Without case and accents, to compare words."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@lru_cache(maxsize=4)
def staff(names: tuple[str, ...]) -> Staff:
    """Takes the roster apart once for all comments that are compared with it."""
    surnames: dict[str, set[str]] = {}
    written: set[str] = set()
    for name in names:
        first, *others = WORD.findall(unicodedata.normalize("NFC", name)) or [""]
        if len(first) > 1:
            written.add(first)
            surnames.setdefault(fold(first), set()).update(fold(word) for word in others)
    return Staff({first: frozenset(last) for first, last in surnames.items()}, frozenset(written))


def customers(text: str, known: Known, names: Sequence[str]) -> Iterator[Found]:
    """The customer's own names, whole words of three letters or more; then their other values."""
    yield from details.found(text, known.details)
    spoken, mailbox = _words_of(known)
    if not spoken and not mailbox:
        return
    visible = staff(tuple(names)).surnames
    for match in WORD.finditer(text):
        word = fold(match.group())
        if word in visible:
            continue
        in_mailbox = match.group()[0].isupper() and _is_one_of(word, mailbox)
        if in_mailbox or _is_one_of(word, spoken):
            yield match.start(), match.end(), "PERSON"
    for run in _LOGOGRAMS.findall(known.name or ""):
        for match in re.finditer(re.escape(run), text):
            yield match.start(), match.end(), "PERSON"


def surnames(text: str, names: Sequence[str]) -> Iterator[Found]:
    """The surname behind an employee's first name; the first name stays."""
    roster = staff(tuple(names)).surnames
    possible: frozenset[str] = frozenset()
    ended = -1
    for match in WORD.finditer(text):
        word = fold(match.group())
        if match.start() == ended + 1 and word in possible and match.group()[0].isupper():
            yield match.start(), match.end(), "SURNAME"
        else:
            possible = roster.get(word, frozenset())
        ended = match.end()


def mentions(text: str, names: Sequence[str]) -> list[str]:
    """First names of the staff as the roster writes them (Will, not will), in order."""
    written = staff(tuple(names)).written
    return list(dict.fromkeys(word for word in WORD.findall(text) if word in written))


def is_within_name(between: str) -> bool:
    """Whether two parts of a name are one: nothing, a space or particles stand between them."""
    return len(between) < 20 and set(fold(between).replace("-", " ").split()) <= _PARTICLES


def _words_of(known: Known) -> tuple[frozenset[str], frozenset[str]]:
    """The folded words of the customer's name, and those of the mailbox."""
    names = [known.name or "", *(one.value for one in known.details if one.kind == "PERSON")]
    spoken = frozenset(_telling(" ".join(names))) - _EVERYDAY
    mailbox = frozenset(_telling((known.email or "").partition("@")[0]))
    return spoken, mailbox - spoken - _MAILBOXES - _EVERYDAY


def _telling(value: str) -> Iterator[str]:
    for word in WORD.findall(unicodedata.normalize("NFC", value)):
        folded = fold(word)
        if len(folded) >= FEWEST_LETTERS:
            yield folded


def _is_one_of(word: str, words: frozenset[str]) -> bool:
    """Whole words; the genitive's s (Umas Fahrrad) belongs to the name."""
    return word in words or (word.endswith("s") and word[:-1] in words)
