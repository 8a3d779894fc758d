"""/me/{key}: a person's own page: what is shown about them, where, and a switch for it."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import web
from app.board.models import Board
from app.desk import rosterpeople
from app.errors import NotFoundError
from app.heroes.models import Hero
from app.heroes.nominationmodels import Nomination
from app.people import personalappeals, personallinks, rosterbook
from app.people.doors import OPEN
from app.people.models import Company, Person, Team
from app.people.names import shown_name
from app.people.signin import Fields
from app.responses.models import Response as Answer
from app.stories.models import Story

router = APIRouter(prefix="/me", include_in_schema=False)
DONE = {
    "shown": "Kept. Every wall follows within two seconds.",
    "hidden": "You are off every wall, within two seconds.",
    "appealed": "Your lead will look at it.",
}
ANSWERS = 20
# Scenes that can name somebody.
NAMING = {"hero", "leaderboard", "story", "week"}


@dataclass(frozen=True, slots=True)
class Wall:
    """A board and what it would call this person; None: nothing."""

    title: str
    audience: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What names this person on walls now, or could."""

    stories: tuple[str, ...]
    picks: tuple[tuple[date, str], ...]
    nominations: tuple[str, ...]


@router.get("/{key}", dependencies=[OPEN])
def own_page(request: Request, key: str, db: web.Db, done: str = "") -> Response:
    with db.read() as session:
        person = personallinks.find(session, key)
        company = session.get(Company, 1)
        appeals = personalappeals.of(session, person)
        return web.page(
            request,
            "people/personal.html",
            person=person,
            key=key,
            team=session.get(Team, person.team_id) if person.team_id else None,
            aliases=rosterbook.aliases(session, person),
            company=company,
            walls=_walls(session, person),
            shown=_shown(session, person),
            shapes=rosterpeople.shapes_of(person),
            answers=_answers(session, person),
            count=_count(session, person),
            appealed={one.response_id: one.outcome for one in appeals},
            said=DONE.get(done, ""),
        )


@router.post("/{key}/visibility", dependencies=[OPEN])
def switch(key: str, db: web.Db, fields: Fields) -> Response:
    with db.write.begin() as session:
        person = personallinks.find(session, key)
        actor = personalappeals.themselves(person)
        rosterpeople.show(session, actor, person, fields.get("visibility", ""))
        done = "hidden" if person.visibility == "hidden" else "shown"
    return RedirectResponse(f"/me/{key}?done={done}", 303)


@router.post("/{key}/appeals", dependencies=[OPEN])
def appeal(key: str, db: web.Db, fields: Fields) -> Response:
    """`answer` is the id of one of their answers, `text` why it is not about them."""
    answer_id = rosterpeople.number(fields.get("answer", "")) or 0
    with db.write.begin() as session:
        person = personallinks.find(session, key)
        theirs = select(Answer.id).where(Answer.id == answer_id, Answer.person_id == person.id)
        if session.scalar(theirs) is None:
            raise NotFoundError("There is no such answer about you.")
        personalappeals.appeal(session, person, answer_id, fields.get("text", ""))
    return RedirectResponse(f"/me/{key}?done=appealed", 303)


def _walls(session: Session, person: Person) -> list[Wall]:
    """Every board that has a scene in which somebody may be named."""
    return [
        Wall(one.title, one.audience, shown_name(person.name, person.visibility, one.audience))
        for one in session.scalars(select(Board).order_by(Board.title))
        if NAMING & set(one.scenes)
    ]


def _shown(session: Session, person: Person) -> Shown:
    stories = (
        select(Story.text)
        .join(Answer)
        .where(Answer.person_id == person.id, Story.state == "released")
        .order_by(Story.released_at.desc())
        .limit(ANSWERS)
    )
    picks = (
        select(Hero.starts_on, Hero.reason)
        .where(Hero.person_id == person.id, Hero.withdrawn_at.is_(None), Hero.state == "shown")
        .order_by(Hero.starts_on.desc())
        .limit(ANSWERS)
    )
    nominations = (
        select(Nomination.reason)
        .where(Nomination.person_id == person.id, Nomination.state == "shown")
        .order_by(Nomination.id.desc())
        .limit(ANSWERS)
    )
    return Shown(
        stories=tuple(session.scalars(stories)),
        # One week's pick may hang for the team, the site and the company.
        picks=tuple(dict.fromkeys((row[0], row[1]) for row in session.execute(picks))),
        nominations=tuple(session.scalars(nominations)),
    )


def _answers(session: Session, person: Person) -> list[tuple[int, date, str]]:
    """The newest answers that name them: id, day, and the name the platform used."""
    query = (
        select(Answer.id, Answer.answered_on, Answer.attributes)
        .where(Answer.person_id == person.id, Answer.status == "counted")
        .order_by(Answer.submitted_at.desc(), Answer.id.desc())
        .limit(ANSWERS)
    )
    return [(row[0], row[1], row[2].get("employee", "")) for row in session.execute(query)]


def _count(session: Session, person: Person) -> int:
    query = select(func.count()).select_from(Answer)
    mine = query.where(Answer.person_id == person.id, Answer.status == "counted")
    return session.scalar(mine) or 0
