"""Who may see a board, and what they get."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app import clock
from app.board import socket
from app.db import Database, connect
from app.live.bus import announce
from app.people import sessions
from app.people.models import Account
from app.screens import tokens
from app.screens.models import Screen
from tests.board.house import House, house, settings_for
from tests.board.screenplay import board, listening, screen


def closed_house(url: str, folder: Path) -> Iterator[House]:
    database = connect(url)
    with database.write.begin() as session:
        board(session, settings={"theme": "paper", "scale": 1.2})
        screen(session, "Lobby")
    database.dispose()
    with house(settings_for(url, folder, open_boards=False)) as running:
        yield running


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    yield from closed_house(sqlite_url, tmp_path)


def lobby(home: House) -> httpx.Client:
    return httpx.Client(base_url=home.url, cookies={"cheerboard-screen": "made-up-key-of-Lobby"})


def lead(home: House) -> httpx.Client:
    with home.database.write.begin() as session:
        account = Account(email="lea@example.com", name="Lea", role="lead", created_at=clock.now())
        session.add(account)
        session.flush()
        key = sessions.open_session(session, account.id)
    return httpx.Client(base_url=home.url, cookies={"cheerboard": key})


def screen_id(database: Database, key: str = "made-up-key-of-Lobby") -> int:
    with database.read() as session:
        found = tokens.find(session, key)
    assert found is not None
    return found.id


@pytest.mark.parametrize("path", ["/tv/hall", "/tv/nowhere", "/still/hall", "/still/nowhere"])
def test_a_stranger_is_led_to_the_screen_page_whether_the_board_exists_or_not(
    home: House, path: str
) -> None:
    answer = httpx.get(home.url + path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/screen")


def test_a_screen_sees_its_board_and_is_sent_there_from_any_other(home: House) -> None:
    with lobby(home) as browser:
        page = browser.get("/tv/hall")
        assert page.status_code == 200
        assert 'id="slot-rail"' in page.text
        assert 'data-theme="paper"' in page.text
        assert "Max-Age=34560000" in page.headers["set-cookie"]
        for other in ("/tv/canteen", "/still/canteen"):
            answer = browser.get(other)
            assert (answer.status_code, answer.headers["location"]) == (303, "/tv/hall")


def test_a_lead_sees_boards_and_is_told_when_there_is_none(home: House) -> None:
    with lead(home) as browser:
        assert browser.get("/tv/hall").status_code == 200
        missing = browser.get("/tv/nowhere")
        assert missing.status_code == 404
        assert 'http-equiv="refresh"' in missing.text
        assert "There is no board of this name" in missing.text


def test_the_address_may_say_how_to_look(home: House) -> None:
    with lobby(home) as browser:
        page = browser.get("/tv/hall?scene=tide&theme=ink&motion=off").text
        assert 'data-theme="ink"' in page
        assert 'data-motion="off"' in page
        assert 'id="slot-tide-0"' in page
        assert "scene=tide" in page
        assert 'content="0; url=/still/hall?orientation=landscape&amp;scene=tide"' in page
        assert 'class="stage unheard"' in page
        rubbish = browser.get("/tv/hall?scene=%3Cb%3E&theme=%22x&orientation=up").text
        assert 'data-theme="paper"' in rubbish
        assert "<b>" not in rubbish


def test_a_board_that_cannot_be_drawn_says_so_and_tries_again(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setattr("app.board.paint.board_of", broken)
    with lobby(home) as browser:
        answer = browser.get("/tv/hall")
    assert answer.status_code == 503
    assert 'http-equiv="refresh"' in answer.text
    assert 'data-theme="ink"' in answer.text


def test_the_still_picture_has_no_script_and_comes_again(home: House) -> None:
    with lobby(home) as browser:
        page = browser.get("/still/hall").text
        assert "<script" not in page
        assert "unheard" not in page
        assert "style=" not in page
        found = re.search(r'http-equiv="refresh" content="(\d+)"', page)
        assert found
        assert 5 <= int(found[1]) <= 30
        assert 'id="rail"' in page
        assert "/still/hall/screen.css" in page
        style = browser.get("/still/hall/screen.css")
        assert style.headers["content-type"].startswith("text/css")
        assert "--scale: 1.2" in style.text
    assert "--scale" not in httpx.get(home.url + "/still/hall/screen.css").text


def test_a_socket_without_the_right_is_told_to_unpair_and_closed(home: House) -> None:
    for slug in ("hall", "nowhere"):
        with listening(home.url, slug) as ears:
            assert ears.hear()["do"] == "unpair"
            with pytest.raises(ConnectionClosed):
                ears.hear()
            assert ears.socket.close_code == 4401


def test_a_socket_of_a_screen_that_has_another_board_is_sent_there(home: House) -> None:
    with listening(home.url, "canteen", key="made-up-key-of-Lobby") as ears:
        assert ears.hear()["do"] == "reload"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_another_sites_page_opens_no_socket(home: House, origin: str) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        listening(home.url, key="made-up-key-of-Lobby", origin=origin),
    ):
        pass
    assert refused.value.response.status_code == 403


def test_our_own_page_does(home: House) -> None:
    with listening(home.url, key="made-up-key-of-Lobby", origin=home.url) as ears:
        assert ears.hear()["type"] == "snap"


def test_a_revoked_screen_is_told_at_once_and_stays_out(home: House) -> None:
    key = "made-up-key-of-Lobby"
    with listening(home.url, key=key) as ears:
        assert ears.hear()["type"] == "snap"
        with home.database.write.begin() as session:
            assert tokens.revoke(session, screen_id(home.database))
            assert not tokens.revoke(session, 1)
        while (message := ears.hear())["type"] != "cmd":
            assert message["type"] in ("frame", "snap")
        assert message["do"] == "unpair"
        with pytest.raises(ConnectionClosed):
            ears.hear()
        assert ears.socket.close_code == 4401
    with lobby(home) as browser:
        assert browser.get("/tv/hall").headers["location"] == "/screen"


def test_a_screen_revoked_while_its_socket_opens_is_sent_away_too(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at its right and its seat in the hub nobody else would tell it."""
    key = "made-up-key-of-Lobby"
    is_board = socket._is_board

    def revoked_meanwhile(database: Database, slug: str) -> bool:
        with database.write.begin() as session:
            assert tokens.revoke(session, screen_id(database))
        time.sleep(0.5)  # those who were there have been called up
        return is_board(database, slug)

    with listening(home.url, key=key) as ears:
        assert ears.hear()["type"] == "snap"
        monkeypatch.setattr(socket, "_is_board", revoked_meanwhile)
        with listening(home.url, key=key) as late:
            while (message := late.hear())["type"] != "cmd":
                assert message["type"] in ("frame", "snap")
            assert message["do"] == "unpair"


def test_a_screen_given_another_board_is_sent_there(home: House) -> None:
    with listening(home.url, key="made-up-key-of-Lobby") as ears:
        assert ears.hear()["type"] == "snap"
        with home.database.write.begin() as session:
            found = session.get(Screen, 1)
            assert found is not None
            found.board_slug = "canteen"
            announce(session, "screens")
        while (message := ears.hear())["type"] != "cmd":
            assert message["type"] in ("frame", "snap")
        assert message["do"] == "reload"
