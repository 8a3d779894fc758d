"""How a comment reads beside those that people have sorted. Pure.

Word rules know what was said before; what is only implied has other words each time. So the words,
pairs of words and pieces of words of labelled comments are counted, language by language: how many
stories hold them, and how many comments that are never shown (`precedents/`, made by
`python -m tests.text.precedents` from the labelled comments beside the tests). The sum of their
log odds is naive Bayes (Maron 1961), each part smoothed by a half. Words of praise are left out:
they stand in both.
"""

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from app.text.unsafe import Reading

FOLDER = Path(__file__).parent / "precedents"
# From where a lead is asked, and from where one small doubt of the rules counts for nothing:
# chosen on labelled sets of which each was judged by what the others teach.
ENOUGH, CLEAR = -0.1, 1.2
_SMOOTHING = 0.5
_PIECE = 4
# The first line of a file: how many comments its counts are taken from.
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
    return sum(told.get(part, 0.0) for part in found) / math.sqrt(max(1, len(found)))


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


@lru_cache(maxsize=4)
def odds(folder: Path = FOLDER) -> Mapping[str, Mapping[str, float]]:
    """What each part speaks for, of each language. Raises ValueError for a broken file."""
    return {path.stem: _of(path.read_text("utf-8")) for path in sorted(folder.glob("*.tsv"))}


def _of(counted: str) -> dict[str, float]:
    """The log odds of lines of `part, stories, never shown`."""
    rows = [line.split("\t") for line in counted.splitlines() if line]
    counts = {part: (int(stories), int(never)) for part, stories, never in rows}
    of_stories, of_never = counts.pop(ALL)
    most = math.log((of_never + 2 * _SMOOTHING) / (of_stories + 2 * _SMOOTHING))
    return {
        part: math.log((stories + _SMOOTHING) / (never + _SMOOTHING)) + most
        for part, (stories, never) in counts.items()
    }
