"""Answers that come in, as the pipeline would hand them over."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.people import roster
from app.responses import ledger
from app.responses.answer import Answer, Withdrawal
from app.responses.models import LedgerEntry, Response
from app.responses.voice import Change, Entry, Voice

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


def answer(response_id: str = "r-1", score: int | None = 9, **facts: Any) -> Answer:
    return Answer(response_id=response_id, score=score, **facts)


def entry(
    said: Answer | Withdrawal, *, source_id: int = 1, after: float = 0, delivery_id: int | None = 7
) -> Entry:
    """An entry received `after` minutes past noon."""
    return Entry(source_id, delivery_id, NOON + timedelta(minutes=after), said)


def record(session: Session, *said: Answer | Withdrawal | Entry) -> list[Change]:
    """One batch; plain answers arrive a minute apart, from the first source."""
    entries = [
        each if isinstance(each, Entry) else entry(each, after=place)
        for place, each in enumerate(said)
    ]
    return ledger.record(session, entries, roster.load(session))


def one_by_one(database: Database, *said: Answer | Withdrawal | Entry) -> list[list[Change]]:
    """Each in a transaction of its own; plain ones arrive a minute apart."""
    changes = []
    for place, each in enumerate(said):
        with database.write.begin() as session:
            ready = each if isinstance(each, Entry) else entry(each, after=place)
            changes.append(record(session, ready))
    return changes


def stored(database: Database, external_id: str = "r-1") -> Response:
    with database.read() as session:
        return session.scalars(select(Response).where(Response.external_id == external_id)).one()


def steps(database: Database) -> list[tuple[Any, Any]]:
    """The scores before and after, of every row of the ledger in order."""
    with database.read() as session:
        rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    return [(_score(row.before), _score(row.after)) for row in rows]


def ids(database: Database, external_ids: Iterable[str]) -> list[int]:
    return [stored(database, external_id).id for external_id in external_ids]


def _score(voice: Voice | None) -> int | None:
    return None if voice is None else voice.score
