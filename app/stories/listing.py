"""Stories as a lead, a program or a wall may read them: names after visibility and audience."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import exp
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.people.models import Alias, Person, Site, Team
from app.people.names import shown_name
from app.responses.models import Response
from app.stories import consent, cutting
from app.stories.models import Story
from app.text import known
from app.text.redaction import without

# Who signed in reads whole names; the three others are the audience classes of boards.
DESK = "desk"
# A candidate loses its place in the queue with this half-life's e-fold, in days.
FRESH_DAYS = 14
# The newest candidates that are put in order.
QUEUE = 500
# A person of this visibility is not called by first name in any text.
_UNNAMED = ("hidden", "initials")


@dataclass(frozen=True, slots=True)
class StoryView:
    """One story for one audience; what that audience may not see is None or [name].

    `text` is what may be shown, after a lead's cuts; `whole` all that was kept of the comment.
    """

    id: int
    response_id: int
    state: str
    text: str
    language: str | None
    score: int | None
    rank: float
    reasons: tuple[str, ...]
    person_id: int | None
    person: str | None
    team: str | None
    site: str | None
    answered_on: date
    created_at: datetime
    released_at: datetime | None
    recalled_at: datetime | None
    whole: str = ""
    held_at: datetime | None = None

    @property
    def place(self) -> str:
        """Where it stands for those at the desk: waiting, held, released or recalled."""
        if self.state == "candidate":
            return "held" if self.held_at else "waiting"
        return self.state

    @property
    def picked_because(self) -> str:
        """The reasons as one line."""
        return ", ".join(self.reasons)


def waiting(session: Session, limit: int = 50) -> list[StoryView]:
    """The candidates a lead should read first: good ones, and among equals the fresh ones."""
    newest = _select().where(Story.state == "candidate").order_by(Story.id.desc()).limit(QUEUE)
    found = _views(session, newest, DESK)
    now = clock.now()

    def freshness(story: StoryView) -> float:
        age = (now - story.created_at).total_seconds() / 86400
        return story.rank * exp(-max(age, 0.0) / FRESH_DAYS)

    return sorted(found, key=freshness, reverse=True)[:limit]


def released(
    session: Session,
    audience: str,
    *,
    scope: str = "company",
    scope_id: int = 1,
    limit: int = 20,
) -> list[StoryView]:
    """What a wall may show, newest release first.

    `audience` is staff, visitor, street or desk; the street sees only words whose customer agreed.
    `scope` is company, site, team or person.
    """
    query = _select().where(Story.state == "released", *within(scope, scope_id))
    if audience == "street":
        query = query.where(consent.agreed())
    newest = query.order_by(Story.released_at.desc(), Story.id.desc()).limit(limit)
    return _views(session, newest, audience)


def about(session: Session, person_id: int, since: date, audience: str) -> StoryView | None:
    """The newest released story of a person answered on or after a date."""
    query = _select().where(
        Story.state == "released", Response.person_id == person_id, Response.answered_on >= since
    )
    if audience == "street":
        query = query.where(consent.agreed())
    newest = query.order_by(Story.released_at.desc(), Story.id.desc()).limit(1)
    return next(iter(_views(session, newest, audience)), None)


def page(
    session: Session,
    audience: str,
    *,
    state: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[StoryView]:
    """Stories of one state, or of all, newest first; `before` is the last id of the page before."""
    query = _select().order_by(Story.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Story.state == state)
    if before is not None:
        query = query.where(Story.id < before)
    return _views(session, query, audience)


def of_teams(
    session: Session, team_ids: Collection[int], *where: Any, limit: int
) -> list[StoryView]:
    """Stories as the lead of these teams reads them at the desk; no teams: of all.

    What belongs to no team is everybody's. In the order of their ids, newest first.
    """
    query = _select().where(*where).order_by(Story.id.desc()).limit(limit)
    if team_ids:
        query = query.where(or_(Response.team_id.is_(None), Response.team_id.in_(team_ids)))
    return _views(session, query, DESK)


def is_agreed(session: Session, story_id: int) -> bool:
    """Whether the street may see these words: by the customer's word, or the source's rule."""
    query = select(Story.id).join(Response, Response.id == Story.response_id)
    return session.scalar(query.where(Story.id == story_id, consent.agreed())) is not None


def one(session: Session, story_id: int, audience: str = DESK) -> StoryView:
    """A single story. Raises NotFoundError for an unknown id."""
    found = _views(session, _select().where(Story.id == story_id), audience)
    if not found:
        raise NotFoundError("There is no such story.")
    return found[0]


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Story,
            Response.score,
            Response.answered_on,
            Person,
            Team.name.label("team"),
            Site.name.label("site"),
        )
        .join(Response, Response.id == Story.response_id)
        .outerjoin(Person, Person.id == Response.person_id)
        .outerjoin(Team, Team.id == Response.team_id)
        .outerjoin(Site, Site.id == Response.site_id)
        .where(Story.state != "unread")
    )


def within(scope: str, scope_id: int) -> list[Any]:
    column = {
        "company": None,
        "site": Response.site_id,
        "team": Response.team_id,
        "person": Response.person_id,
    }[scope]
    return [] if column is None else [column == scope_id]


def _views(session: Session, query: Select[*tuple[Any, ...]], audience: str) -> list[StoryView]:
    rows = session.execute(query).all()
    unnamed = _unnamed(session, audience) if rows and audience != DESK else frozenset()
    return [_view(row, audience, unnamed) for row in rows]


def _view(row: Row[*tuple[Any, ...]], audience: str, unnamed: frozenset[str]) -> StoryView:
    story: Story = row.Story
    person: Person | None = row.Person
    shown = _name(person, audience)
    placed = audience in (DESK, "staff")
    text = cutting.shown(story.text, story.cut)
    return StoryView(
        id=story.id,
        response_id=story.response_id,
        state=story.state,
        text=without(text, unnamed) if unnamed else text,
        language=story.language,
        score=row.score,
        rank=story.rank,
        reasons=tuple(story.reasons),
        person_id=person.id if person and shown else None,
        person=shown,
        team=row.team if placed else None,
        site=row.site if placed else None,
        answered_on=row.answered_on,
        created_at=story.created_at,
        released_at=story.released_at,
        recalled_at=story.recalled_at,
        whole=story.text if audience == DESK else "",
        held_at=story.held_at,
    )


def _name(person: Person | None, audience: str) -> str | None:
    if person is None:
        return None
    if audience == DESK:
        return person.name
    return shown_name(person.name, person.visibility, audience)


def _unnamed(session: Session, audience: str) -> frozenset[str]:
    """First names that must not stand in a text: of those who hide, before the street of all.

    Two people may share one; the wish of the one who hides counts.
    """
    names, aliases = select(Person.name), select(Alias.text).join(Person)
    if audience != "street":
        names = names.where(Person.visibility.in_(_UNNAMED))
        aliases = aliases.where(Person.visibility.in_(_UNNAMED))
    called: Sequence[str] = [*session.scalars(names), *session.scalars(aliases)]
    first = known.staff(tuple(called)).written
    return first | {name.upper() for name in first}
