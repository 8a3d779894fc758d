"""/stories: the queue of customers' words, released to the wall and recalled from it."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from app import clock, web
from app.people.authorize import Actor, may
from app.people.doors import May
from app.people.models import Company
from app.scores.nps import category
from app.stories import listing
from app.stories.release import authorize_for, recall, release

router = APIRouter(prefix="/stories", include_in_schema=False)
SHOWN = 50
# Those taken off most lately, in case a press was a slip.
SHOWN_RECALLED = 10


@router.get("")
def queue(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("stories.read"))],
    before: Annotated[int | None, Query(ge=1, le=web.BIGGEST)] = None,
    done: str = "",
) -> Response:
    with db.read() as session:
        desk = listing.DESK
        # One more than is shown, so that the page knows of older ones.
        waiting = listing.page(session, desk, state="candidate", before=before, limit=SHOWN + 1)
        released = listing.released(session, desk, limit=SHOWN)
        recalled = listing.page(session, desk, state="recalled", limit=SHOWN_RECALLED)
        zone = ZoneInfo(session.scalar(select(Company.timezone)) or "UTC")
    return web.page(
        request,
        "stories/queue.html",
        actor=actor,
        here="stories",
        waiting=waiting[:SHOWN],
        older=waiting[SHOWN - 1].id if len(waiting) > SHOWN else None,
        is_first=before is None,
        released=released,
        recalled=recalled,
        may_release=may(actor, "stories.release"),
        may_recall=may(actor, "stories.recall"),
        done=done,
        category=category,
        said=lambda at: _said(at, zone),
    )


@router.post("/{story_id}/release")
def release_story(
    story_id: web.Id, db: web.Db, actor: Annotated[Actor, Depends(May("stories.release"))]
) -> Response:
    with db.write.begin() as session:
        authorize_for(session, actor, "stories.release", story_id)
        release(session, story_id, actor.account_id)
    return RedirectResponse("/stories?done=released", 303)


@router.post("/{story_id}/recall")
def recall_story(
    story_id: web.Id, db: web.Db, actor: Annotated[Actor, Depends(May("stories.recall"))]
) -> Response:
    with db.write.begin() as session:
        authorize_for(session, actor, "stories.recall", story_id)
        recall(session, story_id)
    return RedirectResponse("/stories?done=recalled", 303)


def _said(at: datetime, zone: ZoneInfo) -> str:
    """A moment as one says it: "14:02" today, "3 Nov 14:02" before."""
    local = at.astimezone(zone)
    if local.date() == clock.day_in(zone.key):
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}"
