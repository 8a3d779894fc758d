"""Group commit: many requests share one transaction; each is answered after it committed."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Literal

from app.db import Database
from app.errors import UnavailableError
from app.intake import inbox
from app.intake.inbox import Arrival
from app.intake.outage import described

MOST_WAITING = 2_048
MOST_WAITING_BYTES = 64 * 1024 * 1024
MOST_TOGETHER = 512
NOT_STORED = "The delivery could not be stored."

log = logging.getLogger("cheerboard.intake")


Committed = Callable[[Sequence[int | None], Sequence[Arrival]], None]
# What became of a delivery; told on the event loop, after the commit.
Fate = Literal["kept", "repeated", "lost"]
Told = Callable[[Fate], None]
_Waiting = tuple[Arrival, Told]


class Writer:
    """One thread, one transaction at a time.

    `committed` is called on that thread after each, with the ids of what was new and the arrivals.
    """

    def __init__(self, database: Database, committed: Committed) -> None:
        self._database = database
        self._committed = committed
        # Put together on the event loop, handed to the thread once it has heard every socket: to
        # wake a thread costs more than to examine a delivery.
        self._gathered: list[_Waiting] = []
        self._queue: queue.SimpleQueue[list[_Waiting] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="intake-writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting = 0
        self._waiting_bytes = 0
        self._is_troubled = False

    @property
    def waiting(self) -> int:
        """Requests that wait for their commit. Exact on the event loop, a hint elsewhere."""
        return self._waiting

    def start(self) -> None:
        """Called on the event loop whose requests it will answer."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Everything already waiting is still written and answered."""
        self._hand_over(len(self._gathered))
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.sleep(0)  # lets the last answers out

    async def keep(self, arrival: Arrival) -> bool:
        """True when the delivery was kept, False when it had been kept before.

        Returns after the commit. Raises UnavailableError when it could not be stored.
        """
        assert self._loop is not None  # noqa: S101 - start() comes before the gate opens
        future: asyncio.Future[Fate] = self._loop.create_future()

        def tell(fate: Fate) -> None:
            if not future.done():  # else its client went away
                future.set_result(fate)

        self.put(arrival, tell)
        fate = await future
        if fate == "lost":
            raise UnavailableError(NOT_STORED)
        return fate == "kept"

    def put(self, arrival: Arrival, tell: Told) -> None:
        """As `keep`, for callers that are no coroutine; `tell` is called after the commit."""
        size = len(arrival.body)
        if self._waiting >= MOST_WAITING or self._waiting_bytes + size > MOST_WAITING_BYTES:
            raise UnavailableError("Too many deliveries are waiting to be stored.")
        self._waiting += 1
        self._waiting_bytes += size
        if not self._gathered:
            self._hand_over_soon(0)
        self._gathered.append((arrival, tell))

    def _hand_over_soon(self, known: int) -> None:
        assert self._loop is not None  # noqa: S101 - start() comes before the gate opens
        self._loop.call_soon(self._hand_over, known)

    def _hand_over(self, known: int) -> None:
        """While every look at the sockets brings more, those who came wait for those who come."""
        if known < len(self._gathered) < MOST_TOGETHER:
            self._hand_over_soon(len(self._gathered))
        elif self._gathered:
            self._queue.put(self._gathered)
            self._gathered = []

    def _run(self) -> None:
        open_ = True
        while open_:
            batch: list[_Waiting] = []
            thing = self._queue.get()
            while thing is not None:
                batch += thing
                if len(batch) >= MOST_TOGETHER:
                    break
                try:
                    thing = self._queue.get_nowait()
                except queue.Empty:
                    break
            open_ = thing is not None
            if batch:
                self._write(batch)

    def _write(self, batch: list[_Waiting]) -> None:
        arrivals = [arrival for arrival, _ in batch]
        ids: list[int | None] | None = None
        try:
            ids = self._store(arrivals)
        except Exception as error:  # noqa: BLE001 - whatever it is, these requests get their 503
            self._complain(error)
        else:
            self._is_troubled = False
        assert self._loop is not None  # noqa: S101 - set before the thread starts
        try:
            self._loop.call_soon_threadsafe(self._answer, batch, ids)
        except RuntimeError:
            log.warning("the event loop ended before %d answers", len(batch))
        if ids is not None and any(ids):
            self._committed(ids, arrivals)

    def _complain(self, error: Exception) -> None:
        """Once for each outage: a full disk must not be filled with complaints about it."""
        if not self._is_troubled:
            log.error("deliveries cannot be stored: %s", described(error))
        self._is_troubled = True

    def _store(self, arrivals: Sequence[Arrival]) -> list[int | None]:
        # No session: this transaction is the busiest of all and needs nothing of it.
        with self._database.writer.begin() as connection:
            return inbox.keep(connection, arrivals)

    def _answer(self, batch: list[_Waiting], ids: list[int | None] | None) -> None:
        """On the event loop, once per transaction."""
        self._waiting -= len(batch)
        self._waiting_bytes -= sum(len(arrival.body) for arrival, _ in batch)
        if ids is None:
            for _, tell in batch:
                tell("lost")
            return
        for (_, tell), number in zip(batch, ids, strict=True):
            tell("repeated" if number is None else "kept")
