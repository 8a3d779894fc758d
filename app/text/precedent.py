"""How a comment reads beside those that people have sorted. Pure.

Word rules know what was said before; what is only implied has other words each time. So the words,
pairs of words and pieces of words of labelled comments are counted, language by language: how many
stories hold them, and how many comments that are never shown (`precedents/`, made by
`python -m tests.text.precedents` from the labelled comments beside the tests). The sum of their
log odds is naive Bayes (Maron 1961), each part smoothed by a half. Words of praise are left out:
they stand in both.
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from app.text.unsafe import Reading

FOLDER = Path(__file__).parent / "precedents"
# From where a lead is asked, and from where one small doubt of the rules counts for nothing:
# chosen on labelled sets of which each was judged by what the others teach.
ENOUGH, CLEAR = 0.7, 1.6
_SMOOTHING = 0.5
_PIECE = 4
# The first line of a file: from how many comments its counts are taken.
ALL = "(comments)"


def leaning(reading: Reading, code: str | None) -> float | None:
    """Above 0: rather like stories; below 0: rather like what is never shown.

    In log odds over the square root of how many words and pairs there are, mostly -5 to 5; None for
    a language nobody has sorted comments of.
    """
    told = odds().get(code or "")
    if told is None:
        return None
    found = set(parts(reading))
    return sum(map(told.of, found)) / math.sqrt(max(1, len(found)))


def parts(reading: Reading) -> Iterator[str]:
    """Its words, its pairs of words and every four letters, but for praise; any number is one."""
    praise = {at for hit in reading.of("praise") for at in range(hit.first, hit.last)}
    before = None
    for at, token in enumerate(reading.words):
        word = None if at in praise else "#" if token.word.isdigit() else token.word
        if word:
            yield word
            yield from _pieces(f"-{word}-")
            if before:
                yield f"{before} {word}"
        before = word


def _pieces(word: str) -> Iterator[str]:
    """What inflected and compound words share; a hyphen is where the word ends."""
    if len(word) >= _PIECE:
        for at in range(len(word) - _PIECE + 1):
            yield f"~{word[at : at + _PIECE]}"


@dataclass(frozen=True, slots=True)
class Odds:
    """What each part of a language speaks for, by its check sum: the words would take 8 MB."""

    sums: Sequence[int]
    values: Sequence[float]

    def of(self, part: str) -> float:
        """Its log odds, above 0 for stories; 0 for what nobody has counted."""
        wanted = crc32(part.encode())
        at = bisect_left(self.sums, wanted)
        return self.values[at] if at < len(self.sums) and self.sums[at] == wanted else 0.0


@lru_cache(maxsize=4)
def odds(folder: Path = FOLDER) -> Mapping[str, Odds]:
    """Every language with a file. Raises ValueError for a broken one."""
    return {path.stem: _of(path) for path in sorted(folder.glob("*.tsv"))}


def _of(path: Path) -> Odds:
    """The odds of lines of `part, stories, never shown`, of which the first counts the comments."""
    with path.open(encoding="utf-8") as lines:
        _, of_stories, of_never = next(lines).split("\t")
        most = math.log((int(of_never) + 2 * _SMOOTHING) / (int(of_stories) + 2 * _SMOOTHING))
        found: dict[int, float] = {}
        for line in lines:
            part, stories, never = line.split("\t")
            held = math.log((int(stories) + _SMOOTHING) / (int(never) + _SMOOTHING))
            found[crc32(part.encode())] = held + most
    order = sorted(found)
    return Odds(array("L", order), array("f", (found[one] for one in order)))
