"""Tide marks: where the piles of the tide and its score line stand. Pure; lengths in u."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from app.board import shapes
from app.scores.nps import Tally, shown

# How many voices one dot may stand for.
STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75)
WIDEST = 4
PITCH = 4.4
CLOSEST = 2.0
# A picture must fit into a frame of 16 KB.
MOST_DOTS = 540
DOT = 0.4
GAP = 0.7
# The score line's highest point, a label's height below the top.
HIGHEST = 6


@dataclass(frozen=True)
class Frame:
    """The picture's size; `line` is the height of the score line, `foot` that of the dates."""

    width: float
    height: float
    line: float
    foot: float

    @property
    def room(self) -> float:
        return self.height - self.line - self.foot

    def column(self, weeks: int) -> float:
        return self.width / weeks

    def middles(self, weeks: int, half: float) -> list[float]:
        """Of columns `half` a pile's width from either edge, so that the outer piles touch it."""
        return [half + (self.width - 2 * half) * at / (weeks - 1) for at in range(weeks)]

    @property
    def lineless(self) -> "Frame":
        """The same picture while there is no score line: its room is the piles'."""
        return replace(self, line=2)


LANDSCAPE = Frame(width=134, height=62, line=18, foot=7)
PORTRAIT = Frame(width=90, height=92, line=20, foot=8)
# Before the first voice there is a waterline from edge to edge, and nothing else.
CALM = Frame(width=167.8, height=56, line=0, foot=7)
CALM_PORTRAIT = Frame(width=90, height=94, line=0, foot=8)
CALM_DOT = 3.0


@dataclass(frozen=True)
class Pile:
    """All dots of one kind in one week, as the points of one line whose every point is a dot."""

    id: str
    kind: str
    points: str


@dataclass(frozen=True)
class Heap:
    """`each` voices are one dot of that radius; the waterline runs through the passives.

    `silent` are the places of weeks without a voice, `half` is half the width of a pile.
    """

    piles: tuple[Pile, ...]
    each: int
    radius: float
    waterline: float
    silent: str
    half: float


@dataclass(frozen=True)
class Label:
    """`anchor` is the end of the text that stands at x."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True)
class Curve:
    """The score line in unbroken stretches; weeks without a score leave a hole."""

    stretches: tuple[str, ...]
    labels: tuple[Label, ...]
    end: tuple[float, float] | None


def heap(weeks: Sequence[Tally], frame: Frame) -> Heap:
    """Promoters above the waterline, detractors below, passives on it.

    Piles are as narrow as they can be; when even the widest do not fit, one dot stands for more.
    """
    each, wide, pitch = _fit(weeks, frame)
    over, on, under = _rows(weeks, each, wide)
    rows = [_rows([week], each, wide) for week in weeks]
    top = frame.line + (frame.room - (over + on + under) * pitch - 2 * GAP) * 0.6
    waterline = top + over * pitch + GAP + on * pitch / 2
    edge = on * pitch / 2 + GAP
    half = (wide - 1) * pitch / 2 + pitch * DOT + 0.01
    middles = frame.middles(len(weeks), half)
    piles = []
    for at, (week, middle) in enumerate(zip(weeks, middles, strict=True)):
        foam = waterline - rows[at][1] * pitch / 2
        for kind, count, foot, up in (
            ("promoter", week.promoters, waterline - edge, -1),
            ("passive", week.passives, foam, 1),
            ("detractor", week.detractors, waterline + edge, 1),
        ):
            places = shapes.pile(_dots(count, each), wide, pitch, middle, up)
            if places:
                line = shapes.points([(x, foot + y) for x, y in places])
                piles.append(Pile(f"week-{at}-{kind}", kind, line))
    silent = [(x, waterline) for x, week in zip(middles, weeks, strict=True) if not week.n]
    radius = round(pitch * DOT, 3)
    return Heap(tuple(piles), each, radius, waterline, shapes.points(silent), half)


def calm(weeks: int, frame: Frame) -> Heap:
    """A waterline with the places of so many weeks, none of which had a voice."""
    waterline = frame.room - 3 * CALM_DOT
    silent = [(x, waterline) for x in frame.middles(weeks, CALM_DOT)]
    return Heap((), 1, CALM_DOT, waterline, shapes.points(silent), CALM_DOT)


def curve(scores: Sequence[int | None], frame: Frame, half: float = 0.0) -> Curve:
    """The line of whole scores, with the first and the extreme one labelled, the last one not."""
    known = [score for score in scores if score is not None]
    if len(known) < 2:
        return Curve((), (), None)
    # A steady score is a line through the middle, not a mountain made of one point.
    middle, span = (min(known) + max(known)) / 2, max(max(known) - min(known), 6)
    middles = frame.middles(len(scores), half)
    room = frame.line - 9  # a label's height above, a breath below

    def place(at: int, score: int) -> tuple[float, float]:
        return round(middles[at], 2), round(HIGHEST + room * (0.5 - (score - middle) / span), 2)

    dots = {at: place(at, score) for at, score in enumerate(scores) if score is not None}
    first, last = min(dots), max(dots)
    peak = max(dots, key=lambda at: (scores[at] or 0, -at))
    named = [first] if peak - first < 2 or last - peak < 2 else [first, peak]
    labels = tuple(_label(at, dots[at], shown(scores[at] or 0), half) for at in named)
    return Curve(_stretches(dots, len(scores)), labels, dots[last])


def _label(at: int, dot: tuple[float, float], text: str, half: float) -> Label:
    """Above its point; that of the first column on the left edge of its pile."""
    x, y = dot
    return Label(x - half, y - 2.4, text, "start") if at == 0 else Label(x, y - 2.4, text, "middle")


def _stretches(dots: dict[int, tuple[float, float]], weeks: int) -> tuple[str, ...]:
    runs: list[list[tuple[float, float]]] = [[]]
    for at in range(weeks):
        if at in dots:
            runs[-1].append(dots[at])
        elif runs[-1]:
            runs.append([])
    return tuple(shapes.points(run) for run in runs if len(run) > 1)


def _fit(weeks: Sequence[Tally], frame: Frame) -> tuple[int, int, float]:
    """Voices for each dot, dots side by side, and the way from dot to dot."""
    steps = [step * size for size in (1, 100, 10_000) for step in STEPS]
    for each in steps:
        if _total(weeks, each) > MOST_DOTS:
            continue
        pitches = {wide: _pitch(weeks, frame, each, wide) for wide in range(1, WIDEST + 1)}
        wide = max(pitches, key=lambda wide: pitches[wide])
        if pitches[wide] >= CLOSEST:
            return each, wide, pitches[wide]
    return steps[-1], WIDEST, CLOSEST


def _total(weeks: Sequence[Tally], each: int) -> int:
    counts = (count for week in weeks for count in (week.promoters, week.passives, week.detractors))
    return sum(_dots(count, each) for count in counts)


def _pitch(weeks: Sequence[Tally], frame: Frame, each: int, wide: int) -> float:
    high = (frame.room - 2 * GAP) / max(sum(_rows(weeks, each, wide)), 1)
    return min(PITCH, frame.column(len(weeks)) * 0.8 / wide, high)


def _rows(weeks: Sequence[Tally], each: int, wide: int) -> tuple[int, int, int]:
    """The most rows of promoters, passives and detractors in any week."""

    def most(counts: list[int]) -> int:
        return max(ceil(_dots(count, each) / wide) for count in counts)

    return (
        most([week.promoters for week in weeks]),
        most([week.passives for week in weeks]),
        most([week.detractors for week in weeks]),
    )


def _dots(count: int, each: int) -> int:
    """Rounded, but what was said at all is never drawn as silence."""
    return max(1, (count + each // 2) // each) if count else 0
