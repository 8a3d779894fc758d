"""Heroes as a wall, a lead or a program may read them: names after visibility and audience."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.heroes.models import Hero
from app.people.models import Company, Person, Team
from app.people.names import shown_name
from app.stories import listing as stories
from app.stories.listing import DESK, StoryView

# What the public reason of a pick says anyway.
SCORELESS = ("promoters", "until", "days")


@dataclass(frozen=True, slots=True)
class HeroView:
    """One hero for one audience.

    `reason` tells a score only before staff and leads, and only where the company shows
    individuals. `promoters` are the delighted customers behind a pick. `story` is the newest
    released one about this person in the window of the pick.
    """

    id: int
    kind: str
    starts_on: date
    person_id: int
    name: str
    team: str | None
    reason: str
    promoters: int | None
    story: StoryView | None


def current(
    session: Session,
    day: date,
    audience: str = "staff",
    *,
    scope: str = "company",
    scope_id: int = 1,
) -> HeroView | None:
    """Whom a wall celebrates on a local date; None without a hero, or when it may not be told.

    Who became hidden, left, or was withdrawn is not shown, and nobody moves up in their place.
    The wall of a team or a site celebrates who belongs there today; `scope` is company, site or
    team.
    """
    week = Hero.starts_on.between(day - timedelta(days=6), day)
    here = or_(Person.left_on.is_(None), Person.left_on > day)
    newest = _select().where(week, here, Hero.withdrawn_at.is_(None), *_within(scope, scope_id))
    return next(iter(_views(session, newest.limit(1), audience)), None)


def history(session: Session, audience: str = "staff", limit: int = 20) -> list[HeroView]:
    """The heroes of the past, newest first, without those who may not be named."""
    shown = _select().where(Hero.withdrawn_at.is_(None), Person.visibility != "hidden")
    return _views(session, shown.limit(limit), audience)


def numbers_for(session: Session, hero: Hero, *, admin: bool) -> dict[str, Any]:
    """The numbers behind a pick as a program may read them.

    Without individuals nobody but an admin reads a personal score, or who else stood in the field;
    with them, not the ones who are hidden.
    """
    if admin:
        return hero.numbers
    if not session.scalar(select(Company.individuals)):
        return {name: hero.numbers[name] for name in SCORELESS if name in hero.numbers}
    hidden = set(session.scalars(select(Person.id).where(Person.visibility == "hidden")))
    field = [one for one in hero.numbers.get("field", ()) if one["person_id"] not in hidden]
    return hero.numbers | ({"field": field} if "field" in hero.numbers else {})


def _within(scope: str, scope_id: int) -> list[ColumnElement[bool]]:
    """The person's place, as the roster has it now."""
    if scope == "team":
        return [Person.team_id == scope_id]
    if scope == "site":
        return [Person.team_id.in_(select(Team.id).where(Team.site_id == scope_id))]
    return []


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(Hero, Person, Team.name.label("team"))
        .join(Person, Person.id == Hero.person_id)
        .outerjoin(Team, Team.id == Hero.team_id)
        .order_by(Hero.starts_on.desc(), Hero.id.desc())
    )


def _views(session: Session, query: Select[*tuple[Any, ...]], audience: str) -> list[HeroView]:
    scored = bool(session.scalar(select(Company.individuals))) and audience in (DESK, "staff")
    views = []
    for hero, person, team in session.execute(query).all():
        # Before the desk as well: to be hidden is a wish toward colleagues too.
        name = shown_name(person.name, person.visibility, "staff" if audience == DESK else audience)
        if name is not None:
            views.append(
                HeroView(
                    id=hero.id,
                    kind=hero.kind,
                    starts_on=hero.starts_on,
                    person_id=person.id,
                    name=name,
                    team=team if audience in (DESK, "staff") else None,
                    reason=(scored and hero.numbers.get("reason_with_score")) or hero.reason,
                    promoters=hero.numbers.get("promoters"),
                    story=_story(session, hero, audience),
                )
            )
    return views


def _story(session: Session, hero: Hero, audience: str) -> StoryView | None:
    """Their customers' words since the window of the pick began."""
    until, days = hero.numbers.get("until"), hero.numbers.get("days")
    if until is None or days is None:
        since = hero.starts_on - timedelta(days=28)
    else:
        since = date.fromisoformat(until) - timedelta(days=days - 1)
    return stories.about(session, hero.person_id or 0, since, audience)
