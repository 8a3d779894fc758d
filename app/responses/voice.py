"""Entry: what comes in. Voice: what counts. Change: what an entry did. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from app.responses.answer import Answer, Withdrawal


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer or withdrawal on its way into the ledger, and the delivery that brought it."""

    source_id: int
    delivery_id: int | None
    received_at: datetime
    answer: Answer | Withdrawal


class Voice(NamedTuple):
    """What a response adds to every tally it belongs to."""

    score: int
    day: date
    site_id: int | None
    team_id: int | None
    person_id: int | None
    survey_id: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One response, before and after a batch. A voice of None: it did not (does not) count.

    `before == after` when only something else changed, the comment for instance. `row` has the
    response's columns after the change, its id included; `is_new`: it was not stored before.
    """

    response_id: int
    before: Voice | None
    after: Voice | None
    is_new: bool
    row: Mapping[str, Any]


def voice_of(row: Mapping[str, Any]) -> Voice | None:
    """What a response with these columns adds; None unless it counts."""
    if row["status"] != "counted":
        return None
    return Voice(
        row["score"],
        row["answered_on"],
        row["site_id"],
        row["team_id"],
        row["person_id"],
        row["survey_id"],
        row["channel"],
    )


def as_json(voice: Voice | None) -> dict[str, Any] | None:
    """For the ledger."""
    if voice is None:
        return None
    return {**voice._asdict(), "day": voice.day.isoformat()}


@lru_cache(maxsize=4096)
def as_text(voice: Voice) -> str:
    """The same as text: of the voices of one day many are equal."""
    return json.dumps(as_json(voice))


def from_json(document: Mapping[str, Any] | None) -> Voice | None:
    """From the ledger."""
    if document is None:
        return None
    return Voice(**{**document, "day": date.fromisoformat(document["day"])})
