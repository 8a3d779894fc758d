"""/stories: redacted words of customers; released to the wall, recalled from every screen."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import web
from app.api.paging import AnyRow, AnySelect, Page, Turn, newest_first, page
from app.errors import NotFoundError
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Person, Team
from app.people.names import shown_name
from app.responses.models import Response
from app.stories.models import Story
from app.stories.release import recall, release

router = APIRouter()

State = Literal["candidate", "released", "recalled"]


class StoryItem(BaseModel):
    """One story. `person` is called what their visibility allows before staff."""

    id: str
    state: State
    text: str
    language: str | None
    score: int | None
    person: str | None
    team: str | None
    picked_because: list[str]


@router.get("/stories", dependencies=[Depends(May("stories.read"))])
def list_stories(
    db: web.Db,
    turn: Annotated[Turn, Depends(newest_first)],
    state: Annotated[State | None, Query()] = None,
) -> Page[StoryItem]:
    """Newest first."""
    query = _query()
    if state is not None:
        query = query.where(Story.state == state)
    with db.read() as session:
        return page(session, query, Story.id, _item, turn)


@router.post("/stories/{story_id}/release")
def release_story(
    story_id: web.Id, db: web.Db, actor: Annotated[Actor, Depends(May("stories.release"))]
) -> StoryItem:
    """Lets the wall show it; a second press answers the same."""
    with db.write.begin() as session:
        release(session, story_id, actor.account_id)
        return _one(session, story_id)


@router.post("/stories/{story_id}/recall", dependencies=[Depends(May("stories.recall"))])
def recall_story(story_id: web.Id, db: web.Db) -> StoryItem:
    """Takes it off every screen; a second press answers the same."""
    with db.write.begin() as session:
        recall(session, story_id)
        return _one(session, story_id)


def _query() -> AnySelect:
    return (
        select(
            Story,
            Response.score.label("score"),
            Person.name.label("person"),
            Person.visibility.label("visibility"),
            Team.name.label("team"),
        )
        .join(Response, Response.id == Story.response_id)
        .outerjoin(Person, Person.id == Response.person_id)
        .outerjoin(Team, Team.id == Response.team_id)
    )


def _one(session: Session, story_id: int) -> StoryItem:
    row = session.execute(_query().where(Story.id == story_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such story.")
    return _item(row)


def _item(row: AnyRow) -> StoryItem:
    story: Story = row.Story
    return StoryItem(
        id=str(story.id),
        state=story.state,  # type: ignore[arg-type]  # checked by the table and again by the shape
        text=story.text,
        language=story.language,
        score=row.score,
        person=shown_name(row.person, row.visibility, "staff") if row.person else None,
        team=row.team,
        picked_because=story.reasons,
    )
