"""Opting out: what stood on walls about somebody is taken off, in the same transaction."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.heroes.models import Hero
from app.heroes.nominationmodels import Nomination
from app.live.bus import announce
from app.people.models import Person
from app.responses.models import Response
from app.stories import release
from app.stories.models import Story

OPTED_OUT = "the person it is about opted out"
STANDING = ("waiting", "shown")


def take_off(session: Session, person: Person) -> dict[str, int]:
    """Recalls stories, withdraws picks and nominations of a person; how many of each.

    Candidates go too: nobody is asked to release words about somebody who opted out. Who comes
    back is not put back on a wall by that.
    """
    about = (
        select(Story.id)
        .join(Response)
        .where(Response.person_id == person.id, Story.state != "recalled")
    )
    stories = session.scalars(about).all()
    for story_id in stories:
        release.recall(session, story_id, OPTED_OUT)
    picks: Any = session.execute(
        update(Hero)
        .where(Hero.person_id == person.id, Hero.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
    nominations: Any = session.execute(
        update(Nomination)
        .where(Nomination.person_id == person.id, Nomination.state.in_(STANDING))
        .values(state="withdrawn", decided_at=clock.now(), version=Nomination.version + 1)
    )
    announce(session, "people", "heroes", "stories")
    counted = {"stories": len(stories), "picks": picks.rowcount}
    return counted | {"nominations": nominations.rowcount}
