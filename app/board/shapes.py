"""Shapes: where dots stand. Pure geometry in u, x to the right and y down as SVG counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin

# A dot's radius as a share of the way to its neighbour; fuller looks like a chain, less like dust.
FULLNESS = 0.36
LARGEST_DOT = 4.0
ROW_GAP = 1.5


@dataclass(frozen=True)
class Dot:
    """One voice in its place, in radii of its own circle so that one sprite fits every size."""

    id: str
    kind: str
    x: float
    y: float


@dataclass(frozen=True)
class Seats:
    """Places in the order they are taken, with the radius a dot has there."""

    places: tuple[tuple[float, float], ...]
    radius: float


def horseshoe(count: int, radius: float, sweep: float = 270.0) -> Seats:
    """Places on up to three arcs that open downwards, ordered from the left end to the right one.

    Places at equal angles lie one behind the other, so that what is sorted by kind becomes
    sectors, and a sector's angle is its share. `radius` is that of the outer arc, to the middle
    of its dots; `sweep` is in degrees.
    """
    if count == 0:
        return Seats((), LARGEST_DOT)
    rows = 1 if count <= 14 else 2 if count <= 40 else 3
    pitch = _pitch(count, rows, radius, radians(sweep))
    gap = min(pitch * ROW_GAP, LARGEST_DOT * 2.9)
    radii = [radius - row * gap for row in range(rows)]
    seats = sorted(
        (
            (angle, size)
            for size, share in zip(radii, shares(count, radii), strict=True)
            for angle in spread(share, sweep)
        ),
        key=lambda seat: (round(seat[0], 9), -seat[1]),
    )
    places = tuple((size * sin(angle), -size * cos(angle)) for angle, size in seats)
    return Seats(places, min(pitch * FULLNESS, LARGEST_DOT))


def circle(count: int, radius: float) -> tuple[tuple[float, float], ...]:
    """Evenly round a circle, clockwise from the top."""
    angles = [2 * pi * step / count for step in range(count)]
    return tuple((radius * sin(angle), -radius * cos(angle)) for angle in angles)


def spread(count: int, sweep: float) -> list[float]:
    """Angles from the left end of an arc to the right one, in radians from straight up."""
    half = radians(sweep) / 2
    if count == 1:
        return [0.0]
    return [2 * half * step / (count - 1) - half for step in range(count)]


def shares(count: int, weights: Sequence[float]) -> list[int]:
    """Splits a count by weights; the parts differ from exact by less than one and sum to it."""
    total = sum(weights)
    exact = [count * weight / total for weight in weights]
    parts = [int(part) for part in exact]
    by_rest = sorted(range(len(parts)), key=lambda at: parts[at] - exact[at])
    for at in by_rest[: count - sum(parts)]:
        parts[at] += 1
    return parts


def placed(kinds: Sequence[tuple[str, str]], seats: Seats) -> tuple[Dot, ...]:
    """Dots of (id, kind) on their seats, in order; seats left over stay empty."""
    return tuple(
        Dot(id=name, kind=kind, x=in_radii(x, seats.radius), y=in_radii(y, seats.radius))
        for (name, kind), (x, y) in zip(kinds, seats.places, strict=False)
    )


def in_radii(length: float, radius: float) -> float:
    return round(length / radius, 2) + 0.0  # adding nothing turns -0.0 into 0.0


def beads(places: Sequence[tuple[float, float]]) -> str:
    """A path that is nothing but ends: with round caps each place becomes one filled dot."""
    return "".join(f"M{_short(x)} {_short(y)}h0" for x, y in places)


def points(places: Sequence[tuple[float, float]]) -> str:
    """The `points` of a polyline."""
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in places)


def pile(count: int, wide: int, pitch: float, middle: float, up: int) -> list[tuple[float, float]]:
    """Places of a pile, filled row by row from its foot at 0; `up` is -1 upwards, 1 downwards."""
    left = middle - (wide - 1) * pitch / 2
    return [(left + (at % wide) * pitch, up * (at // wide + 0.5) * pitch) for at in range(count)]


def _pitch(count: int, rows: int, radius: float, sweep: float) -> float:
    """Way between neighbours such that `count` places fill all arcs.

    Solves sweep * sum(radius - row * ROW_GAP * pitch) = pitch * (count - rows).
    """
    behind = ROW_GAP * rows * (rows - 1) / 2
    return sweep * radius * rows / (max(count - rows, 1) + sweep * behind)


def _short(length: float) -> str:
    return f"{length:.2f}".rstrip("0").rstrip(".").replace("-0.", "-.")
