"""Listing: the cases a lead may see, the most urgent first, with what is needed to ring back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from app import clock
from app.followups.models import LIVE, Case
from app.followups.promise import Promise
from app.people.authorize import Actor
from app.people.models import Account, Person, Team
from app.responses.models import Response

WHOSE = ("mine", "team", "all")
MOST = 200
CLOSED_FOR = timedelta(days=7)
MOST_CLOSED = 20
# Attributes of an answer that hold a number to ring.
PHONES = ("phone", "phone_number", "telephone", "tel", "mobile")
_DIGITS = re.compile(r"\+?\d{5,15}")
_EMAIL = re.compile(r"[^\s@\x00-\x1f<>]+@[^\s@\x00-\x1f<>]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One case with its answer, its place and the local times of its site."""

    case: Case
    answer: Response
    team: str | None
    person: str | None
    owner: str | None
    timezone: str

    @property
    def is_live(self) -> bool:
        return self.case.state in LIVE

    @property
    def is_overdue(self) -> bool:
        return self.is_live and self.case.due_at <= clock.now()

    @property
    def due(self) -> str:
        """When it is due, as one says it at its site."""
        return said(self.case.due_at, self.timezone)

    @property
    def phone(self) -> str | None:
        """A `tel:` address, if the answer has a number that can be dialled."""
        number = self.phone_said
        return f"tel:{_dialled(number)}" if number else None

    @property
    def phone_said(self) -> str | None:
        """The number as it was written."""
        for name in PHONES:
            written = str(self.answer.attributes.get(name) or "").strip()
            if _DIGITS.fullmatch(_dialled(written)):
                return written[:40]
        return None

    @property
    def mailto(self) -> str | None:
        """A `mailto:` address without anything a hostile one could add to the mail."""
        email = self.answer.email or ""
        return f"mailto:{quote(email, safe='@')}" if _EMAIL.fullmatch(email) else None


def live(session: Session, actor: Actor, whose: str) -> list[Entry]:
    """What is still to be done, overdue first; `whose` is one of WHOSE."""
    query = _query(actor).where(Case.state.in_(LIVE), _of(actor, whose))
    return _entries(session, query.order_by(Case.due_at, Case.id).limit(MOST))


def count_live(session: Session, actor: Actor) -> int:
    """How many cases this actor could work on."""
    query = select(func.count(Case.id)).join(Response, Response.id == Case.response_id)
    query = query.where(Case.state.in_(LIVE))
    if has_teams(actor):
        own = Response.team_id.in_(actor.team_ids)
        query = query.where(or_(own, Response.team_id.is_(None)))
    return session.scalar(query) or 0


def closed(session: Session, actor: Actor) -> list[Entry]:
    """What ended within a week, newest first."""
    since = clock.now() - CLOSED_FOR
    query = _query(actor).where(Case.closed_at > since, Case.state.not_in(LIVE))
    return _entries(session, query.order_by(Case.closed_at.desc()).limit(MOST_CLOSED))


def entry(session: Session, case_id: int) -> Entry | None:
    """One case, whoever asks: authorize() for its answer before it is shown."""
    found = _entries(session, _everything().where(Case.id == case_id))
    return found[0] if found else None


def said(at: datetime, timezone: str) -> str:
    """A moment near now: "today 14:00", "yesterday 09:00", "Tue 24 Nov 14:00"."""
    zone = ZoneInfo(timezone)
    local = at.astimezone(zone)
    days = (local.date() - clock.now().astimezone(zone).date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    return f"{near} {local:%H:%M}" if near else f"{local:%a} {local.day} {local:%b %H:%M}"


def has_teams(actor: Actor) -> bool:
    """Whether some teams are this actor's own and others are not."""
    return actor.role == "lead" and bool(actor.team_ids)


def _query(actor: Actor) -> Any:
    """A lead's own teams, and what belongs to no team."""
    if not has_teams(actor):
        return _everything()
    own = Response.team_id.in_(actor.team_ids)
    return _everything().where(or_(own, Response.team_id.is_(None)))


def _of(actor: Actor, whose: str) -> ColumnElement[bool]:
    if whose == "mine":
        return Case.owner_id == actor.account_id
    if whose == "team" and has_teams(actor):
        return Response.team_id.in_(actor.team_ids)
    return true()


def _everything() -> Any:
    return (
        select(Case, Response, Team.name, Person.name, Account.name)
        .join(Response, Response.id == Case.response_id)
        .outerjoin(Team, Team.id == Response.team_id)
        .outerjoin(Person, Person.id == Response.person_id)
        .outerjoin(Account, Account.id == Case.owner_id)
    )


def _entries(session: Session, query: Any) -> list[Entry]:
    rows: Sequence[Any] = session.execute(query).all()
    if not rows:
        return []
    promise = Promise.load(session)
    return [
        Entry(case, answer, team, person, owner, promise.place(answer.site_id).timezone)
        for case, answer, team, person, owner in rows
    ]


def _dialled(written: str) -> str:
    """What is dialled of a number as people write it; brackets, dots and strokes are left out."""
    return re.sub(r"[\s().\-/\u2010-\u2015]", "", written)
