"""A door for every intake test, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from app.db import Database, connect
from tests.intake import door as doors
from tests.intake.door import Door


@pytest.fixture
def door(database: Database) -> Iterator[Door]:
    doors.company(database)
    with doors.opened(database) as opened:
        yield opened


@pytest.fixture
def sqlite_door(sqlite_url: str) -> Iterator[Door]:
    """For what has nothing to do with storage."""
    database = connect(sqlite_url)
    doors.company(database)
    with doors.opened(database) as opened:
        yield opened
    database.dispose()
