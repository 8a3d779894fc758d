"""Loops: how many customers still wait for a call, and how many were rung. Counts, never a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, true
from sqlalchemy.orm import Session

from app.followups.models import LIVE, Case
from app.followups.steps import NOBODY_REACHED
from app.responses.models import Response

# How long the share of kept promises looks back.
KEPT_WITHIN = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Loop:
    """One case as a wall may know it; `closed_at` is None while it is open."""

    id: int
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Of `n` promises that came due or were ended, so many were kept."""

    kept: int
    n: int


def waiting(
    session: Session, scope: str, scope_id: int, *, closed_after: datetime, limit: int
) -> Sequence[Loop]:
    """Open loops and those closed a moment ago, the most urgent first."""
    just_closed = (Case.state == "solved") & (Case.closed_at >= closed_after)
    query = (
        select(Case.id, Case.opened_at, Case.due_at, Case.closed_at)
        .where(or_(Case.state.in_(LIVE), just_closed))
        .order_by(Case.due_at, Case.id)
        .limit(limit)
    )
    return [Loop(*row) for row in session.execute(_in(query, scope, scope_id))]


def open_count(session: Session, scope: str, scope_id: int, before: datetime) -> tuple[int, int]:
    """How many are open, and how many of them are due before a moment."""
    soon = func.coalesce(func.sum(case((Case.due_at < before, 1), else_=0)), 0)
    query = select(func.count(Case.id), soon).where(Case.state.in_(LIVE))
    row = session.execute(_in(query, scope, scope_id)).one()
    return int(row[0]), int(row[1])


def closed(
    session: Session, scope: str, scope_id: int, since: datetime
) -> tuple[int, datetime | None]:
    """How many were solved from then on, and when the last one ever was."""
    lately = func.coalesce(func.sum(case((Case.closed_at >= since, 1), else_=0)), 0)
    query = select(lately, func.max(Case.closed_at)).where(Case.state == "solved")
    row = session.execute(_in(query, scope, scope_id)).one()
    return int(row[0]), row[1]


def kept(session: Session, scope: str, scope_id: int, now: datetime) -> Kept:
    """Promises of the last four weeks: solved in time, of all solved, given up or overdue.

    A case whose answer went away was no promise to anybody and counts on neither side.
    """
    on_time = (Case.state == "solved") & (Case.closed_at <= Case.due_at)
    decided = or_(
        Case.state == "solved",
        (Case.state == "dropped") & (Case.reason == NOBODY_REACHED),
        Case.state.in_(LIVE) & (Case.due_at <= now),
    )
    query = select(
        func.coalesce(func.sum(case((on_time, 1), else_=0)), 0), func.count(Case.id)
    ).where(decided, Case.opened_at > now - KEPT_WITHIN)
    row = session.execute(_in(query, scope, scope_id)).one()
    return Kept(int(row[0]), int(row[1]))


def _in(query: Any, scope: str, scope_id: int) -> Any:
    """Of the answers that belong to the place; the company is everybody."""
    if scope == "company":
        return query
    return query.join(Response, Response.id == Case.response_id).where(_of(scope, scope_id))


def _of(scope: str, scope_id: int) -> ColumnElement[bool]:
    if scope == "team":
        return Response.team_id == scope_id
    return Response.site_id == scope_id if scope == "site" else true()
