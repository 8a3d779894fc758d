"""When a silence is news: learned by the hour of the week, and honest about too little."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.intake.pulse import HOUR, Pulse, pulse, spoken

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 10, 13, 0, tzinfo=UTC)  # a Wednesday, 15:00 in Berlin
LONG_AGO = NOW - timedelta(weeks=10)


def counts(
    how_many: Callable[[datetime], int], until: datetime, zone: ZoneInfo = BERLIN
) -> dict[datetime, int]:
    """Five weeks of deliveries that end at `until`, by the wall clock of a shop."""
    hours = (until - HOUR * back for back in range(1, 24 * 7 * 5 + 1))
    found = {hour: how_many(hour.astimezone(zone)) for hour in hours}
    return {hour: count for hour, count in found.items() if count}


def opened(local: datetime) -> int:
    """A shop: three an hour from 9 to 18 on weekdays."""
    return 3 if local.weekday() < 5 and 9 <= local.hour < 18 else 0


def judged(until: datetime, now: datetime = NOW, since: datetime = LONG_AGO) -> Pulse:
    return pulse(counts(opened, until), until, since, now, BERLIN)


def test_a_silence_in_the_middle_of_a_working_day_is_news() -> None:
    found = judged(NOW - 5 * HOUR)

    assert found.is_silent
    assert found.weeks == 4
    assert found.usual_gap == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("until", "now"),
    [
        # The night, and a whole weekend until Monday morning before it opens.
        (datetime(2026, 6, 9, 16, tzinfo=UTC), datetime(2026, 6, 10, 6, tzinfo=UTC)),
        (datetime(2026, 6, 5, 16, tzinfo=UTC), datetime(2026, 6, 8, 7, tzinfo=UTC)),
        # Ten minutes are a pause for breath, an hour of three to be expected is no proof.
        (NOW - timedelta(minutes=10), NOW),
        (NOW - HOUR, NOW),
    ],
)
def test_what_is_usual_is_no_news(until: datetime, now: datetime) -> None:
    assert not judged(until, now).is_silent


def test_nothing_usually_comes_at_night() -> None:
    at = datetime(2026, 6, 10, 1, tzinfo=UTC)
    assert judged(at - timedelta(minutes=5), at).usual_gap is None


def test_too_little_is_said_to_be_too_little() -> None:
    young = judged(NOW - 5 * HOUR, since=NOW - timedelta(days=13))
    assert (young.is_known, young.is_silent, young.usual_gap) == (False, False, None)
    assert judged(NOW - 5 * HOUR, since=NOW - timedelta(days=15)).is_silent


def test_a_long_silence_is_compared_with_what_was_before_it() -> None:
    found = judged(NOW - timedelta(days=12))
    assert found.is_silent
    assert found.weeks == 3
    # So long that nothing is left to compare with: said, and not claimed to be usual.
    gone = judged(NOW - timedelta(days=60), since=NOW - timedelta(days=30))
    assert (gone.is_known, gone.is_silent) == (False, False)


def test_one_busy_week_makes_no_habit() -> None:
    burst = {NOW - timedelta(days=7) - 2 * HOUR: 400, NOW - timedelta(days=9): 1}
    assert not pulse(burst, NOW - timedelta(days=3), LONG_AGO, NOW, BERLIN).is_silent


def test_hours_are_those_of_the_wall_when_summer_time_begins() -> None:
    """On 29 March 2026 clocks went forward: by UTC only three were to be expected so far."""
    monday = datetime(2026, 3, 30, 9, tzinfo=UTC)  # 11:00 in Berlin; in winter it is 10:00
    last = datetime(2026, 3, 27, 17, tzinfo=UTC)
    since = monday - timedelta(weeks=10)
    assert pulse(counts(opened, last), last, since, monday, BERLIN).is_silent


def test_a_clock_that_jumps_claims_nothing() -> None:
    ahead = pulse(counts(opened, NOW), NOW + 3 * HOUR, LONG_AGO, NOW, BERLIN)
    assert (ahead.is_ahead, ahead.is_silent, ahead.silence) == (True, False, timedelta(0))
    slightly = pulse(counts(opened, NOW), NOW + timedelta(seconds=30), LONG_AGO, NOW, BERLIN)
    assert (slightly.is_ahead, slightly.silence) == (False, timedelta(0))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "1 min"), (40, "40 min"), (99, "99 min"), (100, "2 h"), (540, "9 h"), (4320, "3 days")],
)
def test_lengths_are_said_as_one_says_them(minutes: int, words: str) -> None:
    assert spoken(timedelta(minutes=minutes)) == words
