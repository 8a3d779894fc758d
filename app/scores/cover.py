"""Cover: which sites, teams and people are not shown in a window, the same wherever one asks.

Under 10 answers a group is not shown, nor is what would give it away: the company's total and each
shown site's are known, so their shown parts may never leave one small group as the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.people.models import Company, Person, Site, Team
from app.scores import hiding, tallies
from app.scores.nps import MIN_SHOWN, Tally
from app.scores.tallies import COUNTS, TALLY, Point

# Keys of what belongs to no group: of the company, and of each site by its id.
REST = -1
REST_OF_SITE = -2

Sizes = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Cover:
    """What must not be shown of one window."""

    sites: frozenset[int]
    teams: frozenset[int]


def covers(session: Session, untils: Sequence[date], days: int) -> list[Cover]:
    """One cover for each window of `days` local dates that ends with one of `untils`."""
    first = session.scalar(select(func.min(Site.id))) or 0
    # Answers of a team without a site are the first site's.
    home = {row[0]: row[1] or first for row in session.execute(select(Team.id, Team.site_id))}
    company, sites, teams = (_sizes(session, kind, untils, days) for kind in _KINDS)
    return [
        judged(company[at].get(tallies.COMPANY, 0), sites[at], teams[at], home)
        for at in range(len(untils))
    ]


def is_covered(
    session: Session, scope: str, scope_id: int, untils: Sequence[date], days: int
) -> list[bool]:
    """Whether this site, team or person is not shown, for each window. The company always is."""
    if scope == "company":
        return [False] * len(untils)
    if scope == "person":
        return [scope_id in one for one in _people(session, scope_id, untils, days)]
    found = covers(session, untils, days)
    return [scope_id in (one.sites if scope == "site" else one.teams) for one in found]


def covered_people(session: Session, team_id: int, until: date, days: int) -> frozenset[int]:
    """The people of a team who are not shown: too few answers, hidden, gone, or next to those."""
    return _of_team(session, team_id, [until], days)[0]


def uncovered(
    session: Session, by: str, ids: Iterable[int], until: date, days: int
) -> frozenset[int]:
    """Those of some teams or people who may be shown."""
    asked = frozenset(ids)
    if by == "team":
        return asked - covers(session, [until], days)[0].teams
    teams = session.scalars(select(Person.team_id).where(Person.id.in_(asked)).distinct())
    gone = [covered_people(session, team, until, days) for team in teams if team is not None]
    return asked - frozenset().union(*gone)


def uncover(
    session: Session, scope: str, scope_id: int, points: Sequence[Point], days: int
) -> list[Point]:
    """A trend as it may be shown: a window in which the group is hidden is empty."""
    dark = is_covered(session, scope, scope_id, [point.until for point in points], days)
    return [
        Point(one.until, Tally()) if is_dark else one
        for one, is_dark in zip(points, dark, strict=True)
    ]


_KINDS = ("company", "site", "team")


def judged(total: int, sites: Sizes, teams: Sizes, home: Sizes) -> Cover:
    """The cover of numbers of answers; `home` is the site of each team. Pure."""
    small = {key for key, size in sites.items() if 0 < size < MIN_SHOWN}
    rest = {REST: max(0, total - sum(sites.values()))}
    dark = hiding.closed([{**sites, **rest}], small, rest)
    gone = {key for key, size in teams.items() if 0 < size < MIN_SHOWN}
    of_site = {
        site: {key: size for key, size in teams.items() if home.get(key) == site} for site in sites
    }
    for site, own in of_site.items():
        own[REST_OF_SITE - site] = max(0, sites[site] - sum(own.values()))
    wholes = [own for site, own in of_site.items() if site not in dark]
    # What is hidden of the sites is known together: the company less the shown sites.
    wholes.append({key: n for site in dark for key, n in of_site[site].items()})
    wholes.append({**teams, REST: max(0, total - sum(teams.values()))})
    silent = {REST, *(REST_OF_SITE - site for site in sites)}
    gone |= {one for site in dark if (one := _least(of_site[site], gone)) is not None}
    return Cover(dark, hiding.closed(wholes, gone, silent))


def _least(own: Sizes, gone: Iterable[int]) -> int | None:
    """A hidden site keeps one team back, else the sum of its teams would be its number."""
    there = [key for key, size in own.items() if size]
    if any(key in gone or key < 0 for key in there):
        return None
    return min(there, key=lambda key: (own[key], key), default=None)


def _people(
    session: Session, person_id: int, untils: Sequence[date], days: int
) -> list[frozenset[int]]:
    person = session.get(Person, person_id)
    if person is None or person.team_id is None:
        sizes = _sizes(session, "person", untils, days, [person_id])
        own = [person] if person else []
        return [_unfit(session, own, of, end) for of, end in zip(sizes, untils, strict=True)]
    return _of_team(session, person.team_id, untils, days)


def _of_team(
    session: Session, team_id: int, untils: Sequence[date], days: int
) -> list[frozenset[int]]:
    people = session.scalars(select(Person).where(Person.team_id == team_id)).all()
    sizes = _sizes(session, "person", untils, days, [one.id for one in people])
    wholes = _sizes(session, "team", untils, days, [team_id])
    found = []
    for at, cover in enumerate(covers(session, untils, days)):
        if team_id in cover.teams:
            found.append(frozenset(one.id for one in people))
            continue
        rest = {REST: max(0, wholes[at].get(team_id, 0) - sum(sizes[at].values()))}
        gone = _unfit(session, people, sizes[at], untils[at])
        found.append(hiding.closed([{**sizes[at], **rest}], gone, rest) | gone)
    return found


def _unfit(session: Session, people: Iterable[Person], sizes: Sizes, until: date) -> frozenset[int]:
    company = session.get(Company, 1)
    least = max(MIN_SHOWN, company.least_personal) if company else MIN_SHOWN
    off = company is None or not company.individuals
    return frozenset(
        one.id
        for one in people
        if off
        or one.visibility == "hidden"
        or (one.left_on is not None and one.left_on <= until)
        or sizes.get(one.id, 0) < least
    )


def _sizes(
    session: Session,
    scope: str,
    untils: Sequence[date],
    days: int,
    ids: Sequence[int] | None = None,
) -> list[dict[int, int]]:
    """Numbers of answers by id, for each window; one query for all of them."""
    mine = TALLY.c.scope == scope
    if ids is not None:
        mine &= TALLY.c.scope_id.in_(ids)
    mine &= TALLY.c.day.between(min(untils) - timedelta(days=days - 1), max(untils))
    n = func.sum(sum((TALLY.c[count] for count in COUNTS[1:]), TALLY.c[COUNTS[0]]))
    rows = session.execute(
        select(TALLY.c.scope_id, TALLY.c.day, n).where(mine).group_by(TALLY.c.scope_id, TALLY.c.day)
    )
    found: list[dict[int, int]] = [{} for _ in untils]
    spans = [(end - timedelta(days=days - 1), end) for end in untils]
    for scope_id, day, count in rows:
        for at, (start, end) in enumerate(spans):
            if start <= day <= end:
                found[at][scope_id] = found[at].get(scope_id, 0) + int(count)
    return found
