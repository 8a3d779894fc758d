"""A lead steers a screen: the order goes through its open socket, and twice is the same as once."""

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from app.people.tokens import add_token
from app.screens import tokens
from tests.board.house import House
from tests.board.screenplay import Ears, listening, screen

pytestmark = pytest.mark.pages

KEY = "made-up-key-of-Lobby"


def order(ears: Ears) -> dict[str, object]:
    """The next order; pictures are none."""
    while (message := ears.hear())["type"] != "cmd":
        assert message["type"] in ("frame", "snap")
    return message


@pytest.mark.parametrize("what", ["reload", "identify"])
def test_an_order_reaches_its_screen_and_no_other(
    home: House, api: httpx.Client, what: str
) -> None:
    with home.database.write.begin() as session:
        other = screen(session, "Canteen")
    with listening(home.url, key=KEY) as lobby, listening(home.url, key=other) as canteen:
        for ears in (lobby, canteen):
            assert ears.hear()["type"] == "snap"
        answers = [api.post(f"/screens/1/{what}") for _ in range(2)]
        for answer in answers:
            assert answer.status_code == 200
            assert answer.json() == {"id": "1", "asked": what, "connected": True}
        for _ in answers:
            told = order(lobby)
            assert (told["do"], told["number"], told["name"]) == (what, "1", "Lobby")
        assert api.post("/screens/2/identify").status_code == 200
        assert order(canteen)["number"] == "2"


def test_a_screen_that_is_away_is_said_to_be_away(api: httpx.Client) -> None:
    answer = api.post("/screens/1/reload")
    assert (answer.status_code, answer.json()["connected"]) == (200, False)
    assert api.get("/screens").json()["items"][0]["connected"] is False


def test_who_may_not_steer_steers_nothing(home: House, api: httpx.Client) -> None:
    with home.database.write.begin() as session:
        reader = add_token(session, "reader", "read")
    path = f"{home.url}/api/v1/screens/1/blank"
    with listening(home.url, key=KEY) as ears:
        assert ears.hear()["type"] == "snap"
        assert httpx.post(path).status_code == 401
        assert httpx.post(path, headers={"authorization": f"Bearer {reader}"}).status_code == 403
        assert httpx.post(path, headers={"cookie": f"cheerboard-screen={KEY}"}).status_code == 403
        api.post("/screens/1/identify")
        assert order(ears)["do"] == "identify"


def test_a_screen_that_is_none_is_told_apart(home: House, api: httpx.Client) -> None:
    for number in ("99", "0", "99999999999999999999", "x"):
        answer = api.post(f"/screens/{number}/reload")
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"] == "application/problem+json"
    assert api.post("/screens/1/explode").status_code in (404, 422)
    with home.database.write.begin() as session:
        tokens.revoke(session, 1)
    assert api.post("/screens/1/reload").status_code == 404


def test_a_revoked_screen_is_accepted_told_and_closed_whenever_it_comes(home: House) -> None:
    with home.database.write.begin() as session:
        tokens.revoke(session, 1)
    with listening(home.url, key=KEY) as ears:
        assert ears.hear() == {"type": "cmd", "do": "unpair"}
        with pytest.raises(ConnectionClosed):
            ears.hear()
        assert ears.socket.close_code == 4401
