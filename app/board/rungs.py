"""Rungs: what a score is measured against, and how far up the ladder we stand. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import Literal

from app.scores.nps import MIN_SHOWN, Tally, interval, nps, shown

MOST = 6
# The way to the next rung in steps of so many points, as far as a class of its own reaches.
POINTS_A_STEP, MOST_STEPS = 4, 6

State = Literal["us", "passed", "level", "ahead", "open"]


@dataclass(frozen=True)
class Rung:
    """`value` is -100 to 100, or None for a figure nobody has published.

    `kind` is target, past or benchmark. `steps` is the way down to the next rung, 0 to 6.
    """

    id: str
    kind: str
    name: str
    note: str
    value: float | None
    stale: bool = False
    state: State = "ahead"
    steps: int = 0

    @property
    def shown(self) -> str | None:
        return None if self.value is None else shown(self.value)


def ladder(rungs: Sequence[Rung], tally: Tally, room: int = MOST) -> tuple[Rung, ...]:
    """The rungs from the top down with ourselves among them, once there are ten voices.

    Of more rungs than there is room for, ours and those nearest to our score stay. One without a
    figure stands at the top.
    """
    score = nps(tally) if tally.n >= MIN_SHOWN else None
    here = float(score) if score is not None else None
    chosen = _nearest(rungs, here or 0.0)[:room]
    known = [replace(one, state=state(one.value, tally)) for one in chosen if one.value is not None]
    if here is not None:
        known.append(Rung("us", "us", "", "", here, state="us"))
    # Level with somebody, we stand above them.
    known.sort(key=lambda one: (-(one.value or 0.0), one.kind != "us"))
    unknown = [replace(one, state="open") for one in chosen if one.value is None]
    return (*unknown, *_spaced(known))


def state(value: float, tally: Tally) -> State:
    """Passed only when the whole interval is above; level while it reaches across."""
    bounds = interval(tally)
    if bounds is None or tally.n < MIN_SHOWN or bounds[1] < value:
        return "ahead"
    return "passed" if bounds[0] > value else "level"


def more_promoters(tally: Tally, target: float) -> int | None:
    """How many more promoters would lift the score to the target; None when nothing could.

    Solves (p + k - d) / (n + k) = target / 100.
    """
    if target >= 100 or not tally.n:
        return None
    lacking = target * tally.n / 100 - (tally.promoters - tally.detractors)
    return max(0, ceil(lacking / (1 - target / 100) - 1e-9))


def _nearest(rungs: Sequence[Rung], here: float) -> list[Rung]:
    def distance(rung: Rung) -> tuple[bool, bool, float]:
        own = rung.kind in ("target", "past")
        return not own, rung.value is None, abs((rung.value or 0.0) - here)

    return sorted(rungs, key=distance)


def _spaced(known: list[Rung]) -> list[Rung]:
    ways = [(a.value or 0.0) - (b.value or 0.0) for a, b in pairwise(known)]
    return [
        replace(rung, steps=min(MOST_STEPS, ceil(way / POINTS_A_STEP)))
        for rung, way in zip(known[:-1], ways, strict=True)
    ] + known[-1:]
