"""Opting out: what stood on walls about somebody is taken off, in the same transaction."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.heroes.models import Hero
from app.heroes.nominationmodels import Nomination
from app.live.bus import announce
from app.people.models import Person
from app.responses.models import Response
from app.stories import release
from app.stories.models import Story

OPTED_OUT = "the person it is about opted out"
STANDING = ("waiting", "shown")


def take_off_hidden(db: Database) -> None:
    """The same for everybody who is hidden, one by one, such as after a file that hid some."""
    with db.read() as session:
        hidden = session.scalars(select(Person.id).where(Person.visibility == "hidden")).all()
        standing = [one for one in hidden if _stands(session, one)]
    for person_id in standing:
        with db.write.begin() as session:
            take_off(session, session.get_one(Person, person_id))


def _stands(session: Session, person_id: int) -> bool:
    """Whether anything about a person hangs, or waits to."""
    words = select(Story.id).join(Response).where(
        Response.person_id == person_id, Story.state != "recalled"
    )  # fmt: skip
    picks = select(Hero.id).where(Hero.person_id == person_id, Hero.withdrawn_at.is_(None))
    thanks = select(Nomination.id).where(
        Nomination.person_id == person_id, Nomination.state.in_(STANDING)
    )
    return any(session.scalar(one.limit(1)) is not None for one in (words, picks, thanks))


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
