"""A company whose customers answer."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app import clock
from app.db import Database
from tests import make

TODAY = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """It is noon in London on the last day of June 2026."""
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def northwind(database: Database) -> Database:
    with database.write.begin() as session:
        make.company(session, timezone="Europe/Berlin")
        make.source(session)
    return database
