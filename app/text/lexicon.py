"""Rule files of the languages: reads them, and finds their entries in the words of a text. Pure.

Entries stand between commas or on lines of their own; an entry is words apart by spaces. `*`
stands for any letters at the beginning or end of a word, `a/b` for either word, `word?` for a word
that may be missing, `#` for a number, `..` for up to five words of the same sentence, `=word` for
that word with just these accents, `@kin` for any word of the file's group of that name, `&` for
a colleague the roster names.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from app.text.folding import Token, fold, tokens

FOLDER = Path(__file__).parent / "lexicons"
GAP = 5
_FEWEST = 2
_APART = re.compile(r"(?<=n)'(?=t\b)")
_STOP = re.compile(r"(?<!\.)\.(?!\.)|[\u00b0()]")
_GROUP = re.compile(r"@(\w+)")
_ENTRIES = re.compile(r"\s*[,\n]\s*")

UNSAFE = (
    "profanity", "health", "belief", "origin", "harassment", "insult", "accusation", "misconduct",
    "self_response", "begging", "private",
)  # fmt: skip
STORY = (
    "negator", "contrast", "complaint", "problem", "aside", "action", "praise", "hedge", "person",
    "detail",
)  # fmt: skip
HARMLESS = "harmless"
CUES = ("closing", "introduction", "here", "title", "kin", "order", "number")
WORDS = ("allowed", "no_name", "street_before", "street_after", "street_ending", "postal")
GROUPS = "groups"
COLLEAGUE = "&"
SECTIONS = (*UNSAFE, HARMLESS, *STORY, *CUES, *WORDS)
EXAMPLES = ("must_redact", "must_keep", "must_refuse", "must_offer")


# Words remembered for each language, about 1 MB.
_MOST_LEARNT = 4_000
NO_GROUPS: Mapping[str, str] = MappingProxyType({})


class Hit(NamedTuple):
    """An entry of a section, found in the words `first` up to `last`."""

    section: str
    first: int
    last: int

    def covers(self, other: "Hit") -> bool:
        """Whether the other lies within it."""
        return self.first <= other.first and other.last <= self.last


class _Word(NamedTuple):
    exact: frozenset[str]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    inside: tuple[str, ...]
    is_number: bool
    written: tuple[str, ...] = ()

    def stands_at(self, token: Token) -> bool:
        """As `fits`, and with its accents where the entry asks for them."""
        return self.fits(token.word) and self.is_written(token)

    def is_written(self, token: Token) -> bool:
        """Whether the accents are those of an entry that asks for them."""
        return not self.written or any(
            token.written.startswith(one[:-1]) if one[-1] == "*" else token.written == one
            for one in self.written
        )

    def fits(self, word: str) -> bool:
        return (
            word in self.exact
            or (bool(self.starts) and word.startswith(self.starts))
            or (bool(self.ends) and word.endswith(self.ends))
            or any(part in word for part in self.inside)
            or (self.is_number and word[0].isdigit())
        )


_Rest = tuple["_Word | None", ...]
# Section, first word, and what has to follow it.
_Entry = tuple[str, _Word, _Rest]


@dataclass(slots=True)
class Index:
    """Entries by their first word, so that a text costs its length and not the lexicon's."""

    exact: dict[str, tuple[_Entry, ...]] = field(default_factory=dict)
    starts: dict[str, tuple[_Entry, ...]] = field(default_factory=dict)
    other: list[_Entry] = field(default_factory=list)
    longest: int = 0
    # What begins with a word is the same in every text; customers share their words.
    begun: dict[str, tuple[_Entry, ...]] = field(default_factory=dict)

    def add(self, section: str, entry: str, groups: Mapping[str, str] = NO_GROUPS) -> None:
        """Adds one entry of a rule file to a section. Raises ValueError for an unknown group."""
        apart = _APART.sub("", entry.lower()).replace("'", " ").replace("-", " ")
        apart = _STOP.sub(" ", apart)
        for words in _variants(apart.split()):
            first, *rest = (_word(_of_group(word, groups)) for word in words)
            if first is None:
                raise ValueError(f"{entry!r} begins with a gap")
            # Most entries are one word; they share what they have in common.
            made = (section, first, tuple(rest)) if rest or first.written else _alone(section)
            for word in first.exact:
                self.exact[word] = (*self.exact.get(word, ()), made)
            for start in first.starts:
                self.starts[start] = (*self.starts.get(start, ()), made)
                self.longest = max(self.longest, len(start))
            if first.ends or first.inside or first.is_number:
                self.other.append((section, first, tuple(rest)))

    def hits(self, words: Sequence[Token]) -> Iterator[Hit]:
        """Everything the text contains, in the order of its words."""
        for at, token in enumerate(words):
            if token.word == ".":
                continue
            begun = self.begun.get(token.word)
            if begun is None:
                begun = self._learn(token.word)
            for section, first, rest in begun:
                if not first.is_written(token):
                    continue
                last = _follow(words, at + 1, rest)
                if last:
                    yield Hit(section, at, last)

    def _learn(self, word: str) -> tuple[_Entry, ...]:
        if len(self.begun) >= _MOST_LEARNT:
            self.begun.clear()
        return self.begun.setdefault(word, tuple(self._begun(word)))

    def _begun(self, word: str) -> Iterator[_Entry]:
        yield from self.exact.get(word, ())
        for length in range(_FEWEST, min(len(word), self.longest) + 1):
            if word[:length] in self.starts:
                yield from self.starts[word[:length]]
        for entry in self.other:
            if entry[1].fits(word):
                yield entry


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: its code, its name, its index and its plain lists of words."""

    code: str
    name: str
    index: Index
    words: Mapping[str, tuple[str, ...]]
    examples: Mapping[str, tuple[Any, ...]]


def read(path: Path) -> Lexicon:
    """One rule file. Raises ValueError with its name when a section is missing or unknown."""
    rules = tomllib.loads(path.read_text(encoding="utf-8"))
    name, examples = rules.pop("language"), rules.pop("examples")
    grouped = rules.pop(GROUPS, {})
    wrong = set(rules).symmetric_difference(SECTIONS) | set(examples).symmetric_difference(EXAMPLES)
    if wrong:
        raise ValueError(f"{path.name}: {', '.join(sorted(wrong))} missing or unknown")
    lists = {section: _entries(rules[section]) for section in SECTIONS}
    groups = {word: "/".join(_entries(listed)) for word, listed in grouped.items()}
    index = Index()
    for section in (*UNSAFE, HARMLESS, *STORY):
        for entry in lists[section]:
            index.add(section, entry, groups)
    for entry in _naughty(path, frozenset(fold(word) for word in lists["allowed"])):
        index.add("profanity", entry)
    words = {section: lists[section] for section in CUES + WORDS}
    _word.cache_clear()  # it served the building; 3 MB
    return Lexicon(path.stem, name, index, words, {k: tuple(v) for k, v in examples.items()})


@lru_cache(maxsize=4)
def lexicons(folder: Path = FOLDER) -> Mapping[str, Lexicon]:
    """Every language by its code, found by its place."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.toml"))}


@lru_cache(maxsize=4)
def cues(folder: Path = FOLDER) -> Index:
    """What announces a name or a number, of all languages: customers mix them."""
    index = Index()
    for lexicon in lexicons(folder).values():
        for section in CUES:
            for entry in lexicon.words[section]:
                index.add(section, entry)
    return index


@lru_cache(maxsize=32)
def all_words(section: str, folder: Path = FOLDER) -> frozenset[str]:
    """A plain list of all languages, folded."""
    return frozenset(
        fold(word) for lexicon in lexicons(folder).values() for word in lexicon.words[section]
    )


def _entries(text: str) -> tuple[str, ...]:
    """What stands between commas and at line ends."""
    return tuple(entry for entry in _ENTRIES.split(text.strip()) if entry)


def _of_group(word: str, groups: Mapping[str, str]) -> str:
    """The words of a group for its name."""
    try:
        return _GROUP.sub(lambda found: groups[found[1]], word)
    except KeyError as unknown:
        raise ValueError(f"{word!r}: there is no group {unknown}") from None


def _naughty(path: Path, allowed: frozenset[str]) -> Iterable[str]:
    """The vendored list of that language, where there is one, without what is allowed."""
    listed = path.parent / "naughty-words" / f"{path.stem}.json"
    if not listed.exists():
        return
    for entry in json.loads(listed.read_text(encoding="utf-8")):
        words = [token.word for token in tokens(entry) if token.word not in {".", "#"}]
        if words and fold(entry) not in allowed and len("".join(words)) > 2:
            yield " ".join(words)


def _variants(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """With and without each word that may be missing."""
    for at, word in enumerate(words):
        if word.endswith("?"):
            yield from _variants([*words[:at], word[:-1], *words[at + 1 :]])
            yield from _variants([*words[:at], *words[at + 1 :]])
            return
    yield tuple(words)


@lru_cache(maxsize=64)
def _alone(section: str) -> _Entry:
    return section, _Word(frozenset(), (), (), (), is_number=False), ()


@lru_cache(maxsize=8192)
def _word(pattern: str) -> _Word | None:
    if pattern == "..":
        return None
    kinds: dict[str, list[str]] = {"exact": [], "starts": [], "ends": [], "inside": []}
    written = [part[1:] for part in pattern.split("/") if part.startswith("=")]
    for part in pattern.replace("=", "").split("/"):
        kind = {(0, 0): "exact", (0, 1): "starts", (1, 0): "ends", (1, 1): "inside"}[
            (int(part.startswith("*")), int(part.endswith("*") and len(part) > 1))
        ]
        kinds[kind].append(fold(part.strip("*")))
    short = [word for word in kinds["starts"] if len(word) < _FEWEST]
    if short:
        raise ValueError(f"{pattern!r} is too short for a beginning")
    return _Word(
        frozenset(kinds["exact"]) - {"#"}, tuple(kinds["starts"]), tuple(kinds["ends"]),
        tuple(kinds["inside"]), "#" in kinds["exact"], tuple(written),
    )  # fmt: skip


def _follow(words: Sequence[Token], at: int, rest: _Rest) -> int:
    """Where the entry ends (behind its last word) when what follows fits; else 0."""
    for place, wanted in enumerate(rest):
        if wanted is None:
            for skipped in range(GAP + 1):
                if at + skipped >= len(words) or (skipped and words[at + skipped - 1].word == "."):
                    return 0
                last = _follow(words, at + skipped, rest[place + 1 :])
                if last:
                    return last
            return 0
        if at >= len(words) or not wanted.stands_at(words[at]):
            return 0
        at += 1
    return at
