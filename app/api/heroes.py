"""GET /heroes: who was celebrated, with the reason and the numbers behind it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import web
from app.api.paging import AnyRow, Page, Turn, newest_first, page
from app.heroes import deciding
from app.heroes.listing import numbers_for
from app.heroes.models import Hero
from app.people.authorize import Actor, authorize
from app.people.doors import May
from app.people.models import Person, Team

router = APIRouter()

Reader = Annotated[Actor, Depends(May("heroes.read"))]


class HeroItem(BaseModel):
    """A pick of one period and place. `numbers` and `rule` let an admin recompute it to the same.

    Who may not read personal scores gets only the numbers that the reason says. Without a person
    it is the team that is celebrated, and without a team everybody. A `suggested` one waits.
    """

    id: str
    kind: str
    period: str
    scope: str
    scope_id: str
    state: str
    starts_on: date
    person: str | None
    team: str | None
    reason: str
    rule: str
    numbers: dict[str, Any]
    picked_at: datetime


class Decided(BaseModel):
    """What a pick is after a press: suggested, shown or withdrawn."""

    id: str
    state: str


@router.get("/heroes")
def list_heroes(
    db: web.Db,
    reader: Reader,
    turn: Annotated[Turn, Depends(newest_first)],
    state: Literal["shown", "suggested"] = "shown",
) -> Page[HeroItem]:
    """Newest first; nobody who is hidden or was taken down. Suggestions are for who may decide."""
    if state == "suggested":
        authorize(reader, "heroes.decide")
    query = (
        select(Hero, Person.name.label("person"), Team.name.label("team"))
        .outerjoin(Person, Person.id == Hero.person_id)
        .outerjoin(Team, Team.id == Hero.team_id)
        .where(Hero.withdrawn_at.is_(None), Hero.state == state)
        .where(or_(Hero.person_id.is_(None), Person.visibility != "hidden"))
    )
    with db.read() as session:

        def item(row: AnyRow) -> HeroItem:
            return _item(row, numbers_for(session, row.Hero, admin=reader.role == "admin"))

        return page(session, query, Hero.id, item, turn)


@router.post("/heroes/{hero_id}/confirm")
def confirm_hero(
    hero_id: web.Id, db: web.Db, actor: Annotated[Actor, Depends(May("heroes.decide"))]
) -> Decided:
    """Lets walls show a suggested pick; a second press changes nothing."""
    with db.write.begin() as session:
        deciding.confirm(session, actor, hero_id)
        return _decided(session, hero_id)


@router.post("/heroes/{hero_id}/withdraw")
def withdraw_hero(
    hero_id: web.Id, db: web.Db, actor: Annotated[Actor, Depends(May("heroes.decide"))]
) -> Decided:
    """Takes a pick off every wall, or turns a suggestion down; a second press changes nothing."""
    with db.write.begin() as session:
        deciding.withdraw(session, actor, hero_id)
        return _decided(session, hero_id)


def _decided(session: Session, hero_id: int) -> Decided:
    hero = session.get_one(Hero, hero_id, populate_existing=True)
    return Decided(id=str(hero.id), state="withdrawn" if hero.withdrawn_at else hero.state)


def _item(row: AnyRow, numbers: dict[str, Any]) -> HeroItem:
    hero: Hero = row.Hero
    return HeroItem(
        id=str(hero.id),
        kind=hero.kind,
        period=hero.period,
        scope=hero.scope,
        scope_id=str(hero.scope_id),
        state=hero.state,
        starts_on=hero.starts_on,
        person=row.person,
        team=row.team,
        reason=hero.reason,
        rule=hero.rule,
        numbers=numbers,
        picked_at=hero.picked_at,
    )
