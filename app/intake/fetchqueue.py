"""Deliveries whose answer has to be fetched, and sources that have to be left alone for a while."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.intake import patience
from app.intake.deliveries import Waiting
from app.intake.models import FETCHED, Delivery, FetchPause
from app.intake.reading import Reading
from app.intake.rest import LaterError
from app.live.bus import announce

# On PostgreSQL several servers share the work; what one that died had taken is free after this.
LEASE = timedelta(minutes=3)
PATIENCE = timedelta(days=3)
# From so many failures in a row on it was the API, and not one of its answers.
OUTAGE = 3
# An API that says "gone" or "not you" may be wrong for a while as well.
REOPENED_AFTER = timedelta(hours=1)
TOGETHER = 200

_TABLE = cast("Table", Delivery.__table__)


@dataclass(frozen=True, slots=True)
class Pause:
    """A source's API is left alone until then, after so many failures in a row."""

    until: datetime
    failures: int


def enqueue(session: Session, ids: Sequence[int], at: datetime) -> None:
    """From now on these wait for their platform's API instead of being processed."""
    session.execute(
        update(_TABLE).where(_TABLE.c.id.in_(ids), _TABLE.c.outcome == "kept").values(fetch_at=at)
    )


def agenda(session: Session) -> dict[int, datetime]:
    """For each source the moment from which it has something to fetch."""
    rows = session.execute(
        select(_TABLE.c.source_id, func.min(_TABLE.c.fetch_at))
        .where(FETCHED)
        .group_by(_TABLE.c.source_id)
    )
    return {row[0]: row[1] for row in rows}


def due(
    session: Session, source_id: int, now: datetime, most: int, without: Collection[int]
) -> list[tuple[Waiting, int]]:
    """The deliveries of a source whose time has come, longest due first, and their attempts."""
    rows = session.execute(
        select(*(_TABLE.c[name] for name in Waiting._fields[:5]), _TABLE.c.attempts)
        .where(
            FETCHED,
            _TABLE.c.source_id == source_id,
            _TABLE.c.fetch_at <= now,
            _TABLE.c.id.not_in(without),
        )
        .order_by(_TABLE.c.fetch_at, _TABLE.c.id)
        .limit(most)
    )
    return [(Waiting(*row[:5]), row[5]) for row in rows]


def lease(session: Session, ids: Sequence[int], now: datetime) -> set[int]:
    """Those that no other server has taken meanwhile; they are ours for some minutes."""
    return set(
        session.scalars(
            update(_TABLE)
            .where(FETCHED, _TABLE.c.id.in_(ids), _TABLE.c.fetch_at <= now)
            .values(fetch_at=now + LEASE)
            .returning(_TABLE.c.id)
        )
    )


def pauses(session: Session) -> dict[int, Pause]:
    """Every source that failed the last time it was asked."""
    return {
        row.source_id: Pause(row.until, row.failures) for row in session.scalars(select(FetchPause))
    }


def fail(
    session: Session, source_id: int, delivery_id: int, attempts: int, error: LaterError
) -> None:
    """Puts a delivery off, and leaves its source alone for a while; it stays kept."""
    now = clock.now()
    before = session.get(FetchPause, source_id)
    is_same = before is not None and before.until > now  # calls that failed together are one
    failures = (before.failures if before else 0) + (0 if is_same else 1)
    rest = patience.back_off(failures, patience.LONGEST_PAUSE) if error.after is None else 0.0
    until = now + timedelta(seconds=max(rest, error.after or 0.0))
    if before is not None:
        until = max(until, before.until) if is_same else until
    session.merge(
        FetchPause(source_id=source_id, until=until, failures=failures, reason=str(error))
    )
    at = max(until, now + timedelta(seconds=patience.back_off(attempts)))
    session.execute(
        update(_TABLE)
        .where(FETCHED, _TABLE.c.id == delivery_id)
        .values(fetch_at=at, attempts=attempts, error=str(error))
    )


def resume(session: Session, source_id: int, now: datetime) -> None:
    """The API answers again. After an outage whatever was put off because of it is due at once."""
    before = session.get(FetchPause, source_id)
    if before is None:
        return
    if before.failures >= OUTAGE:
        session.execute(
            update(_TABLE)
            .where(FETCHED, _TABLE.c.source_id == source_id, _TABLE.c.fetch_at > now)
            .values(fetch_at=now)
        )
    session.delete(before)


def reopen(database: Database, sources: Collection[int], now: datetime) -> int:
    """Asks again for what these sources' APIs refused: after an hour, and then each time after as
    long as it has been waiting, for three days; how many. Nobody has to press for it.
    """
    failed = (_TABLE.c.outcome == "failed", _TABLE.c.source_id.in_(sources))
    with database.read() as session:
        rows = session.execute(
            select(_TABLE.c.id, _TABLE.c.received_at, _TABLE.c.processed_at).where(
                *failed,
                _TABLE.c.received_at > now - PATIENCE,
                _TABLE.c.processed_at <= now - REOPENED_AFTER,
            )
        ).all()
    ids = [one for one, came, ended in rows if now - ended >= ended - came][:TOGETHER]
    if ids:
        with database.write.begin() as session:
            session.execute(
                update(_TABLE)
                .where(*failed, _TABLE.c.id.in_(ids))
                .values(outcome="kept", processed_at=None, fetch_at=None, attempts=0)
            )
            announce(session, "sources")  # wakes whoever processes
    return len(ids)


def given_up(row: Waiting, error: LaterError, now: datetime) -> Reading | None:
    """What becomes of a delivery that was asked for in vain for days; None: not yet."""
    if now - row.received_at < PATIENCE:
        return None
    sentence = f"It was asked for in vain for {PATIENCE.days} days. {error}"
    return Reading(
        delivery_id=row.id, source_id=row.source_id, received_at=row.received_at, failed=sentence
    )
