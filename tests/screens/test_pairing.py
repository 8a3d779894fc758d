"""A TV shows a code, a phone names it, the TV moves on by itself. A code opens one door, once."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from app import clock
from app.errors import CheerboardError
from app.people import sessions
from app.people.models import Account
from app.screens import pairing, tokens
from app.screens.models import Screen
from tests.board.house import House

SHOWN = re.compile(r'<h1 class="pair-code">([BCDFGHJ-NP-TV-XZ2-9]{3})-([BCDFGHJ-NP-TV-XZ2-9]{3})<')


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def tv(home: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=home.url) as browser:
        yield browser


@pytest.fixture
def phone(home: House) -> Iterator[httpx.Client]:
    with home.database.write.begin() as session:
        account = Account(email="lea@example.com", name="Lea", role="lead", created_at=clock.now())
        session.add(account)
        session.flush()
        key = sessions.open_session(session, account.id)
    with httpx.Client(base_url=home.url, cookies={"cheerboard": key}) as browser:
        yield browser


def code_of(page: httpx.Response) -> str:
    assert page.status_code == 200
    found = SHOWN.search(page.text)
    assert found
    return found[1] + found[2]


def claim(phone: httpx.Client, code: str, **fields: str) -> httpx.Response:
    page = phone.get("/screens/pair", params={"code": code})
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text.split("<main")[1])
    sent = {"code": code, "name": "Canteen", "board": "hall"} | fields
    return phone.post("/screens/pair", data={"csrf": csrf[1] if csrf else ""} | sent)


def test_scan_name_done(home: House, tv: httpx.Client, phone: httpx.Client) -> None:
    page = tv.get("/screen")
    code = code_of(page)
    assert code_of(tv.get("/screen")) == code
    assert tv.get("/screen/state").json() == {"state": "waiting"}
    for part in ('http-equiv="refresh"', "<noscript>", 'class="segno"', "js/pairing"):
        assert part in page.text
    confirm = phone.get("/screens/pair", params={"code": f" {code[:3].lower()}-{code[3:]} "})
    pattern = re.compile(r'<svg class="pattern".*?</svg>', re.S)
    mine, theirs = pattern.search(confirm.text), pattern.search(page.text)
    assert mine
    assert theirs
    assert mine[0] == theirs[0]
    assert "127.0.0.1" in confirm.text
    done = claim(phone, code)
    assert done.status_code == 303
    assert "Canteen" in phone.get(done.headers["location"]).text
    assert tv.get("/screen/state").json() == {"state": "paired"}
    moved = tv.get("/screen")
    assert (moved.status_code, moved.headers["location"]) == (303, "/tv/hall")
    assert tv.get("/tv/hall").status_code == 200
    with home.database.read() as session:
        screen = session.query(Screen).filter_by(name="Canteen").one()
        assert screen.board_slug == "hall"
        assert code not in (screen.token_hash, screen.name)


def test_a_code_is_good_once_and_for_ten_minutes(tv: httpx.Client, phone: httpx.Client) -> None:
    code = code_of(tv.get("/screen"))
    assert claim(phone, code).status_code == 303
    again = claim(phone, code, name="Other")
    assert again.status_code in (403, 404)
    tv.cookies.clear()
    code = code_of(tv.get("/screen"))
    with clock.frozen(clock.now() + timedelta(minutes=10, seconds=1)):
        assert phone.get("/screens/pair", params={"code": code}).status_code == 404
        assert tv.get("/screen/state").json() == {"state": "gone"}
        assert code_of(tv.get("/screen")) != code


def test_ten_wrong_tries_are_locked(tv: httpx.Client, phone: httpx.Client) -> None:
    code = code_of(tv.get("/screen"))
    answers = [phone.get("/screens/pair", params={"code": "BBBBBB"}) for _ in range(10)]
    assert answers[0].status_code == 404
    assert "No screen shows this code" in answers[0].text
    assert answers[-1].status_code == 429
    assert phone.get("/screens/pair", params={"code": code}).status_code == 429


def test_one_code_is_worth_ten_answers(home: House, tv: httpx.Client, phone: httpx.Client) -> None:
    code = code_of(tv.get("/screen"))
    taken = claim(phone, code, name="Lobby")
    assert taken.status_code == 409
    assert "There is a screen &#39;Lobby&#39; already" in taken.text
    assert claim(phone, code, board="nowhere").status_code == 400
    for _ in range(pairing.MOST_TRIES):
        with home.database.write.begin() as session:
            pairing.count_try(session, code)
    assert claim(phone, code).status_code in (403, 404)
    assert code_of(tv.get("/screen")) != code


def test_a_screen_that_forgot_is_repaired_and_keeps_its_name(
    home: House, tv: httpx.Client, phone: httpx.Client
) -> None:
    code = code_of(tv.get("/screen"))
    assert claim(phone, code, screen="1", name="", board="").status_code == 303
    assert tv.get("/screen").headers["location"] == "/tv/hall"
    with home.database.read() as session:
        assert tokens.find(session, "made-up-key-of-Lobby") is None
        assert [screen.name for screen in session.query(Screen)] == ["Lobby"]
    with home.database.write.begin() as session:
        key = pairing.renew(session, 1)
        assert pairing.rename(session, 1, " Main  lobby ").name == "Main lobby"
    assert tv.get("/screen", params={"token": key}).headers["location"] == "/tv/hall"


@pytest.mark.parametrize("number", ["99", "0", "x", "9" * 30, "-1"])
def test_a_place_that_is_nobodys_is_not_taken(
    tv: httpx.Client, phone: httpx.Client, number: str
) -> None:
    assert claim(phone, code_of(tv.get("/screen")), screen=number).status_code == 404


def test_strangers_and_other_sites_pair_nothing(tv: httpx.Client, phone: httpx.Client) -> None:
    code = code_of(tv.get("/screen"))
    form = {"code": code, "name": "Evil", "board": "hall"}
    assert tv.post("/screens/pair", data=form).status_code == 401
    assert phone.post("/screens/pair", data=form).status_code == 403
    assert code_of(tv.get("/screen")) == code


def test_who_asks_for_ever_gets_no_more_codes(home: House) -> None:
    with home.database.write.begin() as session:
        for _ in range(pairing.MOST_AT_ADDRESS):
            pairing.ask(session, "127.0.0.1")
        with pytest.raises(CheerboardError):
            pairing.ask(session, "127.0.0.1")
        pairing.ask(session, "127.0.0.2")
    page = httpx.get(f"{home.url}/screen")
    assert page.status_code == 429
    assert 'http-equiv="refresh"' in page.text
