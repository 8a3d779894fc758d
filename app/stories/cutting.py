"""Cutting: all that anybody may do to a customer's words is leave some out, and it shows. Pure."""

from collections.abc import Sequence

from app.errors import CheerboardError
from app.text.redaction import MARK

# What stands where words were cut out.
ELLIPSIS = "…"
# Fewer words are no story of a customer's any more.
FEWEST = 3


def cut(text: str, left: str) -> str | None:
    """The text with only the words left that `left` says, in their order; None: all of them.

    Each run of words that is missing shows as an ellipsis; those in `left` are understood the same
    way. Raises CheerboardError when a word is not the customer's own, whole and in its place, or
    when fewer than 3 are left.
    """
    words = text.split()
    places: list[int] = []
    for run in _runs(left):
        places += _places(words, run, places[-1] + 1 if places else 0)
    if len([place for place in places if words[place] != ELLIPSIS]) < min(FEWEST, len(words)):
        raise CheerboardError(f"At least {FEWEST} words must be left; or turn the story down.")
    return None if len(places) == len(words) else _written(words, places)


def shown(text: str, version: str | None) -> str:
    """What may be shown of a text: the cut version, as long as the text still has its words."""
    if version is None:
        return text
    try:
        return cut(text, version) or text
    except CheerboardError:  # the customer changed the words since
        return text


def pieces(text: str) -> list[tuple[bool, str]]:
    """The text in order, each piece with whether it stands for something that was hidden."""
    found, last = [], 0
    for mark in MARK.finditer(text):
        found += [(False, text[last : mark.start()]), (True, mark.group())]
        last = mark.end()
    return [piece for piece in [*found, (False, text[last:])] if piece[1]]


def _runs(left: str) -> list[list[str]]:
    """Words that stand together, between two ellipses."""
    runs: list[list[str]] = [[]]
    for word in left.split():
        if word == ELLIPSIS:
            runs.append([])
        else:
            runs[-1].append(word)
    return [run for run in runs if run]


def _places(words: Sequence[str], run: Sequence[str], start: int) -> list[int]:
    """Where a run stands: together where it can, else word by word."""
    for at in range(start, len(words) - len(run) + 1):
        if words[at] == run[0] and list(words[at : at + len(run)]) == list(run):
            return list(range(at, at + len(run)))
    places, at = [], start
    for word in run:
        try:
            at = words.index(word, at)
        except ValueError:
            raise CheerboardError(
                f"A customer's words can only be cut: {word[:40]!r} does not stand there."
            ) from None
        places.append(at)
        at += 1
    return places


def _written(words: Sequence[str], places: Sequence[int]) -> str:
    parts: list[str] = []
    next_place = 0
    for place in places:
        if place != next_place and parts[-1:] != [ELLIPSIS]:
            parts.append(ELLIPSIS)
        parts.append(words[place])
        next_place = place + 1
    if next_place != len(words):
        parts.append(ELLIPSIS)
    return " ".join(parts)
