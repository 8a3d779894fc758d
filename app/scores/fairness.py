"""Fairness: a score with everybody's mix of channels or products beside one's own. Mostly pure.

Who takes the hard channel is not worse (Simpson's paradox): the score of each segment, drawn toward
the company's score of that segment, is weighted with the company's mix when it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from app.scores import nps, ranking, tallies
from app.scores.nps import Tally

Kind = Literal["channel", "product"]
KINDS: tuple[Kind, ...] = ("channel", "product")
# From here on two mixes differ: so large a share of the answers would have to move.
MIXES_DIFFER = 0.10
UNNAMED = "no name"

Segments = Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class Fair:
    """`score` in points, with the company's mix of this `kind`; `sentence` says why it differs."""

    kind: Kind
    score: float
    sentence: str

    @property
    def shown(self) -> str:
        return nps.shown(self.score)


def fair(session: Session, scope: str, scope_id: int, until: date, days: int) -> Fair | None:
    """The standardised score to show beside the raw one; None where there is no need for it."""
    own = tallies.segments(session, scope, scope_id, until, days)
    company = tallies.segments(session, "company", tallies.COMPANY, until, days)
    return judged(own, company)


def judged(own: Segments, company: Segments, weight: float = ranking.WEIGHT_DEFAULT) -> Fair | None:
    """The same of segments called `survey|channel`.

    None under 10 answers, where the company's segments score alike (F-test, p >= 0.05), and where
    one's own mix is the company's. Of channel and product the one that differs more is taken.
    """
    if sum((one.n for one in own.values()), 0) < nps.MIN_SHOWN:
        return None
    choices = []
    for kind in KINDS:
        mine, ours = parts(own, kind), parts(company, kind)
        p = ranking.p_equal(ours.values())
        if p < ranking.BELIEVED and distance(mine, ours) >= MIXES_DIFFER:
            choices.append((p, kind, mine, ours))
    if not choices:
        return None
    _, kind, mine, ours = min(choices, key=lambda choice: choice[0])
    score = standardised(mine, ours, weight)
    return Fair(kind, score, _sentence(kind, mine, ours, score))


def parts(segments: Segments, kind: Kind) -> dict[str, Tally]:
    """The segments added up by channel or by product, which is the survey."""
    found: dict[str, Tally] = {}
    for segment, tally in segments.items():
        survey, _, channel = segment.rpartition("|")
        name = (channel if kind == "channel" else survey) or UNNAMED
        found[name] = found.get(name, Tally()) + tally
    return {name: tally for name, tally in found.items() if tally.n}


def distance(one: Segments, other: Segments) -> float:
    """The share of answers that would have to move from one mix to the other, 0 to 1."""
    mine, ours = _shares(one), _shares(other)
    return sum(abs(mine.get(name, 0) - ours.get(name, 0)) for name in {*mine, *ours}) / 2


def standardised(own: Segments, company: Segments, weight: float) -> float:
    """The score with the company's mix; a segment with few answers stands near the company's."""
    return sum(
        share * ranking.shrink(own.get(name, Tally()), company[name], weight).nps
        for name, share in _shares(company).items()
    )


def _shares(segments: Segments) -> dict[str, float]:
    total = sum(tally.n for tally in segments.values())
    return {name: tally.n / total for name, tally in segments.items()} if total else {}


def _sentence(kind: Kind, own: Segments, company: Segments, score: float) -> str:
    mine, ours = _shares(own), _shares(company)
    # What stands out most; by name among equals, so that the sentence is always the same.
    most = max(sorted(ours), key=lambda name: abs(mine.get(name, 0) - ours[name]))
    there = nps.nps(company[most]) or 0
    overall = nps.nps(sum(company.values(), Tally())) or 0
    harder = "harder" if there < overall else "kinder"
    has = f"{100 * mine.get(most, 0):.0f} % of these answers are {most}"
    return (
        f"{has}, {100 * ours[most]:.0f} % of the company's, and {most} is the {harder} {kind}: "
        f"with the company's mix the score would be {nps.shown(score)}."
    )
