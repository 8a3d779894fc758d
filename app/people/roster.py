"""The roster as one snapshot in memory: whom, which team and which place an answer is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.models import Alias, Company, Person, Site, Team
from app.people.names import fold

# Folded name or alias -> the ids it may mean.
Index = Mapping[str, frozenset[int]]
# The first day somebody was here, and the first one they were not; None is open.
Span = tuple[date | None, date | None]
# Customers answer late: so long after somebody left an answer may still be about them.
LATE = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer belongs. `timezone` dates it; `site_id` is None before `company set`."""

    site_id: int | None
    team_id: int | None
    person_id: int | None
    timezone: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Frozen: load it once for a batch. Every question is a dictionary look-up."""

    people: Index
    teams: Index
    sites: Index
    team_of: Mapping[int, int | None]
    site_of: Mapping[int, int | None]
    timezones: Mapping[int, str]
    first_site_id: int | None
    timezone: str
    # As written: what a customer may call somebody, for the redaction of comments.
    names: tuple[str, ...]
    # Of those only who joined or left on a known day.
    spans: Mapping[int, Span] = field(default_factory=dict)

    def place(
        self, employee: str | None, team: str | None, site: str | None, day: date | None = None
    ) -> Place:
        """Matches what a platform wrote to the roster.

        A text counts as a whole name or alias; two hits are no match, unless the team decides
        between people of one name. What `team` and `site` do not say, the person's team and the
        team's site do, and last the company's first site. On a given day who had not joined yet
        is no hit, nor is who left more than 28 days before; between two of one name who was here
        on the day itself goes first.
        """
        team_id = _only(_hits(self.teams, team))
        person_id = self._person(self._here(_hits(self.people, employee), day), team_id)
        if team_id is None and person_id is not None:
            team_id = self.team_of[person_id]
        site_id = _only(_hits(self.sites, site))
        if site_id is None and team_id is not None:
            site_id = self.site_of[team_id]
        if site_id is None:
            site_id = self.first_site_id
        timezone = self.timezone if site_id is None else self.timezones[site_id]
        return Place(site_id, team_id, person_id, timezone)

    def _person(self, hits: frozenset[int], team_id: int | None) -> int | None:
        if len(hits) > 1 and team_id is not None:
            hits = frozenset(hit for hit in hits if self.team_of[hit] == team_id)
        return _only(hits)

    def _here(self, hits: frozenset[int], day: date | None) -> frozenset[int]:
        if day is None or not self.spans or not hits:
            return hits
        still = frozenset(hit for hit in hits if _covers(self.spans.get(hit), day))
        return still or frozenset(hit for hit in hits if _covers(self.spans.get(hit), day, LATE))


_PEOPLE = select(Person.id, Person.name, Person.team_id, Person.joined_on, Person.left_on)


def load(session: Session) -> Roster:
    """Reads the whole roster: five queries, whatever its size."""
    people = session.execute(_PEOPLE).all()
    teams = session.execute(select(Team.id, Team.name, Team.site_id)).all()
    sites = session.execute(select(Site.id, Site.name, Site.timezone).order_by(Site.id)).all()
    aliases = session.scalars(select(Alias)).all()
    return Roster(
        people=_index([(p.name, p.id) for p in people], [(a.folded, a.person_id) for a in aliases]),
        teams=_index([(t.name, t.id) for t in teams], [(a.folded, a.team_id) for a in aliases]),
        sites=_index([(s.name, s.id) for s in sites], [(a.folded, a.site_id) for a in aliases]),
        team_of={person.id: person.team_id for person in people},
        site_of={team.id: team.site_id for team in teams},
        timezones={site.id: site.timezone for site in sites},
        first_site_id=sites[0].id if sites else None,
        timezone=session.scalar(select(Company.timezone)) or "UTC",
        names=(*(person.name for person in people), *(a.text for a in aliases if a.person_id)),
        spans={p.id: (p.joined_on, p.left_on) for p in people if p.joined_on or p.left_on},
    )


def _index(names: Iterable[tuple[str, int]], aliases: Iterable[tuple[str, int | None]]) -> Index:
    found: dict[str, set[int]] = {}
    for name, one in names:
        found.setdefault(fold(name), set()).add(one)
    for folded, aliased in aliases:
        if aliased is not None:
            found.setdefault(folded, set()).add(aliased)
    return {folded: frozenset(ids) for folded, ids in found.items()}


def _hits(index: Index, text: str | None) -> frozenset[int]:
    return index.get(fold(text), frozenset()) if text else frozenset()


def _covers(span: Span | None, day: date, late: timedelta = timedelta()) -> bool:
    joined, left = span or (None, None)
    return (joined is None or joined <= day) and (left is None or day < left + late)


def _only(hits: frozenset[int]) -> int | None:
    return next(iter(hits)) if len(hits) == 1 else None
