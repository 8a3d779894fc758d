"""A link makes any browser a screen, once, and leaves no key where somebody could read it."""

from pathlib import Path

import httpx
import pytest

from app.screens import tokens
from tests.board.house import House, house, settings_for
from tests.board.screenplay import board, screen

pytestmark = pytest.mark.pages

KEY = "made-up-key-of-Lobby"
WRONG = ["made-up-key-of-nobody", "x" * 5000, "\0", "%F0%9F", "' OR 1=1 --", "\u202e"]


def follow(home: House, token: str) -> httpx.Response:
    return httpx.get(f"{home.url}/screen", params={"token": token})


def test_the_key_goes_into_a_cookie_and_out_of_the_address(home: House) -> None:
    answer = follow(home, KEY)
    assert (answer.status_code, answer.headers["location"]) == (303, "/tv/hall")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"cheerboard-screen={KEY};")
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=34560000"):
        assert part in cookie
    assert "Secure" not in cookie
    with httpx.Client(base_url=home.url, follow_redirects=True) as browser:
        wall = browser.get("/screen", params={"token": KEY})
        assert wall.status_code == 200
        assert wall.url == f"{home.url}/tv/hall"
        assert KEY not in wall.text
        assert browser.get("/screen").url == f"{home.url}/tv/hall"


def test_behind_https_the_cookie_is_bound_to_host_and_tls(sqlite_url: str, tmp_path: Path) -> None:
    settings = settings_for(sqlite_url, tmp_path, open_boards=False)
    with house(settings.model_copy(update={"base_url": "https://wall.example"})) as home:
        with home.database.write.begin() as session:
            board(session)
            screen(session, "Lobby")
        cookie = follow(home, KEY).headers["set-cookie"]
    assert cookie.startswith(f"__Host-cheerboard-screen={KEY};")
    assert "Secure" in cookie


@pytest.mark.parametrize("token", WRONG)
def test_a_wrong_link_says_so_in_a_sentence(home: House, token: str) -> None:
    answer = follow(home, token)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "This link is no longer good" in answer.text
    assert "refresh" not in answer.text


def test_a_wrong_link_takes_nothing_from_a_screen(home: House) -> None:
    answer = httpx.get(
        f"{home.url}/screen",
        params={"token": "made-up"},
        headers={"cookie": f"cheerboard-screen={KEY}"},
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_revoked_screens_link_opens_nothing(home: House) -> None:
    with home.database.write.begin() as session:
        assert tokens.revoke(session, 1)
    assert follow(home, KEY).status_code == 403
    page = httpx.get(f"{home.url}/tv/hall", headers={"cookie": f"cheerboard-screen={KEY}"})
    assert (page.status_code, page.headers["location"]) == (303, "/screen")


def test_without_a_link_it_shows_a_code_and_looks_again(home: House) -> None:
    page = httpx.get(f"{home.url}/screen")
    assert page.status_code == 200
    assert "this screen has no board yet" in page.text
    assert 'http-equiv="refresh"' in page.text
    assert "<script" in page.text
