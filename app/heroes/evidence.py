"""Evidence: what is known of everybody in a window, read once for all places."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from app.heroes.models import HeroWeight
from app.heroes.rules import IN_A_ROW, TEAMS, Field, Runner
from app.people.models import Person, Team
from app.responses.models import Response
from app.scores import leaderboard, ranking, tallies
from app.scores.nps import DETRACTOR_TO, PROMOTER_FROM, Tally
from app.stories.models import Story

# An unhappy answer so many days before a delighted one of the same customer was won back.
UNHAPPY_DAYS = 91
# Customers who are looked at for a rescue: a bound for a company with a million answers.
MOST_RESCUES = 5_000
A_DAY = timedelta(days=1)
# Who won back which customers between two local dates, as a room beside this one knows it.
WonBack = Callable[[Session, date, date], Iterable[tuple[int, str]]]
# Written out, so that the index of what counts is used.
_COUNTED = text("response.status = 'counted'")


@dataclass(frozen=True, slots=True)
class Place:
    """A company, site or team, by the local date there. `team_ids` None: everybody."""

    scope: str
    scope_id: int
    today: date
    team_ids: frozenset[int] | None = None

    def holds(self, team_id: int | None) -> bool:
        return self.team_ids is None or team_id in self.team_ids


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everybody who may be celebrated, hidden ones and those who left not among them."""

    company: Tally
    weight: float
    people: tuple[Runner, ...]
    teams: tuple[Runner, ...]


def nobody_else(_session: Session, _since: date, _until: date) -> Iterable[tuple[int, str]]:
    """Where nobody follows unhappy customers up."""
    return ()


def gather(
    session: Session, until: date, days: int, lately: int, won_back: WonBack = nobody_else
) -> Evidence:
    """The `days` local dates up to `until`, and those before; rescues of the last `lately` days.

    A rescue is a customer whose unhappy answer a delighted one followed, or whom `won_back` names.
    """
    held = leaderboard.contest(session, "person", until, days)
    before = tallies.rolling_by(session, "person", until - timedelta(days=days), days)
    told = _stories(session, until - timedelta(days=days - 1), until)
    since = until - timedelta(days=lately - 1)
    pairs = _came_back(session, since, until) | set(won_back(session, since, until))
    rescued = Counter(person_id for person_id, _customer in pairs)
    rows = session.execute(select(Person.id, Person.team_id, Person.joined_on)).all()
    people = tuple(
        Runner(
            id=row.id,
            team_id=row.team_id,
            now=held.groups.get(row.id, Tally()),
            before=before.get(row.id, Tally()),
            stories=told.get(row.id, (0, 0.0))[0],
            best_story=told.get(row.id, (0, 0.0))[1],
            rescues=rescued.get(row.id, 0),
            days_here=(until - row.joined_on).days if row.joined_on else None,
        )
        for row in rows
        if row.id in held.names
    )
    found = tallies.rolling_by(session, "team", until, days)
    teams = session.scalars(select(Team.id)).all()
    return Evidence(
        company=held.company,
        weight=_weight(session, until, days, held.weight),
        people=people,
        teams=tuple(Runner(id=one, team_id=one, now=found.get(one, Tally())) for one in teams),
    )


def field(
    known: Evidence,
    place: Place,
    seed: str,
    total: Tally,
    resting: Iterable[int],
    lately: Iterable[int | None],
) -> Field:
    """Who runs at a place. `total` is the tally of the place, which everybody together made."""
    out = frozenset(resting)
    here = [one for one in known.people if place.holds(one.team_id)]
    teams = [one for one in known.teams if place.holds(one.id)]
    crowds = {one.team_id for one in here if one.now.n or one.stories}
    return Field(
        company=known.company if place.scope == "company" else total,
        weight=known.weight,
        seed=seed,
        p_equal=ranking.p_equal([one.now for one in here]),
        p_teams=ranking.p_equal([one.now for one in teams]),
        runners=tuple(one for one in here if one.id not in out),
        teams=tuple(teams),
        lately=tuple(lately)[: IN_A_ROW - 1],
        is_capped=place.scope != "team" and len(crowds - {None}) >= TEAMS,
        is_own_team=place.scope == "team",
    )


def night(session: Session, day: date, days: int) -> dict[str, Any] | None:
    """The weight of a date, worked out by ANOVA, unless it is there already; a row to be kept."""
    if session.get(HeroWeight, (day, days)) is not None:
        return None
    groups = leaderboard.contest(session, "person", day, days).groups.values()
    return {
        "day": day,
        "days": days,
        "weight": ranking.weight(groups),
        "people": len(groups),
        "answers": sum(group.n for group in groups),
    }


def _weight(session: Session, day: date, days: int, computed: float) -> float:
    """The night's, so that a pick of the morning and one of the evening use the same."""
    kept = session.get(HeroWeight, (day, days))
    return kept.weight if kept else computed


def _stories(session: Session, since: date, until: date) -> Mapping[int, tuple[int, float]]:
    """Released stories by person: how many, and the rank of the best."""
    rows = session.execute(
        select(Response.person_id, func.count(), func.max(Story.rank))
        .join(Story, Story.response_id == Response.id)
        .where(Story.state == "released", Response.person_id.is_not(None))
        .where(Response.status == "counted", Response.answered_on.between(since, until))
        .group_by(Response.person_id)
    )
    return {row[0]: (row[1], float(row[2])) for row in rows.all() if row[0] is not None}


def _came_back(session: Session, since: date, until: date) -> set[tuple[int, str]]:
    """Each person with the unhappy customers who were delighted with them later."""
    then = aliased(Response)
    back = (
        select(Response.person_id, Response.email)
        .where(_COUNTED, Response.submitted_at >= datetime.combine(since, time(), UTC) - A_DAY)
        .where(Response.score >= PROMOTER_FROM)
        .where(Response.person_id.is_not(None), Response.email.is_not(None))
        .where(Response.answered_on.between(since, until))
        .where(
            select(then.id)
            .where(then.email == Response.email, then.score <= DETRACTOR_TO)
            .where(then.status.in_(("counted", "superseded")))
            .where(then.submitted_at < Response.submitted_at)
            .where(then.answered_on >= since - timedelta(days=UNHAPPY_DAYS))
            .exists()
        )
        .distinct()
        .limit(MOST_RESCUES)
    )
    return {(row[0], row[1]) for row in session.execute(back).all() if row[0] and row[1]}
