"""Whether a source that is being set up delivers, in one sentence that changes by itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intake import tryout
from app.intake.models import Delivery
from app.intake.refusals import Refused

COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Progress:
    """`kind` is waiting, refused, kept, failed, ignored or counted."""

    kind: str
    sentence: str
    at: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.kind == COUNTED


def progress(session: Session, source_id: int, refused: Refused | None) -> Progress:
    """What the newest delivery of a source became; a refusal after it is told first."""
    newest = tryout.last_delivery(session, source_id)
    if refused is not None and (newest is None or newest.received_at < refused.at):
        times = "once" if refused.count == 1 else f"{refused.count} times"
        return Progress(
            "refused", f"Something came and was refused, {times}: {refused.sentence}", refused.at
        )
    if newest is None:
        if _delivered(session, source_id):
            return Progress("waiting", "It delivered before; the next one is waited for.")
        return Progress("waiting", "Waiting for the first delivery.")
    is_counted = newest.outcome in ("processed", "repeated")
    kind = COUNTED if is_counted else newest.outcome
    return Progress(kind, _told(newest), newest.received_at)


def _told(newest: Delivery) -> str:
    match newest.outcome:
        case "processed" | "repeated":
            return "It arrives: the answer is counted."
        case "ignored":
            return f"It arrives, but it was no answer for us: {newest.error}"
        case "failed":
            return f"It arrives, but it could not be read: {newest.error}"
    if newest.error:
        return f"It arrived; the platform is asked for the answer again: {newest.error}"
    return "It arrived and is being read."


def _delivered(session: Session, source_id: int) -> bool:
    one = select(Delivery.id).where(Delivery.source_id == source_id).limit(1)
    return session.scalar(one) is not None
