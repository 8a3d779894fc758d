"""Parts: the number of each site, team or person within another; what is too small stays hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.people.models import Company, Person, Site, Team
from app.scores import cover, nps, tallies
from app.scores.nps import Tally
from app.scores.summary import Summary


@dataclass(frozen=True, slots=True)
class Part:
    """One line; `shown` is None where it is too small, or would give away another that is."""

    id: int
    name: str
    n: int | None
    shown: str | None
    between: tuple[str, str] | None
    tally: Tally | None


@dataclass(frozen=True, slots=True)
class Parts:
    """`by` is site, team or person. In the order of their names: this is no ranking."""

    by: str
    lines: tuple[Part, ...]


def parts(session: Session, company: Company, whole: Summary) -> list[Parts]:
    """What a number is made of, one list for each kind of part that it has."""
    found = []
    for by, names in _names(session, company, whole):
        tally = tallies.rolling_by(session, by, whole.window.until, whole.window.days)
        own = {key: tally.get(key, Tally()) for key in names}
        if names:
            found.append(Parts(by, _lines(names, own, _gone(session, by, whole))))
    return found


def _names(
    session: Session, company: Company, whole: Summary
) -> list[tuple[str, Mapping[int, str]]]:
    match whole.scope:
        case "company":
            sites = _called(session, select(Site.id, Site.name))
            teams = _called(session, select(Team.id, Team.name))
            return [("site", sites if len(sites) > 1 else {}), ("team", teams)]
        case "site":
            mine = select(Team.id, Team.name).where(Team.site_id == whole.scope_id)
            return [("team", _called(session, mine))]
        case "team" if company.individuals:
            return [("person", _people(session, whole.scope_id, whole.window.until))]
    return []


def _people(session: Session, team_id: int, until: date) -> Mapping[int, str]:
    mine = select(Person.id, Person.name).where(
        Person.team_id == team_id,
        Person.visibility != "hidden",
        or_(Person.left_on.is_(None), Person.left_on > until),
    )
    return _called(session, mine)


def _called(session: Session, who: Any) -> Mapping[int, str]:
    return {row[0]: row[1] for row in session.execute(who)}


def _gone(session: Session, by: str, whole: Summary) -> frozenset[int]:
    until, days = whole.window.until, whole.window.days
    if by == "person":
        return cover.covered_people(session, whole.scope_id, until, days)
    found = cover.covers(session, [until], days)[0]
    return found.sites if by == "site" else found.teams


def _lines(
    names: Mapping[int, str], own: Mapping[int, Tally], gone: frozenset[int]
) -> tuple[Part, ...]:
    order = sorted(names, key=lambda key: (names[key].casefold(), key))
    return tuple(
        _part(key, names[key], own[key], is_hidden=key in gone and own[key].n > 0) for key in order
    )


def _part(key: int, name: str, tally: Tally, *, is_hidden: bool) -> Part:
    score, between = nps.nps(tally), nps.interval(tally)
    if is_hidden or score is None or between is None:
        return Part(key, name, None if is_hidden else 0, None, None, None)
    ends = nps.shown(between[0]), nps.shown(between[1])
    return Part(key, name, tally.n, nps.shown(score), ends, tally)
