"""Net Promoter Score: cut-offs, counts, score, interval, change and rounding. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from math import erfc, floor, sqrt
from typing import Literal

# The only place that knows where a promoter begins and a detractor ends.
PROMOTER_FROM = 9
DETRACTOR_TO = 6
# Under so many answers no score is shown, and under so many in a window no change is judged.
MIN_SHOWN = 10
MIN_CHANGE = 20
# Two-sided 95 %; and a bound that a look every day crosses by chance in 5 % of half-years.
Z_CLEAR = 1.959963984540054
Z_ALERT = 3.29
# Imaginary answers of the adjusted Wald interval (Rocks 2016).
ADDED = (0.75, 1.5, 0.75)

Category = Literal["promoter", "passive", "detractor"]
Verdict = Literal["too_few", "none", "clear", "alert"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Integer counts. A difference of two tallies may be negative."""

    promoters: int = 0
    passives: int = 0
    detractors: int = 0

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.promoters + other.promoters,
            self.passives + other.passives,
            self.detractors + other.detractors,
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.promoters - other.promoters,
            self.passives - other.passives,
            self.detractors - other.detractors,
        )


@dataclass(frozen=True, slots=True)
class Shift:
    """A window against the one before: `delta` in points, `z`, two-sided `p`, and the verdict."""

    delta: Fraction
    z: float
    p: float
    verdict: Verdict


_ONE = {
    "promoter": Tally(promoters=1),
    "passive": Tally(passives=1),
    "detractor": Tally(detractors=1),
}


def category(score: int) -> Category:
    """What an answer of 0..10 makes of its customer. Raises ValueError outside of 0..10."""
    if not 0 <= score <= 10:
        raise ValueError(f"a score is 0 to 10, not {score}")
    if score >= PROMOTER_FROM:
        return "promoter"
    return "detractor" if score <= DETRACTOR_TO else "passive"


def one(score: int) -> Tally:
    """The tally of a single answer of 0..10."""
    return _ONE[category(score)]


def nps(tally: Tally) -> Fraction | None:
    """Exact, -100..100; None without answers."""
    return Fraction(100 * (tally.promoters - tally.detractors), tally.n) if tally.n else None


def rounded(value: Fraction | float) -> int:
    """Whole points, half away from zero; neither Python's nor JavaScript's `round` does that."""
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(Fraction(1, 2) - value)


def shown(value: Fraction | float) -> str:
    """As a wall says it: `+47`, `−3` with the real minus sign, `0` and never -0."""
    whole = rounded(value)
    return f"{whole:+d}".replace("-", "\N{MINUS SIGN}") if whole else "0"


def collecting(n: int) -> str:
    """What stands where a score is not shown yet: `collecting, 7 of 10`."""
    return f"collecting, {n} of {MIN_SHOWN}"


def decimals(value: Fraction | float, places: int = 4) -> float:
    """For programs: `places` decimals, half away from zero, never -0.0."""
    scale = Fraction(10) ** places
    return float(rounded(Fraction(value) * scale) / scale)


def interval(tally: Tally) -> tuple[float, float] | None:
    """The 95 % adjusted Wald interval (Rocks 2016), clipped to ±100; None without answers."""
    if not tally.n:
        return None
    return spread(tally.promoters, tally.passives, tally.detractors)


def spread(promoters: float, passives: float, detractors: float) -> tuple[float, float]:
    """The interval of counts that need not be whole: weighted answers have an effective number."""
    mean, variance, size = _adjusted(promoters, passives, detractors)
    half = Z_CLEAR * sqrt(variance / size)
    return max(-100.0, 100 * (mean - half)), min(100.0, 100 * (mean + half))


def change(now: Tally, before: Tally) -> Shift | None:
    """Score test with pooled variance of two windows that must not overlap.

    None when either is empty. `too_few` under 20 answers in either; `clear` from |z| 1.96, for a
    weekly report; `alert` from 3.29, for what is looked at every day.
    """
    score, earlier = nps(now), nps(before)
    if score is None or earlier is None:
        return None
    pooled = now + before
    _, variance, _ = _adjusted(pooled.promoters, pooled.passives, pooled.detractors)
    delta = score - earlier
    z = float(delta) / (100 * sqrt(variance * (1 / now.n + 1 / before.n)))
    return Shift(delta, z, erfc(abs(z) / sqrt(2)), _verdict(z, min(now.n, before.n)))


def _verdict(z: float, fewest: int) -> Verdict:
    if fewest < MIN_CHANGE:
        return "too_few"
    if abs(z) >= Z_ALERT:
        return "alert"
    return "clear" if abs(z) >= Z_CLEAR else "none"


def _adjusted(promoters: float, passives: float, detractors: float) -> tuple[float, float, float]:
    """Mean and variance of +1/0/-1, and the size, with the imaginary answers added."""
    plus, zero, minus = promoters + ADDED[0], passives + ADDED[1], detractors + ADDED[2]
    size = plus + zero + minus
    mean = (plus - minus) / size
    return mean, (plus + minus) / size - mean * mean, size
