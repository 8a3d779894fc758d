"""`screen list`, `revoke`, `rename`, `repair`: what somebody does who cannot walk there."""

import pytest

from app.db import Database
from app.screens import pairing, tokens
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def key_of(url: str) -> str:
    return url.partition("token=")[2]


def found(database: Database, key: str) -> str | None:
    with database.read() as session:
        screen = tokens.find(session, key)
    return screen.name if screen else None


def test_a_screens_life_on_the_command_line(cheerboard: Command, database: Database) -> None:
    cheerboard("board", "add", "hall", "--title", "Hall")
    first = cheerboard("screen", "add", "Lobby", "--board", "hall", "--json").document["url"]
    assert cheerboard("screen", "rename", "lobby", "--to", "Main lobby").code == 0
    second = cheerboard("screen", "repair", "Main lobby", "--json").document["url"]
    assert found(database, key_of(first)) is None
    assert found(database, key_of(second)) == "Main lobby"
    (listed,) = cheerboard("screen", "list", "--json").document
    assert listed == {
        "id": "1",
        "name": "Main lobby",
        "board": "hall",
        "revoked": False,
        "seen_at": None,
    }
    assert "never heard" in cheerboard("screen", "list").out
    assert cheerboard("screen", "revoke", "Main lobby").code == 0
    assert found(database, key_of(second)) is None
    cheerboard("screen", "revoke", "Main lobby").refused("revoked already")
    with database.write.begin() as session:
        key, asked = pairing.ask(session, "127.0.0.1")
    assert cheerboard("screen", "repair", "Main lobby", "--code", asked.shown).code == 0
    assert found(database, key) == "Main lobby"


def test_wrong_words_are_refused_in_a_sentence(cheerboard: Command) -> None:
    cheerboard("board", "add", "hall", "--title", "Hall")
    for name in ("Lobby", "Canteen"):
        cheerboard("screen", "add", name, "--board", "hall")
    cheerboard("screen", "revoke", "Attic").refused("no screen 'Attic'")
    cheerboard("screen", "rename", "Lobby", "--to", "Canteen").refused("already")
    cheerboard("screen", "rename", "Lobby", "--to", " ").refused("name is empty")
    cheerboard("screen", "repair", "Lobby", "--code", "BBB-BBB").refused("No screen shows")
