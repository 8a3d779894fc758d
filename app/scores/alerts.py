"""Alerts: changes beyond chance, looked at once for each local date, and said once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.scores import nps
from app.scores.nps import Shift, Tally
from app.scores.tallies import COUNTS, TALLY

# After an alert the same thing is not said again until it was quiet for so many dates.
QUIET_DAYS = 28


@dataclass(frozen=True, slots=True)
class Alert:
    """`since` is the local date on which it was raised; `shift` is the change as of `until`."""

    scope: str
    scope_id: int
    since: date
    until: date
    shift: Shift


def shifts(daily: Sequence[Tally], days: int) -> list[Shift | None]:
    """The change of each date from the first that has two whole windows behind it.

    `daily` are the tallies of consecutive dates. An answer is looked at twice by each date and is
    never in both windows.
    """
    sums = [Tally()]
    for tally in daily:
        sums.append(sums[-1] + tally)
    return [
        nps.change(sums[at] - sums[at - days], sums[at - days] - sums[at - 2 * days])
        for at in range(2 * days, len(sums))
    ]


def raised(found: Sequence[Shift | None], quiet: int = QUIET_DAYS) -> list[int]:
    """The places at which an alert is raised anew: none stood in the `quiet` dates before."""
    places, last = [], -quiet - 1
    for place, shift in enumerate(found):
        if shift is not None and shift.verdict == "alert":
            if place - last > quiet:
                places.append(place)
            last = place
    return places


def standing(session: Session, scope: str, today: date, days: int) -> list[Alert]:
    """The alerts that stand today for all sites, teams or people, or for the company.

    Looked at for whole dates only: yesterday is the last. It follows from the tallies alone, so
    asking again changes nothing.
    """
    until = today - timedelta(days=1)
    first = until - timedelta(days=2 * days + QUIET_DAYS - 1)
    found = []
    for scope_id, by_day in sorted(_daily(session, scope, first, until).items()):
        daily = [
            by_day.get(first + timedelta(days=at), Tally())
            for at in range((until - first).days + 1)
        ]
        looked = shifts(daily, days)
        now = looked[-1]
        if now is None or now.verdict != "alert":
            continue
        since = raised(looked)[-1]
        found.append(
            Alert(scope, scope_id, first + timedelta(days=2 * days - 1 + since), until, now)
        )
    return found


def _daily(
    session: Session, scope: str, first: date, last: date
) -> Mapping[int, dict[date, Tally]]:
    counts: list[Any] = [func.sum(TALLY.c[count]) for count in COUNTS]
    rows = session.execute(
        select(TALLY.c.scope_id, TALLY.c.day, *counts)
        .where(TALLY.c.scope == scope, TALLY.c.day.between(first, last))
        .group_by(TALLY.c.scope_id, TALLY.c.day)
    )
    daily: dict[int, dict[date, Tally]] = {}
    for scope_id, day, *three in rows:
        daily.setdefault(scope_id, {})[day] = Tally(*(int(count) for count in three))
    return daily
