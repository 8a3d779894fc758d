"""A door for every intake test, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture(scope="module")
def open_door(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One for a whole module, where every test has a source of its own."""
    path = tmp_path_factory.mktemp("door") / "cheerboard.db"
    shutil.copy(sqlite_template, path)
    database = connect(f"sqlite:///{path}")
    doors.company(database)
    with doors.opened(database) as opened:
        yield opened
    database.dispose()
