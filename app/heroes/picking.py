"""Picks the hero of the week, with a reason a colleague accepts and the numbers behind it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.heroes.models import PICKED, Hero
from app.live.bus import announce
from app.people.models import Company, Person
from app.scores import nps, ranking
from app.scores.leaderboard import Contest, contest
from app.scores.nps import Tally
from app.scores.ranking import Standing

HERO = cast("Table", Hero.__table__)
KIND = "pick"
RULE = "pick-1"
WEEK = timedelta(days=7)
# Days after a person's week in which the light is on others.
REST = timedelta(days=14)
# One row for each of these.
PLACE = [HERO.c[name] for name in ("kind", "period", "scope", "scope_id", "starts_on")]
COUNTS = ("promoters", "passives", "detractors")

_SPANS = {1: "one day", 7: "one week", 14: "two weeks", 28: "four weeks", 91: "13 weeks"}


def pick_week(session: Session, at: datetime) -> Hero | None:
    """The hero of the ISO week of a moment, in the company's time zone; picked once.

    Among people with 10 answers or more in the company's window, that day included, more of them
    promoters than detractors, who are neither hidden nor gone nor resting, the best shrunken score
    is picked. None when nobody qualifies (yet). A second call, from another process too, answers
    with the same hero.
    """
    company = session.get(Company, 1)
    if company is None:
        return None
    today = clock.day_in(company.timezone, at)
    starts_on = today - timedelta(days=today.weekday())
    if hero := _of_week(session, starts_on):
        return hero
    held = contest(session, "person", today, company.window_days)
    resting = _resting(session, starts_on)
    field = [one for one in _deserving(held.standings()) if one.id not in resting]
    if not field:
        return None
    _keep(session, starts_on, field[0], _numbers(held, field, today, company.window_days))
    return _of_week(session, starts_on)


def recompute(numbers: Mapping[str, Any]) -> int | None:
    """The person whom the kept numbers lead to; the same as was picked."""
    groups = {one["person_id"]: _tally(one) for one in numbers["field"]}
    standings = ranking.ranked(
        groups, _tally(numbers["company"]), numbers["weight"], numbers["seed"]
    )
    return next((one.id for one in _deserving(standings)), None)


def withdraw(session: Session, hero_id: int) -> None:
    """Takes a hero off every wall; a second press changes nothing.

    Raises NotFoundError for an unknown id.
    """
    moved = session.connection().execute(
        update(HERO)
        .where(HERO.c.id == hero_id, HERO.c.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
    if moved.rowcount:
        announce(session, "heroes")
    elif session.scalar(select(HERO.c.id).where(HERO.c.id == hero_id)) is None:
        raise NotFoundError("There is no such hero.")


def reason(tally: Tally, days: int) -> str:
    """Why, without anything a personal score could be worked out from; safe on every wall."""
    delighted = (
        "1 delighted customer" if tally.promoters == 1 else f"{tally.promoters} delighted customers"
    )
    return f"{delighted} in {_span(days)}."


def reason_with_score(standing: Standing, days: int) -> str:
    """Why, with the score; for where personal scores are shown."""
    tally, shrunk = standing.tally, nps.shown(standing.shrunk.nps)
    said = f"{tally.n} customers in {_span(days)}, {tally.promoters} of them delighted: {shrunk}"
    raw = nps.nps(tally)
    adjusted = raw is not None and nps.shown(raw) != shrunk
    return f"{said}, adjusted for few voices." if adjusted else f"{said}."


def _of_week(session: Session, starts_on: date) -> Hero | None:
    return session.scalar(select(Hero).where(Hero.kind == KIND, Hero.starts_on == starts_on))


def _resting(session: Session, starts_on: date) -> set[int]:
    """Who was a hero of any kind in a week that ended within the last 14 days."""
    lately = Hero.starts_on.between(starts_on - WEEK - REST + timedelta(days=1), starts_on)
    # Another process may have picked this week's hero since we looked; that is no reason to rest.
    other = or_(Hero.kind != KIND, Hero.starts_on != starts_on)
    return {one for one in session.scalars(select(Hero.person_id).where(lately, other)) if one}


def _deserving(standings: list[Standing]) -> list[Standing]:
    """Best first; a crown over more unhappy than delighted customers would be mockery."""
    return [one for one in standings if one.tally.promoters > one.tally.detractors]


def _numbers(held: Contest, field: list[Standing], until: date, days: int) -> dict[str, Any]:
    """What the pick rests on; the winner's counts stand in front, and first in the field."""
    return {
        **_counts(field[0].tally),
        "n": field[0].tally.n,
        "shrunk": field[0].shrunk.nps,
        "reason_with_score": reason_with_score(field[0], days),
        "until": until.isoformat(),
        "days": days,
        "company": _counts(held.company),
        "weight": held.weight,
        "seed": held.seed,
        "field": [
            {"person_id": one.id, **_counts(one.tally), "shrunk": one.shrunk.nps} for one in field
        ],
    }


def _keep(session: Session, starts_on: date, best: Standing, numbers: dict[str, Any]) -> None:
    """One row for each week: whoever comes second finds it there."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement: Any = (sqlite.insert if is_sqlite else postgresql.insert)(HERO)
    kept = session.connection().execute(
        statement.values(
            kind=KIND,
            starts_on=starts_on,
            person_id=best.id,
            team_id=session.scalar(select(Person.team_id).where(Person.id == best.id)),
            reason=reason(best.tally, numbers["days"]),
            rule=RULE,
            numbers=numbers,
            picked_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=PLACE, index_where=PICKED)
        .returning(HERO.c.id)
    )
    if kept.first():
        announce(session, "heroes")


def _counts(tally: Tally) -> dict[str, int]:
    return {count: getattr(tally, count) for count in COUNTS}


def _tally(counts: Mapping[str, Any]) -> Tally:
    return Tally(*(counts[count] for count in COUNTS))


def _span(days: int) -> str:
    return _SPANS.get(days, f"{days} days")
