"""/nominations: colleagues put forward by colleagues; made and taken back by programs too."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import select

from app import web
from app.api.paging import AnyRow, AnySelect, id_of
from app.heroes import drafts, nominations
from app.heroes.nominationmodels import Nomination
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Person, Team

router = APIRouter()

State = Literal["waiting", "shown", "declined", "withdrawn"]
Maker = Annotated[Actor, Depends(May("nominations.make"))]
AN_ID = "^[0-9]{1,18}$"


class NewNomination(BaseModel):
    """`person` and `story` are ids. The story is one about this person, released or a candidate;
    the badge one of the company's list; else 409.
    """

    person: str = Field(max_length=18, pattern=AN_ID)
    reason: str = Field(
        min_length=drafts.SHORTEST,
        max_length=drafts.LONGEST,
        description="So long without control characters and doubled spaces, which are dropped.",
        json_schema_extra={"format": "sentence"},
    )
    badge: str = Field("", max_length=40)
    story: str | None = Field(None, max_length=18, pattern=AN_ID)


class NominationItem(BaseModel):
    """One nomination; on the walls while `shown`. `giver` is empty where no account was needed.

    `person` is null while nobody said whom a colleague at a wall meant.
    """

    id: str
    state: State
    person: str | None
    team: str | None
    reason: str
    badge: str
    story: str | None
    giver: str
    made_at: datetime
    shown_at: datetime | None


@router.post("/nominations")
def make_nomination(body: NewNomination, db: web.Db, actor: Maker) -> NominationItem:
    """Puts somebody forward; the same again answers the same and makes no second one."""
    person = id_of(body.person, "person")
    with db.write.begin() as session:
        nominations.check_own(session, actor, person)
        draft = drafts.draft_of(session, person, body.model_dump())
        made = nominations.nominate(session, actor, person, draft)
        return _item(session.execute(_query().where(Nomination.id == made.id)).one())


@router.post("/nominations/{nomination_id}/withdraw")
def withdraw_nomination(nomination_id: web.Id, db: web.Db, actor: Maker) -> NominationItem:
    """Takes it off every wall; a second press answers the same."""
    with db.write.begin() as session:
        nominations.authorize_for(session, actor, "nominations.make", nomination_id)
        nominations.withdraw(session, actor, nomination_id)
        return _item(session.execute(_query().where(Nomination.id == nomination_id)).one())


def _query() -> AnySelect:
    return (
        select(Nomination, Person.name.label("person"), Team.name.label("team"))
        .outerjoin(Person, Person.id == Nomination.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
    )


def _item(row: AnyRow) -> NominationItem:
    found: Nomination = row.Nomination
    return NominationItem.model_validate(
        {
            **{name: getattr(found, name) for name in _AS_STORED},
            "id": str(found.id),
            "person": row.person,
            "team": row.team,
            "story": str(found.story_id) if found.story_id else None,
        }
    )


_AS_STORED = ("state", "reason", "badge", "giver", "made_at", "shown_at")
