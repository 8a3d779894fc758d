"""A server with the board `hall` and the screen `Lobby`, closed to everybody else."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.db import connect
from app.people.tokens import add_token
from tests.board.house import House, house, settings_for
from tests.board.screenplay import board, screen


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Iterator[House]:
    database = connect(database_url)
    with database.write.begin() as session:
        board(session)
        screen(session, "Lobby")
    database.dispose()
    with house(settings_for(database_url, tmp_path, open_boards=False)) as running:
        yield running


@pytest.fixture
def api(home: House) -> Iterator[httpx.Client]:
    """A program that may do everything."""
    with home.database.write.begin() as session:
        key = add_token(session, "program", "admin")
    with httpx.Client(
        base_url=f"{home.url}/api/v1", headers={"authorization": f"Bearer {key}"}
    ) as client:
        yield client
