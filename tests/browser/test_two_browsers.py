"""A phone and a TV: from an empty database to a hero on a wall, a story out and taken off again."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.db import connect
from app.main import create_app
from app.people import firststart
from tests import make
from tests.board.house import House, house, settings_for
from tests.board.screenplay import WORDS, candidate
from tests.patience import PATIENCE

pytestmark = pytest.mark.browser

REASON = "Drove back across town so that a customer had her key before the evening."
# What the wall promises. Other tests share the machine: only the long form insists on it.
PROMISED_SECONDS = 2.0
PRESSED = """() => {
  addEventListener("click", () => { sessionStorage.pressedAt = Date.now(); }, true);
}"""
LOOK = """([words, there]) => {
  window.seenAt = 0;
  const look = () => {
    if (document.getElementById("picture").textContent.includes(words) === there) {
      window.seenAt = Date.now();
    } else requestAnimationFrame(look);
  };
  look();
}"""
INSISTS = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - not a setting


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """The whole server on an empty database."""
    with house(settings_for(sqlite_url, tmp_path, open_boards=False), create_app) as running:
        yield running


@pytest.fixture
def phone(browser: Browser, home: House) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.request.get(f"{home.url}/readyz", max_retries=5)
    yield page
    context.close()


def test_from_an_empty_database_to_a_hero_and_a_story_on_a_paired_tv(
    home: House, phone: Page, tv: Page
) -> None:
    wait_until_open(phone, home)
    set_up(phone, home)
    pair(phone, tv, home)
    nominate(phone, home)
    send = phone.get_by_role("button", name="Put it on the wall")
    expect_soon(phone, send, tv, REASON)
    phone.wait_for_url("**/nominations?done=*")
    let_a_story_out_and_in_again(phone, tv, home)


def wait_until_open(phone: Page, home: House) -> None:
    """What the browser does with 503 and Retry-After by hand: it comes again."""
    for _ in range(100):
        if phone.request.get(f"{home.url}/readyz").status == 200:
            return
        phone.wait_for_timeout(100)
    raise AssertionError("the server is not ready")


def set_up(phone: Page, home: House) -> None:
    phone.goto(home.url)
    phone.wait_for_url("**/setup")
    for field, words in {
        "Code from the server’s log": firststart.code(home.settings),
        "Name": "Northwind",
        "Time zone": "Europe/Berlin",
        "First team": "Service",
        "Your name": "Uma Okafor",
        "E-mail": "uma@example.com",
        "Password": "nine lives and a hat",
    }.items():
        phone.get_by_label(field, exact=True).fill(words)
    phone.get_by_role("button", name="Begin").click()
    phone.wait_for_url("**/desk")


def pair(phone: Page, tv: Page, home: House) -> None:
    """Three taps after the scan of the square: here its code is typed, as without a camera."""
    tv.goto(f"{home.url}/screen")
    code = tv.locator(".pair-code").inner_text()
    phone.get_by_role("link", name="pair it").click()
    phone.get_by_label("The code on the TV").fill(code)
    phone.get_by_role("button", name="Look for it").click()
    dots = [page.locator(".pattern title").inner_html() for page in (phone, tv)]
    assert dots[0] == dots[1]
    phone.get_by_label("Its name, such as where it hangs").fill("Lobby")
    phone.get_by_role("button", name="Pair it").click()
    expect(phone.get_by_role("status")).to_contain_text("Lobby is a screen now")
    tv.wait_for_url("**/tv/northwind")
    expect(tv.locator("#stage")).to_be_visible()


def nominate(phone: Page, home: House) -> None:
    """A colleague comes onto the roster, and is put forward in three taps."""
    phone.goto(f"{home.url}/roster")
    phone.locator("#person-name").fill("Ana Lindqvist")
    phone.get_by_role("button", name="Add the person").click()
    phone.get_by_role("link", name="Nominate").first.click()
    phone.get_by_role("link", name=re.compile("Ana")).click()
    phone.get_by_label("What did they do?").fill(REASON)


def let_a_story_out_and_in_again(phone: Page, tv: Page, home: House) -> None:
    with home.database.write.begin() as session:
        make.source(session)
    outside = connect(home.settings.database)
    candidate(outside)
    outside.dispose()
    tv.goto(f"{home.url}/tv/northwind?scene=story")
    start = WORDS[:20]
    expect(tv.get_by_text("No story yet")).to_be_visible()
    assert tv.get_by_text(start).count() == 0
    phone.goto(f"{home.url}/stories")
    out = phone.get_by_role("button", name=re.compile("^Release")).first
    expect_soon(phone, out, tv, start)
    phone.wait_for_url("**/stories?**")
    taken = phone.get_by_role("button", name=re.compile("^Recall")).first
    expect_soon(phone, taken, tv, start, there=False)


def expect_soon(phone: Page, button: Locator, tv: Page, words: str, *, there: bool = True) -> None:
    """From the finger on the phone until the TV shows the words, or does no more.

    Both pages take the time themselves: what a driver of browsers waits for is not measured.
    """
    phone.evaluate(PRESSED)
    tv.evaluate(LOOK, [words, there])
    began = time.monotonic()
    button.click()
    while not (seen := tv.evaluate("window.seenAt")):
        assert time.monotonic() < began + PATIENCE
        tv.wait_for_timeout(20)
    took = (seen - int(phone.evaluate("sessionStorage.pressedAt"))) / 1000
    print(f"{'shown' if there else 'gone'} after {took:.2f} s")
    assert took <= PROMISED_SECONDS or not INSISTS, took
