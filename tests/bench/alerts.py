"""(h) False alerts of stable teams in a half-year, and how soon a fall of 30 points is called.

Customers are simulated with a seed; the alerts are the program's own, once for each local date.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from app.scores import alerts
from app.scores.nps import Tally
from tests.bench.table import Row

DAYS = 28
HALF_YEAR = 26 * 7
TEAMS = 20
SIZES = (60, 120, 240, 480)
# Promoters, passives, detractors: +45 before, +15 after.
MIX, FALLEN = (0.60, 0.25, 0.15), (0.45, 0.25, 0.30)
SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Simulated:
    """`false`: alerts for each team and half-year; `called`: share of falls, within 28 days."""

    size: int
    false: float
    called: float
    median_days: int | None


def measure(runs: int = 20, falls: int = 200) -> list[Row]:
    """`runs` half-years of 20 teams, and `falls` planted falls, for each number of answers."""
    rows = []
    for size in SIZES:
        found = simulated(size, runs, falls)
        days = "never" if found.median_days is None else f"median day {found.median_days}"
        rows += [
            Row(f"alerts, {size} answers a window: false, per team and half-year", found.false,
                "<= 0.07", f"{runs * TEAMS} teams"),
            Row(f"alerts, {size} answers a window: fall of 30 called within 28 days", found.called,
                ">= 0.8" if size == 240 else "", f"{falls} falls, {days}"),
        ]  # fmt: skip
    return rows


def simulated(size: int, runs: int, falls: int) -> Simulated:
    """One row of the table; the same seed gives the same row."""
    chances = random.Random(SEED + size)
    false = sum(
        len(alerts.raised(alerts.shifts(_days(chances, size, MIX, 2 * DAYS - 1 + HALF_YEAR), DAYS)))
        for _ in range(runs * TEAMS)
    )
    took = sorted(_took(chances, size) for _ in range(falls))
    called = [days for days in took if days <= DAYS]
    median = took[len(took) // 2]
    return Simulated(
        size,
        false / (runs * TEAMS),
        len(called) / falls,
        median if median <= DAYS else None,
    )


def _took(chances: random.Random, size: int) -> int:
    """Days from a fall to the alert that calls it a fall; more than 28 when none did."""
    daily = _days(chances, size, MIX, 2 * DAYS) + _days(chances, size, FALLEN, DAYS)
    found = alerts.shifts(daily, DAYS)[1:]
    return next(
        (
            day
            for day, shift in enumerate(found, start=1)
            if shift and shift.verdict == "alert" and shift.delta < 0
        ),
        DAYS + 1,
    )


def _days(chances: random.Random, size: int, mix: Sequence[float], days: int) -> list[Tally]:
    return [_day(chances, size / DAYS, mix) for _ in range(days)]


def _day(chances: random.Random, mean: float, mix: Sequence[float]) -> Tally:
    counts = [0, 0, 0]
    for _ in range(_poisson(chances, mean)):
        draw = chances.random()
        counts[0 if draw < mix[0] else 1 if draw < mix[0] + mix[1] else 2] += 1
    return Tally(*counts)


def _poisson(chances: random.Random, mean: float) -> int:
    """How many answers come in a day (Knuth)."""
    bound, product, count = exp(-mean), chances.random(), 0
    while product > bound:
        product *= chances.random()
        count += 1
    return count


if __name__ == "__main__":
    from tests.bench.table import show

    print(show(measure()))
