"""Office hours: when somebody is at a place, and which moment is some working days away. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Where a site says nothing of its hours.
USUAL: Mapping[str, Any] = {day: ["09:00", "17:00"] for day in DAYS[:5]}
LONGEST_CLOSED = 366


def working_days_after(
    at: datetime, days: int, hours: Mapping[str, Any] | None, rests: Sequence[str], zone: str
) -> datetime:
    """The moment `days` working days after `at`, in UTC.

    Counted from when somebody is there: at night, at the weekend and on holidays the clock stands
    still until the next opening. Ends at the same time of day, or at that day's opening or closing
    when it opens later or closes earlier. `hours` is day -> [opens, closes] as "08:00"; None means
    the usual ones. `rests` are dates and places such as "DE-BY", whose holidays count. A place that
    never opens within a year gets calendar days.
    """
    kept = hours if hours and any(day in hours for day in DAYS) else USUAL
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    span = span_on(kept, rests, local.date())
    day = local.date()
    if span is None or minute >= span[1]:
        opening = _next_open(kept, rests, day)
        if opening is None:
            return at + timedelta(days=days)
        day, (minute, _) = opening
    else:
        minute = max(minute, span[0])
    for _ in range(days):
        following = _next_open(kept, rests, day)
        if following is None:
            return at + timedelta(days=days)
        day, (opens, closes) = following
        minute = min(max(minute, opens), closes)
    return _moment(day, minute, zone).astimezone(at.tzinfo)


def span_on(hours: Mapping[str, Any], rests: Sequence[str], day: date) -> tuple[int, int] | None:
    """From which minute of a date to which somebody is there; None: all day nobody."""
    span = hours.get(DAYS[day.weekday()])
    if not span or is_holiday(rests, day):
        return None
    opens, closes = (_minutes(one) for one in span)
    return opens, closes


def is_holiday(rests: Sequence[str], day: date) -> bool:
    """Whether a date is one of them, or a public holiday of a place among them."""
    return any(day.isoformat() == one or day in _calendar(one, day.year) for one in rests)


def _next_open(
    hours: Mapping[str, Any], rests: Sequence[str], after: date
) -> tuple[date, tuple[int, int]] | None:
    for ahead in range(1, LONGEST_CLOSED + 1):
        day = after + timedelta(days=ahead)
        if span := span_on(hours, rests, day):
            return day, span
    return None


def _moment(day: date, minute: int, zone: str) -> datetime:
    """A local time of day; 24:00 is the next midnight. An hour that is skipped is read on."""
    naive = datetime.combine(day, time()) + timedelta(minutes=minute)
    return naive.replace(tzinfo=ZoneInfo(zone))


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


@lru_cache(maxsize=256)
def _calendar(place: str, year: int) -> frozenset[date]:
    country, _, region = place.partition("-")
    if not country.isalpha():
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
