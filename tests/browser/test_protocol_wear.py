"""What years on a wall ask of a page: nights, memory, a crowd that returns, silence, old sets."""

import pytest
from playwright.sync_api import Browser, Page, expect

from app.board.models import Board
from tests.board.house import House
from tests.browser.puppet import Puppet, until
from tests.browser.windows import window

pytestmark = pytest.mark.browser

# Two days pass, minute by minute, by the page's own sense of time; when it wants to be loaded anew.
TWO_DAYS = """() => {
  const real = performance.now(), wanted = [];
  let minute = 0;
  performance.now = () => real + 60000 * minute;
  wall.orders.reload = () => wanted.push([minute, wall.clock.shown(wall.clock.now())]);
  for (; minute < 2880; minute += 1) wall.wear.look();
  return wanted;
}"""
# An hour passes, then the memory is full; how often it wants to be loaded anew before and after.
FULL = """() => {
  const real = performance.now();
  let minute = 59, wanted = 0;
  performance.now = () => real + 60000 * minute;
  wall.orders.reload = () => { wanted += 1; };
  Object.defineProperty(performance, "memory", {
    value: { usedJSHeapSize: 71, jsHeapSizeLimit: 100 }, configurable: true,
  });
  wall.wear.look();
  const young = wanted;
  minute = 61;
  wall.wear.look();
  delete performance.memory;
  performance.now = () => real;
  return [young, wanted];
}"""
# Waits are noted and cut short; chance is what the test says.
CHANCE = """() => {
  const plain = window.setTimeout;
  window.waits = [];
  window.chance = 0;
  Math.random = () => window.chance;
  window.setTimeout = (does, ms, ...more) => {
    window.waits.push(ms);
    return plain(does, Math.min(ms, 50), ...more);
  };
}"""
# A browser that keeps a page silent until it is told otherwise; what it was asked to play.
MUTE = """() => {
  const node = () => ({ connect: (next) => next, start() { window.played += 1; }, stop() {},
    frequency: {}, gain: { setValueAtTime() {}, linearRampToValueAtTime() {},
    exponentialRampToValueAtTime() {} } });
  window.played = 0;
  window.AudioContext = function () {
    window.sounding = this;
    Object.assign(this, { state: "suspended", currentTime: 0, resume() {},
      createOscillator: node, createGain: node,
      addEventListener: (_, end) => { this.end = end; } });
  };
}"""
VOICE = """(glad) => {
  document.dispatchEvent(new CustomEvent("wall:voice", { detail: { glad } }));
  return window.played;
}"""


def test_a_page_is_loaded_anew_once_a_night_at_a_minute_of_its_own(home: House, tv: Page) -> None:
    """Or when its memory is full, if it is not so from the start."""
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    assert tv.evaluate(FULL) == [0, 1]
    wanted = tv.evaluate(TWO_DAYS)
    assert 1 <= len(wanted) <= 2
    for minute, shown in wanted:
        assert minute > 360
        assert "03:00" <= shown < "05:00"


def test_screens_do_not_all_come_back_in_the_same_moment(server: Puppet, tv: Page) -> None:
    tv.evaluate(CHANCE)
    server.close(1012)
    until(tv, "waits.includes(350)")
    server.opened()
    tv.evaluate("() => { window.chance = 1; }")
    server.close(1012)
    until(tv, "waits.includes(650)")


def test_a_browser_that_blocks_sound_says_so_and_one_that_lets_it_through_plays(
    home: House, tv: Page
) -> None:
    with home.database.write.begin() as session:
        session.query(Board).one().settings = {"sound": "on"}
    tv.add_init_script(f"({MUTE})()")
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    expect(tv.locator(".silent")).to_have_text("sound is blocked in this browser")
    assert tv.evaluate(VOICE, True) == 0
    tv.evaluate("() => { sounding.state = 'running'; sounding.end(); }")
    expect(tv.locator(".silent")).to_have_count(0)
    assert [tv.evaluate(VOICE, glad) for glad in (False, True, True)] == [0, 1, 1]


def test_what_cannot_run_our_scripts_is_given_the_picture_without_them(
    home: House, browser: Browser, tv: Page
) -> None:
    tv.add_init_script("delete String.prototype.replaceAll;")
    tv.set_viewport_size({"width": 540, "height": 960})
    tv.goto(f"{home.url}/tv/hall?scene=tide")
    tv.wait_for_url("**/still/hall?orientation=landscape&scene=tide&orientation=portrait")
    with window(browser, (1920, 1080), java_script_enabled=False) as page:
        page.goto(f"{home.url}/tv/hall?scene=tide")
        page.wait_for_url("**/still/hall?orientation=landscape&scene=tide")
        expect(page.locator(".rail-fresh")).to_be_visible()


def test_a_page_says_that_it_is_kept_up_only_once_it_was_spoken_to(server: Puppet) -> None:
    page = server.page
    page.evaluate("stage.classList.add('unheard')")
    expect(page.locator(".rail-fresh")).to_be_hidden()
    expect(page.locator(".freshness-ring")).to_be_hidden()
    server.say("hb", 0)
    expect(page.locator(".rail-fresh")).to_be_visible()
