"""/preview/story/{id}: one story as it would hang before an audience; nothing is released by it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import web
from app.board.models import Board
from app.board.scene import Stage, stage_of
from app.board.scenes.story import Tale, told
from app.people.authorize import Actor, authorize
from app.people.doors import Checks
from app.people.models import Company
from app.responses.models import Response as Answer
from app.stories import listing
from app.stories.models import Story

router = APIRouter(prefix="/preview", include_in_schema=False)
Audience = Literal["staff", "visitor", "street"]


@router.get("/story/{story_id}")
def story(
    request: Request,
    story_id: web.Id,
    db: web.Db,
    actor: Annotated[Actor, Depends(Checks("stories.read"))],
    audience: Audience = "staff",
    orientation: Literal["landscape", "portrait"] = "landscape",
) -> Response:
    with db.read() as session:
        _authorize(session, actor, story_id)
        view = listing.one(session, story_id, audience)
        is_shown = audience != "street" or listing.is_agreed(session, story_id)
        return web.page(
            request,
            "board/preview.html",
            stage=_stage(session, audience, orientation),
            scene="story",
            view=Tale(told(view) if is_shown else None),
        )


def _authorize(session: Session, actor: Actor, story_id: int) -> None:
    """Whoever may read stories; a lead those of own teams."""
    authorize(actor, "stories.read")
    if actor.role == "lead":
        answer = select(Answer).join(Story, Story.response_id == Answer.id)
        authorize(actor, "stories.release", session.scalar(answer.where(Story.id == story_id)))


def _stage(session: Session, audience: str, orientation: str) -> Stage:
    """A wall that nobody has hung up."""
    title = session.scalar(select(Company.name)) or ""
    wall = Board(slug="preview", title=title, scenes=[], audience=audience, settings={})
    return stage_of(session, wall, orientation)
