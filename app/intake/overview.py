"""How every source is doing: what came lately, what became of it, and whether it fell silent."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.intake import fetchqueue, habits
from app.intake.habits import Group
from app.intake.models import Delivery, FetchPause, Source
from app.intake.pulse import WEEK, Pulse, pulse, spoken
from app.people.models import Company

# The newest deliveries of all sources together that are looked at, so that the cost does not grow
# with what is stored. Where this is less than the days asked for, the page says since when.
MOST = 10_000
DAYS = timedelta(days=7)
SETTLED = ("processed", "ignored", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One source. `counts` by outcome are since `counted_since`; `error` is the last one in words,
    of a delivery or of the platform's API. `is_failing`: the newest one that was looked at failed.
    """

    id: int
    name: str
    platform: str
    key: str
    counts: Mapping[str, int]
    counted_since: datetime
    last_delivery: datetime | None = None
    last_answer: datetime | None = None
    error: str | None = None
    error_at: datetime | None = None
    is_failing: bool = False
    pulse: Pulse | None = None

    @property
    def is_troubled(self) -> bool:
        return self.is_failing or bool(self.pulse and self.pulse.is_silent)

    @property
    def beat(self) -> str:
        """One sentence about the silence: `silent for 9 h, usual gap 40 min`."""
        return _beat(self.pulse)


@dataclass(slots=True)
class Seen:
    """What the newest deliveries say of one source."""

    hours: Counter[datetime] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    newest: dict[str, tuple[int, datetime]] = field(default_factory=dict)


def states(session: Session) -> list[State]:
    """Every source that was not removed, in the order they were made."""
    now = clock.now()
    rows = session.scalars(
        select(Source).where(Source.removed_at.is_(None)).order_by(Source.id)
    ).all()
    zone = ZoneInfo(session.scalar(select(Company.timezone)) or "UTC")
    groups = habits.newest(session, MOST)
    seen = _seen(groups, now - DAYS)
    is_crowded = sum(one.number for one in groups) >= MOST
    reach, look = habits.oldest(groups), WEEK
    if is_crowded and reach:
        hours = defaultdict(Counter, {number: one.hours for number, one in seen.items()})
        look = habits.add_weeks(session, hours, reach, now, zone)
        for number, counter in hours.items():
            seen.setdefault(number, Seen()).hours = counter
    # What is older was deleted; a time without deliveries must not be mistaken for a silence.
    oldest = session.scalar(select(Delivery.received_at).order_by(Delivery.id).limit(1)) or now
    counted_since = max(now - DAYS, reach.at) if is_crowded and reach else now - DAYS
    errors = _errors(session, (one.newest["failed"][0] for one in seen.values() if _failed(one)))
    paused = {one.source_id: one for one in session.scalars(select(FetchPause))}
    found = []
    for row in rows:
        one = seen.get(row.id, Seen())
        last = _last(session, row, one, is_crowded=is_crowded)
        found.append(
            State(
                id=row.id,
                name=row.name,
                platform=row.platform,
                key=row.key,
                counts=dict(one.counts),
                counted_since=counted_since,
                last_delivery=last,
                last_answer=one.newest.get("processed", (0, None))[1],
                pulse=pulse(one.hours, last, max(row.created_at, oldest), now, zone, look)
                if last
                else None,
                **_trouble(one, errors, paused.get(row.id)),
            )
        )
    return found


def warnings(session: Session) -> list[str]:
    """What a lead should hear about the sources; nothing when all is as usual."""
    found = [one for one in states(session) if one.is_troubled]
    said = [
        f"{one.name}: the last delivery failed." if one.is_failing else f"{one.name} is {one.beat}."
        for one in found
    ]
    if len(found) > 1 and not any(one.is_failing for one in found):
        said.append("Several at once: look at the network, and at this machine's clock.")
    return said


def _seen(groups: Iterable[Group], week_ago: datetime) -> dict[int, Seen]:
    """What the newest deliveries say, by source."""
    found: defaultdict[int, Seen] = defaultdict(Seen)
    for group in groups:
        one, last = found[group.source_id], (group.last_id, group.last_at)
        one.hours[group.hour] += group.number
        if group.hour >= week_ago:
            one.counts[group.outcome] += group.number
        one.newest[group.outcome] = max(one.newest.get(group.outcome, last), last)
    return found


def _failed(one: Seen) -> bool:
    return "failed" in one.newest


def _errors(session: Session, ids: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(Delivery.id, Delivery.error).where(Delivery.id.in_(list(ids))))
    return {row[0]: row[1] or "It failed without a word." for row in rows}


def _trouble(one: Seen, errors: Mapping[int, str], paused: FetchPause | None) -> dict[str, Any]:
    if paused is not None and paused.failures >= fetchqueue.OUTAGE:
        return {"error": paused.reason, "error_at": None, "is_failing": True}
    if not _failed(one):
        return {}
    number, at = one.newest["failed"]
    settled = max(one.newest[outcome][0] for outcome in SETTLED if outcome in one.newest)
    return {"error": errors.get(number), "error_at": at, "is_failing": number == settled}


def _last(session: Session, row: Source, one: Seen, *, is_crowded: bool) -> datetime | None:
    """When the last delivery came; asked for by its source only where newer ones crowd it out."""
    if one.newest:
        return max(one.newest.values())[1]
    if not is_crowded:
        return None
    # `+ 0`: through the index of this source's own, not down the ids of all.
    own = select(func.max(Delivery.id + 0)).where(Delivery.source_id == row.id).scalar_subquery()
    return session.scalar(select(Delivery.received_at).where(Delivery.id == own))


def _beat(one: Pulse | None) -> str:
    if one is None:
        return "no delivery came yet"
    if one.is_ahead:
        return "last delivery dated ahead of this machine's clock, which was set back"
    said = f"silent for {spoken(one.silence)}"
    if not one.is_known:
        return f"{said}, too little is known of what is usual"
    if one.usual_gap is None:
        return f"{said}, as usual at this time of the week"
    return f"{said}, usual gap {spoken(one.usual_gap)}"


def newest_failed(session: Session, source_id: int, most: int) -> Sequence[Any]:
    """The last failed deliveries of a source, newest first, with the beginning of their bodies.

    Looks through the last thousands of failures of all sources.
    """
    failures = (
        select(Delivery.id, Delivery.source_id)
        .where(Delivery.outcome == "failed")
        .order_by(Delivery.id.desc())
        .limit(5_000)
        .subquery()
    )
    ids = session.scalars(
        select(failures.c.id)
        .where(failures.c.source_id == source_id)
        .order_by(failures.c.id.desc())
        .limit(most)
    ).all()
    return session.execute(
        select(
            Delivery.id, Delivery.received_at, Delivery.error, Delivery.headers,
            func.length(Delivery.body).label("size"),
            func.substr(Delivery.body, 1, BODY, type_=Delivery.body.type).label("body"),
        )
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.id.desc())
    ).all()  # fmt: skip


# Bytes of a body that a page shows.
BODY = 4_000
