"""Plain makers of rows for tests: people have names, and what is not said is ordinary."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.followups.models import Case
from app.heroes.models import Hero
from app.heroes.nominationmodels import Nomination
from app.intake.models import Source
from app.people.models import Company, Person, Site, Team


def company(session: Session, *, timezone: str = "Europe/Berlin", **facts: Any) -> Company:
    """The company and its first site."""
    made = Company(id=1, name=facts.pop("name", "Northwind"), timezone=timezone, **facts)
    session.add_all([made, Site(name="Head office", timezone=timezone)])
    session.flush()
    return made


def site(session: Session, name: str, timezone: str = "Europe/Berlin") -> Site:
    made = Site(name=name, timezone=timezone)
    session.add(made)
    session.flush()
    return made


def team(session: Session, name: str, at: Site | None = None) -> Team:
    made = Team(name=name, site_id=at.id if at else None)
    session.add(made)
    session.flush()
    return made


def person(session: Session, name: str, of: Team | None = None, **facts: Any) -> Person:
    made = Person(name=name, team_id=of.id if of else None, **facts)
    session.add(made)
    session.flush()
    return made


def source(
    session: Session, name: str = "survey", platform: str = "generic", **facts: Any
) -> Source:
    made = Source(
        name=name,
        platform=platform,
        key=facts.pop("key", f"made-up-key-of-{name}"),
        settings=facts.pop("settings", {}),
        created_at=clock.now(),
        **facts,
    )
    session.add(made)
    session.flush()
    return made


def nomination(
    session: Session, of: Person, reason: str = "Stayed until the lift worked.", **facts: Any
) -> Nomination:
    """On the walls, unless `state` says otherwise."""
    now = clock.now()
    state = facts.pop("state", "shown")
    made = Nomination(
        person_id=of.id,
        state=state,
        reason=reason,
        badge=facts.pop("badge", ""),
        figure=facts.pop("figure", ""),
        giver=facts.pop("giver", "Lea"),
        made_at=now,
        shown_at=now if state == "shown" else None,
        **facts,
    )
    session.add(made)
    session.flush()
    return made


def case(session: Session, response_id: int, **facts: Any) -> Case:
    """A follow-up of an answer, opened now and due in two days."""
    now = clock.now()
    usual = {"state": "open", "opened_at": now, "due_at": now + timedelta(days=2), "tries": 0}
    made = Case(response_id=response_id, **usual | {"note": "", "version": 1} | facts)
    session.add(made)
    session.flush()
    return made


def hero(session: Session, of: Person, **facts: Any) -> Hero:
    """A suggested pick of the day."""
    made = Hero(
        kind="pick", starts_on=clock.now().date(), state="suggested", person_id=of.id,
        team_id=of.team_id, reason="12 delighted customers in four weeks.", rule="test",
        numbers={"promoters": 12}, picked_at=clock.now(), **facts,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
