"""The only place that asks the time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _frozen is not None:
        return _frozen
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


def monotonic() -> float:
    """Seconds since some fixed point; never jumps, whatever happens to the wall clock."""
    return time.monotonic()


def day_in(zone: str, at: datetime | None = None) -> date:
    """The local date in an IANA time zone at a moment (default: now)."""
    return (at or now()).astimezone(ZoneInfo(zone)).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Holds the clock at one aware moment. For tests: time is set, never slept."""
    global _frozen  # noqa: PLW0603 - one process has one clock
    before, _frozen = _frozen, at
    try:
        yield
    finally:
        _frozen = before
