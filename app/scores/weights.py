"""Weights: a score in which an answer of one channel counts for more than one of another.

It stands beside the plain score and never in its place; walls and the API show the plain one.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.models import Company
from app.scores import fairness, nps, tallies, weighting
from app.scores.nps import MIN_SHOWN


def sentence(session: Session, scope: str, scope_id: int, until: date, days: int) -> str:
    """The weighted score with what it rests on; empty without weights that make a difference.

    Nor is it said under 10 answers, or when those weigh as much as fewer than 10 equal ones.
    """
    weights = session.scalar(select(Company.weights)) or {}
    if not weights:
        return ""
    segments = tallies.segments(session, scope, scope_id, until, days)
    channels = fairness.parts(segments, "channel")
    known = {name: float(weights.get(name.casefold(), 1)) for name in channels}
    if len(set(known.values())) < 2:
        return ""
    found = weighting.weighted([(known[name], tally) for name, tally in channels.items()])
    if found is None or found.n < MIN_SHOWN or found.n_eff < MIN_SHOWN:
        return ""
    low, high = (nps.shown(end) for end in found.interval)
    rule = ", ".join(f"{name} {known[name]:g}" for name in sorted(known))
    return (
        f"Weighted by channel ({rule}) it would be {nps.shown(found.nps)}, between {low} and "
        f"{high}: as sure as {found.n_eff:.0f} answers that weigh the same."
    )
