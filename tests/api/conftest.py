"""An office, and a program that asks about it."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app import clock
from app.api import operations, routes
from app.db import Database
from app.live.hub import Hub
from tests.api.program import AT, Office, Program
from tests.people.visitor import house


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    opened = Office(database)
    with clock.frozen(AT):
        opened.open()
        yield opened


@pytest.fixture
def program(database: Database, tmp_path: Path) -> Program:
    app = house(database, tmp_path, routes.router, operations.router)
    app.state.hub = Hub("a build")
    app.state.reception = SimpleNamespace(is_open=True)
    return Program(app, database)
