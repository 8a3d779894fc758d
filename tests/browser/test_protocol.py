"""The live protocol as a real browser lives it: silence, holes, restarts, other builds."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from app.board import routes
from tests.board.house import House
from tests.board.screenplay import answer
from tests.browser.proxy import Proxy
from tests.browser.puppet import DESIGN, PATIENT, Puppet, until

pytestmark = pytest.mark.browser


def test_the_page_has_the_limits_of_the_design(home: House, tv: Page) -> None:
    tv.goto(f"{home.url}/tv/hall")
    found = tv.locator("#socket").evaluate("(socket) => ({...socket.dataset})")
    limits = {name: float(found[name]) for name in DESIGN}
    assert limits == {
        "waiting": 15,
        "offline": 60,
        "forget": 600,
        "report": 15,
        "spread": 20,
        "retry": 5,
        "identify": 15,
    }


def test_an_answer_lands_on_the_rail_and_everything_comes_to_rest(home: House, tv: Page) -> None:
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    dot = answer(home.database, 10)
    expect(tv.locator(f"#slot-rail #{dot}")).to_be_attached()
    expect(tv.locator(f"#slot-pulse-0 #halo-{dot.removeprefix('r')}")).to_be_attached()
    until(tv, "document.getAnimations().length === 0")
    expect(tv.locator(".ripple")).to_have_count(0)


@pytest.mark.usefixtures("hasty")
def test_a_deaf_connection_is_seen_and_replaced(home: House, tv: Page) -> None:
    with Proxy(home.port).running() as proxy:
        tv.goto(f"{proxy.url}/tv/hall?scene=pulse")
        dot = answer(home.database)
        expect(tv.locator(f"#slot-rail #{dot}")).to_be_attached()
        tv.evaluate(
            """() => {
              window.said = [];
              const word = document.querySelector(".freshness-word");
              new MutationObserver(() => window.said.push(word.textContent))
                .observe(word, {childList: true, characterData: true, subtree: true});
            }"""
        )
        proxy.freeze()
        missed = answer(home.database)
        # The new socket is there within milliseconds: the word stands only so long.
        until(tv, "window.said.includes('waiting')")
        expect(tv.locator(f"#slot-rail #{missed}")).to_be_attached()
        expect(tv.locator("#stage")).not_to_have_class(re.compile("waiting"))
        expect(tv.locator(".freshness-word")).to_have_text("")


@pytest.mark.usefixtures("hasty")
def test_a_server_that_is_away_leaves_the_picture_and_its_age(home: House, tv: Page) -> None:
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    dot = answer(home.database)
    expect(tv.locator(f"#slot-rail #{dot}")).to_be_attached()
    navigations: list[str] = []
    tv.on("framenavigated", lambda frame: navigations.append(frame.url))
    home.stop()
    expect(tv.locator("#stage")).to_have_class(re.compile("offline"))
    expect(tv.locator(".freshness-word")).to_have_text(re.compile(r"^offline since \d\d:\d\d$"))
    expect(tv.locator(f"#slot-rail #{dot}")).to_be_attached()
    assert navigations == []
    home.start()
    again = answer(home.database)
    expect(tv.locator(f"#slot-rail #{again}")).to_be_attached()
    expect(tv.locator("#stage")).not_to_have_class(re.compile("offline"))
    assert navigations == []


def test_a_hole_makes_it_ask_and_old_frames_change_nothing(server: Puppet) -> None:
    server.say("snap", 4, "four")
    server.rail("four")
    server.say("frame", 5, "five")
    server.rail("five")
    server.say("frame", 5, "five once more")
    server.say("frame", 3, "three")
    server.say("hb", 5)
    server.say("frame", 6, "six")
    server.rail("six")
    assert server.heard == []
    server.say("frame", 8, "eight")
    server.asked(1)
    server.rail("six")
    server.say("snap", 9, "nine")
    server.rail("nine")


def test_a_higher_heartbeat_makes_it_ask(server: Puppet) -> None:
    server.say("snap", 4, "four")
    server.rail("four")
    server.say("hb", 5)
    server.asked(1)


def test_another_epoch_makes_it_ask_and_take_the_whole_even_with_a_lower_v(
    server: Puppet,
) -> None:
    server.say("snap", 40, "old house")
    server.rail("old house")
    server.say("frame", 41, "stranger", epoch="e2")
    server.asked(1)
    server.rail("old house")
    server.say("snap", 1, "new house", epoch="e2")
    server.rail("new house")


@pytest.mark.parametrize("code", [1000, 1001, 1012])
def test_it_comes_back_after_a_clean_close(server: Puppet, code: int) -> None:
    server.say("snap", 1, "one")
    server.rail("one")
    server.close(code)
    server.opened()
    server.say("snap", 2, "two")
    server.rail("two")


def test_it_comes_back_after_a_close_nobody_listed(
    home: House, tv: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "LIMITS", PATIENT | {"waiting": 2})
    server = Puppet(tv, home, monkeypatch)
    server.say("snap", 1, "one")
    server.close(4000)
    server.opened()
    server.say("snap", 2, "two")
    server.rail("two")


def test_another_build_reloads_once_and_only_when_the_server_is_well(
    server: Puppet, tv: Page
) -> None:
    server.say("snap", 1, "one")
    server.rail("one")
    asked: list[int] = []

    def unwell(route: Route) -> None:
        asked.append(1)
        if len(asked) == 1:
            route.fulfill(status=503, body="starting")
        else:
            route.fallback()

    navigations: list[str] = []
    tv.on("framenavigated", lambda frame: navigations.append(frame.url))
    tv.route("**/tv/hall?scene=pulse", unwell)
    server.say("hb", 1, build="another")
    server.say("hb", 1, build="another")
    tv.wait_for_event("framenavigated")
    assert len(asked) >= 2
    assert len(navigations) == 1


def test_a_revoked_screen_shows_how_to_pair(server: Puppet, tv: Page) -> None:
    server.say("snap", 1, "one")
    server.say("cmd", 1, do="unpair")
    tv.wait_for_url("**/screen")


def test_orders_are_obeyed(server: Puppet, tv: Page) -> None:
    server.say("snap", 1, "one")
    for _ in range(2):
        server.say("cmd", 1, do="identify", number="12", name="Lobby <b>left</b>")
    expect(tv.locator(".called .display")).to_have_text("12")
    expect(tv.locator(".called .lead")).to_have_text("Lobby <b>left</b>")
    for _ in range(2):
        server.darken()
    expect(tv.locator("#stage")).to_have_class(re.compile("blank"))
    server.darken(dark=False)
    expect(tv.locator("#stage")).not_to_have_class(re.compile("blank"))
    server.say("cmd", 1, do="__proto__")
    server.say("nonsense", 1)
    server.say("frame", 2, "two")
    server.rail("two")


def test_a_dark_screen_stays_dark_when_it_reloads(server: Puppet, tv: Page) -> None:
    server.say("snap", 1, "one")
    server.darken()
    expect(tv.locator("#stage")).to_have_class(re.compile("blank"))
    tv.evaluate("window.before = true")
    server.say("cmd", 1, do="reload")
    server.opened()
    assert tv.evaluate("window.before") is None
    expect(tv.locator("#stage")).to_have_class(re.compile("blank"))
    server.darken(dark=False)
    expect(tv.locator("#stage")).not_to_have_class(re.compile("blank"))


def test_it_says_who_it_is_for_a_while(
    home: House, tv: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "LIMITS", PATIENT | {"identify": 0.5})
    server = Puppet(tv, home, monkeypatch)
    tv.evaluate(
        """() => {
          window.said = [];
          new MutationObserver(() => window.said.push(!!document.querySelector(".called")))
            .observe(document.getElementById("stage"), {childList: true});
        }"""
    )
    server.say("cmd", 1, do="identify", number="12", name="Lobby")
    until(tv, "window.said.join() === 'true,false'")
