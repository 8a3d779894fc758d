"""Two working days: nights, weekends, holidays and the clocks' own jumps do not count."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.people.officehours import is_holiday, span_on, working_days_after

BERLIN = "Europe/Berlin"
RESTS = ["DE-BY", "2026-12-24"]
SHOP: dict[str, Any] = {"tue": ["10:00", "20:00"], "sat": ["09:00", "13:00"]}


def local(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("at", "hours", "due"),
    [
        ("2026-06-10T11:15", None, "2026-06-12T11:15"),  # Wednesday -> Friday
        ("2026-06-11T11:15", None, "2026-06-15T11:15"),  # over the weekend
        ("2026-06-12T16:59", None, "2026-06-16T16:59"),
        ("2026-06-12T17:00", None, "2026-06-17T09:00"),  # closed a moment ago: from Monday on
        ("2026-06-13T12:00", None, "2026-06-17T09:00"),  # Saturday
        ("2026-06-10T03:00", None, "2026-06-12T09:00"),  # before the opening
        ("2026-06-10T03:00", {}, "2026-06-12T09:00"),
        ("2026-12-23T15:00", {d: ["08:00", "18:00"] for d in ("wed", "thu", "mon")},
         "2026-12-30T15:00"),
        ("2026-06-09T19:00", SHOP, "2026-06-16T13:00"),  # Tuesday, Saturday closes earlier, Tuesday
        ("2026-06-13T09:30", SHOP, "2026-06-20T10:00"),  # Tuesday opens later, Saturday
        ("2026-03-27T02:30", {d: ["02:00", "24:00"] for d in ("fri", "sat", "sun")},
         "2026-03-29T03:30"),  # an hour that does not exist that night
        ("2026-06-10T12:00", {"mon": ["09:00", "10:00"]}, "2026-06-29T09:00"),
    ],
)  # fmt: skip
def test_two_working_days(at: str, hours: Any, due: str) -> None:
    found = working_days_after(local(at).astimezone(UTC), 2, hours, RESTS, BERLIN)
    assert found.tzinfo == UTC
    assert found == local(due).astimezone(UTC)


def test_each_place_lives_by_its_own_clock() -> None:
    at = datetime(2026, 6, 10, 15, 30, tzinfo=UTC)  # 17:30 in Berlin, 11:30 in New York
    assert working_days_after(at, 1, None, (), "America/New_York") == datetime(
        2026, 6, 11, 15, 30, tzinfo=UTC
    )
    assert working_days_after(at, 1, None, (), BERLIN) == datetime(2026, 6, 12, 7, 0, tzinfo=UTC)


def test_a_place_that_never_opens_gets_calendar_days() -> None:
    at = datetime(2026, 6, 10, 15, 30, tzinfo=UTC)
    assert working_days_after(at, 2, {"mon": []}, (), BERLIN) == datetime(
        2026, 6, 12, 15, 30, tzinfo=UTC
    )


def test_a_day_is_open_unless_it_rests() -> None:
    hours = {"thu": ["08:00", "18:30"]}
    assert span_on(hours, ["DE"], date(2026, 6, 11)) == (480, 1110)
    assert span_on(hours, ["DE"], date(2026, 5, 14)) is None  # Ascension
    assert span_on(hours, ["DE"], date(2026, 6, 12)) is None
    assert is_holiday(["2026-06-12"], date(2026, 6, 12))
