"""One kept delivery, read: what it says, or why it says nothing. Needs no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from app.intake import documents, sealing, workload
from app.intake.deliveries import Waiting
from app.intake.source import (
    Call,
    DoubtfulError,
    IgnoredError,
    News,
    UnreadableError,
    WantedError,
)
from app.intake.sourcebook import KnownSource
from app.intake.strictjson import JSONRefusedError
from app.responses.answer import Answer

_SHOWN_REASONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one delivery says. `ignored` and `failed` are sentences about those of its parts that
    gave nothing; a delivery with several parts may have all three. `wanted` has to be fetched
    before the rest can be read; `doubt` is why what was fetched has to be fetched again.
    """

    delivery_id: int
    source_id: int
    received_at: datetime
    news: tuple[News, ...] = ()
    ignored: str | None = None
    failed: str | None = None
    wanted: tuple[Call, ...] = ()
    doubt: str | None = None


def read(source: KnownSource, delivery: Waiting, salt: bytes) -> Reading:
    """Reads a delivery; nothing that a body could hold makes it raise."""
    told = partial(
        Reading,
        delivery_id=delivery.id,
        source_id=delivery.source_id,
        received_at=delivery.received_at,
    )
    if source.trouble:
        return told(failed=source.trouble)
    try:
        found, are_events = delivery.parsed or documents.parse(
            delivery.body, delivery.headers, source.platform.json_fields
        )
    except JSONRefusedError as error:
        return told(failed=str(error))
    if not found:
        return told(ignored="It is an empty list.")
    heard = Heard()
    with workload.shared():
        for document in found:
            seen = _unwrapped(document) if are_events and not source.sees_envelopes else document
            heard.listen(source, seen, salt)
    return told(
        news=tuple(heard.news),
        ignored=_sentence(heard.ignored, len(found)),
        failed=_sentence(heard.failed, len(found)),
        wanted=tuple(dict.fromkeys(heard.wanted)),
        doubt=_sentence(heard.doubts, len(found)),
    )


@dataclass
class Heard:
    """What the parts of one delivery said so far."""

    news: list[News] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    wanted: list[Call] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def listen(self, source: KnownSource, document: Any, salt: bytes) -> None:
        try:
            self.news += said(source, document, salt)
        except IgnoredError as error:
            self.ignored.append(str(error))
        except WantedError as error:
            self.wanted.append(error.call)
        except DoubtfulError as error:
            self.doubts.append(str(error))
        except Exception as error:  # noqa: BLE001 - a surprise in one part stops no other
            self.failed.append(_failure(error))


def _unwrapped(event: Any) -> Any:
    return event.get("data") if isinstance(event, Mapping) else None


def _failure(error: Exception) -> str:
    if isinstance(error, UnreadableError):
        return str(error)
    return f"It could not be read: {type(error).__name__}: {str(error)[:200]}"


def said(source: KnownSource, document: Any, salt: bytes) -> list[News]:
    """What one document says. Raises what its platform's reader raises."""
    if not isinstance(document, Mapping):
        raise IgnoredError("It is not an object.")
    news = list(source.read(document, source.setup))
    return [
        replace(one, attributes=sealing.hashed(salt, one.attributes))
        if isinstance(one, Answer) and not one.attributes.keys().isdisjoint(sealing.HASHED)
        else one
        for one in news
    ]


def _sentence(reasons: list[str], parts: int) -> str | None:
    """One line about what all parts had to say."""
    if not reasons:
        return None
    if parts == 1:
        return reasons[0]
    different = list(dict.fromkeys(reasons))
    shown = " ".join(different[:_SHOWN_REASONS])
    return f"{len(reasons)} of {parts} parts: {shown}"
