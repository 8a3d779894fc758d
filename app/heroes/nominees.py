"""Nominees: who may be nominated by whom, found by name, those customers spoke of lately first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.people import roster
from app.people.authorize import Actor, may
from app.people.models import Account, Alias, Company, Person, Team
from app.people.names import fold, shown_name
from app.responses.models import Response
from app.scores.models import DailyTally
from app.stories import listing
from app.stories.listing import StoryView
from app.stories.models import Story

# What counts as lately, in days.
LATELY = 28
SHOWN = 40
WORDS = 8
_WITH_WORDS = ("candidate", "released")


@dataclass(frozen=True, slots=True)
class Nominee:
    """Somebody to choose; `spoken_on` is the last date a customer answered about them, lately."""

    id: int
    name: str
    team: str | None
    spoken_on: date | None


def today(session: Session) -> date:
    """The company's own date."""
    return clock.day_in(session.scalar(select(Company.timezone)) or "UTC")


def offered(session: Session, actor: Actor, search: str = "", limit: int = SHOWN) -> list[Nominee]:
    """Whom this actor may nominate, those customers spoke of lately first.

    Who is hidden, has left or is the actor is not among them. `search` is a part of a name, an
    alias or a team's name.
    """
    day = today(session)
    spoken = _spoken_on(session, day)
    called = _called(session) if search else {}
    asked = fold(search)
    own = email_of(session, actor)
    rows = session.execute(
        select(Person, Team.name.label("team"))
        .outerjoin(Team, Team.id == Person.team_id)
        .where(*present(day))
    ).all()
    found = [
        Nominee(row.Person.id, row.Person.name, row.team, spoken.get(row.Person.id))
        for row in rows
        if may(actor, "nominations.make", row.Person)
        and not (own and row.Person.email == own)
        and (not asked or _answers_to(asked, row.Person, row.team, called))
    ]
    found.sort(key=lambda one: fold(one.name))
    found.sort(key=lambda one: one.spoken_on or date.min, reverse=True)
    return found[:limit]


def find(session: Session, person_id: int) -> Person:
    """Somebody who may be nominated; raises NotFoundError for the hidden as for nobody."""
    person = session.scalar(select(Person).where(Person.id == person_id, *present(today(session))))
    if person is None:
        raise NotFoundError("There is nobody of this number to nominate.")
    return person


def present(day: date) -> list[ColumnElement[bool]]:
    """What holds of somebody a wall may name: neither hidden nor gone."""
    return [Person.visibility != "hidden", or_(Person.left_on.is_(None), Person.left_on > day)]


def is_self(session: Session, actor: Actor, person: Person) -> bool:
    """Whether the account and the person are one, which their e-mail address tells."""
    own = email_of(session, actor)
    return own is not None and person.email == own


def email_of(session: Session, actor: Actor) -> str | None:
    """The address of the actor's account; a program has none."""
    return session.scalar(select(Account.email).where(Account.id == actor.account_id))


def meant_by(session: Session, text: str) -> tuple[Person | None, bool]:
    """Whom a stranger means, and whether it is somebody who hides.

    A whole name, an alias, the name as a wall shows it, or a first name that only one person has;
    who it is when it may be several, a lead decides. Nobody may be found out by asking.
    """
    known, asked = roster.load(session), fold(text)
    people = session.scalars(select(Person)).all()
    exact = known.people.get(asked, frozenset())
    hits = [one for one in people if one.id in exact] or [
        one for one in people if asked in (_wall_name(one), fold(one.name.split()[0]))
    ]
    if len(hits) != 1:
        return None, False
    day = today(session)
    gone = hits[0].left_on is not None and hits[0].left_on <= day
    return (None, True) if hits[0].visibility == "hidden" or gone else (hits[0], False)


def words_of(session: Session, person_id: int) -> list[StoryView]:
    """The newest words of customers about a person that are released or wait to be."""
    return [listing.one(session, one) for one in _stories(session, person_id, WORDS)]


def is_about(session: Session, story_id: int, person_id: int) -> bool:
    """Whether these are words about this person that a nomination may rest on."""
    query = _about(person_id).where(Story.id == story_id)
    return session.scalar(query) is not None


def _stories(session: Session, person_id: int, limit: int) -> Sequence[int]:
    return session.scalars(_about(person_id).order_by(Story.id.desc()).limit(limit)).all()


def _about(person_id: int) -> Select[int]:
    return (
        select(Story.id)
        .join(Response, Response.id == Story.response_id)
        .where(Response.person_id == person_id, Story.state.in_(_WITH_WORDS))
    )


def _spoken_on(session: Session, day: date) -> dict[int, date]:
    """The last date on which a customer spoke of each person, from the daily tallies."""
    lately = DailyTally.day.between(day - timedelta(days=LATELY), day)
    rows = session.execute(
        select(DailyTally.scope_id, func.max(DailyTally.day))
        .where(DailyTally.scope == "person", lately)
        .group_by(DailyTally.scope_id)
    )
    return {row[0]: row[1] for row in rows}


def _called(session: Session) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for alias in session.scalars(select(Alias).where(Alias.person_id.is_not(None))):
        found.setdefault(alias.person_id or 0, []).append(alias.folded)
    return found


def _answers_to(asked: str, person: Person, team: str | None, called: dict[int, list[str]]) -> bool:
    names = [fold(person.name), fold(team or ""), *called.get(person.id, ())]
    return any(asked in one for one in names)


def _wall_name(person: Person) -> str | None:
    shown = shown_name(person.name, person.visibility, "staff")
    return fold(shown) if shown else None
