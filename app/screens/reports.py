"""What screens say of themselves: the newest report of each, stored every few seconds at once."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from app import clock
from app.db import Database
from app.screens.models import Screen

log = logging.getLogger(__name__)

STORE_SECONDS = 5.0
NUMBERS = ("v", "heap", "uptime", "errors", "dpr", "order")
WORDS = ("scene", "build", "viewport", "engine", "awake")
FLAGS = ("dark",)
# What somebody at the desk waits for.
ANSWERS = ("dark", "order")
LETTERS = 64


class Reports:
    """A thousand screens that report every 15 s are one small transaction every five."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fresh: dict[int, tuple[datetime, dict[str, Any]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._last: dict[int, dict[str, Any]] = {}

    def put(self, screen_id: int, message: Mapping[str, Any]) -> None:
        """Keeps the known fields of a report, with the time it came; the rest is dropped.

        Whoever asked something of a screen waits for its word: that it is dark, that it obeyed an
        order, or that its page is a new one is stored at once.
        """
        report = read(message)
        last = self._last.get(screen_id, {})
        self._fresh[screen_id] = (clock.now(), report)
        self._last[screen_id] = report
        is_news = any(last.get(name) != report.get(name) for name in ANSWERS)
        if is_news or report.get("uptime", 0) < last.get("uptime", 0):
            self._hurry.set()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await asyncio.to_thread(self.store)

    def store(self) -> None:
        """Writes what came since the last time."""
        fresh, self._fresh = self._fresh, {}
        if not fresh:
            return
        with self._database.write.begin() as session:
            for screen_id, (at, report) in fresh.items():
                session.execute(
                    update(Screen).where(Screen.id == screen_id).values(seen_at=at, report=report)
                )

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STORE_SECONDS):
                    await self._hurry.wait()
            self._hurry.clear()
            try:
                await asyncio.to_thread(self.store)
            except Exception:
                log.exception("the screens' reports could not be stored")


def read(message: Mapping[str, Any]) -> dict[str, Any]:
    """The fields we know, if they are what they should be: finite numbers, short plain words."""
    numbers = {
        name: value
        for name in NUMBERS
        if isinstance(value := message.get(name), int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e15
    }
    words = {
        name: value
        for name in WORDS
        if isinstance(value := message.get(name), str)
        and len(value) <= LETTERS
        and value.isascii()
        and value.isprintable()
    }
    flags = {name: value for name in FLAGS if isinstance(value := message.get(name), bool)}
    return numbers | words | flags
