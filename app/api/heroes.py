"""GET /heroes: who was celebrated, with the reason and the numbers behind it."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import select

from app import web
from app.api.paging import AnyRow, Page, Turn, newest_first, page
from app.heroes.models import Hero
from app.people.doors import May
from app.people.models import Person, Team

router = APIRouter(dependencies=[Depends(May("heroes.read"))])


class HeroItem(BaseModel):
    """A pick of one period. `numbers` and `rule` let it be recomputed to the same result."""

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
def list_heroes(db: web.Db, turn: Annotated[Turn, Depends(newest_first)]) -> Page[HeroItem]:
    """Newest first; nobody who is hidden or was taken down."""
    query = (
        select(Hero, Person.name.label("person"), Team.name.label("team"))
        .join(Person, Person.id == Hero.person_id)
        .outerjoin(Team, Team.id == Hero.team_id)
        .where(Hero.withdrawn_at.is_(None), Person.visibility != "hidden")
    )
    with db.read() as session:
        return page(session, query, Hero.id, _item, turn)


def _item(row: AnyRow) -> HeroItem:
    hero: Hero = row.Hero
    return HeroItem(
        id=str(hero.id),
        kind=hero.kind,
        starts_on=hero.starts_on,
        person=row.person,
        team=row.team,
        reason=hero.reason,
        rule=hero.rule,
        numbers=hero.numbers,
        picked_at=hero.picked_at,
    )
