"""Unknown names: what answers call people, teams and stores that the roster does not know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.desk import following
from app.errors import CheerboardError
from app.people import roster, rosterbook
from app.people.authorize import Actor, OfTeam, authorize
from app.people.models import Company, Following, Person, Site, Team
from app.people.names import fold
from app.people.roster import Roster
from app.responses.models import Response

# The kinds of names, in the order of the page, and the shelf of the roster that knows them.
KINDS = {"employee": "people", "team": "teams", "store": "sites"}
# The newest answers of the window that are read, however many there are.
LOOKED_AT = 20_000
SHOWN = 50
SUGGESTED = 3
# How alike two names are at least to be offered, 0 to 1.
ALIKE = 0.55


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody or something of the roster that a name may mean."""

    id: int
    name: str
    of: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that answers use, how many did, and what it may mean, likeliest first.

    `is_shared`: the roster knows it, more than once.
    """

    kind: str
    text: str
    count: int
    is_shared: bool
    likely: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """`read` answers were looked at; `is_all`: those are all of the window."""

    unknown: tuple[Unknown, ...]
    read: int
    is_all: bool
    choices: Mapping[str, tuple[Candidate, ...]]


def names(session: Session, most: int = LOOKED_AT) -> Names:
    """The unknown names of the company's window, most used first.

    Reads the newest `most` answers at most, so its cost does not know how many came before.
    """
    known = roster.load(session)
    counts, written, read = _counted(session, known, most)
    choices = _choices(session)
    most_used = sorted(counts, key=lambda key: (-counts[key], key))[:SHOWN]
    unknown = tuple(
        _as_unknown(known, choices, key[0], written[key], counts[key]) for key in most_used
    )
    return Names(unknown, read, read < most, choices)


def count(session: Session, most: int) -> int:
    """How many different names the newest `most` answers of the window use and nobody knows."""
    counts, _, _ = _counted(session, roster.load(session), most)
    return len(counts)


def match(session: Session, actor: Actor, kind: str, text: str, thing_id: int) -> Following | None:
    """From now on this name means that person, team or site, and old answers follow.

    The same once more changes nothing. Raises CheerboardError (409) when the name would still mean
    more than one.
    """
    thing = rosterbook.one(session, KINDS.get(kind, ""), thing_id)
    authorize(actor, "roster.match", OfTeam(thing.id) if isinstance(thing, Team) else thing)
    hits = _index(roster.load(session), kind).get(fold(text), frozenset())
    if hits - {thing.id}:
        raise CheerboardError(
            f"The roster calls somebody else {text[:80]!r} already; change that first.", status=409
        )
    if hits:
        return None
    folded = rosterbook.add_alias(session, actor, thing, text, "roster.match")
    return following.begin(session, kind, [folded], text)


def lately(session: Session) -> list[Following]:
    """What follows now, and what followed within the last hour, newest first."""
    since = clock.now() - timedelta(hours=1)
    recent = Following.ended_at.is_(None) | (Following.ended_at > since)
    query = select(Following).where(recent).order_by(Following.id.desc()).limit(5)
    return list(session.scalars(query))


def _counted(
    session: Session, known: Roster, most: int
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], str], int]:
    """By kind and folded name: how many answers use it, how it was first written; answers read."""
    days = session.scalar(select(Company.window_days)) or 28
    counts: dict[tuple[str, str], int] = {}
    written: dict[tuple[str, str], str] = {}
    read = 0
    for employee, team, store, many in _said(session, days, most):
        read += many
        for kind, text in _unknown(known, employee, team, store):
            key = kind, fold(text)
            counts[key] = counts.get(key, 0) + many
            written.setdefault(key, text)
    return counts, written, read


def _said(session: Session, days: int, most: int) -> list[Any]:
    """Employee, team and store as platforms wrote them, with how many answers did."""
    since = clock.now() - timedelta(days=days)
    newest = (
        select(*(word.label(kind) for kind, word in following.WORDS.items()))
        .where(Response.status == "counted", Response.submitted_at >= since)
        .order_by(Response.submitted_at.desc(), Response.id.desc())
        .limit(most)
        .subquery()
    )
    many = func.count().desc()
    query = select(*newest.c, func.count()).group_by(*newest.c).order_by(many, *newest.c)
    return list(session.execute(query).all())


def _unknown(
    known: Roster, employee: str | None, team: str | None, store: str | None
) -> Iterable[tuple[str, str]]:
    place = known.place(employee, team, store)
    if employee and employee.strip() and place.person_id is None:
        yield "employee", employee.strip()
    for kind, text in (("team", team), ("store", store)):
        if text and text.strip() and len(_index(known, kind).get(fold(text), ())) != 1:
            yield kind, text.strip()


def _index(known: Roster, kind: str) -> roster.Index:
    return {"employee": known.people, "team": known.teams, "store": known.sites}[kind]


def _choices(session: Session) -> dict[str, tuple[Candidate, ...]]:
    people = select(Person.id, Person.name, Team.name).outerjoin(Team, Team.id == Person.team_id)
    queries: dict[str, Any] = {
        "employee": people.where(Person.left_on.is_(None)).order_by(Person.name),
        "team": select(Team.id, Team.name, Site.name).outerjoin(Site).order_by(Team.name),
        "store": select(Site.id, Site.name, Site.timezone).order_by(Site.name),
    }
    return {
        kind: tuple(Candidate(row[0], row[1], row[2] or "") for row in session.execute(query))
        for kind, query in queries.items()
    }


def _as_unknown(
    known: Roster, choices: Mapping[str, tuple[Candidate, ...]], kind: str, text: str, count: int
) -> Unknown:
    is_shared = len(_index(known, kind).get(fold(text), ())) > 1
    graded = [(_alike(text, one.name), one) for one in choices[kind]] if not is_shared else []
    likely = sorted((pair for pair in graded if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return Unknown(kind, text, count, is_shared, tuple(one for _, one in likely[:SUGGESTED]))


def _alike(text: str, name: str) -> float:
    """How alike two names are, 0 to 1: as written, in another order, or by first name alone."""
    said, real = _bare(text), _bare(name)
    if not said or not real:
        return 0.0
    if said[0] == real[0] or said[-1] == real[-1]:
        # One of the two names is right; an initial may stand for the other.
        rest = said[1:] if said[0] == real[0] else said[:-1]
        fits = all(any(one.startswith(part) for one in real) for part in rest)
        return 0.95 if fits else 0.7
    first, second = " ".join(sorted(said)), " ".join(sorted(real))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE else 0.0


def _bare(name: str) -> list[str]:
    letters = (char if char.isalnum() else " " for char in fold(name))
    return "".join(letters).split()
