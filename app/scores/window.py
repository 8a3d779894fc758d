"""Window: which local dates a score is about."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError
from app.people.models import Company, Person, Site, Team

MAX_DAYS = 366


@dataclass(frozen=True, slots=True)
class Window:
    """The `days` local dates that end with `until`, that day included."""

    until: date
    days: int

    @property
    def start(self) -> date:
        return self.until - timedelta(days=self.days - 1)

    @property
    def end(self) -> date:
        """The first date after it."""
        return self.until + timedelta(days=1)

    @property
    def before(self) -> "Window":
        """As many dates, just before it."""
        return Window(self.start - timedelta(days=1), self.days)


def window(until: date, days: int) -> Window:
    """A window somebody asked for. Raises CheerboardError when it cannot be one."""
    if not 1 <= days <= MAX_DAYS:
        raise CheerboardError(f"days is 1 to {MAX_DAYS}, not {days}.")
    if not 1970 <= until.year <= 9998:
        raise CheerboardError(f"{until.isoformat()} is not a date anybody answered on.")
    return Window(until, days)


def today(session: Session, scope: str, scope_id: int) -> date:
    """The local date where this site, team or person is; the company's where nothing is said."""
    zone: Any = None
    if scope == "site":
        zone = session.scalar(select(Site.timezone).where(Site.id == scope_id))
    elif scope == "team":
        zone = session.scalar(_zone_of_team().where(Team.id == scope_id))
    elif scope == "person":
        of_person = _zone_of_team().join(Person, Person.team_id == Team.id)
        zone = session.scalar(of_person.where(Person.id == scope_id))
    return clock.day_in(zone or session.scalar(select(Company.timezone)) or "UTC")


def _zone_of_team() -> Any:
    return select(Site.timezone).join(Team, Team.site_id == Site.id)
