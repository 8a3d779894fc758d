"""Phrases: what passives say and promoters do not. Pure.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008) on the number of
comments that have a word or a pair of words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

from app.text import themes
from app.text.folding import tokens

PRIOR = 50.0
# So many different customers have to say it.
FEWEST = 3
Z = 2.6


@dataclass(frozen=True, slots=True)
class Phrase:
    """One or two words as folded, in how many comments of each side, and how surely more often."""

    words: str
    passives: int
    promoters: int
    z: float


def telling(passives: Sequence[str], promoters: Sequence[str], limit: int = 10) -> list[Phrase]:
    """The phrases of passives against promoters, the surest first; both are safe, redacted texts.

    A pair is taken instead of its words where it says as much.
    """
    here, there = _counted(passives), _counted(promoters)
    size, other = sum(here.values()), sum(there.values())
    if not size or not other:
        return []
    found = []
    for words in here:
        both = here[words] + there[words]
        if here[words] < FEWEST:
            continue
        prior = PRIOR * both / (size + other)
        mine, theirs = here[words] + prior, there[words] + prior
        odds = log(mine / (size + PRIOR - mine)) - log(theirs / (other + PRIOR - theirs))
        z = odds / sqrt(1 / mine + 1 / theirs)
        if z >= Z:
            found.append(Phrase(words, here[words], there[words], round(z, 2)))
    found.sort(key=lambda one: (-one.z, -len(one.words), one.words))
    return list(_apart(found))[:limit]


def _counted(texts: Iterable[str]) -> Counter[str]:
    """In how many of the texts each word and pair stands."""
    counts: Counter[str] = Counter()
    small = themes.small_words()
    for text in texts:
        words = [token.word for token in tokens(text)]
        pairs = (f"{one} {two}" for one, two in pairwise(words))
        counts.update({one for one in (*words, *pairs) if _speaks(one, small)})
    return counts


def _speaks(words: str, small: frozenset[str]) -> bool:
    parts = words.split()
    return all(len(one) > 1 and one.isalpha() for one in parts) and not small.issuperset(parts)


def _apart(found: Sequence[Phrase]) -> Iterator[Phrase]:
    """Without a phrase that lies within one told before, or around it."""
    told: list[set[str]] = []
    for phrase in found:
        words = set(phrase.words.split())
        if not any(words <= other or other <= words for other in told):
            told.append(words)
            yield phrase
