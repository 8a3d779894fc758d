"""The bus is heard after the outermost commit, and only then."""

import queue
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db import Database, connect
from app.live.bus import TOPICS, Bus, announce
from tests.patience import PATIENCE

Heard = queue.Queue[frozenset[str]]


class Ear:
    """Collects what the bus tells; a last announcement ends the waiting, so no test sleeps."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.heard: Heard = queue.Queue()
        self.bus = Bus(database)
        self.bus.listen(self.heard.put)
        self.bus.start()
        if not database.is_sqlite:
            assert self.heard.get(timeout=PATIENCE) == TOPICS

    def so_far(self) -> set[str]:
        """Everything heard until a marker of our own came through."""
        with self.database.write.begin() as session:
            announce(session, "sources")
        found: set[str] = set()
        while "sources" not in found:
            found |= self.heard.get(timeout=PATIENCE)
        return found - {"sources"}


@pytest.fixture
def ear(database: Database) -> Iterator[Ear]:
    opened = Ear(database)
    yield opened
    opened.bus.stop()


def test_a_commit_is_heard(ear: Ear) -> None:
    with ear.database.write.begin() as session:
        announce(session, "responses", "stories")
        if ear.database.is_sqlite:
            assert ear.heard.empty()
    assert ear.so_far() == {"responses", "stories"}


def test_a_rollback_is_not(ear: Ear) -> None:
    with ear.database.write() as session:
        announce(session, "responses")
        session.rollback()
    assert ear.so_far() == set()


def test_a_failed_savepoint_is_not_heard_but_the_rest_is(ear: Ear) -> None:
    with ear.database.write.begin() as session:
        announce(session, "responses")
        savepoint = session.begin_nested()
        announce(session, "stories")
        savepoint.rollback()
        announce(session, "heroes")
    assert ear.so_far() == {"responses", "heroes"}


def test_a_released_savepoint_is_heard_with_the_commit(ear: Ear) -> None:
    with ear.database.write.begin() as session:
        with session.begin_nested():
            announce(session, "stories")
            with session.begin_nested():
                announce(session, "heroes")
        if ear.database.is_sqlite:
            assert ear.heard.empty()
    assert ear.so_far() == {"stories", "heroes"}


def test_a_released_savepoint_is_lost_with_the_rollback(ear: Ear) -> None:
    with ear.database.write() as session:
        with session.begin_nested():
            announce(session, "stories")
        session.rollback()
    assert ear.so_far() == set()


@pytest.mark.parametrize("outer_commits", [True, False])
def test_a_session_that_joined_an_outer_transaction(ear: Ear, outer_commits: bool) -> None:
    with ear.database.writer.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            announce(session, "people")
            session.commit()
        if ear.database.is_sqlite:
            assert ear.heard.empty()
        if outer_commits:
            outer.commit()
        else:
            outer.rollback()
    assert ear.so_far() == ({"people"} if outer_commits else set())


def test_a_commit_that_fails_is_not_heard(sqlite_url: str) -> None:
    database = connect(sqlite_url)
    ear = Ear(database)
    session = database.write()
    try:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.execute(text("INSERT INTO team (name, site_id) VALUES ('Nowhere', 99)"))
        announce(session, "people")
        with pytest.raises(IntegrityError):
            session.commit()
        session.close()
        assert ear.so_far() == set()
    finally:
        ear.bus.stop()
        database.dispose()


def test_other_processes_are_heard(ear: Ear) -> None:
    """A second door to the same database stands for a command beside the server."""
    assert ear.so_far() == set()
    other = connect(ear.database.url)
    with other.write.begin() as session:
        session.execute(text("INSERT INTO site (name, timezone) VALUES ('Basel', 'Europe/Zurich')"))
        announce(session, "boards")
    other.dispose()
    heard = ear.heard.get(timeout=PATIENCE)
    assert heard == (TOPICS if ear.database.is_sqlite else {"boards"})


def test_own_commits_do_not_count_as_those_of_others(sqlite_url: str) -> None:
    database = connect(sqlite_url)
    ear = Ear(database)
    try:
        for name in ("Basel", "Bern"):
            with database.write.begin() as session:
                session.execute(
                    text("INSERT INTO site (name, timezone) VALUES (:n, 'UTC')"), {"n": name}
                )
        assert ear.so_far() == set()
        other = connect(sqlite_url)  # ends the waiting: everything before it has been looked at
        with other.write.begin() as session:
            session.execute(text("INSERT INTO site (name, timezone) VALUES ('Thun', 'UTC')"))
        other.dispose()
        assert ear.heard.get(timeout=PATIENCE) == TOPICS
        assert ear.heard.empty()
    finally:
        ear.bus.stop()
        database.dispose()


def test_a_lost_connection_is_replaced_and_everything_drawn_anew(postgres_url: str) -> None:
    database = connect(postgres_url)
    ear = Ear(database)
    try:
        with database.writer.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'"
                )
            )
        assert ear.heard.get(timeout=PATIENCE) == TOPICS
        with database.write.begin() as session:
            announce(session, "heroes")
        assert ear.heard.get(timeout=PATIENCE) == {"heroes"}
    finally:
        ear.bus.stop()
        database.dispose()


def test_the_oldest_arrival_is_handed_on_once(ear: Ear) -> None:
    early, late = (datetime(2026, 3, 1, 9, minute, tzinfo=UTC) for minute in (0, 5))
    for at in (late, early):
        with ear.database.write.begin() as session:
            announce(session, "responses", arrived=at)
    assert ear.so_far() == {"responses"}
    assert ear.bus.oldest_arrival() == early
    assert ear.bus.oldest_arrival() is None


def test_an_unknown_topic_is_a_mistake(database: Database) -> None:
    with (
        database.write.begin() as session,
        pytest.raises(ValueError, match="no such topic: weather"),
    ):
        announce(session, "weather")
