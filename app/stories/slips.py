"""Slips: answers whose words speak against their score, and what the score is without them."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.responses.models import Response
from app.scores import nps, tallies
from app.scores.nps import Tally
from app.stories.models import Story


@dataclass(frozen=True, slots=True)
class Doubt:
    """`count` answers of a window are doubtful; the tally with them, and without. For leads."""

    count: int
    all: Tally
    without: Tally

    @property
    def says(self) -> str:
        """Both scores in one sentence; empty when nothing is in doubt."""
        if not self.count:
            return ""
        answers = "1 answer says" if self.count == 1 else f"{self.count} answers say"
        return (
            f"{answers} the opposite of the score that was given: "
            f"{_shown(self.all)} with, {_shown(self.without)} without."
        )


def doubt(
    session: Session, until: date, days: int, *, scope: str = "company", scope_id: int = 1
) -> Doubt:
    """The doubtful answers of the `days` local dates up to `until`; scope as in the tallies."""
    query = (
        select(Response.score)
        .join(Story, Story.response_id == Response.id)
        .where(Story.is_against_score, Response.status == "counted")
        .where(Response.answered_on.between(until - timedelta(days=days - 1), until))
    )
    if scope != "company":
        query = query.where(getattr(Response, f"{scope}_id") == scope_id)
    scores = [score for score in session.scalars(query) if score is not None]
    whole = tallies.rolling(session, scope, scope_id, until, days)
    return Doubt(len(scores), whole, whole - sum(map(nps.one, scores), Tally()))


def _shown(tally: Tally) -> str:
    """A lead sees a small number too, with its size."""
    value = nps.nps(tally)
    return f"{'no score' if value is None else nps.shown(value)} (n = {tally.n})"
