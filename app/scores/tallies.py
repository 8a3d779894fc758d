"""Daily tallies: what a change adds to them, and the rolling score and trend they give."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.responses import bulk
from app.responses.voice import Change, Voice
from app.scores import nps
from app.scores.models import DailyTally
from app.scores.nps import Tally

TALLY = cast("Table", DailyTally.__table__)
COMPANY = 1
COUNTS = ("promoters", "passives", "detractors")

Key = tuple[str, int, date, str]


@dataclass(frozen=True, slots=True)
class Point:
    """One window of a trend, by its last day."""

    until: date
    tally: Tally


def apply(session: Session, changes: Iterable[Change]) -> None:
    """Adds what changed to every tally it belongs to. The cost knows only the changes."""
    voices: dict[Voice | None, int] = {}
    for change in changes:
        before, after = change.before, change.after
        if before != after:
            voices[before] = voices.get(before, 0) - 1
            voices[after] = voices.get(after, 0) + 1
    sums: dict[Key, list[int]] = {}
    for voice, by in voices.items():
        _count(sums, voice, by)
    add(session, {key: Tally(*counts) for key, counts in sums.items()})


def add(session: Session, sums: dict[Key, Tally]) -> None:
    """Adds differences, which may be negative, to stored tallies."""
    rows = [
        {
            "scope": key[0],
            "scope_id": key[1],
            "day": key[2],
            "segment": key[3],
            "promoters": tally.promoters,
            "passives": tally.passives,
            "detractors": tally.detractors,
        }
        # Sorted, so that two writers meet rows in one order and cannot lock each other out.
        for key, tally in sorted(sums.items())
        if tally != Tally()
    ]
    connection = session.connection()
    bulk.run(connection, _upsert(connection.dialect.name), rows)


def segment(survey_id: str | None, channel: str | None) -> str:
    """`survey|channel`; what stands behind the last bar is the channel."""
    return f"{survey_id or ''}|{(channel or '').replace('|', '/')}"


def rolling(session: Session, scope: str, scope_id: int, until: date, days: int) -> Tally:
    """The tally of the `days` local dates that end with `until`, that day included."""
    mine = _within(scope, scope_id, until, days)
    row = session.execute(select(*_sums()).where(mine)).one()
    return Tally(*(int(count) for count in row))


def rolling_by(session: Session, scope: str, until: date, days: int) -> dict[int, Tally]:
    """The rolling tallies of every team, site or person that has one, by id."""
    theirs = _within(scope, None, until, days)
    found = session.execute(
        select(TALLY.c.scope_id, *_sums()).where(theirs).group_by(TALLY.c.scope_id)
    )
    return {row[0]: Tally(*(int(count) for count in row[1:])) for row in found}


def segments(
    session: Session, scope: str, scope_id: int, until: date, days: int
) -> dict[str, Tally]:
    """The rolling tally by segment, for standardising and for showing the mix."""
    mine = _within(scope, scope_id, until, days)
    found = session.execute(select(TALLY.c.segment, *_sums()).where(mine).group_by(TALLY.c.segment))
    return {row[0]: Tally(*(int(count) for count in row[1:])) for row in found}


def trend(
    session: Session, scope: str, scope_id: int, until: date, *, days: int, points: int
) -> list[Point]:
    """Rolling windows, one a week, oldest first; the last one ends with `until`. One query."""
    mine = _within(scope, scope_id, until, days + 7 * (points - 1))
    found = session.execute(select(TALLY.c.day, *_sums()).where(mine).group_by(TALLY.c.day))
    daily = {row[0]: Tally(*(int(count) for count in row[1:])) for row in found}
    ends = [until - timedelta(weeks=back) for back in reversed(range(points))]
    return [Point(end, _sum_of(daily, end, days)) for end in ends]


def _sum_of(daily: dict[date, Tally], until: date, days: int) -> Tally:
    window = (until - timedelta(days=back) for back in range(days))
    return sum((daily[day] for day in window if day in daily), Tally())


def _sums() -> list[Any]:
    return [func.coalesce(func.sum(TALLY.c[count]), 0) for count in COUNTS]


def _within(scope: str, scope_id: int | None, until: date, days: int) -> Any:
    dates = TALLY.c.day.between(until - timedelta(days=days - 1), until)
    if scope_id is None:
        return (TALLY.c.scope == scope) & dates
    return (TALLY.c.scope == scope) & (TALLY.c.scope_id == scope_id) & dates


def _count(sums: dict[Key, list[int]], voice: Voice | None, by: int) -> None:
    """So many voices more or less in the company, and in the site, team and person of this one."""
    if voice is None:
        return
    part = segment(voice.survey_id, voice.channel)
    place = COUNTS.index(f"{nps.category(voice.score)}s")
    for scope, scope_id in (
        ("company", COMPANY),
        ("site", voice.site_id),
        ("team", voice.team_id),
        ("person", voice.person_id),
    ):
        if scope_id is not None:
            counts = sums.setdefault((scope, scope_id, voice.day, part), [0, 0, 0])
            counts[place] += by


@cache
def _upsert(dialect: str) -> Any:
    statement: Any = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(TALLY)
    return statement.on_conflict_do_update(
        index_elements=list(TALLY.primary_key),
        set_={count: TALLY.c[count] + statement.excluded[count] for count in COUNTS},
    )
