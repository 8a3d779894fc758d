"""Ranking: shrinkage, who is equal to whom, and whether anybody differs at all. Pure.

Every sum is exact or correctly rounded, so nothing depends on the order groups come in.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import erfc, exp, fsum, lgamma, log, sqrt

from app.scores.nps import Tally

# No public rank under so many answers.
MIN_RANKED = 10
# Two are told apart, and one is surely above the company, from this probability.
SURE = 0.90
# Differences between groups are believed under this p.
BELIEVED = 0.05
# How many answers of the company are added to each group: bounds, and when too little is known.
WEIGHT_BOUNDS = (10.0, 100.0)
WEIGHT_DEFAULT = 20.0
MIN_GROUPS = 5
MIN_ANSWERS = 100


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A group's score drawn toward the company's, and its posterior deviation; both in points."""

    nps: float
    sd: float


@dataclass(frozen=True, slots=True)
class Standing:
    """One ranked group. Equal groups share a rank."""

    rank: int
    id: int
    tally: Tally
    shrunk: Shrunk


def shrink(tally: Tally, company: Tally, weight: float) -> Shrunk:
    """Dirichlet-multinomial posterior: `weight` answers with the company's shares are added.

    The mean is (n·NPS + m·NPS0)/(n + m). Without any answer in the company the shares are those of
    the group, and with none there it stands at 0.
    """
    prior = company if company.n else tally
    share = weight / prior.n if prior.n else 0.0
    plus = tally.promoters + share * prior.promoters
    minus = tally.detractors + share * prior.detractors
    size = tally.n + weight
    mean = (plus - minus) / size
    spread = max(0.0, (plus + minus) / size - mean * mean)
    return Shrunk(100 * mean, 100 * sqrt(spread / (size + 1)))


def weight(groups: Collection[Tally]) -> float:
    """How strongly to shrink, from the groups themselves: one-way ANOVA on +1/0/-1, 10 to 100.

    The weight is the variance within groups over the variance between them, moment estimate. With
    fewer than 5 groups or 100 answers it is 20.
    """
    known = [group for group in groups if group.n]
    total = sum(group.n for group in known)
    if len(known) < MIN_GROUPS or total < MIN_ANSWERS or total == len(known):
        return WEIGHT_DEFAULT
    between, within = _mean_squares(known)
    size = (total - sum(group.n**2 for group in known) / total) / (len(known) - 1)
    variance = (between - within) / size
    low, high = WEIGHT_BOUNDS
    return high if variance <= 0 else min(high, max(low, within / variance))


def p_equal(groups: Collection[Tally]) -> float:
    """How surprising the groups' differences are if there are none: p of the one-way F-test."""
    known = [group for group in groups if group.n]
    total = sum(group.n for group in known)
    if len(known) < 2 or total == len(known):
        return 1.0
    between, within = _mean_squares(known)
    if within == 0:
        return 0.0 if between > 0 else 1.0
    return f_tail(between / within, len(known) - 1, total - len(known))


def differ(groups: Collection[Tally]) -> bool:
    """Whether there is anything to rank; p of the F-test under 0.05."""
    return p_equal(groups) < BELIEVED


def ranked(groups: Mapping[int, Tally], company: Tally, weight: float, seed: str) -> list[Standing]:
    """The groups with at least 10 answers, best first, equal ones sharing a rank.

    Walking down by shrunken score, a group shares the rank of its peers' first while the
    probability that the first is better is under 0.90; else it begins new peers, and its rank is
    its position. Equal scores: the larger n first, then by lot, drawn anew with each `seed`.
    """
    public = [(key, tally) for key, tally in groups.items() if tally.n >= MIN_RANKED]
    walk = [(key, tally, shrink(tally, company, weight)) for key, tally in public]
    walk.sort(key=lambda one: (-one[2].nps, -one[1].n, lot(seed, one[0])))
    standings: list[Standing] = []
    first: Standing | None = None
    for position, (key, tally, shrunk) in enumerate(walk, start=1):
        shares = first is not None and is_equal(first.shrunk, shrunk)
        rank = first.rank if first is not None and shares else position
        standing = Standing(rank, key, tally, shrunk)
        first = first if shares else standing
        standings.append(standing)
    return standings


def is_equal(better: Shrunk, other: Shrunk) -> bool:
    """Whether nobody can tell that the first is better."""
    deviation = sqrt(better.sd**2 + other.sd**2)
    if deviation == 0:
        return better.nps == other.nps
    return normal((better.nps - other.nps) / deviation) < SURE


def p_above(shrunk: Shrunk, company_nps: float) -> float:
    """The probability that the group is better than the company."""
    if shrunk.sd == 0:
        return 0.5 if shrunk.nps == company_nps else float(shrunk.nps > company_nps)
    return normal((shrunk.nps - company_nps) / shrunk.sd)


def lot(seed: str, key: int) -> bytes:
    """A place in a draw that everybody with the same seed sees alike."""
    return hashlib.sha256(f"{seed}:{key}".encode()).digest()


def normal(z: float) -> float:
    """The standard normal distribution function."""
    return 0.5 * erfc(-z / sqrt(2))


def f_tail(f: float, between: int, within: int) -> float:
    """P(F > f) with these degrees of freedom, by the regularised incomplete beta function."""
    if f <= 0:
        return 1.0
    return beta_share(within / (within + between * f), within / 2, between / 2)


def beta_share(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta I_x(a, b) for 0 <= x <= 1.

    Lentz's continued fraction (Abramowitz and Stegun 26.5.8), on the side where it converges fast.
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)) / a
    value, c, d = 2.0, 2.0, 1.0
    for step in range(1, 10_000):
        half, is_odd = divmod(step, 2)
        top = -(a + half) * (a + b + half) if is_odd else half * (b - half)
        top *= x / ((a + step - 1) * (a + step))
        d = 1 / ((1 + top * d) or 1e-300)
        c = (1 + top / c) or 1e-300
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * (value - 1)


def _mean_squares(groups: Collection[Tally]) -> tuple[float, float]:
    """Between and within groups, of answers as +1/0/-1. Needs two groups and a spare answer."""
    total = sum(group.n for group in groups)
    overall = sum(group.promoters - group.detractors for group in groups) / total
    nets = [(group.n, group.promoters - group.detractors) for group in groups]
    squares = sum(group.promoters + group.detractors for group in groups)
    # Grouped so that equal groups give exactly 0, not a rounding error.
    between = fsum(n * (net / n - overall) ** 2 for n, net in nets)
    within = fsum([squares, *(-net * net / n for n, net in nets)])
    return between / (len(groups) - 1), max(0.0, within) / (total - len(groups))
