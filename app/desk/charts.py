"""Charts: a trend, bars and their places, drawn by the server. Pure; lengths in the SVG's units."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from app.scores import nps
from app.scores.tallies import Point

WIDTH, HEIGHT = 320, 120
# Room for the figures of the axis, and for the dates below.
LEFT, TOP, RIGHT, BOTTOM = 30, 8, 6, 16
# A picture of nothing but noise would fill the whole height: at least so many points are shown.
LEAST_SPAN = 40.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One window of the trend that has enough answers, and its place."""

    until: date
    x: float
    y: float
    low: float
    high: float
    shown: str
    between: tuple[str, str]
    n: int


@dataclass(frozen=True, slots=True)
class Trend:
    """`runs` are lines without a gap, `bands` their intervals, as points of a polyline."""

    marks: tuple[Mark, ...]
    runs: tuple[str, ...]
    bands: tuple[str, ...]
    lines: tuple[tuple[float, str], ...]
    target: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place, its size and what it counts."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int
    kind: str = ""


def trend(points: Sequence[Point], target: int | None) -> Trend:
    """Windows under 10 answers are gaps: they are no score."""
    known = [(at, one) for at, one in enumerate(points) if one.tally.n >= nps.MIN_SHOWN]
    bounds = [nps.interval(one.tally) or (0.0, 0.0) for _, one in known]
    ends = [end for pair in bounds for end in pair] + (
        [float(target)] if target is not None else []
    )
    low, high = _span(ends)

    def up(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    step = (WIDTH - LEFT - RIGHT) / max(1, len(points) - 1)
    marks = [
        _mark(one, round(LEFT + at * step, 1), up, pair)
        for (at, one), pair in zip(known, bounds, strict=True)
    ]
    runs = _runs([at for at, _ in known], marks)
    return Trend(
        marks=tuple(marks),
        runs=tuple(_line([(mark.x, mark.y) for mark in run]) for run in runs),
        bands=tuple(_band(run) for run in runs),
        lines=tuple((up(value), nps.shown(value)) for value in _ticks(low, high)),
        target=up(float(target)) if target is not None else None,
    )


def bars(counts: Sequence[tuple[str, int, str]], width: int = WIDTH, height: int = 72) -> list[Bar]:
    """A bar for each (label, count, kind), side by side over the whole width."""
    most = max((count for _, count, _ in counts), default=0) or 1
    room = width / max(1, len(counts))
    gap = min(4.0, room * 0.2)
    return [
        Bar(
            x=round(at * room + gap / 2, 2),
            y=round(height * (1 - count / most), 2),
            width=round(room - gap, 2),
            height=round(height * count / most, 2),
            label=label,
            count=count,
            kind=kind,
        )
        for at, (label, count, kind) in enumerate(counts)
    ]


def _mark(point: Point, x: float, up: Callable[[float], float], pair: tuple[float, float]) -> Mark:
    score = nps.nps(point.tally) or 0
    return Mark(
        until=point.until,
        x=x,
        y=up(float(score)),
        low=up(pair[0]),
        high=up(pair[1]),
        shown=nps.shown(score),
        between=(nps.shown(pair[0]), nps.shown(pair[1])),
        n=point.tally.n,
    )


def _span(ends: Sequence[float]) -> tuple[float, float]:
    low, high = min(ends, default=-20.0), max(ends, default=20.0)
    lacking = max(0.0, LEAST_SPAN - (high - low)) / 2
    low, high = low - lacking, high + lacking
    # Nothing is drawn beyond what a score can be.
    shift = max(0.0, -100 - low) - max(0.0, high - 100)
    return max(-100.0, low + shift), min(100.0, high + shift)


def _ticks(low: float, high: float) -> list[float]:
    step = 10 if high - low <= 60 else 25 if high - low <= 120 else 50
    return [float(v) for v in range(-100, 101, step) if low <= v <= high]


def _runs(places: Sequence[int], marks: Sequence[Mark]) -> list[list[Mark]]:
    runs: list[list[Mark]] = []
    for at, (place, mark) in enumerate(zip(places, marks, strict=True)):
        if at and places[at - 1] == place - 1:
            runs[-1].append(mark)
        else:
            runs.append([mark])
    return runs


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _band(run: Sequence[Mark]) -> str:
    there = [(mark.x, mark.high) for mark in run]
    return _line(there + [(mark.x, mark.low) for mark in reversed(run)])
