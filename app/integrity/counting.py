"""Counting: how surprising a count is. Pure; the vectors of the tests say what must come out."""

from collections.abc import Iterable
from math import exp, inf, lgamma, log, log1p, sqrt


def tail(hits: int, count: int, share: float) -> float:
    """P(Bin(count, share) >= hits)."""
    if hits <= 0:
        return 1.0
    if hits > count or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    total = 0.0
    for k in range(hits, count + 1):
        ways = lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1)
        term = exp(ways + k * log(share) + (count - k) * log1p(-share))
        total += term
        # Far out the terms only fall.
        if k > count * share and term < total * 1e-12:
            break
    return min(1.0, total)


def z_of(strata: Iterable[tuple[int, int, int, int]]) -> float:
    """Two proportions, compared within strata: hits and size of one, hits and size of the other.

    Cochran's test; with one stratum it is the pooled two-proportion z. Positive when the first has
    the larger share; 0 when nothing can be compared.
    """
    surplus = variance = 0.0
    for hits, size, other_hits, other_size in strata:
        if not size or not other_size:
            continue
        both = size + other_size
        share = (hits + other_hits) / both
        surplus += hits - size * share
        variance += size * other_size * share * (1 - share) / both
    if not variance:
        return 0.0
    z = surplus / sqrt(variance)
    return z if abs(z) < inf else 0.0
