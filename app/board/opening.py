"""Opening: when a wall is lit. Office hours and holidays by the clock of its own site. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import holidays

from app.errors import CheerboardError
from app.people.officehours import DAYS, is_holiday

ALWAYS = "always"
# The daylight theme's hours, where a theme goes by the clock.
PAPER_FROM, PAPER_UNTIL = 7, 19


def is_open(hours: Mapping[str, Any] | str | None, rests: Sequence[str], local: datetime) -> bool:
    """Whether a wall is lit at a local moment.

    `hours` is day -> [opens, closes] as "08:00", a missing day is closed; None or "always" is lit
    day and night, holidays aside. `rests` are dates and places such as "DE-BY".
    """
    if is_holiday(rests, local.date()):
        return False
    if not isinstance(hours, Mapping):
        return True
    span = hours.get(DAYS[local.weekday()])
    if not span:
        return False
    opens, closes = span
    return bool(opens <= f"{local:%H:%M}" < closes)


def read_rest(text: str) -> str:
    """A date or a place (country, or country and region) as it is kept. Raises CheerboardError."""
    place, known = text.upper(), holidays.list_supported_countries()
    country, _, region = place.partition("-")
    if country in known and (not region or region in known[country]):
        return place
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CheerboardError(
            f"holidays are dates such as `2026-12-25` and places such as `DE` or `DE-BY`, between "
            f"commas, or `none`; {text[:40]!r} is neither."
        ) from None


def theme_at(theme: str, local: datetime) -> str:
    """`ink` or `paper`; `auto` is paper while it is day."""
    if theme != "auto":
        return theme
    return "paper" if PAPER_FROM <= local.hour < PAPER_UNTIL else "ink"
