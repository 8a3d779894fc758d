"""Other settings, tried on a delivery that came: what would be stored, and nothing is."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.intake import asking, documents, reading, rehearsal, sealing, sourcebook
from app.intake.deliveries import Waiting
from app.intake.models import Delivery, Source
from app.intake.sourcebook import KnownSource
from app.intake.strictjson import JSONRefusedError

# Newest deliveries of all sources among which the last one of a source is looked for.
MOST = 5_000
# Characters of a body or a document that a page shows.
SHOWN = 6_000
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Body:
    """A delivery's body as a page may show it; `is_cut` when there is more of it."""

    text: str
    is_cut: bool


def last_delivery(session: Session, source_id: int) -> Delivery | None:
    """The newest delivery of a source, if it is among the newest of all."""
    newest = (
        select(Delivery.id, Delivery.source_id).order_by(Delivery.id.desc()).limit(MOST).subquery()
    )
    found = session.scalar(
        select(newest.c.id)
        .where(newest.c.source_id == source_id)
        .order_by(newest.c.id.desc())
        .limit(1)
    )
    return session.get(Delivery, found) if found else None


def candidate(
    row: Source, settings: Mapping[str, Any], secrets: Sequence[str], zone: str
) -> KnownSource:
    """The source as it would be with these settings. Raises CheerboardError, one sentence."""
    sourcebook.validate(row.platform, settings, secrets)
    platform = sourcebook.platforms()[row.platform]
    parts = sourcebook.compile_source(platform, settings, secrets, zone)
    return KnownSource(id=row.id, name=row.name, **parts)


def attempt(
    source: KnownSource, delivery: Delivery, key: bytes, *, allow_local: bool
) -> dict[str, Any]:
    """What would become of the delivery; what is only hinted at is fetched."""
    salt = sealing.salt(key)
    row = Waiting(0, source.id, clock.now(), delivery.headers, delivery.body)
    read = reading.read(source, row, salt)
    if read.wanted:
        read = asking.ask_once(source, row, salt, allow_local=allow_local)
    return rehearsal.told(source, read)


def document_of(delivery: Delivery, platform: str, hidden: Sequence[str]) -> Body:
    """What a mapping sees of the delivery, as JSON; the body as it is when that cannot be read."""
    known = sourcebook.platforms().get(platform)
    try:
        found, _ = documents.parse(
            delivery.body, delivery.headers, known.json_fields if known else ()
        )
    except JSONRefusedError:
        return body_of(delivery.body, len(delivery.body), hidden)
    document = found[0] if len(found) == 1 else list(found)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _shown(text, is_cut=False, hidden=hidden)


def body_of(beginning: bytes, size: int, hidden: Sequence[str]) -> Body:
    """A body as text: unseen characters made visible, secrets taken out."""
    return _shown(beginning.decode(errors="replace"), is_cut=size > len(beginning), hidden=hidden)


def _shown(text: str, *, is_cut: bool, hidden: Sequence[str]) -> Body:
    for secret in hidden:
        if len(secret) >= 4:
            text = text.replace(secret, "•••")
    text = _UNSEEN.sub("\ufffd", text.replace("\r\n", "\n"))
    return Body(text[:SHOWN], is_cut or len(text) > SHOWN)
