"""People on a real screen: told of, taken back, forgotten; let in, sent on, sent away."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.board import paint, routes
from app.live.bus import announce
from app.people.tokens import add_token
from app.screens import tokens
from app.screens.models import Screen
from app.stories.release import recall, release
from tests.board.house import House
from tests.board.screenplay import candidate
from tests.browser.puppet import SHORT, until

pytestmark = pytest.mark.browser

KEY = "made-up-key-of-Lobby"
TOLD = "Ana rang me back"
# Whether the words were there when the wall said that it is offline.
SAYS_OFFLINE = """(words) => new MutationObserver((_, looking) => {
  if (!stage.classList.contains("offline")) return;
  window.wasThere = document.documentElement.innerHTML.includes(words);
  looking.disconnect();
}).observe(stage, {attributes: true})"""


def released(home: House) -> int:
    story_id = candidate(home.database)
    with home.database.write.begin() as session:
        release(session, story_id)
    return story_id


def show_stories(home: House) -> None:
    with home.database.write.begin() as session:
        found = paint.board_of(session, "hall")
        assert found is not None
        found.scenes = ["story"]


@pytest.mark.parametrize("query", ["", "?scene=story"], ids=["in rotation", "pinned"])
def test_a_recalled_story_is_nowhere_on_the_page(home: House, tv: Page, query: str) -> None:
    show_stories(home)
    story_id = candidate(home.database)
    tv.goto(f"{home.url}/tv/hall{query}")
    until(tv, "wall.guard.send({type: 'report'})")
    with home.database.write.begin() as session:
        release(session, story_id)
    expect(tv.get_by_text(TOLD)).to_be_visible()
    with home.database.write.begin() as session:
        recall(session, story_id)
    until(tv, f"!document.documentElement.innerHTML.includes({TOLD!r})")
    expect(tv.locator("#picture")).not_to_be_empty()


def test_who_hears_nothing_for_long_forgets_people_until_it_hears_again(
    home: House, tv: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "LIMITS", SHORT | {"waiting": 1, "offline": 1.5, "forget": 3.5})
    show_stories(home)
    released(home)
    tv.goto(f"{home.url}/tv/hall")
    until(tv, "wall.guard.send({type: 'report'})")
    tv.evaluate(SAYS_OFFLINE, TOLD)
    home.stop()
    until(tv, "'wasThere' in window")
    assert tv.evaluate("wasThere") is True
    until(tv, f"!document.documentElement.innerHTML.includes({TOLD!r})")
    expect(tv.locator("#rail")).to_be_visible()
    expect(tv.locator(".freshness-word")).to_have_text(re.compile(r"^offline since"))
    home.start()
    expect(tv.get_by_text(TOLD)).to_be_visible()
    expect(tv.locator("#stage")).not_to_have_class(re.compile("offline"))


def test_a_link_pairs_a_browser_and_a_revoked_one_leaves_and_knocks_no_more(
    closed: House, tv: Page
) -> None:
    sockets: list[str] = []
    tv.on("websocket", lambda socket: sockets.append(socket.url))
    tv.goto(f"{closed.url}/screen?token={KEY}")
    assert tv.url == f"{closed.url}/tv/hall"
    assert KEY not in tv.evaluate("document.cookie")
    until(tv, "wall.guard.send({type: 'report'})")
    with closed.database.write.begin() as session:
        assert tokens.revoke(session, 1)
    tv.wait_for_url("**/screen")
    expect(tv.get_by_text("This screen has no board yet")).to_be_visible()
    assert len(sockets) < 3
    tv.goto(f"{closed.url}/tv/hall")
    assert tv.url == f"{closed.url}/screen"


def test_a_screen_given_another_board_goes_there_by_itself(closed: House, tv: Page) -> None:
    tv.goto(f"{closed.url}/screen?token={KEY}")
    until(tv, "wall.guard.send({type: 'report'})")
    with closed.database.write.begin() as session:
        hall = paint.board_of(session, "hall")
        assert hall is not None
        facts = {"scenes": ["pulse"], "audience": "staff", "settings": {}}
        session.add(type(hall)(slug="canteen", title="Canteen", **facts))
        session.get_one(Screen, 1).board_slug = "canteen"
        announce(session, "screens", "boards")
    tv.wait_for_url("**/tv/canteen")


def test_a_leads_order_is_seen_on_the_screen(closed: House, tv: Page) -> None:
    with closed.database.write.begin() as session:
        key = add_token(session, "program", "admin")
    tv.goto(f"{closed.url}/screen?token={KEY}")
    until(tv, "wall.guard.send({type: 'report'})")

    def order(what: str) -> None:
        address = f"{closed.url}/api/v1/screens/1/{what}"
        answer = httpx.post(address, headers={"authorization": f"Bearer {key}"})
        assert (answer.status_code, answer.json()["connected"]) == (200, True)

    order("identify")
    expect(tv.locator(".called .display")).to_have_text("1")
    expect(tv.locator(".called .lead")).to_have_text("Lobby")
    order("blank")
    expect(tv.locator("#stage")).to_have_class(re.compile("blank"))
    order("unblank")
    expect(tv.locator("#stage")).not_to_have_class(re.compile("blank"))
    with tv.expect_navigation():
        order("reload")
