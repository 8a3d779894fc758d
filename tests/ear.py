"""Collects what the bus tells; a last announcement of its own ends the waiting, nobody sleeps."""

import queue

from app.db import Database
from app.live.bus import TOPICS, Bus, announce
from tests.patience import PATIENCE


class Ear:
    """Listens from now on; call `close` before the database goes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heard: queue.Queue[frozenset[str]] = queue.Queue()
        self._bus = Bus(database)
        self._bus.listen(self._heard.put)
        self._bus.start()
        if not database.is_sqlite:
            assert self._heard.get(timeout=PATIENCE) == TOPICS

    def news(self) -> set[str]:
        """Every topic announced since the last call."""
        with self._database.write.begin() as session:
            announce(session, "screens")
        found: set[str] = set()
        while "screens" not in found:
            found |= self._heard.get(timeout=PATIENCE)
        return found - {"screens"}

    def close(self) -> None:
        self._bus.stop()
