"""Weighting: answers that stand for more or fewer customers, and mixes made comparable. Pure.

Tallies stay integers; weights are applied when they are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.scores import nps
from app.scores.nps import Tally


@dataclass(frozen=True, slots=True)
class Weighted:
    """`n_eff` is the number of equal answers that would know as much (Kish)."""

    nps: float
    n: int
    n_eff: float
    interval: tuple[float, float]


def weighted(groups: Sequence[tuple[float, Tally]]) -> Weighted | None:
    """The score of groups whose answers weigh differently; None without any weight."""
    total = sum(weight * tally.n for weight, tally in groups)
    if total <= 0:
        return None
    effective = total**2 / sum(weight**2 * tally.n for weight, tally in groups)
    promoters = sum(weight * tally.promoters for weight, tally in groups)
    passives = sum(weight * tally.passives for weight, tally in groups)
    detractors = sum(weight * tally.detractors for weight, tally in groups)
    scale = effective / total
    return Weighted(
        nps=100 * (promoters - detractors) / total,
        n=sum(tally.n for _, tally in groups),
        n_eff=effective,
        interval=nps.spread(promoters * scale, passives * scale, detractors * scale),
    )


def standardised(segments: Mapping[str, Tally], mix: Mapping[str, float]) -> float | None:
    """The score with everybody's mix of segments instead of one's own, against Simpson's paradox.

    `mix` has the company's share of each segment. None when a segment of the mix has no answers.
    """
    scores = {name: nps.nps(segments.get(name, Tally())) for name, share in mix.items() if share}
    total = sum(mix.values())
    if not total:
        return None
    standard = 0.0
    for name, score in scores.items():
        if score is None:
            return None
        standard += mix[name] / total * float(score)
    return standard
