"""Shelf: what an API said lately, so that it is not asked twice for the same."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from app import clock

# Choices of a survey change seldom, and an unknown one makes us look anew.
KEPT_SECONDS = 6 * 3600.0
# Several hints at one response come within seconds; a replay asks again.
SHARED_SECONDS = 60.0
MOST = 200


class Said(NamedTuple):
    """`asked_at` is when the call began: older news than that is in it. `put` is monotonic."""

    document: Any
    asked_at: datetime
    put: float


class Shelf:
    """By source and path. One event loop puts and looks."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[int, str], Said] = OrderedDict()

    def put(self, source_id: int, path: str, document: Any, asked_at: datetime) -> None:
        """The oldest makes room."""
        self._said[source_id, path] = Said(document, asked_at, clock.monotonic())
        self._said.move_to_end((source_id, path))
        while len(self._said) > MOST:
            self._said.popitem(last=False)

    def drop(self, source_id: int, paths: Iterable[str]) -> None:
        """What cannot be true is not kept: the next one asks anew."""
        for path in paths:
            self._said.pop((source_id, path), None)

    def kept(self, source_id: int, path: str) -> Any | None:
        """What was said within the last hours."""
        said = self._younger(source_id, path, KEPT_SECONDS)
        return said.document if said else None

    def since(self, source_id: int, path: str, at: datetime) -> Any | None:
        """What was asked after that moment: several deliveries of one response need one call."""
        said = self._younger(source_id, path, SHARED_SECONDS)
        return said.document if said and said.asked_at > at else None

    def _younger(self, source_id: int, path: str, seconds: float) -> Said | None:
        said = self._said.get((source_id, path))
        return said if said and clock.monotonic() - said.put < seconds else None
