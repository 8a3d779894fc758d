"""Honours: nominations as a wall or a lead may read them, after visibility and audience."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.heroes import nominees
from app.heroes.badges import Mark, marks
from app.heroes.drafts import Draft
from app.heroes.nominationmodels import Nomination
from app.people.authorize import Actor, leads
from app.people.models import Alias, Person, Team
from app.people.names import shown_name
from app.responses.models import Response
from app.stories import listing
from app.stories.listing import StoryView
from app.text.known import WORD
from app.text.redaction import without

# How long a nomination comes round on the walls, and how many of them.
ON_SHOW = timedelta(days=7)
MOST = 3
LISTED = 50


@dataclass(frozen=True, slots=True)
class Honour:
    """One nomination for one audience; `story` only once it is released."""

    id: int
    name: str
    team: str | None
    reason: str
    badge: str
    marks: tuple[Mark, ...]
    story: StoryView | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One nomination for the desk. `person` is None while nobody knows who is meant."""

    id: int
    state: str
    version: int
    person_id: int | None
    person: str | None
    team: str | None
    named: str | None
    reason: str
    badge: str
    marks: tuple[Mark, ...]
    giver: str
    board_slug: str | None
    made_at: datetime
    decider: str | None
    decided_at: datetime | None
    story: StoryView | None
    mine: bool
    led: bool


def on_show(
    session: Session, audience: str, *, scope: str = "company", scope_id: int = 1
) -> list[Honour]:
    """What walls of that audience and place show now, newest first.

    Approved within the last seven days, three at most; nobody who hides, or has left. The street
    reads nobody's name and so none of them.
    """
    query = (
        _select()
        .where(Nomination.state == "shown", Nomination.shown_at > clock.now() - ON_SHOW)
        .where(*nominees.present(nominees.today(session)), *_within(scope, scope_id))
        .order_by(Nomination.shown_at.desc(), Nomination.id.desc())
        .limit(MOST)
    )
    found = []
    unsaid: frozenset[str] | None = None
    for nomination, person, team in session.execute(query).all():
        name = shown_name(person.name, person.visibility, audience)
        if name is None:
            continue
        unsaid = _unsaid(session, audience) if unsaid is None else unsaid
        found.append(
            Honour(
                id=nomination.id,
                name=name,
                team=team if audience == "staff" else None,
                reason=without(nomination.reason, unsaid),
                badge=nomination.badge,
                marks=marks(nomination.figure),
                story=_released(session, nomination.story_id, audience),
            )
        )
    return found


def drafted(session: Session, person: Person, draft: Draft) -> Honour | None:
    """What a wall for staff would show of a draft, for a look before it is sent."""
    name = shown_name(person.name, person.visibility, "staff")
    if name is None:
        return None
    team = session.get(Team, person.team_id) if person.team_id else None
    return Honour(
        id=0,
        name=name,
        team=team.name if team else None,
        reason=without(draft.reason, _unsaid(session, "staff")),
        badge=draft.badge,
        marks=marks(draft.figure),
        story=_released(session, draft.story_id, "staff"),
    )


def entries(
    session: Session, actor: Actor, states: tuple[str, ...], limit: int = LISTED
) -> list[Entry]:
    """Nominations of some states, newest first: of the teams this actor leads, and their own.

    Who hides is not among them: that is a wish toward colleagues too.
    """
    query = _select().where(
        Nomination.state.in_(states),
        or_(Nomination.person_id.is_(None), Person.visibility != "hidden"),
    )
    query = query.order_by(Nomination.id.desc()).limit(LISTED * 4)
    found = [_entry(session, actor, *row) for row in session.execute(query).all()]
    return [one for one in found if one.led or one.mine][:limit]


def entry(session: Session, actor: Actor, nomination_id: int) -> Entry:
    """One nomination. Raises NotFoundError for an unknown id, and when the person hides."""
    row = session.execute(_select().where(Nomination.id == nomination_id)).one_or_none()
    if row is None or (row[1] is not None and row[1].visibility == "hidden"):
        raise NotFoundError("There is no such nomination.")
    return _entry(session, actor, *row)


def _entry(
    session: Session, actor: Actor, nomination: Nomination, person: Person | None, team: str | None
) -> Entry:
    mine = actor.account_id is not None and nomination.account_id == actor.account_id
    names = ("id", "state", "version", "named", "reason", "badge", "giver", "board_slug")
    moments = ("made_at", "decider", "decided_at")
    return Entry(
        **{name: getattr(nomination, name) for name in (*names, *moments)},
        person_id=person.id if person else None,
        person=person.name if person else None,
        team=team,
        marks=marks(nomination.figure),
        story=_story(session, nomination.story_id),
        mine=mine,
        led=actor.role != "lead" or leads(actor, person.team_id if person else None),
    )


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(Nomination, Person, Team.name.label("team"))
        .outerjoin(Person, Person.id == Nomination.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
    )


def _within(scope: str, scope_id: int) -> list[Any]:
    """The person's place, as the roster has it now."""
    if scope == "team":
        return [Person.team_id == scope_id]
    return [Team.site_id == scope_id] if scope == "site" else []


def _story(session: Session, story_id: int | None) -> StoryView | None:
    return listing.one(session, story_id) if story_id else None


def _released(session: Session, story_id: int | None, audience: str) -> StoryView | None:
    """The customer's words, once a lead let walls show them and nobody took them back."""
    if story_id is None:
        return None
    found = listing.one(session, story_id, audience)
    refused = session.scalar(select(Response.consent).where(Response.id == found.response_id))
    return found if found.state == "released" and refused is not False else None


def _unsaid(session: Session, audience: str) -> frozenset[str]:
    """Names that must not stand in a reason: of who hides; before visitors every surname."""
    hidden = Person.visibility == "hidden"
    names = [*session.scalars(select(Person.name).where(hidden))]
    names += session.scalars(select(Alias.text).join(Person).where(hidden))
    words = {word for name in names for word in WORD.findall(name)}
    if audience != "staff":
        for name in session.scalars(select(Person.name)):
            words.update(WORD.findall(name)[1:])
    words = {word for word in words if len(word) > 1}
    return frozenset(words | {word.upper() for word in words})
