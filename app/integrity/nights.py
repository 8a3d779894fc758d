"""Nights: work that is done once for each local date, by whichever process comes first."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.integrity.models import Night
from app.people.models import Company

# Not before: late deliveries of the day before are in, and hardly anybody looks at a wall.
HOUR = 2
KEPT_DAYS = 90


def take(database: Database, what: str) -> date | None:
    """Today's local date when this work is due and nobody has taken it; else None.

    Due from two in the morning on; at once where it was never done.
    """
    with database.read() as session:
        zone = session.scalar(select(Company.timezone))
        if zone is None:
            return None
        day = clock.day_in(zone)
        last = session.scalar(
            select(Night.day).where(Night.what == what).order_by(Night.day.desc()).limit(1)
        )
    is_early = clock.day_in(zone, clock.now() - timedelta(hours=HOUR)) < day
    if last is not None and (last >= day or is_early):
        return None
    with database.write.begin() as session:
        return day if claim(session, what, day) else None


def note(session: Session, what: str, day: date, facts: dict[str, Any]) -> None:
    """Writes down how it went; what is long ago is forgotten."""
    session.execute(update(Night).where(Night.what == what, Night.day == day).values(facts=facts))
    session.execute(
        delete(Night).where(Night.what == what, Night.day < day - timedelta(days=KEPT_DAYS))
    )


def last(session: Session, what: str) -> Night | None:
    """The newest night whose work was finished."""
    finished = select(Night).where(Night.what == what, Night.facts.is_not(None))
    return session.scalar(finished.order_by(Night.day.desc()).limit(1))


def claim(session: Session, what: str, day: date) -> bool:
    """Takes the work of that day, in the transaction that does it; False when it was taken."""
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = {"what": what, "day": day, "begun_at": clock.now(), "facts": None}
    done: Any = session.execute(dialect.insert(Night).values(row).on_conflict_do_nothing())
    return bool(done.rowcount)
