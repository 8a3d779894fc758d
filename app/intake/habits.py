"""What came hour by hour, read in pieces whose size does not grow with what is stored."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, func, select
from sqlalchemy.orm import Session

from app.intake.models import Delivery
from app.intake.pulse import MOST_WEEKS, WEEK, earlier

# Deliveries of all sources that are read of each earlier week, where the newest do not reach back.
SLICE = 3_000


class Group(NamedTuple):
    """Deliveries of one source that came in one hour and became the same."""

    source_id: int
    outcome: str
    hour: datetime
    number: int
    first_id: int
    last_id: int
    first_at: datetime
    last_at: datetime


class Reach(NamedTuple):
    """The oldest delivery that was read so far, with everything after it."""

    number: int
    at: datetime


def newest(session: Session, most: int, until: int | None = None) -> list[Group]:
    """The newest deliveries, or those up to an id, by source, outcome and UTC hour."""
    query = select(Delivery.id, Delivery.source_id, Delivery.received_at, Delivery.outcome)
    if until is not None:
        query = query.where(Delivery.id <= until)
    return _grouped(session, query.order_by(Delivery.id.desc()).limit(most))


def add_weeks(
    session: Session,
    hours: defaultdict[int, Counter[datetime]],
    reach: Reach,
    now: datetime,
    zone: ZoneInfo,
) -> timedelta:
    """Adds what came before this moment of each of the last weeks, beyond what was read already.

    Returns how far back from these moments everything is known. Ids stand for the order of arrival.
    """
    look = WEEK
    for back in range(1, MOST_WEEKS + 1):
        at = earlier(now, back, zone)
        last = _number_at(session, at)
        if last is None:
            break  # older than anything that is stored
        wanted = SLICE - max(0, last - reach.number + 1)
        if wanted > 0:
            groups = newest(session, wanted, min(last, reach.number - 1))
            for one in groups:
                hours[one.source_id][one.hour] += one.number
            reach = oldest(groups) or reach
            if sum(one.number for one in groups) < wanted:
                continue  # back to the beginning: how far that is, is known anyway
        look = min(look, max(at - reach.at, timedelta(0)))
    return look


def oldest(groups: Sequence[Group]) -> Reach | None:
    """The first delivery of all these."""
    found = min(groups, key=lambda one: one.first_id, default=None)
    return Reach(found.first_id, found.first_at) if found else None


def _number_at(session: Session, at: datetime) -> int | None:
    """The id of the last delivery up to a moment, found by halving: the time has no index."""
    low = session.scalar(select(func.min(Delivery.id))) or 1
    high = session.scalar(select(func.max(Delivery.id))) or 0
    found = None
    while low <= high:
        middle = (low + high) // 2
        row = session.execute(
            select(Delivery.id, Delivery.received_at)
            .where(Delivery.id <= middle)
            .order_by(Delivery.id.desc())
            .limit(1)
        ).one()
        if row.received_at <= at:
            found, low = row.id, middle + 1
        else:
            high = row.id - 1
    return found


def _grouped(session: Session, query: Select[int, int, datetime, str]) -> list[Group]:
    part = query.subquery()
    hour = _hour(session, part.c.received_at)
    rows = session.execute(
        select(
            part.c.source_id, part.c.outcome, hour, func.count(), func.min(part.c.id),
            func.max(part.c.id), func.min(part.c.received_at), func.max(part.c.received_at),
        ).group_by(part.c.source_id, part.c.outcome, hour)
    )  # fmt: skip
    return [
        Group(
            row[0], row[1], datetime.strptime(row[2], "%Y-%m-%d %H").replace(tzinfo=UTC), *row[3:]
        )
        for row in rows
    ]


def _hour(session: Session, column: ColumnElement[datetime]) -> ColumnElement[str]:
    """The UTC hour of a moment as text."""
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(column, 1, 13, type_=String)
    return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24", type_=String)
