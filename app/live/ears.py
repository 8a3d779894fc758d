"""What the bus hears from elsewhere: PostgreSQL's notifications, SQLite's commits by others."""

import logging
import random
import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database

log = logging.getLogger(__name__)

Tell = Callable[[Iterable[str] | None], None]

POLL_SECONDS = 0.5
# How long a silent connection is trusted, and with it how long `stop` takes.
SILENCE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 2.0


def ear(database: Database, tell: Tell, stop: threading.Event) -> Callable[[], None]:
    """What a thread runs to hear others until `stop` is set. `tell(None)` means every topic."""
    if database.is_sqlite:
        # The first look is taken here and now: what is committed from now on is heard.
        return partial(_watch_version, database, _version(database), tell, stop)
    return partial(_hear_notifications, database, tell, stop)


def _watch_version(database: Database, known: int, tell: Tell, stop: threading.Event) -> None:
    while not stop.wait(POLL_SECONDS):
        try:
            found = _version(database)
        except SQLAlchemyError:
            log.warning("cannot look for commits of other processes", exc_info=True)
            continue
        if found != known:
            tell(None)
        known = found


def _version(database: Database) -> int:
    """SQLite's count of what others committed to this file.

    `PRAGMA data_version` changes for a connection when any other connection commits. Asked on the
    one connection this process writes with, it changes for other processes only, so our own
    commits never count twice. It takes no lock of the file; it waits its turn at the writing door.
    """
    connection = database.writer.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA data_version")
        row: Any = cursor.fetchone()
        return int(row[0])
    finally:
        connection.close()


def _hear_notifications(database: Database, tell: Tell, stop: threading.Event) -> None:
    """Own connection, LISTEN first, then every topic once: whatever was missed is drawn anew."""
    pause = 0.1
    while not stop.is_set():
        try:
            with _listening(database.url) as connection:
                tell(None)
                pause = 0.1
                while not stop.is_set():
                    _hear_some(connection, tell)
        except psycopg.Error:
            log.warning("lost the database's notifications, trying again", exc_info=True)
            stop.wait(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads reconnects, no secret
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _listening(url: str) -> psycopg.Connection[tuple[object, ...]]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(
        address,
        autocommit=True,
        connect_timeout=5,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        tcp_user_timeout=15000,
    )
    connection.execute("LISTEN cheerboard")
    return connection


def _hear_some(connection: psycopg.Connection[tuple[object, ...]], tell: Tell) -> None:
    """Waits half a second at most; a silent connection is asked whether it still lives."""
    heard = [note.payload for note in connection.notifies(timeout=SILENCE_SECONDS, stop_after=1)]
    if heard:
        tell(heard)
    else:
        connection.execute("SELECT 1")
