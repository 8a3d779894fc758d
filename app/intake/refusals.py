"""Refusals: what was turned away at a hook since the server started, for whoever sets it up."""

from dataclasses import dataclass
from datetime import datetime

from app import clock


@dataclass(frozen=True, slots=True)
class Refused:
    """The last one of a source: when, why in our own words, and how many there were."""

    at: datetime
    sentence: str
    count: int


class Refusals:
    """In memory only, one entry for each source: strangers may knock as often as they like."""

    def __init__(self) -> None:
        self._last: dict[int, Refused] = {}

    def note(self, source_id: int, sentence: str) -> None:
        """Nothing of the request itself is kept."""
        before = self._last.get(source_id)
        count = before.count + 1 if before else 1
        self._last[source_id] = Refused(clock.now(), sentence, count)

    def last(self, source_id: int) -> Refused | None:
        """The newest refusal, if there was one."""
        return self._last.get(source_id)
