"""/stories: redacted words of customers; released to the wall, recalled from every screen."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from app import web
from app.api.paging import Page, Turn, cut, newest_first
from app.people.authorize import Actor
from app.people.doors import May
from app.stories import listing
from app.stories.decisions import decide
from app.stories.listing import DESK, StoryView

router = APIRouter()

State = Literal["candidate", "released", "recalled"]


class StoryItem(BaseModel):
    """One story, as those who signed in may read it."""

    id: str
    state: State
    text: str
    language: str | None
    score: int | None
    person: str | None
    team: str | None
    picked_because: str


@router.get("/stories", dependencies=[Depends(May("stories.read"))])
def list_stories(
    db: web.Db,
    turn: Annotated[Turn, Depends(newest_first)],
    state: Annotated[State | None, Query()] = None,
) -> Page[StoryItem]:
    """Newest first."""
    with db.read() as session:
        found = listing.page(session, DESK, state=state, before=turn.after, limit=turn.limit + 1)
    return cut([(story.id, _item(story)) for story in found], turn.limit)


@router.post("/stories/{story_id}/release")
def release_story(
    story_id: web.Id, db: web.Db, actor: Annotated[Actor, Depends(May("stories.release"))]
) -> StoryItem:
    """Lets the wall show it; a second press answers the same."""
    with db.write.begin() as session:
        decide(session, actor, story_id, "release")
        return _item(listing.one(session, story_id))


@router.post("/stories/{story_id}/recall")
def recall_story(
    story_id: web.Id, db: web.Db, actor: Annotated[Actor, Depends(May("stories.recall"))]
) -> StoryItem:
    """Takes it off every screen; a second press answers the same."""
    with db.write.begin() as session:
        decide(session, actor, story_id, "recall")
        return _item(listing.one(session, story_id))


def _item(story: StoryView) -> StoryItem:
    facts = {name: getattr(story, name) for name in StoryItem.model_fields}
    return StoryItem.model_validate(facts | {"id": str(story.id)})
