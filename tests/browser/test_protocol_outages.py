"""Outages in real time, with the patience a wall has: seconds until it is right, or says it is not.

A quarter of an hour in all, so `make faults` only; test_protocol.py asks the same in a short form.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.live import hub
from tests.board.house import House
from tests.board.screenplay import answer
from tests.browser.conftest import _house
from tests.browser.proxy import Proxy
from tests.browser.puppet import Puppet, until

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
pytestmark = [
    pytest.mark.browser,
    pytest.mark.faults,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not LONG, reason="real waits of up to ten minutes are for `make faults`"),
]
BEAT = 5.0
LOOK_MS = 50
# What a wall says of itself, each with the moment it first said so.
DIARY = """() => {
  window.diary = {};
  const note = (what) => { window.diary[what] = window.diary[what] || Date.now(); };
  const look = () => {
    for (const one of ["waiting", "offline"]) {
      if (stage.classList.contains(one)) note(one);
    }
  };
  new MutationObserver(look).observe(stage, {attributes: true});
  document.addEventListener("htmx:ws:before:connection", () => note("connection"));
}"""


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """As it runs at a customer's: its heart beats every five seconds."""
    monkeypatch.setattr(hub, "BEAT_SECONDS", BEAT)
    yield from _house(sqlite_url, tmp_path, open_boards=True)


def opened(tv: Page, url: str) -> list[str]:
    """Shows the wall; what is given back fills with where it goes afterwards."""
    tv.goto(f"{url}/tv/hall?scene=pulse")
    until(tv, "window.wall && wall.guard.send({type: 'report'})")
    navigations: list[str] = []
    tv.on("framenavigated", lambda frame: navigations.append(frame.url))
    tv.evaluate(DIARY)
    return navigations


def shown_after(tv: Page, selector: str, since: float, patience: float) -> float:
    """Seconds from that moment until it stands on the wall."""
    while not tv.locator(selector).count():
        assert time.monotonic() - since < patience, f"{selector} did not come in {patience} s"
        tv.wait_for_timeout(LOOK_MS)
    return time.monotonic() - since


def said_after(tv: Page, what: str, since: float, patience: float) -> float:
    """Seconds from a moment of the wall clock until the wall first said so."""
    ends = time.monotonic() + patience
    while not (at := tv.evaluate("(what) => window.diary[what]", what)):
        assert time.monotonic() < ends, f"{what} was not said in {patience} s"
        tv.wait_for_timeout(LOOK_MS)
    return float(at) / 1000 - since


@pytest.mark.parametrize(("seconds", "right_after"), [(5, 8), (60, 10), (600, 15)])
def test_a_wall_is_right_again_soon_after_its_server_is(
    home: House, tv: Page, seconds: int, right_after: int
) -> None:
    navigations = opened(tv, home.url)
    dot = answer(home.database)
    shown_after(tv, f"#slot-rail #{dot}", time.monotonic(), 20)
    home.stop()
    tv.wait_for_timeout(1000 * seconds)
    home.start()
    up = time.monotonic()
    missed = answer(home.database)
    took = shown_after(tv, f"#slot-rail #{missed}", up, right_after)
    print(f"down {seconds} s: right {took:.1f} s after it was up, of {right_after} s")
    assert navigations == []


def test_a_deaf_connection_is_said_replaced_and_made_good(home: House, tv: Page) -> None:
    with Proxy(home.port).running() as proxy:
        navigations = opened(tv, proxy.url)
        dot = answer(home.database)
        shown_after(tv, f"#slot-rail #{dot}", time.monotonic(), 20)
        froze, froze_at = time.monotonic(), time.time()
        proxy.freeze()
        missed = answer(home.database)
        said = said_after(tv, "waiting", froze_at, 25)
        opened_after = said_after(tv, "connection", froze_at, 25)
        right = shown_after(tv, f"#slot-rail #{missed}", froze, 25)
    print(f"deaf: amber {said:.1f} s, new socket {opened_after:.1f} s, right {right:.1f} s")
    assert said <= 16
    assert opened_after <= 17
    assert right <= 18
    assert navigations == []


def test_a_close_nobody_listed_is_found_by_patience(
    home: House, tv: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    puppet = Puppet(tv, home, monkeypatch)
    monkeypatch.setattr(hub, "BEAT_SECONDS", BEAT)
    puppet.say("snap", 1, "one")
    closed = time.monotonic()
    puppet.close(4000)
    puppet.opened()
    took = time.monotonic() - closed
    print(f"closed with 4000: a new socket after {took:.1f} s")
    assert took <= 17


def test_an_error_page_of_ours_leads_back_to_the_wall(
    home: House, tv: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as trouble:
        trouble.setattr("app.board.paint.board_of", broken)
        answered = tv.goto(f"{home.url}/tv/hall?scene=pulse")
        assert answered is not None
        assert answered.status == 503
    took = shown_after(tv, "#slot-rail", time.monotonic(), 15)
    print(f"error page: the wall was back after {took:.1f} s")
