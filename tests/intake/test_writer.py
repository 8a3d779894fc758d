"""Group commit: who waits for whom, and that nobody is forgotten."""

import asyncio
import queue
from collections.abc import Sequence
from typing import Any

import pytest

from app.clock import now
from app.db import connect
from app.intake import writer as writers
from app.intake.inbox import Arrival
from app.intake.writer import Writer


class Desk(queue.SimpleQueue[Any]):
    """Between the event loop and the writing thread; notes how many are handed over together."""

    def __init__(self) -> None:
        self.groups: list[int] = []

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if item is not None:
            self.groups.append(len(item))
        super().put(item, block, timeout)


class Numbering(Writer):
    """Stores nothing, and says of everything that it was kept."""

    def __init__(self, url: str) -> None:
        super().__init__(connect(url), lambda _ids, _arrivals: None)
        self._queue = self.desk = Desk()
        self.told: list[str] = []

    def _store(self, arrivals: Sequence[Arrival]) -> list[int | None]:
        return list(range(1, len(arrivals) + 1))

    def take(self, count: int = 1) -> None:
        for _ in range(count):
            self.put(Arrival(1, None, now(), "{}", b"{}", "kept", None), self.told.append)


def groups(url: str, passes: Sequence[int]) -> list[int]:
    """What is handed over together when so many come at each look at the sockets."""

    async def story() -> list[int]:
        writer = Numbering(url)
        writer.start()
        for count in passes:
            writer.take(count)
            await asyncio.sleep(0)
        await writer.stop()
        assert writer.told == ["kept"] * sum(passes)
        return writer.desk.groups

    return asyncio.run(story())


def test_those_who_came_wait_for_those_who_come(sqlite_url: str) -> None:
    assert groups(sqlite_url, [3, 2, 1]) == [6]
    assert groups(sqlite_url, [3, 0, 2]) == [3, 2]


def test_nobody_waits_for_ever_in_a_crowd_that_does_not_end(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "MOST_TOGETHER", 8)
    assert max(groups(sqlite_url, [4] * 10)) <= 12


def test_who_came_last_is_still_written_at_the_end(sqlite_url: str) -> None:
    assert groups(sqlite_url, [2, 1]) == [3]
