"""A recorded delivery, verified and read as if it came in now; nothing is stored."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app import clock
from app.db import Database
from app.errors import CheerboardError, NotFoundError, UnauthorizedError
from app.intake import asking, reading, sealing
from app.intake.coercion import moment
from app.intake.deliveries import Waiting
from app.intake.reading import Reading
from app.intake.signatures import Request
from app.intake.source import UTC as UTC_ZONE
from app.intake.sourcebook import KnownSource, Sourcebook
from app.responses.answer import Answer
from app.scores import nps


def rehearse(
    database: Database,
    key: bytes,
    name: str,
    body: bytes,
    facts: Mapping[str, Any] | None,
    *,
    allow_local: bool = False,
) -> dict[str, Any]:
    """What the hook and the reader would say of a body with these headers.

    What is only hinted at is fetched, from private addresses too with `allow_local`.

    `facts` are headers; `_method`, `_url` and `_freeze_time` beside them say how and when it was
    sent. Without `facts` nothing is verified and `authentic` is null.
    """
    book = Sourcebook(database, key)
    book.reload()
    source = next((one for one in book.by_key.values() if one.name == name), None)
    if source is None:
        raise NotFoundError(f"There is no source {name!r}.")
    if source.trouble:
        raise CheerboardError(source.trouble)
    headers = {k.lower(): str(v) for k, v in (facts or {}).items() if not k.startswith("_")} or {
        "content-type": "application/json"
    }
    refusal = _refusal(source, body, headers, facts or {}) if facts is not None else None
    row = Waiting(0, source.id, clock.now(), headers, body)
    read = reading.read(source, row, sealing.salt(key))
    if read.wanted and refusal is None:
        read = asking.ask_once(source, row, sealing.salt(key), allow_local=allow_local)
    found = told(source, read)
    if refusal is not None:
        found |= {"outcome": None, "reason": refusal}
    return {"authentic": None if facts is None else refusal is None, **found}


def told(source: KnownSource, read: Reading) -> dict[str, Any]:
    """What would become of a delivery that was read so."""
    return {
        "outcome": _outcome(read),
        "reason": read.failed or read.ignored,
        "responses": [_shown(source, said) for said in read.news if isinstance(said, Answer)],
        "withdrawn": [said.response_id for said in read.news if not isinstance(said, Answer)],
    }


def _refusal(
    source: KnownSource, body: bytes, headers: Mapping[str, str], facts: Mapping[str, Any]
) -> str | None:
    if source.check is None:
        return None
    url = str(facts.get("_url", ""))
    at = moment(facts.get("_freeze_time"), UTC_ZONE) or clock.now()
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    query = url.partition("?")[2].encode()
    request = Request(body, raw, str(facts.get("_method", "POST")), url, query)
    try:
        source.check(request, at.timestamp())
    except UnauthorizedError as error:
        return error.sentence
    return None


def _outcome(read: Reading) -> str:
    if read.failed:
        return "failed"
    return "processed" if read.news else "ignored"


def _shown(source: KnownSource, said: Answer) -> dict[str, Any]:
    return {
        "source": source.name,
        "response_id": said.response_id,
        "survey_id": said.survey_id,
        "channel": said.channel,
        "score": said.score,
        "category": None if said.score is None else nps.category(said.score),
        "comment": said.comment,
        "email": said.email,
        "name": said.name,
        "submitted_at": _iso(said.submitted_at),
        "updated_at": _iso(said.updated_at),
        "consent": said.consent,
        "excluded": said.excluded,
        "attributes": dict(said.attributes),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
