"""Thin deliveries: after the 2xx their answers are fetched, each source at its own pace."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

from app import clock
from app.db import Database
from app.intake import fetchqueue
from app.intake.asking import Asking
from app.intake.deliveries import Waiting
from app.intake.fetchqueue import Pause
from app.intake.outage import described
from app.intake.reading import Reading
from app.intake.rest import Client, LaterError
from app.intake.sourcebook import KnownSource, Sourcebook

# A slow API holds up so many calls of its own source, and none of another's.
AT_ONCE = 4
LOOK_SECONDS = 30.0
STUMBLE_SECONDS = 2.0
REOPEN_SECONDS = 300.0

log = logging.getLogger("cheerboard.intake")

# Hands over what was read; done once it is stored.
Settle = Callable[[Reading], "Future[None]"]


class Fetcher:
    """One thread with an event loop of its own. `wake` may be called from any thread."""

    def __init__(
        self,
        database: Database,
        book: Sourcebook,
        salt: bytes,
        settle: Settle,
        client: Callable[[], Client],
    ) -> None:
        self._database = database
        self._book = book
        self._salt = salt
        self._settle = settle
        self._make_client = client
        self._busy: dict[int, set[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._is_stopping = False
        self._reopened_at: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="intake-fetcher", daemon=True)

    def start(self) -> None:
        """Begins with what an earlier run left."""
        self._thread.start()

    def wake(self) -> None:
        """Something has to be fetched, or the settings of a source changed."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._woken.set)

    def stop(self) -> None:
        """Ends at once; what is under way is asked again after the next start. Blocks."""
        self._is_stopping = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        client = self._make_client()
        asking = Asking(client)
        self._loop = asyncio.get_running_loop()
        try:
            while not self._is_stopping:
                self._woken.clear()
                await self._rest(await self._look(asking))
        finally:
            self._loop = None
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await client.close()

    async def _rest(self, seconds: float) -> None:
        if self._is_stopping:
            return
        try:
            async with asyncio.timeout(max(0.02, seconds)):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _look(self, asking: Asking) -> float:
        """Begins whatever is due and has room; seconds until something else may be."""
        try:
            agenda, pauses = await asyncio.to_thread(self._agenda)
            waits = [LOOK_SECONDS]
            for source_id, at in agenda.items():
                waits.append(await self._begin(asking, source_id, at, pauses.get(source_id)))
        except Exception as error:  # noqa: BLE001 - the thread outlives every outage
            log.error("fetching waits: %s", described(error))
            return STUMBLE_SECONDS
        return min(waits)

    async def _begin(
        self, asking: Asking, source_id: int, at: datetime, pause: Pause | None
    ) -> float:
        source = self._book.by_id.get(source_id)
        busy = self._busy.setdefault(source_id, set())
        starts = max(at, pause.until) if pause else at
        wait = (starts - clock.now()).total_seconds()
        # After a failure a single call finds out whether the API is back.
        room = (1 if pause else AT_ONCE) - len(busy)
        if source is None or wait > 0 or room <= 0:
            return wait if wait > 0 else LOOK_SECONDS
        rows = await asyncio.to_thread(self._claim, source_id, room, frozenset(busy))
        for row, attempts in rows:
            busy.add(row.id)
            task = asyncio.create_task(self._fetch(asking, source, row, attempts))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return STUMBLE_SECONDS

    async def _fetch(
        self, asking: Asking, source: KnownSource, row: Waiting, attempts: int
    ) -> None:
        try:
            read = await asking.complete(source, row, self._salt)
            await asyncio.wrap_future(self._settle(read))
            await asyncio.to_thread(self._succeed, source.id)
        except LaterError as error:
            await self._put_off(source, row, attempts, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the delivery is asked again
            log.error("delivery %d could not be fetched: %s", row.id, described(error))
            await self._put_off(source, row, attempts, LaterError("It could not be fetched."))
        finally:
            self._busy[source.id].discard(row.id)
            self._woken.set()

    async def _put_off(
        self, source: KnownSource, row: Waiting, attempts: int, error: LaterError
    ) -> None:
        given_up = fetchqueue.given_up(row, error, clock.now())
        try:
            if given_up is not None:
                await asyncio.wrap_future(self._settle(given_up))
            else:
                await asyncio.to_thread(self._fail, source.id, row, attempts, error)
        except Exception as trouble:  # noqa: BLE001 - it stays due, and is asked again soon
            log.error("delivery %d could not be put off: %s", row.id, described(trouble))
            await asyncio.sleep(STUMBLE_SECONDS)

    def _agenda(self) -> tuple[dict[int, datetime], dict[int, Pause]]:
        self._reopen(clock.now())
        with self._database.read() as session:
            return fetchqueue.agenda(session), fetchqueue.pauses(session)

    def _reopen(self, now: datetime) -> None:
        last = self._reopened_at
        if last is not None and abs((now - last).total_seconds()) < REOPEN_SECONDS:
            return
        thin = [one.id for one in list(self._book.by_id.values()) if one.platform.api is not None]
        if thin and (count := fetchqueue.reopen(self._database, thin, now)):
            log.info("%d refused answers are asked for again", count)
        self._reopened_at = now

    def _claim(self, source_id: int, room: int, busy: frozenset[int]) -> list[tuple[Waiting, int]]:
        now = clock.now()
        with self._database.read() as session:
            rows = fetchqueue.due(session, source_id, now, room, busy)
        if self._database.is_sqlite or not rows:
            return rows
        with self._database.write.begin() as session:
            ours = fetchqueue.lease(session, [row.id for row, _ in rows], now)
        return [one for one in rows if one[0].id in ours]

    def _fail(self, source_id: int, row: Waiting, attempts: int, error: LaterError) -> None:
        with self._database.write.begin() as session:
            fetchqueue.fail(session, source_id, row.id, attempts + 1, error)
        log.info("delivery %d is fetched again later: %s", row.id, error)

    def _succeed(self, source_id: int) -> None:
        with self._database.read() as session:
            if source_id not in fetchqueue.pauses(session):
                return
        with self._database.write.begin() as session:
            fetchqueue.resume(session, source_id, clock.now())
