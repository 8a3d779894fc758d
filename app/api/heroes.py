"""GET /heroes: who was celebrated, with the reason and the numbers behind it."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import select

from app import web
from app.api.paging import AnyRow, Page, Turn, newest_first, page
from app.heroes.listing import numbers_for
from app.heroes.models import Hero
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Person, Team

router = APIRouter()

Reader = Annotated[Actor, Depends(May("heroes.read"))]


class HeroItem(BaseModel):
    """A pick of one period. `numbers` and `rule` let an admin recompute it to the same result.

    Who may not read personal scores gets only the numbers that the reason says.
    """

    id: str
    kind: str
    starts_on: date
    person: str
    team: str | None
    reason: str
    rule: str
    numbers: dict[str, Any]
    picked_at: datetime


@router.get("/heroes")
def list_heroes(
    db: web.Db, reader: Reader, turn: Annotated[Turn, Depends(newest_first)]
) -> Page[HeroItem]:
    """Newest first; nobody who is hidden or was taken down."""
    query = (
        select(Hero, Person.name.label("person"), Team.name.label("team"))
        .join(Person, Person.id == Hero.person_id)
        .outerjoin(Team, Team.id == Hero.team_id)
        .where(Hero.withdrawn_at.is_(None), Person.visibility != "hidden")
    )
    with db.read() as session:

        def item(row: AnyRow) -> HeroItem:
            return _item(row, numbers_for(session, row.Hero, admin=reader.role == "admin"))

        return page(session, query, Hero.id, item, turn)


def _item(row: AnyRow, numbers: dict[str, Any]) -> HeroItem:
    hero: Hero = row.Hero
    return HeroItem(
        id=str(hero.id),
        kind=hero.kind,
        starts_on=hero.starts_on,
        person=row.person,
        team=row.team,
        reason=hero.reason,
        rule=hero.rule,
        numbers=numbers,
        picked_at=hero.picked_at,
    )
