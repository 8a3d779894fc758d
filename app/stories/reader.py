"""Reader: one thread that reads what customers wrote when nothing else waits."""

import logging
import threading
from collections.abc import Callable

from app import clock
from app.db import Database
from app.stories import unread

# Another process may have put something in line; nobody tells us.
LOOK = 2.0
# Requests and the score come first, but nobody's words wait for ever.
PATIENCE = 3.0
BREATH = 0.02
BACK_OFF = 5.0

log = logging.getLogger("cheerboard.stories")


class Reader:
    """Runs until stopped. The line is in the database: what a killed one left is read by the next.

    `is_busy`: requests wait to be stored, or answers to be counted. `wake` may be called from any
    thread.
    """

    def __init__(self, database: Database, is_busy: Callable[[], bool]) -> None:
        self._database = database
        self._is_busy = is_busy
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="story-reader", daemon=True)

    def start(self) -> None:
        """Begins with what an earlier run left."""
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Something was put in line."""
        self._woken.set()

    def stop(self) -> None:
        """Ends after the few at hand. Blocks."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(LOOK)
            self._woken.clear()
            try:
                self._read()
            except Exception as error:  # noqa: BLE001 - the thread outlives every outage
                log.warning("stories wait to be read: %s", type(error).__name__)
                self._stopping.wait(BACK_OFF)

    def _read(self) -> None:
        looked_at = unread.TOGETHER
        while looked_at == unread.TOGETHER and not self._stopping.is_set():
            self._let_others_go_first()
            looked_at = unread.read_some(self._database)

    def _let_others_go_first(self) -> None:
        began = clock.monotonic()
        while self._is_busy() and clock.monotonic() - began < PATIENCE:
            if self._stopping.wait(BREATH):
                return
