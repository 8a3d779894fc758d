"""A shop with two teams, a lead of each, an admin, and customers who answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import clock
from app.db import Database, connect
from tests.followups.house import AT, House, open_house


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    with clock.frozen(AT):
        yield open_house(database, tmp_path)


@pytest.fixture
def sqlite_house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """Where the database's kind cannot matter."""
    database = connect(sqlite_url)
    with clock.frozen(AT):
        yield open_house(database, tmp_path)
    database.dispose()
