"""Themes: what a comment is about, by the editable taxonomy of its language. Pure.

A taxonomy is `taxonomies/<language>.toml`: one section for each theme, with its name and its words,
written as in the rule files (see `lexicons/README.md`), and on top the words that say nothing by
themselves. All languages have the same themes.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.text.clean import clean
from app.text.folding import tokens
from app.text.language import language
from app.text.lexicon import Index

FOLDER = Path(__file__).parent / "taxonomies"
# What nobody has a taxonomy for is named in this one.
DEFAULT = "en"
FEWEST, MOST = 10, 15
# Longer comments are cut; nobody reads a theme from the end of a novel.
MOST_READ = 2_000


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The themes of one language: theme -> its name, and where their words are.

    `small` are words that say nothing by themselves, folded.
    """

    code: str
    names: Mapping[str, str]
    index: Index
    small: frozenset[str]


@lru_cache(maxsize=4)
def taxonomies(folder: Path = FOLDER) -> Mapping[str, Taxonomy]:
    """Every language by its code. Raises ValueError when one has other themes than the rest."""
    found = {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}
    for one in found.values():
        wrong = set(one.names) ^ set(found[DEFAULT].names)
        if wrong or not FEWEST <= len(one.names) <= MOST:
            raise ValueError(f"{one.code}.toml: {', '.join(sorted(wrong)) or len(one.names)}")
    return found


def about(comment: str) -> frozenset[str]:
    """The themes of a comment, in whatever language it is written; often one, sometimes none."""
    plain = clean(comment[:MOST_READ]).text
    known = taxonomies()
    guess = language(plain, known)
    words = tokens(plain)
    own = known.get(guess.nearest or "")
    found = frozenset(hit.section for hit in own.index.hits(words)) if own else frozenset()
    if found or guess.is_certain:
        return found
    # A short text is easily taken for another language.
    return frozenset(hit.section for one in known.values() for hit in one.index.hits(words))


def name(theme: str, code: str = DEFAULT) -> str:
    """What a language calls a theme."""
    known = taxonomies()
    return (known.get(code) or known[DEFAULT]).names.get(theme, theme)


@lru_cache(maxsize=1)
def small_words() -> frozenset[str]:
    """Words that say nothing by themselves in one of the languages, folded."""
    return frozenset().union(*(one.small for one in taxonomies().values()))


def _read(path: Path) -> Taxonomy:
    rules = tomllib.loads(path.read_text(encoding="utf-8"))
    rules.pop("language")
    small = frozenset(token.word for token in tokens(rules.pop("small", "")))
    index = Index()
    for theme, rule in rules.items():
        for line in rule["words"].split("\n"):
            for entry in line.split(","):
                if entry.strip():
                    index.add(theme, entry.strip())
    return Taxonomy(path.stem, {theme: rule["name"] for theme, rule in rules.items()}, index, small)
