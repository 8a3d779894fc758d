"""/stories: the queue of customers' words, and what a lead may do with each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app import clock, web
from app.people.authorize import Actor, authorize, may
from app.people.doors import Checks, May
from app.people.models import Company
from app.people.signin import Fields
from app.responses.models import Response as Answer
from app.scores.nps import category
from app.stories import cutting, decisions, listing, slips
from app.stories.decisions import DONE, Outcome, What
from app.stories.models import Story

router = APIRouter(prefix="/stories", include_in_schema=False)
# A phone loads so many at once; the older ones are a press away.
SHOWN = 12
# Put aside by hand, so there are few.
SHOWN_HELD = 50
# Those taken off most lately, in case a press was a slip.
SHOWN_RECALLED = 10
AUDIENCES = ("staff", "visitor", "street")
SAID = {
    "release": "Released. It is on its way to the walls.",
    "recall": "Taken off. No wall shows it any more.",
    "hold": "Put aside. It waits under Held.",
    "wait": "Back in the queue.",
    "cut": "Cut. Where words are missing stands an ellipsis.",
    "undo": "Undone. All is as it was.",
}
# What somebody else did, as one says it.
DID = {
    "release": "released it",
    "recall": "took it off",
    "hold": "put it aside",
    "wait": "took it back",
    "cut": "cut it",
}
Releaser = Annotated[Actor, Depends(May("stories.release"))]


@dataclass(frozen=True, slots=True)
class Said:
    """What stands on top of the page after a press; `undo` names the story that may be put back."""

    words: str = ""
    undo: int | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """Which part of the queue: waiting stories before one, or those on the walls before one."""

    before: Annotated[int | None, Query(ge=1, le=web.BIGGEST)] = None
    out: Annotated[int | None, Query(ge=1, le=web.BIGGEST)] = None


@router.get("")
def queue(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("stories.read"))],
    leaf: Annotated[Leaf, Depends()],
    done: str = "",
    story: Annotated[int | None, Query(ge=1, le=web.BIGGEST)] = None,
) -> Response:
    with db.read() as session:
        zone = _zone(session)
        candidate = (Story.state == "candidate", Story.held_at.is_(None), *_before(leaf.before))
        # One more than is shown, so that the page knows of older ones.
        waiting = _mine(session, actor, *candidate, limit=SHOWN + 1)
        aside = (Story.state == "candidate", Story.held_at.is_not(None))
        held = _mine(session, actor, *aside, limit=SHOWN_HELD)
        out = (Story.state == "released", *_before(leaf.out))
        released = _mine(session, actor, *out, limit=SHOWN + 1)
        recalled = _mine(session, actor, Story.state == "recalled", limit=SHOWN_RECALLED)
        said = _said(session, actor, zone, done, story)
        window = session.scalar(select(Company.window_days)) or 28
        doubt = slips.doubt(session, clock.day_in(zone.key), window).says
    return web.page(
        request,
        "stories/queue.html",
        doubt=doubt,
        actor=actor,
        here="stories",
        waiting=waiting[:SHOWN],
        older=_next(waiting),
        older_out=_next(released),
        leaf=leaf,
        is_first=leaf == Leaf(),
        held=held,
        released=sorted(released[:SHOWN], key=_released_at, reverse=True),
        recalled=recalled,
        said=said,
        **_words(actor, zone),
    )


@router.get("/{story_id}")
def one_story(
    request: Request,
    story_id: web.Id,
    db: web.Db,
    actor: Annotated[Actor, Depends(Checks("stories.read"))],
    done: str = "",
) -> Response:
    """One story whole: why it was picked, what each audience would read, and the cutting of it."""
    authorize(actor, "stories.read")
    with db.read() as session:
        _is_mine(session, actor, story_id)
        zone = _zone(session)
        return web.page(
            request,
            "stories/story.html",
            actor=actor,
            here="stories",
            one=listing.one(session, story_id),
            is_agreed=listing.is_agreed(session, story_id),
            previews=[(name, listing.one(session, story_id, name)) for name in AUDIENCES],
            said=_said(session, actor, zone, done, story_id),
            **_words(actor, zone),
        )


@router.post("/{story_id}/release")
def release_story(story_id: web.Id, db: web.Db, actor: Releaser, fields: Fields) -> Response:
    return _decided(db, actor, story_id, "release", fields)


@router.post("/{story_id}/recall")
def recall_story(
    story_id: web.Id,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("stories.recall"))],
    fields: Fields,
) -> Response:
    return _decided(db, actor, story_id, "recall", fields)


@router.post("/{story_id}/hold")
def hold_story(story_id: web.Id, db: web.Db, actor: Releaser, fields: Fields) -> Response:
    return _decided(db, actor, story_id, "hold", fields)


@router.post("/{story_id}/wait")
def take_back(story_id: web.Id, db: web.Db, actor: Releaser, fields: Fields) -> Response:
    """A held story joins the queue again."""
    return _decided(db, actor, story_id, "wait", fields)


@router.post("/{story_id}/undo")
def undo(story_id: web.Id, db: web.Db, actor: Releaser, fields: Fields) -> Response:
    return _decided(db, actor, story_id, "undo", fields)


@router.post("/{story_id}/cut")
def cut_story(story_id: web.Id, db: web.Db, actor: Releaser, fields: Fields) -> Response:
    """The field `left` holds the words that stay, in their order."""
    return _decided(db, actor, story_id, "cut", fields, page=f"/stories/{story_id}")


def _decided(
    db: web.Db,
    actor: Actor,
    story_id: int,
    what: What,
    fields: dict[str, str],
    page: str = "/stories",
) -> Response:
    seen, left = fields.get("seen", ""), fields.get("left", "")
    with db.write.begin() as session:
        outcome = decisions.decide(session, actor, story_id, what, seen=seen, left=left)
    done = what if outcome == DONE else "first"
    return RedirectResponse(f"{page}?done={done}&story={story_id}", 303)


def _said(session: Session, actor: Actor, zone: ZoneInfo, done: str, story_id: int | None) -> Said:
    story = session.get(Story, story_id) if story_id else None
    if story is None or done not in (*SAID, "first"):
        return Said()
    if done == "first":
        return Said(_who_was_first(decisions.newest(story), zone))
    undo = story.id if decisions.is_undoable(story, actor) and done != "undo" else None
    return Said(SAID[done], undo)


def _who_was_first(outcome: Outcome, zone: ZoneInfo) -> str:
    if not outcome.who or outcome.at is None:
        return "This story changed meanwhile; nothing was done."
    did = DID[outcome.what]
    return f"{outcome.who} {did} first, at {_moment(outcome.at, zone)}; nothing was done twice."


def _before(story_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if story_id is None else (Story.id < story_id,)


def _next(found: list[Any]) -> int | None:
    """Where the next leaf begins, if there is one."""
    return found[SHOWN - 1].id if len(found) > SHOWN else None


def _mine(session: Session, actor: Actor, *where: Any, limit: int) -> list[Any]:
    teams = actor.team_ids if actor.role == "lead" else frozenset()
    return listing.of_teams(session, teams, *where, limit=limit)


def _is_mine(session: Session, actor: Actor, story_id: int) -> None:
    """A lead reads the stories of own teams only. Raises ForbiddenError."""
    if actor.role == "lead":
        answer = select(Answer).join(Story, Story.response_id == Answer.id)
        authorize(actor, "stories.release", session.scalar(answer.where(Story.id == story_id)))


def _words(actor: Actor, zone: ZoneInfo) -> dict[str, Any]:
    """What every page of stories says and asks."""
    return {
        "may_release": may(actor, "stories.release"),
        "may_recall": may(actor, "stories.recall"),
        "category": category,
        "pieces": cutting.pieces,
        "moment": lambda at: _moment(at, zone),
    }


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(session.scalar(select(Company.timezone)) or "UTC")


def _released_at(story: listing.StoryView) -> datetime:
    return story.released_at or story.created_at


def _moment(at: datetime, zone: ZoneInfo) -> str:
    """A moment as one says it: "14:02" today, "3 Nov 14:02" before."""
    local = at.astimezone(zone)
    if local.date() == clock.day_in(zone.key):
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}"
