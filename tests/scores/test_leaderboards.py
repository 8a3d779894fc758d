"""Random leaderboards: who is equal is equal both ways, praise never hurts, blame never helps.

Three hundred here; ten thousand with `CHEERBOARD_FAULTS=long`.
"""

import os
import random

import pytest

from app.scores import ranking
from app.scores.nps import Tally
from app.scores.ranking import Standing

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
COUNT = 10_000 if LONG else 300
BEST, WORST = Tally(1, 0, 0), Tally(0, 0, 1)


@pytest.mark.faults
def test_random_leaderboards_are_fair() -> None:
    chances = random.Random(20_261_122)
    for _ in range(COUNT):
        _check(chances)


def _check(chances: random.Random) -> None:
    groups = _groups(chances)
    company = sum(groups.values(), Tally(60, 25, 15))
    weight = chances.uniform(*ranking.WEIGHT_BOUNDS)
    held = company, weight
    found = _ranks(groups, *held)
    shuffled = list(groups.items())
    chances.shuffle(shuffled)
    assert _standings(dict(shuffled), *held) == _standings(groups, *held)
    _check_ties(groups, held)
    for key in chances.sample(sorted(found), min(3, len(found))):
        praised = _ranks(groups | {key: groups[key] + BEST}, *held)
        blamed = _ranks(groups | {key: groups[key] + WORST}, *held)
        assert praised[key] <= found[key], (groups, held, key)
        assert blamed[key] >= found[key], (groups, held, key)


def _check_ties(groups: dict[int, Tally], held: tuple[Tally, float]) -> None:
    """Alike counts share a rank whatever they are called, and two who trade counts trade ranks."""
    found = _ranks(groups, *held)
    for one in found:
        for other in found:
            if groups[one] == groups[other]:
                assert found[one] == found[other], (groups, held)
    if len(found) > 1:
        one, other = list(found)[:2]
        traded = _ranks(groups | {one: groups[other], other: groups[one]}, *held)
        assert (traded[one], traded[other]) == (found[other], found[one]), (groups, held)


def _groups(chances: random.Random) -> dict[int, Tally]:
    most = chances.choice((12, 40, 400))
    level = chances.random()

    def tally() -> Tally:
        n = chances.randint(1, most)
        good = min(n, round(n * min(1, max(0, chances.gauss(level, 0.15)))))
        bad = chances.randint(0, n - good)
        return Tally(good, n - good - bad, bad)

    groups = {key: tally() for key in range(1, chances.randint(2, 15))}
    if len(groups) > 3:
        groups[2] = groups[1]
    return groups


def _standings(groups: dict[int, Tally], company: Tally, weight: float) -> list[Standing]:
    return ranking.ranked(groups, company, weight, "2026-47")


def _ranks(groups: dict[int, Tally], company: Tally, weight: float) -> dict[int, int]:
    return {one.id: one.rank for one in _standings(groups, company, weight)}
