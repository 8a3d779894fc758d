"""Voices: the newest answers of a board's scope, as kinds of dots without anything personal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app import clock
from app.board.scene import Stage
from app.responses.answer import AHEAD
from app.responses.models import COUNTED, HISTORY, LedgerEntry, Response
from app.scores.nps import category

# What is imported, filled in, fetched or replayed later than this after the customer spoke is
# history.
NEWS = timedelta(minutes=10)
KINDS = ("promoter", "passive", "detractor")


@dataclass(frozen=True)
class Voice:
    """`id` names this dot wherever it is drawn; `kind` is promoter, passive or detractor.

    `is_past`: the answer was given too long ago to come in as news.
    """

    id: str
    kind: str
    is_past: bool = False


def recent(session: Session, stage: Stage, limit: int, days: int | None = None) -> list[Voice]:
    """The last voices of the board's scope, oldest first; `days` keeps to that window."""
    return newest(session, _of(stage), limit, _first_day(stage, days))


def newest(
    session: Session,
    of: Sequence[ColumnElement[bool]],
    limit: int,
    since: date | None = None,
) -> list[Voice]:
    """The last counted voices that meet every condition, oldest first."""
    query = (
        select(Response.id, Response.score, Response.submitted_at)
        .where(COUNTED, *of, Response.submitted_at <= clock.now() + AHEAD)
        .order_by(Response.submitted_at.desc(), Response.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(Response.answered_on >= since)
    rows = session.execute(query).all()
    news = _news(session, [id_ for id_, _, at in rows if clock.now() - at <= NEWS])
    return [
        Voice(id=str(id_), kind=category(score), is_past=id_ not in news)
        for id_, score, _ in reversed(rows)
        if score is not None
    ]


def _news(session: Session, young: Sequence[int]) -> set[int]:
    """Those of the young ones that were delivered: a history, however young, floods no wall."""
    if not young:
        return set()
    filled_in = select(LedgerEntry.response_id).where(
        LedgerEntry.response_id.in_(young), LedgerEntry.delivery_id == HISTORY
    )
    return set(young) - set(session.scalars(filled_in))


def _of(stage: Stage) -> list[ColumnElement[bool]]:
    if stage.scope == "team":
        return [Response.team_id == stage.scope_id]
    if stage.scope == "site":
        return [Response.site_id == stage.scope_id]
    return []


def _first_day(stage: Stage, days: int | None) -> date | None:
    return None if days is None else stage.today - timedelta(days=days - 1)


def of_day(session: Session, stage: Stage, limit: int) -> list[tuple[datetime, Voice]]:
    """The board's voices of its own today with the local time of each, oldest first."""
    zone = ZoneInfo(stage.timezone)
    found = session.execute(
        select(Response.id, Response.score, Response.submitted_at)
        .where(
            COUNTED,
            *_of(stage),
            Response.answered_on == stage.today,
            # For the index: an answer's local date is never further from UTC's than this.
            Response.submitted_at >= stage.now - timedelta(hours=38),
        )
        .order_by(Response.submitted_at.desc(), Response.id.desc())
        .limit(limit)
    ).all()
    return [
        (at.astimezone(zone), Voice(id=str(id_), kind=category(score)))
        for id_, score, at in reversed(found)
        if score is not None
    ]
