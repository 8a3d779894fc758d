"""Screens at the desk: what each said of itself, and what a lead may ask of it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import clock, web
from app.board import routes as board_routes
from app.board.paint import board_of
from app.db import Database, connect
from app.desk import screens
from app.people.models import AuditEntry
from app.screens import orders, pairing, tokens
from app.screens.models import Blanking, Screen, ScreenOrder
from tests.board.screenplay import screen
from tests.desk import scenery
from tests.people.visitor import Visitor, house, lead

KEY = "made-up-key-of-Lobby"


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    """Time stands, or "4 seconds ago" would be five on a slow machine."""
    with clock.frozen(clock.now()):
        yield


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """The boards `hall` and `street`, and the screen `Lobby`."""
    opened = connect(sqlite_url)
    with opened.write.begin() as session:
        scenery.northwind(session)
        scenery.board(session, "hall", "Hall")
        scenery.board(session, "street", "Street", audience="street")
        screen(session, "Lobby")
    yield opened
    opened.dispose()


@pytest.fixture
def uma(database: Database, tmp_path: Path) -> Visitor:
    return signed_in(database, tmp_path, "uma@example.com", "lead")


def signed_in(database: Database, folder: Path, email: str, role: str) -> Visitor:
    lead(database, email, role)
    visitor = Visitor(house(database, folder, board_routes.router, screens.router))
    visitor.sign_in(email)
    return visitor


def said(database: Database, ago: float = 3, **report: Any) -> None:
    """What Lobby reported so many seconds ago."""
    with database.write.begin() as session:
        one = session.get_one(Screen, 1)
        one.seen_at = clock.now() - timedelta(seconds=ago)
        one.report = {"build": web.build(), "scene": "pulse"} | report


def lobby(database: Database) -> Screen:
    with database.read() as session:
        return session.get_one(Screen, 1)


def words(visitor: Visitor, path: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", visitor.get(path).text)).split())


def test_the_list_says_what_each_screen_last_said(database: Database, uma: Visitor) -> None:
    assert "Lobby never seen · never heard · Hall" in words(uma, "/screens/states")
    said(database, 4)
    assert "Lobby live · heard 4 seconds ago · Hall , Pulse" in words(uma, "/screens/states")
    said(database, 4, build="an old one")
    assert "Lobby stale · heard 4 seconds ago" in words(uma, "/screens/states")
    said(database, 7300)
    assert "Lobby offline · heard 2 hours ago · Hall" in words(uma, "/screens/states")
    with database.write.begin() as session:
        hall = board_of(session, "hall")
        assert hall is not None
        hall.settings = {"holidays": [clock.day_in("Europe/Berlin").isoformat()]}
    assert "Lobby asleep by plan · heard 2 hours ago" in words(uma, "/screens/states")


def test_a_screen_s_page_says_what_it_draws_and_with_what(database: Database, uma: Visitor) -> None:
    said(
        database, v=1412, engine="Chrome/87", viewport="1920x1080", dpr=1.5, uptime=7230,
        heap=31_400_000, errors=2, awake="held",
    )  # fmt: skip
    page = words(uma, "/screens/1/state")
    for fact in (
        "Drawn picture 1,412", f"Build {web.build()}, this server's", "Engine Chrome 87",
        "Viewport 1920x1080 at 1.5 pixels a point", "Kept awake by its page",
        "Page open for 2 hours", "Memory 31 MB", "Errors since 2",
    ):  # fmt: skip
        assert fact in page
    said(database, v=1e14, uptime=-1e14, errors=0, dpr=0, scene="<script>")
    assert uma.get("/screens/1/state").status_code == 200
    assert "<script>" not in uma.last.text


def test_an_answer_appears_when_the_screen_gave_it_and_not_before(
    database: Database, uma: Visitor
) -> None:
    said(database)
    uma.get("/screens/1")
    uma.press("/screens/1/identify")
    assert "it has not answered yet" in words(uma, "/screens/1/state")
    with database.read() as session:
        number = orders.number_of(session.scalars(select(ScreenOrder.at)).one())
    said(database, 0, order=number)
    assert "It shows its number and its name." in words(uma, "/screens/1/state")
    uma.get("/screens/1")
    uma.press("/screens/1/blank")
    assert "Shall be dark; it has not said so." in words(uma, "/screens/1/state")
    said(database, 0, order=number, dark=True)
    assert "It is dark." in words(uma, "/screens/1/state")
    assert "Light it again" in uma.get("/screens/1").text
    uma.press("/screens/1/unblank")
    assert "Shall be lit again; it has not said so." in words(uma, "/screens/1/state")
    said(database, 0, dark=False)
    assert "dark" not in words(uma, "/screens/1/state")


def test_what_a_wider_order_darkened_stays_dark(database: Database, uma: Visitor) -> None:
    with database.write.begin() as session:
        session.add(Blanking(scope="board", target="hall", since=clock.now()))
    uma.get("/screens/1")
    uma.press("/screens/1/unblank")
    assert uma.last.headers["location"] == "/screens/1?done=covered"
    assert "dark still" in words(uma, "/screens/1?done=covered")


def test_renamed_moved_and_revoked_each_once_in_the_log(database: Database, uma: Visitor) -> None:
    with database.write.begin() as session:
        screen(session, "Canteen")
    for path, fields, status in [
        ("name", {"name": "Entrance"}, 303),
        ("name", {"name": "Canteen"}, 422),
        ("name", {"name": "\0"}, 422),
        ("board", {"board": "street"}, 303),
        ("board", {"board": "street"}, 303),
        ("board", {"board": "nowhere\0"}, 422),
        ("revoke", {}, 303),
        ("revoke", {}, 303),
    ]:
        uma.get("/screens/1")
        if not uma.csrf:
            uma.get("/screens/2")
        assert uma.press(f"/screens/1/{path}", fields).status_code == status, (path, fields)
    one = lobby(database)
    assert (one.name, one.board_slug, one.revoked_at is not None) == ("Entrance", "street", True)
    with database.read() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "screens.steer"))
        assert [(row.thing, row.before, row.after) for row in rows] == [
            ("screen 1", {"name": "Lobby"}, {"name": "Entrance"}),
            ("screen 1", {"board": "hall"}, {"board": "street"}),
            ("screen 1", {"name": "Entrance"}, {"revoked": True}),
        ]
    assert "1 revoked" in words(uma, "/screens")
    uma.get("/screens/1")
    for path in ("identify", "blank"):
        assert uma.press(f"/screens/1/{path}").status_code == 404
        uma.get("/screens/1")


def test_a_screen_that_forgot_is_repaired_by_its_code_or_by_a_link(
    database: Database, uma: Visitor
) -> None:
    with database.write.begin() as session:
        key, asked = pairing.ask(session, "10.0.0.9")
    uma.get("/screens/1")
    uma.press("/screens/1/code", {"code": "ZZZ-ZZZ"})
    assert uma.last.status_code == 422
    assert 'id="code-wrong" role="alert"' in uma.last.text
    uma.press("/screens/1/code", {"code": asked.shown.lower()})
    assert uma.last.headers["location"] == "/screens/1?done=repaired"
    with database.read() as session:
        assert tokens.find(session, KEY) is None
        found = tokens.find(session, key)
        assert found is not None
        assert (found.id, found.name) == (1, "Lobby")
    uma.get("/screens/1")
    page = uma.press("/screens/1/link").text
    link = re.search(r"http://wall\.test/screen\?token=(\S+)</p>", page)
    assert link is not None
    with database.read() as session:
        assert tokens.find(session, key) is None
        assert tokens.find(session, link[1]) is not None
    assert link[1] not in uma.get("/screens/1").text


def test_a_viewer_sees_and_steers_nothing(database: Database, tmp_path: Path) -> None:
    viewer = signed_in(database, tmp_path, "vi@example.com", "viewer")
    for path in ("/screens", "/screens/1"):
        page = viewer.get(path)
        assert page.status_code == 200
        assert "<button" not in page.text.split("<main")[1]
    for path in ("99", "0", "99999999999999999999", "x"):
        assert viewer.get(f"/screens/{path}").status_code == 404


def test_the_first_screen_gets_a_board_by_itself(sqlite_url: str, tmp_path: Path) -> None:
    database = connect(sqlite_url)
    with database.write.begin() as session:
        scenery.northwind(session)
        _, asked = pairing.ask(session, "10.0.0.9")
    uma = signed_in(database, tmp_path, "uma@example.com", "lead")
    assert "A first one, made now" in uma.get(f"/screens/pair?code={asked.code}").text
    uma.press("/screens/pair", {"code": asked.code, "name": "Lobby", "board": ""})
    assert uma.last.status_code == 303
    assert lobby(database).board_slug == "northwind"
    with database.write.begin() as session:
        _, asked = pairing.ask(session, "10.0.0.9")
    uma.get(f"/screens/pair?code={asked.code}")
    uma.press("/screens/pair", {"code": asked.code, "name": "Canteen", "board": ""})
    assert "Choose one of the boards." in uma.last.text
    database.dispose()
