"""Retention of what is kept about employees: after some days nobody can tell whom a voice named."""

import logging
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.desk import following
from app.heroes.models import Hero
from app.heroes.nominationmodels import Nomination
from app.live.bus import announce
from app.people.models import Company
from app.responses.models import Response

log = logging.getLogger("cheerboard.people")
NAMES_SOMEBODY = or_(Response.person_id.is_not(None), following.WORDS["employee"].is_not(None))


def sweep(database: Database) -> int:
    """Takes employees off answers that are older than the company keeps them; how many.

    Scores stay with team and site. Picks and nominations of that age are deleted. Without a number
    of days nothing is done.
    """
    with database.read() as session:
        before = cut_off(session)
        top = session.scalar(select(func.max(Response.id))) or 0
    if before is None:
        return 0
    gone = 0
    for low in range(0, top + 1, following.STRIDE):
        with database.read() as session:
            ids = _old(session, before, low)
        for start in range(0, len(ids), following.TOGETHER):
            with database.write.begin() as session:
                gone += len(following.unname(session, ids[start : start + following.TOGETHER]))
    with database.write.begin() as session:
        heroes: Any = session.execute(delete(Hero).where(Hero.starts_on < before))
        made = clock.now() - timedelta(days=(clock.now().date() - before).days)
        given: Any = session.execute(delete(Nomination).where(Nomination.made_at < made))
        if heroes.rowcount or given.rowcount:
            announce(session, "heroes")
    if gone:
        log.info("%d old answers name no employee any more", gone)
    return gone


def cut_off(session: Session) -> date | None:
    """The first day whose answers still name employees; None: all do."""
    company = session.get(Company, 1)
    if company is None or company.people_days is None:
        return None
    return clock.day_in(company.timezone) - timedelta(days=company.people_days)


def overdue(session: Session) -> int:
    """Answers that should name nobody any more and still do; the proof that this works is 0."""
    before = cut_off(session)
    if before is None:
        return 0
    query = select(func.count()).select_from(Response)
    return session.scalar(query.where(Response.answered_on < before, NAMES_SOMEBODY)) or 0


def _old(session: Session, before: date, low: int) -> list[int]:
    within = Response.id.between(low, low + following.STRIDE - 1)
    query = select(Response.id).where(within, Response.answered_on < before, NAMES_SOMEBODY)
    return list(session.scalars(query))
