"""Waiting: what at the desk waits for whoever looks, each with where it is done."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.desk import matching, screensigns
from app.followups import listing as followups
from app.heroes import honours, listing
from app.people.authorize import Actor, OfTeam, may
from app.responses.models import Response
from app.stories.models import Story

# Home is opened often: of the answers whose names nobody knows only the newest are read.
NEWEST = 2000


@dataclass(frozen=True, slots=True)
class Waiting:
    """`number` is at least 1; `words` go on from it; `page` is where it is done."""

    number: int
    words: str
    page: str


def waiting(session: Session, actor: Actor) -> list[Waiting]:
    """What this person could do now, people first; what there is none of is not in it."""
    found = [
        _rings(session, actor),
        _thanks(session, actor),
        _picks(session, actor),
        _stories(session, actor),
        _names(session, actor),
        _screens(session, actor),
    ]
    return [one for one in found if one.number]


def _rings(session: Session, actor: Actor) -> Waiting:
    number = followups.count_live(session, actor) if may(actor, "followups.read") else 0
    return _said(number, "customer to ring back", "customers to ring back", "/followups")


def _thanks(session: Session, actor: Actor) -> Waiting:
    """Not one's own: whoever put somebody forward does not approve it."""
    number = 0
    if may(actor, "nominations.decide"):
        entries = honours.entries(session, actor, ("waiting",))
        number = sum(1 for one in entries if one.led and not one.mine)
    words = ("nomination to approve", "nominations to approve")
    return _said(number, *words, "/nominations")


def _picks(session: Session, actor: Actor) -> Waiting:
    found = listing.suggested(session) if may(actor, "heroes.decide") else []
    number = sum(1 for one in found if may(actor, "heroes.decide", OfTeam(one.team_id)))
    return _said(number, "pick to confirm", "picks to confirm", "/heroes")


def _stories(session: Session, actor: Actor) -> Waiting:
    query = select(func.count()).select_from(Story).join(Response)
    query = query.where(Story.state == "candidate", Story.held_at.is_(None))
    if actor.role == "lead" and actor.team_ids:
        own = Response.team_id.in_(actor.team_ids)
        query = query.where(or_(own, Response.team_id.is_(None)))
    number = session.scalar(query) or 0
    if may(actor, "stories.release"):
        return _said(number, "story to release", "stories to release", "/stories")
    return _said(number, "story waits for a lead", "stories wait for a lead", "/stories")


def _names(session: Session, actor: Actor) -> Waiting:
    number = matching.count(session, NEWEST) if may(actor, "roster.match") else 0
    return _said(number, "unknown name to match", "unknown names to match", "/matching")


def _screens(session: Session, actor: Actor) -> Waiting:
    number = 0
    if may(actor, "screens.steer"):
        number = sum(1 for one in screensigns.every(session) if one.state == "offline")
    return _said(number, "screen does not answer", "screens do not answer", "/screens")


def _said(number: int, one: str, many: str, page: str) -> Waiting:
    return Waiting(number, one if number == 1 else many, page)
