"""Kept deliveries become answers: one thread, in order of arrival, in batches."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from app import clock, metrics
from app.db import Database
from app.intake import deliveries, fetchqueue, pipeline, reading, sealing
from app.intake.deliveries import Settled, Waiting
from app.intake.fresh import Fresh
from app.intake.inbox import Arrival
from app.intake.outage import described, is_outage
from app.intake.reading import Reading
from app.intake.sourcebook import Sourcebook
from app.people import roster

MOST_TOGETHER = 500
MOST_BYTES = 16 * 1024 * 1024
# While requests wait for the writer, processing rests this many times as long as it worked:
# platforms wait for the acknowledgement, the wall can wait a moment.
REST = 8
LONGEST_REST = 0.8
# A rest ends when no request waited at so many looks in a row: there is none at the moment in which
# every platform was just answered.
LOOKS = 5
BREATH = 0.01
# The writer's requests wait while a batch is taken in; batches shrink until they fit into this.
MOST_SECONDS = 0.05
LEAST_TOGETHER = 200
SWEEP = 30.0
LONGEST_BACK_OFF = 5.0

log = logging.getLogger("cheerboard.intake")


class Processor:
    """Runs until stopped. `wake` may be called from any thread, also to say the roster changed."""

    def __init__(
        self, database: Database, book: Sourcebook, key: bytes, is_busy: Callable[[], bool]
    ) -> None:
        self._database = database
        self._book = book
        self._salt = sealing.salt(key)
        self._is_busy = is_busy
        self.fresh = Fresh()
        # What was fetched, read, and waits to be taken in.
        self._fetched: deque[tuple[Reading, Future[None]]] = deque()
        self.on_wanted: Callable[[], None] = lambda: None
        self.on_changed: Callable[[], None] = lambda: None
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intake-processor", daemon=True)
        self._most = LEAST_TOGETHER
        self._outages = 0
        # Something waits to be taken in, as far as is known. Read by other threads.
        self.is_behind = False

    def start(self) -> None:
        """Begins with the sweep of what an earlier run left."""
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Something was kept, or marked as kept again."""
        self._woken.set()

    def hear(self, ids: Sequence[int | None], arrivals: Sequence[Arrival]) -> None:
        """The writer kept these."""
        self.fresh.put(ids, arrivals)
        self._woken.set()

    def settle(self, read: Reading) -> "Future[None]":
        """Takes in what had to be fetched first; done once it is stored."""
        done: Future[None] = Future()
        self._fetched.append((read, done))
        self._woken.set()
        return done

    def stop(self) -> None:
        """Ends after the batch at hand; what is kept stays kept. Blocks."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(SWEEP)
            self._woken.clear()
            try:
                self._drain()
                self._outages = 0
            except Exception as error:  # noqa: BLE001 - the thread outlives every outage
                self._outages += 1
                wait = min(LONGEST_BACK_OFF, 0.25 * 2**self._outages)
                log.error("processing waits %.1f s: %s", wait, described(error))
                self._stopping.wait(wait)
                self._woken.set()

    def _drain(self) -> None:
        while not self._stopping.is_set():
            began = clock.monotonic()
            self.is_behind = bool(self.process())
            if not self.is_behind:
                return
            took = clock.monotonic() - began
            self._rest(min(REST * took, LONGEST_REST))

    def _rest(self, seconds: float) -> None:
        """At most so long, and only while requests wait."""
        end = clock.monotonic() + seconds
        looks = LOOKS if self._is_busy() else 0
        while looks and clock.monotonic() < end and not self._stopping.wait(BREATH):
            looks = LOOKS if self._is_busy() else looks - 1

    def process(self) -> int:
        """Takes in one batch; how many deliveries were settled or found settled already.

        Raises what a database that cannot be reached raises; nothing is lost then.
        """
        handed = list(self._fetched)[:LEAST_TOGETHER]
        if handed:
            self._take_in_fetched(handed)
            return len(handed)
        with self._database.read() as session:
            # The limit is for those who wait for the writer; large batches are cheaper.
            most = self._most if self._is_busy() else MOST_TOGETHER
            ids = deliveries.waiting(session, most)
            metrics.backlog.set(len(ids) if len(ids) < most else deliveries.count_waiting(session))
            if not ids:
                return 0
            rows = self.fresh.take(ids) or deliveries.load(session, ids, MOST_BYTES)
            people = roster.load(session)
        readings = [self._read(row) for row in rows]
        self._take_in_all(readings, people)
        return len(rows)

    def _take_in_fetched(self, handed: Sequence[tuple[Reading, "Future[None]"]]) -> None:
        with self._database.read() as session:
            people = roster.load(session)
        self._take_in_all([one for one, _ in handed], people)
        for _, done in handed:
            self._fetched.popleft()
            if done.set_running_or_notify_cancel():
                done.set_result(None)

    def _take_in_all(self, readings: Sequence[Reading], people: roster.Roster) -> None:
        try:
            self._take_in(readings, people)
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("a batch of %d failed, now one by one: %s", len(readings), described(error))
            for one in readings:
                self._take_in_alone(one, people)
        self._outages = 0

    def _read(self, row: Waiting) -> Reading:
        source = self._book.by_id.get(row.source_id)
        if source is None:
            self._book.reload()
            source = self._book.by_id[row.source_id]
        return reading.read(source, row, self._salt)

    def _take_in(self, readings: Sequence[Reading], people: roster.Roster) -> None:
        began = clock.monotonic()
        with self._database.write.begin() as session:
            ours = deliveries.claim(session, [one.delivery_id for one in readings])
            mine = [one for one in readings if one.delivery_id in ours]
            wanting = [one.delivery_id for one in mine if one.wanted]
            if wanting:
                fetchqueue.enqueue(session, wanting, clock.now())
                mine = [one for one in mine if not one.wanted]
            settled, changed = pipeline.take_in(session, mine, people)
            deliveries.settle(session, settled)
        if wanting:
            self.on_wanted()
        if changed:
            self.on_changed()
        self._adapt(len(readings), clock.monotonic() - began)
        _count(settled)
        metrics.answers.inc(sum(1 for one in changed if one.is_new and one.after is not None))

    def _take_in_alone(self, one: Reading, people: roster.Roster) -> None:
        try:
            self._take_in([one], people)
        except Exception as error:
            if is_outage(error):
                raise
            log.error("delivery %d failed: %s", one.delivery_id, described(error))
            sentence = f"It could not be taken in: {type(error).__name__}."
            self._fail(one, sentence)

    def _fail(self, one: Reading, sentence: str) -> None:
        settled = [Settled(one.delivery_id, "failed", sentence)]
        with self._database.write.begin() as session:
            deliveries.settle(session, settled)
        _count(settled)

    def _adapt(self, size: int, took: float) -> None:
        """Twice as many when there is room, in proportion fewer when it took too long."""
        if size < LEAST_TOGETHER:
            return
        fitting = int(size * MOST_SECONDS / max(took, 0.001))
        self._most = max(LEAST_TOGETHER, min(MOST_TOGETHER, self._most * 2, fitting))


def _count(settled: Sequence[Settled]) -> None:
    for outcome, count in Counter(one.outcome for one in settled).items():
        metrics.deliveries.labels(outcome).inc(count)
