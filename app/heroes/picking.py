"""Picks who is celebrated: each week and month, for the company, each site and each team."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.heroes import evidence, reasons, rules
from app.heroes.evidence import Evidence, Place, WonBack, nobody_else
from app.heroes.models import PICKED, Hero, HeroWeight
from app.heroes.rules import KINDS, RULE, Choice
from app.live.bus import announce
from app.people.models import Company, Person, Site, Team
from app.scores import tallies

HERO = cast("Table", Hero.__table__)
WEIGHT = cast("Table", HeroWeight.__table__)
# Days after the end of a person's period in which the light is on others.
REST = timedelta(days=14)
# One row for each of these.
PLACE = [HERO.c[name] for name in ("kind", "period", "scope", "scope_id", "starts_on")]
# A month is a look back at the best of it; a week has room for all kinds.
OF_A_MONTH = ("pick", "team")


@dataclass(frozen=True, slots=True)
class Period:
    """A week or month of a place, and the window that its picks rest on."""

    name: str
    starts_on: date
    until: date
    days: int
    lately: int

    @property
    def kinds(self) -> Sequence[str]:
        return KINDS if self.name == "week" else OF_A_MONTH


@dataclass(frozen=True, slots=True)
class Pick:
    """What is about to be kept."""

    place: Place
    period: Period
    choice: Choice


def pick(database: Database, at: datetime, won_back: WonBack = nobody_else) -> int:
    """Keeps what is due now; how many picks were new. Reads first, so that no writer waits.

    `won_back` says who solved the cases of unhappy customers.
    """
    with database.read() as session:
        found, nights = _due(session, at, won_back), _nights(session, at)
    if not found and not nights:
        return 0
    with database.write.begin() as session:
        _keep_nights(session, nights)
        return _keep_all(session, found)


def pick_week(session: Session, at: datetime) -> Hero | None:
    """The company's hero of the week of a moment: a person, else the team; picked once.

    A second call, from another process too, answers with the same. None: nobody qualifies (yet).
    """
    _keep_nights(session, _nights(session, at))
    _keep_all(session, _due(session, at))
    company = session.get(Company, 1)
    if company is None:
        return None
    today = clock.day_in(company.timezone, at)
    week = (Hero.period == "week", Hero.starts_on == today - timedelta(days=today.weekday()))
    found = session.scalars(select(Hero).where(*week, Hero.scope == "company"))
    by_kind = {hero.kind: hero for hero in found}
    return by_kind.get("pick") or by_kind.get("team")


def _due(session: Session, at: datetime, won_back: WonBack = nobody_else) -> list[Pick]:
    company = session.get(Company, 1)
    if company is None or company.heroes == "off":
        return []
    known: dict[tuple[date, int], Evidence] = {}
    found: list[Pick] = []
    for place in _places(session, company, at):
        for period in _periods(place.today, company.window_days):
            missing = _missing(session, place, period)
            if not missing:
                continue
            key = period.until, period.days
            if key not in known:
                known[key] = evidence.gather(session, *key, period.lately, won_back)
            found += _choose(session, place, period, known[key], missing)
    return found


def _places(session: Session, company: Company, at: datetime) -> Iterator[Place]:
    """The company, and where there are several: its sites and its teams."""
    yield Place("company", tallies.COMPANY, clock.day_in(company.timezone, at))
    sites = {site.id: site.timezone for site in session.scalars(select(Site))}
    teams = session.execute(select(Team.id, Team.site_id)).all()
    for site_id, timezone in sites.items() if len(sites) > 1 else ():
        there = frozenset(team.id for team in teams if team.site_id == site_id)
        if there:
            yield Place("site", site_id, clock.day_in(timezone, at), there)
    for team in teams if len(teams) > 1 else ():
        timezone = sites.get(team.site_id, company.timezone)
        yield Place("team", team.id, clock.day_in(timezone, at), frozenset({team.id}))


def _periods(today: date, window: int) -> Iterator[Period]:
    """The week at hand, on the company's window with today; the month, on the whole one before."""
    yield Period("week", today - timedelta(days=today.weekday()), today, window, 7)
    first = today.replace(day=1)
    last = first - timedelta(days=1)
    yield Period("month", first, last, last.day, last.day)


def _missing(session: Session, place: Place, period: Period) -> list[str]:
    """The kinds still looked for; a team celebrated for want of differences stays."""
    query = select(Hero.kind, Hero.numbers).where(*_at(place, period))
    rows = session.execute(query.where(Hero.starts_on == period.starts_on)).all()
    kept = {row.kind: row.numbers for row in rows}
    missing = [kind for kind in period.kinds if kind not in kept]
    decided = "pick" in kept or kept.get("team", {}).get("because") == "equal"
    return [kind for kind in missing if not (decided and kind in ("pick", "team"))]


def _choose(
    session: Session, place: Place, period: Period, known: Evidence, missing: Sequence[str]
) -> list[Pick]:
    before = _before(session, place, period)
    resting = {
        hero.person_id
        for hero in before
        if hero.starts_on + _length(period) + REST > period.starts_on
    } - {None}
    lately = [hero.team_id for hero in before if hero.person_id is not None]
    seed = f"{place.scope}-{place.scope_id}-{period.name}-{period.starts_on}"
    total = tallies.rolling(session, place.scope, place.scope_id, period.until, period.days)
    found: list[Pick] = []
    for kind in missing:
        if kind == "team" and any(one.choice.kind == "pick" for one in found):
            continue
        field = evidence.field(known, place, seed, total, cast("set[int]", resting), lately)
        choice = rules.choose(kind, field)
        if choice is None:
            continue
        found.append(Pick(place, period, choice))
        if kind != "team":
            resting.add(choice.id)
            lately.insert(0, choice.field.runners[0].team_id)
    return found


def _length(period: Period) -> timedelta:
    """About as long as the one before; a month of 31 days rests until the next begins."""
    return timedelta(days=7 if period.name == "week" else 31)


def _before(session: Session, place: Place, period: Period) -> Sequence[Hero]:
    """The heroes of this place lately, those of this period too, newest first."""
    since = period.starts_on - timedelta(days=120)
    return session.scalars(
        select(Hero)
        .where(*_at(place, period), Hero.starts_on.between(since, period.starts_on))
        .order_by(Hero.starts_on.desc(), Hero.id.desc())
    ).all()


def _at(place: Place, period: Period) -> list[Any]:
    return [
        Hero.scope == place.scope,
        Hero.scope_id == place.scope_id,
        Hero.period == period.name,
        Hero.kind.in_(KINDS),
    ]


def _keep_all(session: Session, found: Sequence[Pick]) -> int:
    """One row for each kind, period and place: whoever comes second finds it there."""
    if not found:
        return 0
    how = session.scalar(select(Company.heroes))
    teams = {row.id: row.team_id for row in session.execute(select(Person.id, Person.team_id))}
    kept = 0
    for one in found:
        row = _row(one, teams, "suggested" if how == "suggest" else "shown")
        statement = _insert(session, HERO).values(row)
        statement = statement.on_conflict_do_nothing(index_elements=PLACE, index_where=PICKED)
        kept += len(session.connection().execute(statement.returning(HERO.c.id)).all())
    if kept:
        announce(session, "heroes")
    return kept


def _row(one: Pick, teams: Mapping[int, int | None], state: str) -> dict[str, Any]:
    choice, period = one.choice, one.period
    person_id = choice.id if choice.kind != "team" else None
    return {
        "kind": choice.kind,
        "period": period.name,
        "scope": one.place.scope,
        "scope_id": one.place.scope_id,
        "starts_on": period.starts_on,
        "state": state,
        "person_id": person_id,
        "team_id": choice.id if person_id is None else teams.get(person_id),
        "reason": reasons.reason(choice, period.days),
        "rule": RULE,
        "numbers": _numbers(choice, period),
        "picked_at": clock.now(),
    }


def _numbers(choice: Choice, period: Period) -> dict[str, Any]:
    """What the pick rests on: the winner's counts in front, then all that leads to it again."""
    tally = reasons.winner_tally(choice)
    numbers: dict[str, Any] = {
        "promoters": tally.promoters,
        "passives": tally.passives,
        "detractors": tally.detractors,
        "n": tally.n,
        "until": period.until.isoformat(),
        "days": period.days,
        "runners_up": list(choice.runners_up),
        "inputs": rules.document(choice),
    }
    if choice.kind == "team":
        is_equal = choice.field.p_equal >= 0.05
        numbers["because"] = "equal" if is_equal else "nobody"
    elif choice.kind == "rescue":
        numbers["rescues"] = choice.field.runners[0].rescues
    if said := reasons.with_score(choice, period.days):
        numbers["shrunk"] = rules.shrunk(choice.field.runners[0], choice.field)
        numbers["reason_with_score"] = said
    return numbers


def _nights(session: Session, at: datetime) -> list[dict[str, Any]]:
    company = session.get(Company, 1)
    if company is None or company.heroes == "off":
        return []
    row = evidence.night(session, clock.day_in(company.timezone, at), company.window_days)
    return [row] if row else []


def _keep_nights(session: Session, nights: Sequence[Mapping[str, Any]]) -> None:
    for row in nights:
        statement = _insert(session, WEIGHT).values(row).on_conflict_do_nothing()
        session.connection().execute(statement)


def _insert(session: Session, table: Table) -> Any:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return (sqlite.insert if is_sqlite else postgresql.insert)(table)
