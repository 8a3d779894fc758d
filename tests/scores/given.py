"""Customers who answered, and what that came to."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app.people import roster
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.voice import Change, Entry
from app.scores import tallies
from app.scores.nps import Tally

NOON = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
_numbers = count(1)


def answers(
    session: Session, tally: Tally, *, days_ago: int = 0, of: str | None = None, **facts: Any
) -> list[Change]:
    """So many customers answer on one day, `of` an employee, in one batch; counted at once."""
    scores = [9] * tally.promoters + [7] * tally.passives + [0] * tally.detractors
    attributes = ({"employee": of} if of else {}) | facts.pop("attributes", {})
    said = [
        Answer(
            response_id=f"r-{next(_numbers)}",
            score=score,
            attributes=attributes,
            **{"submitted_at": NOON - timedelta(days=days_ago)} | facts,
        )
        for score in scores
    ]
    changes = ledger.record(
        session, [Entry(1, None, NOON, each) for each in said], roster.load(session)
    )
    tallies.apply(session, changes)
    return changes
