"""Everything between a survey platform and the ledger, as one thing that opens and closes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.db import Database
from app.errors import UnavailableError
from app.intake import sealing
from app.intake.fetching import Fetcher
from app.intake.processor import Processor
from app.intake.refusals import Refusals
from app.intake.rest import Client
from app.intake.sourcebook import KnownSource, Sourcebook
from app.intake.writer import Writer
from app.live.bus import Bus
from app.settings import Settings
from app.stories.reader import Reader

_MOST_MISSES = 1_000
_MISS_SECONDS = 1.0


class Reception:
    """Closed at first: the hook answers 503 until `open`, which comes after the migrations."""

    def __init__(self, database: Database, settings: Settings, bus: Bus) -> None:
        self.settings = settings
        self.most_bytes = settings.max_body_bytes
        self.book = Sourcebook(database, settings.key)
        self.processor = Processor(database, self.book, settings.key, self._is_busy)
        self.fetcher = Fetcher(
            database,
            self.book,
            sealing.salt(settings.key),
            self.processor.settle,
            partial(Client, allow_local=settings.allow_local_fetch),
        )
        self.processor.on_wanted = self.fetcher.wake
        self.reader = Reader(database, self._is_busy_or_behind)
        self.processor.on_changed = self.reader.wake
        self.writer = Writer(database, self.processor.hear)
        self.refusals = Refusals()
        self.is_open = False
        self._misses: dict[str, float] = {}
        # One thread: however many unknown keys are tried, one database connection is asked.
        self._lookups = ThreadPoolExecutor(1, "intake-lookup")
        bus.listen(self._hear)

    async def open(self) -> None:
        """Loads the sources, sweeps what waits, lets deliveries in."""
        await self._off_loop(self.book.reload)
        self.writer.start()
        self.processor.start()
        self.fetcher.start()
        self.reader.start()
        self.is_open = True

    async def close(self) -> None:
        """Lets nobody in any more; everything already accepted is written and answered."""
        if not self.is_open:
            return
        self.is_open = False
        await self.writer.stop()
        await self._off_loop(self.fetcher.stop)
        await self._off_loop(self.processor.stop)
        await self._off_loop(self.reader.stop)
        self._lookups.shutdown(wait=False)

    async def find(self, key: str) -> KnownSource | None:
        """The source with this key; a miss is looked up in the database, at most once a second."""
        known = self.book.by_key.get(key)
        if known is not None:
            return known
        now = clock.monotonic()
        if now - self._misses.get(key, -_MISS_SECONDS) < _MISS_SECONDS:
            return None
        loop = asyncio.get_running_loop()
        try:
            known = await loop.run_in_executor(self._lookups, self.book.find, key)
        except SQLAlchemyError:
            raise UnavailableError("The database cannot be asked at the moment.") from None
        if known is None:
            if len(self._misses) >= _MOST_MISSES:
                self._misses.clear()
            self._misses[key] = now
        return known

    def _is_busy(self) -> bool:
        return self.writer.waiting > 0

    def _is_busy_or_behind(self) -> bool:
        return self._is_busy() or self.processor.is_behind

    def _hear(self, topics: frozenset[str]) -> None:
        """Runs on the thread that committed, or that heard of another process's commit."""
        if topics & {"sources", "company"}:
            self.book.reload()
            self._misses.clear()
            self.processor.wake()
            self.fetcher.wake()

    async def _off_loop(self, work: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(None, work)
