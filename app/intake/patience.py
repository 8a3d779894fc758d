"""How long to leave an API alone. Pure: what it said and how often it failed in, seconds out."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST = 2.0
# One delivery is tried again for hours; a source as a whole is looked at more often.
LONGEST = 3600.0
LONGEST_PAUSE = 300.0
# No API may send us away for longer than its quota's day.
LONGEST_ASKED = 86_400.0
# SurveyMonkey and HubSpot say when a quota begins anew, in seconds.
RESETS = ("x-ratelimit-app-global-minute-reset", "x-ratelimit-app-global-day-reset")
REMAINING = ("x-ratelimit-app-global-minute-remaining", "x-ratelimit-app-global-day-remaining")


def back_off(failures: int, most: float = LONGEST) -> float:
    """Seconds after so many failures in a row: 2, 4, 8 … at most `most`, less up to half of it
    at random, so that those who failed together do not come back together.
    """
    longest = min(most, FIRST * 2.0 ** min(max(failures - 1, 0), 30))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


def asked_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that an API asked to be left alone, by Retry-After or its spent quota."""
    value = headers.get("retry-after", "").strip()
    seconds = _seconds(value) if value else None
    if seconds is None and value:
        seconds = _until(value, now)
    if seconds is None:
        spent = [
            _seconds(headers.get(reset, ""))
            for reset, remaining in zip(RESETS, REMAINING, strict=True)
            if headers.get(remaining, "").strip() == "0"
        ]
        seconds = max((one for one in spent if one is not None), default=None)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_ASKED)


def _seconds(value: str) -> float | None:
    value = value.strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 12 else None


def _until(value: str, now: datetime) -> float | None:
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
