"""Revision: how one entry changes one response. Pure; the ledger stores what comes out.

A strictly newer version replaces. An equal version, or none, is merged: what is said stays said,
and where two say different things the later arrival wins. An older version changes nothing. An
answer without a score is a part, it never empties anything. A withdrawal stays until a strictly
newer version of the answer comes.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from app import clock
from app.people.roster import Place, Roster
from app.responses.answer import Answer, Withdrawal
from app.responses.voice import Entry

Row = dict[str, Any]
Manner = Literal["replace", "merge", "fill"]

COMMENT_LENGTH = 10_000
ATTRIBUTE_LENGTH = 1_000
ATTRIBUTES = 100
BY_PLATFORM = "excluded by the platform"
# What orders updates; a change of these alone is no change of the response.
ORDER = ("version", "updated_at", "stored_at")


def revised(row: Row | None, entry: Entry, roster: Roster) -> Row:
    """The columns after an entry, as a new dictionary; the same object when nothing changes."""
    answer = entry.answer
    if isinstance(answer, Withdrawal):
        return _withdrawn(row, entry, answer, roster)
    if row is None:
        return _first(answer, entry, roster)
    manner = _manner(row, answer, entry)
    return row if manner is None else _answered(row, answer, manner, entry, roster)


def placed(row: Row, place: Place) -> Row:
    """The response at another place; its date stays, it is taken once."""
    return {
        **row,
        "site_id": place.site_id,
        "team_id": place.team_id,
        "person_id": place.person_id,
    }


def place_of(attributes: Mapping[str, str], roster: Roster, day: date | None = None) -> Place:
    """Where the roster puts an answer with these attributes, given on that day."""
    return roster.place(*_names(attributes), day)


def is_change(before: Row | None, after: Row) -> bool:
    """Whether anything differs beside the order of updates."""
    if before is None:
        return True
    return any(before[column] != after[column] for column in after if column not in ORDER)


def external_id(text: str) -> str:
    """A response id as it is stored; a very long one keeps its head and its SHA-256."""
    text = _text(text)
    return text if len(text) <= 255 else f"{text[:190]}:{hashlib.sha256(text.encode()).hexdigest()}"


def cut(text: str | None, length: int) -> str | None:
    """At most so many characters, and none that a database refuses."""
    return None if text is None else _text(text)[:length] or None


def _withdrawn(row: Row | None, entry: Entry, withdrawal: Withdrawal, roster: Roster) -> Row:
    if row is None:
        # Kept, so that the answer does not count should it arrive after its withdrawal.
        row = _first(Answer(response_id=withdrawal.response_id, score=None), entry, roster)
    elif row["status"] == "withdrawn" or _is_newer(row["version"], withdrawal.version):
        return row
    reason = cut(withdrawal.reason, 200)
    return {**row, "status": "withdrawn", "reason": reason, "version": withdrawal.version}


def _manner(row: Row, answer: Answer, entry: Entry) -> Manner | None:
    """How an answer meets what is stored; None: not at all."""
    if _is_newer(answer.version, row["version"]):
        return "merge" if answer.score is None else "replace"
    if row["status"] == "withdrawn" or _is_newer(row["version"], answer.version):
        return None
    return "fill" if entry.received_at < row["stored_at"] else "merge"


def _is_newer(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one > other


def _first(answer: Answer, entry: Entry, roster: Roster) -> Row:
    """A response that was not known before. Without a score its place and date are provisional."""
    said = _said(answer)
    submitted_at = _moment(answer.submitted_at) or entry.received_at
    place = place_of(said["attributes"], roster, _about(submitted_at, roster))
    status, reason = ("unscored", None) if answer.score is None else ("counted", None)
    if answer.excluded is not None:
        status, reason = "excluded", _excluded(answer.excluded)
    return {
        "source_id": entry.source_id,
        "external_id": external_id(answer.response_id),
        **said,
        "score": answer.score,
        "version": answer.version,
        "submitted_at": submitted_at,
        "answered_on": _day(submitted_at, place.timezone),
        "site_id": place.site_id,
        "team_id": place.team_id,
        "person_id": place.person_id,
        "status": status,
        "reason": reason,
        "stored_at": entry.received_at,
    }


def _answered(row: Row, answer: Answer, manner: Manner, entry: Entry, roster: Roster) -> Row:
    said = _said(answer)
    new = {**row, **_joined(row, said, manner)}
    new["score"] = _pick(row["score"], answer.score, manner)
    if answer.version is not None:
        new["version"] = answer.version
    new["stored_at"] = max(row["stored_at"], entry.received_at)
    _place(row, new, answer, roster)
    new["status"], new["reason"] = _standing(row, new["score"], answer, manner)
    return new


def _said(answer: Answer) -> Row:
    return {
        "survey_id": cut(answer.survey_id, 255),
        "channel": cut(answer.channel, 64),
        "comment": cut(answer.comment, COMMENT_LENGTH),
        # Folded, so that a customer is found again however the address was typed.
        "email": cut(answer.email.strip().casefold(), 320) if answer.email else None,
        "name": cut(answer.name, 200),
        "consent": answer.consent,
        "updated_at": _moment(answer.updated_at),
        "attributes": _attributes(answer.attributes),
    }


def _joined(row: Row, said: Row, manner: Manner) -> Row:
    joined = {column: _pick(row[column], value, manner) for column, value in said.items()}
    if manner == "merge":
        joined["attributes"] = {**row["attributes"], **said["attributes"]}
    elif manner == "fill":
        joined["attributes"] = {**said["attributes"], **row["attributes"]}
    else:
        for column in ("comment", "email", "name", "consent", "attributes"):
            joined[column] = said[column]
    return joined


def _pick(stored: Any, said: Any, manner: Manner) -> Any:
    first, second = (stored, said) if manner == "fill" else (said, stored)
    return second if first is None else first


def _place(row: Row, new: Row, answer: Answer, roster: Roster) -> None:
    """Places and dates: with the score, and again only when the names given for it change.

    The roster may have moved since: a later move changes no old answer.
    """
    is_first = row["score"] is None
    if not is_first and _names(row["attributes"]) == _names(new["attributes"]):
        return
    if is_first:
        new["submitted_at"] = _moment(answer.submitted_at) or row["submitted_at"]
    place = place_of(new["attributes"], roster, _about(new["submitted_at"], roster))
    new.update(placed(new, place))
    if is_first:
        new["answered_on"] = _day(new["submitted_at"], place.timezone)


def _standing(
    row: Row, score: int | None, answer: Answer, manner: Manner
) -> tuple[str, str | None]:
    """Status and reason. What a person excluded stays so, whatever the platform says later."""
    status, reason = row["status"], row["reason"]
    if status == "excluded" and not str(reason).startswith(BY_PLATFORM):
        return status, reason
    if answer.excluded is not None and manner != "fill":
        return "excluded", _excluded(answer.excluded)
    if status == "excluded" and _stays_excluded(row, answer, manner):
        return status, reason
    if score is None:
        return "unscored", None
    return ("superseded", reason) if status == "superseded" else ("counted", None)


def _stays_excluded(row: Row, answer: Answer, manner: Manner) -> bool:
    """A part, and a repeat of the same version, say nothing about it; a whole answer does."""
    same_version = answer.version is not None and answer.version == row["version"]
    return manner == "fill" or answer.score is None or same_version


def _excluded(reason: str) -> str | None:
    return cut(f"{BY_PLATFORM}: {reason}", 200)


def _names(attributes: Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    get = attributes.get
    return get("employee"), get("team"), get("store") or get("site")


def _attributes(given: Mapping[str, str]) -> dict[str, str]:
    if not given:
        return {}
    pairs = list(given.items())[:ATTRIBUTES]
    return {_text(key)[:200]: _text(value)[:ATTRIBUTE_LENGTH] for key, value in pairs}


def _text(text: str) -> str:
    """Without NUL and lone surrogates, which PostgreSQL cannot keep."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _moment(at: datetime | None) -> datetime | None:
    """In UTC; a year that no survey was answered in is nobody's answer, it counts as not given."""
    return at.astimezone(UTC) if at is not None and 1970 <= at.year < 9999 else None


def _about(at: datetime, roster: Roster) -> date | None:
    """The day by the company's clock: the site's own is not known before the place is."""
    return _day(at, roster.timezone) if roster.spans else None


def _day(at: datetime, timezone: str) -> date:
    return clock.day_in(timezone, at)
