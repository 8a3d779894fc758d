"""Pulse: how often a source usually delivers at this hour of the week, and whether it fell silent.

Pure: counts for each hour in, a judgement out. An hour of this week is compared with the same hour
by the wall clock, one to four weeks ago, so that nights, weekends and summer time are as usual.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
# As far back as is looked; raw deliveries are kept for about as long.
MOST_WEEKS = 4
# One week is an accident, two are a habit.
LEAST_WEEKS = 2
# The usual gap is taken from at least so much time of each week.
LEAST_LOOK = timedelta(hours=3)
# With fewer than these to be expected, none is no news (chance of none: 2 % where they come
# independently of each other), and less than this is a pause for breath.
LEAST_EXPECTED = 4.0
LEAST_SILENCE = timedelta(minutes=15)
# A delivery may be dated this much ahead before the clock is said to have been set back.
AHEAD = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pulse:
    """`weeks` is how many could be compared with; under LEAST_WEEKS nothing is claimed.

    `usual_gap` is None when nothing usually comes at this time, or too little is known. `is_ahead`:
    the last delivery is dated in the future, so nothing can be said of the silence.
    """

    silence: timedelta
    weeks: int
    usual_gap: timedelta | None
    is_silent: bool
    is_ahead: bool = False

    @property
    def is_known(self) -> bool:
        return self.weeks >= LEAST_WEEKS


def pulse(
    hours: Mapping[datetime, int],
    last: datetime,
    since: datetime,
    now: datetime,
    zone: ZoneInfo,
    look: timedelta = WEEK,
) -> Pulse:
    """What the deliveries of one source say about its silence.

    `hours` are the counts by the UTC hour in which they came, complete from `since` on; `last` is
    when the last one came. Of a longer silence only the last `look` is judged, at most a week.
    """
    if last > now + AHEAD:
        return Pulse(timedelta(0), 0, None, is_silent=False, is_ahead=True)
    silence = max(now - last, timedelta(0))
    begin = max(now - silence, now - look)
    wide = min(begin, now - min(LEAST_LOOK, look))
    weeks = [
        back
        for back in range(1, MOST_WEEKS + 1)
        # Wholly known, and before the silence itself.
        if earlier(wide, back, zone) >= since and earlier(now, back, zone) <= last
    ]
    if len(weeks) < LEAST_WEEKS or look < LEAST_SILENCE:
        return Pulse(silence, 0, None, is_silent=False)
    came = [arrived(hours, earlier(wide, b, zone), earlier(now, b, zone)) for b in weeks]
    missed = [arrived(hours, earlier(begin, b, zone), earlier(now, b, zone)) for b in weeks]
    # One busy week does not make a habit: there was something in each.
    is_usual = min(missed) > 0 and sum(missed) / len(weeks) >= LEAST_EXPECTED
    gap = (now - wide) * len(weeks) / sum(came) if sum(came) else None
    return Pulse(silence, len(weeks), gap, is_silent=is_usual and silence >= LEAST_SILENCE)


def earlier(at: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    """The same time of the same weekday so many weeks before, by the clock on the wall."""
    return (at.astimezone(zone) - weeks * WEEK).astimezone(UTC)


def arrived(hours: Mapping[datetime, int], begin: datetime, end: datetime) -> float:
    """How many came between two moments; of an hour that is cut, its share."""
    hour = begin.replace(minute=0, second=0, microsecond=0)
    found = 0.0
    while hour < end:
        count = hours.get(hour, 0)
        if count:
            part = min(end, hour + HOUR) - max(begin, hour)
            found += count * (part / HOUR)
        hour += HOUR
    return found


def spoken(length: timedelta) -> str:
    """A length of time as one says it: `40 min`, `9 h`, `3 days`; under a minute `1 min`."""
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < 100:
        return f"{minutes} min"
    hours = round(minutes / 60)
    if hours < 48:
        return f"{hours} h"
    return f"{round(minutes / 1440)} days"
