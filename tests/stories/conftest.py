"""A house with people, a source and an ear, on each kind of database."""

from collections.abc import Iterator

import pytest

from app.db import Database
from tests.stories.house import House, open_house


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    opened = open_house(database)
    yield opened
    opened.ear.close()
