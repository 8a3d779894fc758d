"""announce(): what changed. Bus: tells the listeners, after the outermost commit and only then."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, PoolProxiedConnection, event, text
from sqlalchemy.orm import Session

from app.db import Database
from app.live.ears import ear

log = logging.getLogger(__name__)

TOPICS = frozenset(
    {
        "responses",
        "stories",
        "heroes",
        "followups",
        "people",
        "company",
        "boards",
        "sources",
        "screens",
    }
)
CHANNEL = "cheerboard"
_PENDING = "cheerboard.announced"

Callback = Callable[[frozenset[str]], None]


def announce(session: Session, *topics: str, arrived: datetime | None = None) -> None:
    """Tells every screen, after the outermost commit, that these topics changed.

    `arrived` is when the oldest delivery behind it came in, for the latency that is measured.
    Nothing is told when the transaction, or the savepoint it was said in, is rolled back.
    """
    if unknown := set(topics) - TOPICS:
        raise ValueError(f"no such topic: {', '.join(sorted(unknown))}")
    payloads = set(topics)
    if arrived is not None:
        payloads.add(f"@{arrived.timestamp():.6f}")
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        for payload in sorted(payloads):
            connection.execute(text("SELECT pg_notify(:c, :p)"), {"c": CHANNEL, "p": payload})
    else:
        _pending(connection)[-1].update(payloads)


class Bus:
    """One for each server process: from commits, here and elsewhere, to the listeners.

    On PostgreSQL the database itself keeps the promise (NOTIFY is part of the transaction). On
    SQLite the topics wait with the connection until the driver's commit has returned; the commit
    of another process has no words, it means every topic. A callback runs in the thread that
    committed or in the listening thread: it must be quick and must not raise.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._callbacks: list[Callback] = []
        self._arrivals: list[datetime] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        if database.is_sqlite:
            _hold_until_commit(database, self._tell)

    def listen(self, callback: Callback) -> None:
        """From now on `callback` gets the set of topics after each commit that announced some."""
        self._callbacks.append(callback)

    def start(self) -> None:
        """Begins to hear other processes. Call `stop` before the database is disposed."""
        hear = ear(self._database, self._tell, self._stop)
        self._thread = threading.Thread(target=hear, name="cheerboard-bus", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def oldest_arrival(self) -> datetime | None:
        """When the oldest delivery announced since the last call came in; forgets it."""
        arrivals, self._arrivals = self._arrivals, []
        return min(arrivals, default=None)

    def _tell(self, payloads: Iterable[str] | None) -> None:
        """None stands for every topic: somebody committed, and we do not know what."""
        topics = TOPICS if payloads is None else frozenset(payloads) & TOPICS
        for payload in payloads or ():
            if payload.startswith("@"):
                self._arrivals.append(datetime.fromtimestamp(float(payload[1:]), UTC))
        for callback in self._callbacks if topics else ():
            try:
                callback(topics)
            except Exception:
                log.exception("a listener of the bus failed")


def _pending(connection: Connection) -> list[set[str]]:
    """The topics said in this transaction: one set for it, one more for each open savepoint."""
    stack: list[set[str]] = connection.info.setdefault(_PENDING, [set()])
    return stack


def _hold_until_commit(database: Database, tell: Callable[[Iterable[str]], None]) -> None:
    """Watches the engine, not the session: a session may only have joined a transaction.

    SQLAlchemy's own commit events come before the driver's commit (engine) or also after a
    savepoint's release (session); wrapping the dialect's `do_commit` is after, and only there.
    """
    engine = database.writer
    driver_commit = engine.dialect.do_commit

    def commit(dbapi_connection: PoolProxiedConnection) -> None:
        driver_commit(dbapi_connection)
        if said := dbapi_connection.info.pop(_PENDING, [set()])[0]:
            tell(said)

    event.listen(engine, "begin", _begin)
    event.listen(engine, "savepoint", _savepoint)
    event.listen(engine, "release_savepoint", _release)
    event.listen(engine, "rollback_savepoint", _forget_savepoint)
    event.listen(engine, "rollback", _begin)
    engine.dialect.do_commit = commit  # type: ignore[method-assign]


def _begin(connection: Connection) -> None:
    connection.info[_PENDING] = [set()]


def _savepoint(connection: Connection, _name: str | None) -> None:
    _pending(connection).append(set())


def _release(connection: Connection, _name: str, _context: None) -> None:
    said = _pending(connection).pop()
    _pending(connection)[-1].update(said)


def _forget_savepoint(connection: Connection, _name: str, _context: None) -> None:
    _pending(connection).pop()
