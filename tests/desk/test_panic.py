"""Panic: two taps from signing in, one effect however often pressed, and each screen's own word."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app import clock
from app.board.models import Board
from app.db import Database, connect
from app.desk import panic
from app.people.models import AuditEntry
from app.screens import blanking
from app.screens.blanking import Dark
from app.screens.models import Screen
from tests import make
from tests.desk import scenery
from tests.people.visitor import Visitor, house, lead


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    """Two sites: `hall` hangs in Berlin, `dock` in Oslo; a screen on each."""
    with database.write.begin() as session:
        scenery.northwind(session)
        oslo = make.site(session, "Oslo")
        scenery.board(session, "hall", "Hall")
        session.add(
            Board(slug="dock", title="Dock", scenes=["pulse"], settings={}, site_id=oslo.id)
        )
        for name, slug in (("Lobby", "hall"), ("Gate", "dock")):
            session.add(Screen(name=name, board_slug=slug, token_hash=name, created_at=clock.now()))
    return house(database, tmp_path, panic.router)


def someone(app: FastAPI, database: Database, **who: Any) -> Visitor:
    lead(database, **who)
    visitor = Visitor(app)
    visitor.sign_in(who.get("email", "uma@example.com"))
    return visitor


def dark(database: Database) -> Dark:
    with database.read() as session:
        return blanking.dark(session)


def says(database: Database, name: str, *, is_dark: bool, ago: float = 1) -> None:
    """What a screen last reported."""
    with database.write.begin() as session:
        screen = session.query(Screen).filter_by(name=name).one()
        screen.report = {"dark": is_dark}
        screen.seen_at = clock.now() - timedelta(seconds=ago)


def heard(visitor: Visitor) -> dict[str, str]:
    """Screen -> what the page says of it."""
    found = re.findall(r"<bdi>(\w+)</bdi> <span.*?<b>(.*?)</b>", visitor.get("/panic/screens").text)
    return dict(found)


def test_two_taps_darken_everything_and_one_lights_it_again(
    app: FastAPI, database: Database
) -> None:
    uma = someone(app, database)
    assert 'href="/panic"' in uma.last.text  # the first tap
    uma.get("/panic")
    for again in range(2):  # a double tap
        pressed = uma.press("/panic/blank", {"place": "all"})
        assert pressed.headers["location"] == "/panic?done=blank"
        assert dark(database) == Dark(everything=True), again
        uma.get("/panic")
    assert "Light everything again" in uma.get("/panic?done=blank").text
    assert "Pressed last by <bdi>Uma</bdi>" in uma.last.text
    uma.press("/panic/light", {"place": "all"})
    assert dark(database) == Dark()
    with database.read() as session:
        assert [
            (one.thing, one.after)
            for one in session.query(AuditEntry).filter_by(action="screens.steer")
        ] == [
            ("walls: all", {"dark": True}),
            ("walls: all", {"dark": False}),
        ]


def test_a_site_and_a_board(app: FastAPI, database: Database) -> None:
    uma = someone(app, database)
    uma.get("/panic")
    uma.press("/panic/blank", {"place": "site 2"})
    assert dark(database).boards == {"dock"}
    page = uma.get("/panic").text
    assert 'aria-label="Light again: Oslo"' in page
    assert 'aria-label="Blank: Hall"' in page
    uma.press("/panic/blank", {"place": "board hall"})
    assert dark(database).boards == {"dock", "hall"}
    uma.get("/panic")
    uma.press("/panic/light", {"place": "board dock"})
    assert dark(database).boards == {"hall"}


def test_each_screen_says_for_itself(app: FastAPI, database: Database) -> None:
    uma = someone(app, database)
    assert heard(uma) == {"Lobby": "is away", "Gate": "is away"}
    for name in ("Lobby", "Gate"):
        says(database, name, is_dark=False)
    assert set(heard(uma).values()) == {"shows its board"}
    uma.get("/panic")
    uma.press("/panic/blank", {"place": "all"})
    says(database, "Lobby", is_dark=True)
    assert heard(uma) == {"Lobby": "is dark", "Gate": "was asked, has not answered yet"}
    says(database, "Lobby", is_dark=True, ago=60)
    assert heard(uma)["Lobby"] == "is away"


@pytest.mark.parametrize("place", ["", "site", "site 99", "site x", "board", "board \x00", "moon"])
def test_a_place_that_is_not_there(app: FastAPI, database: Database, place: str) -> None:
    uma = someone(app, database)
    uma.get("/panic")
    assert uma.press("/panic/blank", {"place": place}).status_code in (400, 404)
    assert dark(database) == Dark()


def test_a_viewer_only_looks_on(app: FastAPI, database: Database) -> None:
    viewer = someone(app, database, role="viewer")
    assert 'href="/panic"' not in viewer.last.text
    assert viewer.get("/panic").status_code == 403
