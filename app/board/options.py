"""What can be set on a board: each option's rule, and one sentence when a value breaks it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from babel import Locale, UnknownLocaleError

from app.board.models import AUDIENCES, Board
from app.board.opening import ALWAYS, read_rest
from app.board.scene import LARGEST_SCALE, scenes
from app.errors import CheerboardError
from app.people.officehours import DAYS

# The wall's own order; scenes added later follow by name.
FIRST = ("pulse", "tide", "leaderboard", "hero", "story", "ladder", "week", "today")
MOST_SCENES = 12
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
HOURS = re.compile(
    r"(?:(?P<first>[a-z]{2,9})(?:-(?P<last>[a-z]{2,9}))? )?"
    r"(?P<opens>[01]\d:[0-5]\d|2[0-3]:[0-5]\d)-(?P<closes>[01]\d:[0-5]\d|2[0-3]:[0-5]\d|24:00)"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def usual_scenes() -> list[str]:
    """Every scene a board may list, in the wall's order."""
    listed = [name for name, scene in scenes().items() if not scene.system]
    return sorted(listed, key=lambda name: (FIRST.index(name) if name in FIRST else 99, name))


def check_slug(slug: str) -> str:
    """The slug, when it can be a board's address. Raises CheerboardError."""
    if SLUG.fullmatch(slug) is None:
        raise CheerboardError(
            "A board's slug is 1 to 64 small letters, digits and hyphens, such as `entrance-hall`."
        )
    return slug


def change(board: Board, changes: Mapping[str, str]) -> None:
    """Sets options from text; all of them, or none with a CheerboardError."""
    read = {key: option(key)(text.strip()) for key, text in changes.items()}
    settings = dict(board.settings or {})
    for key, value in read.items():
        if key in {"scenes", "audience"}:
            setattr(board, key, value)
        elif value is None:
            settings.pop(key, None)
        else:
            settings[key] = value
    board.settings = settings


def option(key: str) -> Callable[[str], Any]:
    """What reads the text of one option. Raises CheerboardError for an unknown one."""
    if key not in OPTIONS:
        raise CheerboardError(
            f"A board has no option {key!r}; there are: {', '.join(sorted(OPTIONS))}."
        )
    return OPTIONS[key]


def read_scenes(text: str) -> list[str]:
    """Names between commas; each once, each one that can be listed."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = usual_scenes()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CheerboardError(f"There is no scene {unknown[0]!r}; there are: {', '.join(known)}.")
    if not names or len(names) > MOST_SCENES or len(set(names)) < len(names):
        raise CheerboardError(f"A board shows 1 to {MOST_SCENES} scenes, each of them once.")
    return names


def _one_of(key: str, *words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise CheerboardError(f"{key} is one of {', '.join(words)}, not {text!r}.")
        return text

    return read


def _number(key: str, low: float, high: float, unit: str) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise CheerboardError(f"{key} is a number of {unit} from {low:g} to {high:g}.")
        return int(value) if value.is_integer() else value

    return read


def _dwell(text: str) -> float | None:
    """Seconds of every scene; `auto` leaves each scene its own."""
    return None if text == "auto" else _number("dwell", 5, 120, "seconds")(text)


def _hours(text: str) -> dict[str, list[str]] | str | None:
    """`mon-fri 08:00-18:00, sat 09:00-13:00`, or the times alone for every day.

    `always` is lit day and night; `site` goes back to what its site keeps.
    """
    if text == "site":
        return None
    if text == ALWAYS:
        return ALWAYS
    hours: dict[str, list[str]] = {}
    for part in text.split(","):
        found = HOURS.fullmatch(" ".join(part.lower().split()))
        if found is None or found["opens"] >= found["closes"]:
            raise CheerboardError(
                "hours look like `mon-fri 08:00-18:00, sat 09:00-13:00`, or `always`, or `site`."
            )
        times = (found["opens"], found["closes"])
        hours |= {day: list(times) for day in _days(found["first"], found["last"])}
    return hours


def _days(first: str | None, last: str | None) -> tuple[str, ...]:
    if first is None:
        return DAYS
    begin, end = (_weekday(word) for word in (first, last or first))
    if begin is None or end is None or begin > end:
        raise CheerboardError(f"Days are {', '.join(DAYS)}, the earlier one first.")
    return DAYS[begin : end + 1]


def _weekday(word: str) -> int | None:
    """Monday is 0; `mo`, `mon` and `monday` are the same day."""
    return next((at for at, day in enumerate(_WEEKDAYS) if day.startswith(word)), None)


def _holidays(text: str) -> list[str] | None:
    """Dates and places between commas on whose holidays the wall rests; `none`."""
    if text in {"", "none"}:
        return None
    return sorted({read_rest(part.strip()) for part in text.split(",")})


def _language(text: str) -> str:
    try:
        return str(Locale.parse(text, sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        raise CheerboardError(f"{text!r} is not a language such as `en` or `pt-BR`.") from None


OPTIONS: Mapping[str, Callable[[str], Any]] = {
    "scenes": read_scenes,
    "dwell": _dwell,
    "theme": _one_of("theme", "ink", "paper", "auto"),
    "hours": _hours,
    "holidays": _holidays,
    "orientation": _one_of("orientation", "auto", "landscape", "portrait"),
    "scale": _number("scale", 0.75, LARGEST_SCALE, "times"),
    "overscan": _number("overscan", 0, 6, "percent"),
    "motion": _one_of("motion", "full", "calm", "off"),
    "language": _language,
    "sound": _one_of("sound", "on", "off"),
    "audience": _one_of("audience", *AUDIENCES),
}
