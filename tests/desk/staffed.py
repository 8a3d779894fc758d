"""A company with a roster, and answers that went the ordinary way into the ledger."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from app.db import Database
from app.desk import following
from app.intake.models import Source
from app.people import roster
from app.people.models import Team
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.ledger import Entry
from app.scores import tallies
from app.stories import candidates
from tests import make

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
_numbers = count()


def company(session: Session) -> dict[str, Team]:
    """Two teams at the head office and a source."""
    make.company(session)
    make.source(session)
    return {name: make.team(session, name) for name in ("Service", "Claims")}


def answers(
    database: Database,
    number: int = 1,
    *,
    score: int = 10,
    days_ago: int = 0,
    comment: str | None = None,
    **attributes: str,
) -> list[int]:
    """Takes in so many answers that say these attributes; their ids."""
    at = NOON - timedelta(days=days_ago, hours=1)
    with database.write.begin() as session:
        source_id = session.query(Source.id).limit(1).scalar()
        entries = [_entry(source_id, at, score, comment, attributes) for _ in range(number)]
        changes = ledger.record(session, entries, roster.load(session))
        tallies.apply(session, changes)
        candidates.consider(session, changes, candidates.NONE_YET)
    return [change.response_id for change in changes]


def followed(database: Database) -> None:
    """What the server does by itself within a second of a match."""
    while following.advance(database):
        pass


def _entry(
    source_id: int, at: datetime, score: int, comment: str | None, attributes: Mapping[str, str]
) -> Entry:
    answer = Answer(
        response_id=f"r-{next(_numbers)}",
        score=score,
        comment=comment,
        submitted_at=at,
        attributes=dict(attributes),
    )
    return Entry(source_id, None, at, answer)
