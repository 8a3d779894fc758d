"""Dark means dark: told at once, kept through every return, taken back, and acknowledged."""

import json
import re
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.board import rollcall, whereabouts
from app.board.models import Board
from app.db import Database
from app.screens import blanking, orders
from app.screens.blanking import Obeyed
from tests import make
from tests.board.house import House, house, settings_for
from tests.board.screenplay import answer, board, listening, screen
from tests.patience import PATIENCE
from tests.screens.test_steering import KEY, order

COOKIE = {"cookie": f"cheerboard-screen={KEY}"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def wanted(database: Database) -> dict[str, bool]:
    with database.read() as session:
        return {one.name: one.wanted for one in blanking.obeyed(session)}


def test_a_blank_screen_is_told_once_and_stays_blank_when_it_comes_back(
    home: House, api: httpx.Client
) -> None:
    rail = answer(home.database)
    with listening(home.url, key=KEY) as ears:
        assert ears.hear()["type"] == "snap"
        for _ in range(2):
            assert api.post("/screens/1/blank").json()["connected"] is True
        assert order(ears)["do"] == "blank"
        for path in ("/tv/hall", "/still/hall"):
            page = httpx.get(home.url + path, headers=COOKIE).text
            assert re.search(r'class="stage[^"]* blank"', page)
            assert f'id="{rail}"' not in page
        with listening(home.url, key=KEY) as again:
            assert again.hear()["do"] == "blank"
        api.post("/screens/1/unblank")
        assert order(ears)["do"] == "unblank"
    assert f'id="{rail}"' in httpx.get(f"{home.url}/tv/hall", headers=COOKIE).text


def test_a_screen_that_says_it_is_dark_and_must_not_be_is_told(home: House) -> None:
    with listening(home.url, key=KEY) as ears:
        assert ears.hear()["type"] == "snap"
        ears.socket.send(json.dumps({"type": "report", "dark": True}))
        assert order(ears)["do"] == "unblank"


def test_boards_and_everything_go_dark_and_each_is_lit_by_its_own_kind(home: House) -> None:
    with home.database.write.begin() as session:
        screen(session, "Canteen", "canteen")
        blanking.blank_screen(session, 1)
        blanking.blank_boards(session, ["hall", "hall"])
    assert wanted(home.database) == {"Lobby": True, "Canteen": False}
    with home.database.write.begin() as session:
        assert blanking.light_screen(session, 1) is False
        blanking.blank_screen(session, 1)
        assert blanking.light_boards(session, ["hall"]) is True
    assert wanted(home.database) == {"Lobby": False, "Canteen": False}
    with listening(home.url, key=KEY) as ears:
        assert ears.hear()["type"] == "snap"
        with home.database.write.begin() as session:
            blanking.blank_all(session)
        assert order(ears)["do"] == "blank"
        with home.database.write.begin() as session:
            assert blanking.light_boards(session, ["hall"]) is False
            blanking.light_all(session)
        assert order(ears)["do"] == "unblank"


def test_a_screen_acknowledges_with_its_next_report(home: House) -> None:
    with listening(home.url, key=KEY) as ears:
        ears.hear()
        with home.database.write.begin() as session:
            blanking.blank_screen(session, 1)
        order(ears)
        ears.socket.send(json.dumps({"type": "report", "dark": True}))
        found = waited(home.database)
    assert found.agrees
    assert found.seen_at is not None


def test_what_is_dark_is_known_before_it_is_told(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose word comes back at once would be contradicted, and a dark wall lit again."""
    known: list[bool] = []
    tell = home.live.hub.tell_those

    def tell_those(*told: Any) -> None:
        known.append(home.live.draw.dark.everything)
        tell(*told)

    with listening(home.url, key=KEY) as ears:
        assert ears.hear()["type"] == "snap"
        monkeypatch.setattr(home.live.hub, "tell_those", tell_those)
        with home.database.write.begin() as session:
            blanking.blank_all(session)
        assert order(ears)["do"] == "blank"
    assert known[0] is True


def test_who_comes_dark_before_the_others_were_told_stays_dark(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, call = threading.Event(), rollcall.call

    def late_call(*asked: Any) -> None:
        assert looked.wait(PATIENCE)
        call(*asked)

    with listening(home.url, key=KEY) as ears:
        assert ears.hear()["type"] == "snap"
        monkeypatch.setattr(rollcall, "call", late_call)
        with home.database.write.begin() as session:
            blanking.blank_all(session)
        with listening(home.url, key=KEY) as late:
            assert late.hear()["do"] == "blank"
            assert late.hear()["type"] == "snap"
            late.socket.send(json.dumps({"type": "report", "dark": True}))
            late.socket.send(json.dumps({"type": "snap"}))
            heard = late.hear()
            looked.set()
            assert "do" not in heard
            assert order(late)["do"] == "blank"


def waited(database: Database) -> Obeyed:
    """The screen once its word was stored, which hurries; the test's own limit ends a vain wait."""
    while True:
        with database.read() as session:
            (found,) = blanking.obeyed(session, ["hall"])
        if found.said is not None:
            return found


def test_a_site_is_its_boards(home: House) -> None:
    with home.database.write.begin() as session:
        north = make.site(session, "North")
        team = make.team(session, "Claims", north)
        for slug, place in (("north", {"site_id": north.id}), ("claims", {"team_id": team.id})):
            session.add(Board(slug=slug, title=slug, scenes=["pulse"], settings={}, **place))
        session.flush()
        assert whereabouts.slugs_at(session, north.id) == ["claims", "north"]
        assert whereabouts.slugs_at(session, 1) == ["hall"]


def test_an_order_reaches_a_screen_of_another_process(postgres_url: str, tmp_path: Path) -> None:
    settings = settings_for(postgres_url, tmp_path, open_boards=False)
    with house(settings) as one, house(settings) as other:
        with one.database.write.begin() as session:
            board(session)
            screen(session, "Lobby")
        with listening(other.url, key=KEY) as ears:
            while ears.hear()["type"] != "snap":
                pass
            with one.database.write.begin() as session:
                orders.order(session, 1, "identify")
            told = order(ears)
            assert told.pop("order")
            assert told == {"type": "cmd", "do": "identify", "number": "1", "name": "Lobby"}
            with one.database.write.begin() as session:
                blanking.blank_all(session)
            assert order(ears)["do"] == "blank"
