"""Promise: by when an unhappy customer is rung back, by the hours of the site it was about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.models import Company, Site
from app.people.officehours import working_days_after

WORKING_DAYS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """When somebody is there."""

    timezone: str
    hours: Mapping[str, Any] | None = None
    rests: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """Every site's hours, read once; `elsewhere` is for what belongs to no site."""

    places: Mapping[int, Place]
    elsewhere: Place

    @classmethod
    def load(cls, session: Session) -> "Promise":
        """The first site stands for the company."""
        places = {
            one.id: Place(one.timezone, one.office_hours, tuple(one.holidays or ()))
            for one in session.scalars(select(Site).order_by(Site.id))
        }
        company = session.get(Company, 1)
        zone = company.timezone if company else "UTC"
        return cls(places, next(iter(places.values()), Place(zone)))

    def due(self, now: datetime, site_id: int | None) -> datetime:
        """Two working days from now, as that site keeps them."""
        place = self.place(site_id)
        return working_days_after(now, WORKING_DAYS, place.hours, place.rests, place.timezone)

    def place(self, site_id: int | None) -> Place:
        return self.places.get(site_id or 0, self.elsewhere)
