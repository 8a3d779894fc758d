"""From what platforms send to what an answer holds: scores, times, texts, ids."""

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from app.intake.source import IgnoredError, Setup, attributes
from app.responses.answer import Answer

MAX_COMMENT = 10_000
MAX_ATTRIBUTES = 50
_DIGITS = re.compile(r"\d{1,2}(\.0+)?", re.ASCII)
_NUMBER = re.compile(r"\d{9,17}(\.\d+)?", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?"
    r"\s*(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_MILLISECONDS_FROM = 100_000_000_000  # as seconds that would be the year 5138
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def answer(document: Any, setup: Setup, **raw: Any) -> Answer:
    """One answer from raw values; `attributes` are those the settings map, and any given.

    `version` defaults to `updated_at`. Raises IgnoredError without a valid id or score.
    """
    return _answer(document, setup, raw, score)


def part(document: Any, setup: Setup, **raw: Any) -> Answer:
    """What a delivery says of an answer whose score comes in another one.

    Raises IgnoredError without a valid id.
    """
    return _answer(document, setup, raw, _unscored)


def _unscored(_value: Any) -> None:
    return None


def _answer(
    document: Any, setup: Setup, raw: Mapping[str, Any], scored: Callable[[Any], int | None]
) -> Answer:
    response_id = identifier(raw.get("response_id"))
    if response_id is None:
        raise IgnoredError("It has no response id.")
    updated_at = moment(raw.get("updated_at"), setup.zone)
    version = raw.get("version")
    return Answer(
        response_id=response_id,
        score=scored(raw.get("score")),
        comment=text(raw.get("comment"), MAX_COMMENT),
        email=text(raw.get("email"), 320),
        name=text(raw.get("name"), 200),
        submitted_at=moment(raw.get("submitted_at"), setup.zone),
        updated_at=updated_at,
        version=_microseconds(updated_at) if version is None else order(version, setup.zone),
        survey_id=text(raw.get("survey_id"), 255),
        channel=text(raw.get("channel"), 64),
        consent=flag(raw.get("consent")),
        excluded="excluded by the platform" if flag(raw.get("excluded")) else None,
        attributes=_attributes(document, setup, raw.get("attributes")),
    )


def _attributes(document: Any, setup: Setup, given: Any) -> dict[str, str]:
    """What the body names itself, and over it what the settings map."""
    found = dict(given) if isinstance(given, Mapping) else {}
    for name, value in attributes(document, setup).items():
        if value is not None:  # a place the body does not have says nothing
            found[name] = value
    return _texts(found) if found else found


def score(value: Any) -> int:
    """0..10 from an integer, an integral number, or digits as text.

    Raises IgnoredError for everything else, blank included: a reason, not a guess.
    """
    if type(value) is int and 0 <= value <= 10:
        return value
    value = _only(value)
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IgnoredError(_no_score(value))
    if not 0 <= value <= 10 or value != int(value):
        raise IgnoredError(_no_score(value))
    return int(value)


def text(value: Any, most: int) -> str | None:
    """Trimmed text of at most so many characters; blank, and what is no text, is None."""
    if value is None:
        return None
    if type(value) is not str:
        value = _written(_only(value))
    if "\x00" in value:  # PostgreSQL cannot keep it in a text
        value = value.replace("\x00", "")
    value = value.strip()
    return (value if len(value) <= most else value[:most].rstrip()) or None


def identifier(value: Any) -> str | None:
    """An id as text; one longer than 255 characters is replaced by its SHA-256.

    None when it is blank, or no name for one thing: true and false are not.
    """
    found = None if isinstance(value, bool) else text(value, 1_000_000)
    if found is None or len(found) <= 255:
        return found
    return "sha256:" + hashlib.sha256(found.encode()).hexdigest()


def flag(value: Any) -> bool | None:
    """True or false, also as text; everything else is None."""
    if value is None:
        return None
    value = _only(value)
    if isinstance(value, str):
        return {"true": True, "false": False, "1": True, "0": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A time in UTC from ISO 8601, `YYYY-MM-DD HH:MM:SS ±hhmm`, unix seconds or milliseconds.

    A time without a zone is one of `zone`. None when it is no time.
    """
    if value is None:
        return None
    value = _only(value)
    if isinstance(value, str):
        value = value.strip()
        if _NUMBER.fullmatch(value):
            value = float(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_epoch(value)
    return _from_text(value, zone) if isinstance(value, str) else None


def order(value: Any, zone: ZoneInfo) -> float | None:
    """A number that orders updates: a count as it is, a time as microseconds since 1970."""
    value = _only(value)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value.strip(), re.ASCII):
        value = int(value)
    if isinstance(value, int | float):
        return float(value)
    return _microseconds(moment(value, zone))


def _only(value: Any) -> Any:
    """A list of one becomes its item."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _written(value: Any) -> str:
    """A scalar as text; empty for everything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value) if isinstance(value, int | str) else ""


def _no_score(value: Any) -> str:
    if value in (None, "", []):
        return "It has no score."
    return f"Its score is {str(value)[:40]!r}, not a whole number from 0 to 10."


def _texts(raw: Mapping[Any, Any]) -> dict[str, str]:
    """Only what has a value; names and values of a length that fits a desk."""
    kept: dict[str, str] = {}
    for name, value in raw.items():
        key, found = text(name, 64), text(value, 500)
        if key is not None and found is not None and len(kept) < MAX_ATTRIBUTES:
            kept[key] = found
    return kept


def _from_epoch(value: float) -> datetime | None:
    seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
    try:
        return _EPOCH + timedelta(seconds=seconds) if seconds > 0 else None
    except OverflowError:
        return None


def _from_text(value: str, zone: ZoneInfo) -> datetime | None:
    if len(value) > 18 and value[4] == value[7] == "-":
        with suppress(ValueError, OverflowError):  # what most write, read in C
            found = datetime.fromisoformat(value)
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    return _from_parts(value, zone)


def _from_parts(value: str, zone: ZoneInfo) -> datetime | None:
    found = _MOMENT.fullmatch(value)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        local = datetime(  # noqa: DTZ001 - the zone follows two lines below
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")),
        )  # fmt: skip
        return local.replace(tzinfo=_zone(offset) or zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str | None) -> timezone | None:
    if offset is None:
        return None
    if offset[0] not in "+-":
        return UTC
    digits = offset[1:].replace(":", "")
    by = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-by if offset[0] == "-" else by)


def _microseconds(at: datetime | None) -> float | None:
    return None if at is None else float((at - _EPOCH) // timedelta(microseconds=1))
