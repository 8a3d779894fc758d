"""Heroes as a wall, a lead or a program may read them: names after visibility and audience."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.heroes.models import Hero
from app.people.models import Company, Person, Site, Team
from app.people.names import shown_name
from app.stories import listing as stories
from app.stories.listing import DESK, StoryView

# What the public reason of a pick says anyway.
SCORELESS = ("promoters", "until", "days", "rescues")
# Where nobody stands out the team comes first.
TURNS = ("pick", "team", "improved", "rescue", "newcomer", "voice")
# So long in a new month a wall looks back at the last one.
MONTH_DAYS = 7


@dataclass(frozen=True, slots=True)
class HeroView:
    """One hero for one audience.

    `reason` tells a score only before staff and leads, and only where the company shows
    individuals. `promoters` are the delighted customers behind a pick. `story` is the newest
    released one about this person in the window of the pick. Without `person_id` it is a whole
    team, or everybody, who is celebrated; `number` is what its kind counts, such as rescues.
    """

    id: int
    kind: str
    period: str
    starts_on: date
    person_id: int | None
    name: str
    team: str | None
    reason: str
    promoters: int | None
    number: int
    days: int | None
    is_everybody: bool
    scope: str
    state: str
    team_id: int | None
    story: StoryView | None


def current(
    session: Session,
    day: date,
    audience: str = "staff",
    *,
    scope: str = "company",
    scope_id: int = 1,
) -> HeroView | None:
    """Whom a wall celebrates first on a local date; None: nobody, or nobody who may be named.

    Who became hidden, left, or was withdrawn is not shown, and nobody moves up in their place. The
    wall of a team or a site has picks of its own, and of the company's those who belong there
    today; `scope` is company, site or team.
    """
    found = celebrated(session, day, audience, scope=scope, scope_id=scope_id)
    return found[0] if found else None


def celebrated(
    session: Session,
    day: date,
    audience: str = "staff",
    *,
    scope: str = "company",
    scope_id: int = 1,
) -> list[HeroView]:
    """Everybody whom a wall celebrates on a local date, each person once, the pick first.

    The month's hero joins them in the first seven days of a month.
    """
    week = and_(Hero.period == "week", Hero.starts_on.between(day - timedelta(days=6), day))
    month = and_(Hero.period == "month", Hero.starts_on == day.replace(day=1))
    when = or_(week, month) if day.day <= MONTH_DAYS else week
    here = or_(Hero.person_id.is_(None), Person.left_on.is_(None), Person.left_on > day)
    rows = _select().where(when, here, Hero.withdrawn_at.is_(None), Hero.state == "shown")
    views = _views(session, rows.where(_within(scope, scope_id)), audience)
    newest = max((one.starts_on for one in views if one.period == "week"), default=day)
    views = [one for one in views if one.period == "month" or one.starts_on == newest]
    views.sort(key=_turn)
    # A week and a month may have the same hero, and a company and its site.
    return list({one.person_id: one for one in reversed(views)}.values())[::-1]


def _turn(one: HeroView) -> tuple[bool, int, int]:
    known = one.kind in TURNS
    return one.period == "month", TURNS.index(one.kind) if known else 0, -one.id


def history(session: Session, audience: str = "staff", limit: int = 20) -> list[HeroView]:
    """The heroes of the past, newest first, without those who may not be named."""
    shown = _select().where(
        Hero.withdrawn_at.is_(None),
        Hero.state == "shown",
        or_(Hero.person_id.is_(None), Person.visibility != "hidden"),
    )
    return _views(session, shown.limit(limit), audience)


def suggested(session: Session, limit: int = 50) -> list[HeroView]:
    """Picks that wait for a lead, newest first."""
    waiting = _select().where(Hero.withdrawn_at.is_(None), Hero.state == "suggested")
    return _views(session, waiting.limit(limit), DESK)


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
    numbers = dict(hero.numbers)
    if "field" in numbers:  # as the first rule kept it
        numbers["field"] = [one for one in numbers["field"] if one["person_id"] not in hidden]
    if "inputs" in numbers:
        runners = [one for one in numbers["inputs"]["runners"] if one["id"] not in hidden]
        numbers["inputs"] = {**numbers["inputs"], "runners": runners}
        if hero.kind != "team":
            numbers["runners_up"] = [one for one in numbers["runners_up"] if one not in hidden]
    return numbers


def _within(scope: str, scope_id: int) -> ColumnElement[bool]:
    """Picks of this place, and of the company's those whom the roster has there now."""
    own = and_(Hero.scope == scope, Hero.scope_id == scope_id)
    if scope == "team":
        there: ColumnElement[bool] = Person.team_id == scope_id
    elif scope == "site":
        there = Person.team_id.in_(select(Team.id).where(Team.site_id == scope_id))
    else:
        return own
    return or_(own, and_(Hero.scope == "company", there))


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Hero,
            Person,
            Team.name.label("team"),
            Site.name.label("site"),
            select(Company.name).scalar_subquery().label("company"),
        )
        .outerjoin(Person, Person.id == Hero.person_id)
        .outerjoin(Team, Team.id == Hero.team_id)
        .outerjoin(Site, and_(Hero.scope == "site", Site.id == Hero.scope_id))
        .order_by(Hero.starts_on.desc(), Hero.id.desc())
    )


def _views(session: Session, query: Select[*tuple[Any, ...]], audience: str) -> list[HeroView]:
    scored = bool(session.scalar(select(Company.individuals))) and audience in (DESK, "staff")
    views = []
    for row in session.execute(query).all():
        hero, team = row.Hero, row.team if audience in (DESK, "staff") else None
        if (name := _name(row, audience)) is not None:
            views.append(
                HeroView(
                    id=hero.id,
                    kind=hero.kind,
                    period=hero.period,
                    starts_on=hero.starts_on,
                    person_id=hero.person_id,
                    name=name,
                    team=team if hero.person_id else None,
                    reason=(scored and hero.numbers.get("reason_with_score")) or hero.reason,
                    promoters=hero.numbers.get("promoters"),
                    number=hero.numbers.get("rescues", 0),
                    days=hero.numbers.get("days"),
                    is_everybody=hero.person_id is None and hero.team_id is None,
                    scope=hero.scope,
                    state=hero.state,
                    team_id=hero.team_id,
                    story=_story(session, hero, audience),
                )
            )
    return views


def _name(row: Any, audience: str) -> str | None:
    """The name of a person, a team, or of everybody; None: not before this audience."""
    if row.Person is not None:
        # Before the desk as well: to be hidden is a wish toward colleagues too.
        toward = "staff" if audience == DESK else audience
        return shown_name(row.Person.name, row.Person.visibility, toward)
    if audience == "street" or (row.Hero.team_id and audience == "visitor"):
        return None
    name: str | None = row.team or row.site or row.company
    return name


def _story(session: Session, hero: Hero, audience: str) -> StoryView | None:
    """Their customers' words since the window of the pick began."""
    if hero.person_id is None:
        return None
    until, days = hero.numbers.get("until"), hero.numbers.get("days")
    if until is None or days is None:
        since = hero.starts_on - timedelta(days=28)
    else:
        since = date.fromisoformat(until) - timedelta(days=days - 1)
    return stories.about(session, hero.person_id, since, audience)
