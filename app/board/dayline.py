"""Day line: where the voices of one day stand, each in the hour it came. Pure; lengths in u."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt

from app.board import shapes
from app.board.voices import KINDS

# A working day is drawn even while most of it is silent.
FROM, TO = 8, 18
# Below the floor stand the hours; what larger letters need more is taken from the piles.
FOOT, FOOT_OF_LARGER = 6.0, 2.4
DOT = 0.4
LARGEST = 6.4
SMALLEST = 2.0
WIDEST = 5
STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 200, 500, 1000)

Place = tuple[float, float, str]


@dataclass(frozen=True)
class Frame:
    """`long` is the way along the hours, `high` the way a pile may grow."""

    long: float
    high: float


LANDSCAPE = Frame(long=167.8, high=50.0)
PORTRAIT = Frame(long=90.0, high=88.0)


@dataclass(frozen=True)
class Heap:
    """All dots of one kind as the points of one line."""

    kind: str
    points: str


@dataclass(frozen=True)
class Dayline:
    """`each` voices are one dot of that radius; `latest` is where the newest one stands, if any.

    `hours` are the middles of the columns.
    """

    width: float
    height: float
    floor: float
    radius: float
    each: int
    heaps: tuple[Heap, ...]
    latest: Place | None
    hours: tuple[float, ...]
    marks: tuple[tuple[float, str], ...]
    now: float | None


def dayline(
    heard: Sequence[tuple[int, str]], hour: int, *, tall: bool, letters: float = 1.0
) -> Dayline:
    """The picture of (hour, kind), oldest first, at this `hour` of the day."""
    frame = PORTRAIT if tall else LANDSCAPE
    foot = FOOT + FOOT_OF_LARGER * (letters - 1)
    frame = replace(frame, high=frame.high + FOOT - foot)
    first = min([FROM, *(at for at, _ in heard)])
    last = max([TO, hour, *(at for at, _ in heard)])
    column = frame.long / (last - first + 1)
    fullest = max(Counter(at for at, _ in heard).values(), default=1)
    each, wide, pitch = _fit(fullest, column, frame.high)
    piles = {
        at: [
            (round(x + column * (at - first + 0.5), 2), round(frame.high + y, 2), kind)
            for kind, (x, y) in zip(
                kinds, shapes.pile(len(kinds), wide, pitch, 0.0, -1), strict=True
            )
        ]
        for at, kinds in _by_hour(heard, each).items()
    }
    places = [place for pile in piles.values() for place in pile]
    return Dayline(
        width=frame.long,
        height=frame.high + foot,
        floor=frame.high,
        radius=round(pitch * DOT, 3),
        each=each,
        heaps=tuple(_heap(kind, places) for kind in KINDS if any(p[2] == kind for p in places)),
        latest=piles[heard[-1][0]][-1] if heard else None,
        hours=tuple(round(column * (nth + 0.5), 2) for nth in range(last - first + 1)),
        marks=_marks(first, last, column, (14 if tall else 11) * letters),
        now=round(column * (hour - first + 0.5), 2) if hour >= first else None,
    )


def _by_hour(heard: Sequence[tuple[int, str]], each: int) -> dict[int, list[str]]:
    """The kinds of each hour's dots, in order of arrival while one dot is one voice."""
    hours: dict[int, list[str]] = {}
    for at, kind in heard:
        hours.setdefault(at, []).append(kind)
    if each == 1:
        return hours
    return {
        at: [kind for kind in KINDS for _ in range(ceil(kinds.count(kind) / each))]
        for at, kinds in hours.items()
    }


def _fit(fullest: int, column: float, high: float) -> tuple[int, int, float]:
    """Voices for each dot, dots side by side, and the way from dot to dot."""
    for each in STEPS:
        dots = ceil(fullest / each) + (2 if each > 1 else 0)
        for wide in range(1, WIDEST + 1):
            pitch = min(LARGEST, column * 0.86 / wide, high / ceil(dots / wide))
            # A pile broader than it is high would look like a carpet.
            if pitch >= SMALLEST * (1.4 if wide < sqrt(dots) else 1.0):
                return each, wide, pitch
    return STEPS[-1], WIDEST, SMALLEST


def _heap(kind: str, places: Sequence[Place]) -> Heap:
    return Heap(kind, shapes.points([(x, y) for x, y, of in places if of == kind]))


def _marks(first: int, last: int, column: float, room: float) -> tuple[tuple[float, str], ...]:
    """Every hour while there is room, else every second or third one."""
    step = next(step for step in (1, 2, 3, 4, 6, 12) if column * step >= room)
    return tuple(
        (round(column * (at - first + 0.5), 2), f"{at}:00") for at in range(first, last + 1, step)
    )
