"""A screen that is switched on while the server is away, and what weeks do to a panel."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.board.house import House
from tests.board.screenplay import answer
from tests.browser.puppet import Puppet, until

pytestmark = pytest.mark.browser

KEPT = """async () => {
  for (const name of await caches.keys()) {
    const found = await (await caches.open(name)).match("/tv/hall");
    if (found) return found.text();
  }
  return "";
}"""


def test_a_restart_while_the_server_is_away_shows_the_last_picture(home: House, tv: Page) -> None:
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    until(tv, "navigator.serviceWorker.controller !== null")
    dot = answer(home.database)
    expect(tv.locator(f"#slot-rail #{dot}")).to_be_attached()
    for _ in range(200):
        if dot in (kept := tv.evaluate(KEPT)):
            break
        tv.evaluate("wall.keep()")
    assert dot in kept
    assert "style=" not in kept
    home.stop()
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    expect(tv.locator(f"#slot-rail #{dot}")).to_be_attached()
    expect(tv.locator(".freshness-word")).to_have_text(re.compile(r"offline since \d\d:\d\d"))
    expect(tv.locator(".scene.pulse")).to_be_visible()
    until(tv, "[...document.fonts].some((one) => one.status === 'loaded')")
    home.start()
    again = answer(home.database)
    expect(tv.locator(f"#slot-rail #{again}")).to_be_attached()
    expect(tv.locator(".freshness-word")).to_have_text("")


# Somebody comes on show while a picture without people is being put aside.
COMES_MEANWHILE = """async () => {
  const slot = document.createElement("div");
  slot.dataset.personal = "";
  slot.textContent = "Ana Muster";
  picture.append(slot);
  for (const name of await caches.keys()) await caches.delete(name);
  slot.remove();
  const keeping = wall.keep();
  picture.append(slot);
  await keeping;
  await wall.keep();
}"""


def test_no_person_and_none_of_their_words_are_kept(server: Puppet) -> None:
    tv = server.page
    tv.evaluate(COMES_MEANWHILE)
    assert tv.evaluate(KEPT) == ""
    tv.evaluate("document.querySelector('[data-personal]').hidden = true")
    tv.evaluate("wall.keep()")
    kept = tv.evaluate(KEPT)
    assert "Ana Muster" not in kept
    assert "slot-rail" in kept


# A set that can be kept awake; what it was asked is written down.
SLEEPY = """
  window.asked = [];
  Object.defineProperty(navigator, "wakeLock", {value: {async request(what) {
    asked.push(what);
    const lock = new EventTarget();
    lock.release = async () => asked.push("released") && lock.dispatchEvent(new Event("release"));
    return lock;
  }}});
"""


def test_a_lit_wall_keeps_its_set_awake_and_one_that_rests_does_not(home: House, tv: Page) -> None:
    tv.add_init_script(SLEEPY)
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    until(tv, "window.wall.awake.said() === 'held'")
    tv.evaluate("document.getElementById('stage').dataset.scene = 'night'")
    until(tv, "window.wall.awake.said() === 'resting'")
    tv.evaluate("document.getElementById('stage').dataset.scene = 'pulse'")
    until(tv, "window.wall.awake.said() === 'held'")
    assert tv.evaluate("window.asked") == ["screen", "released", "screen"]


# In one breath: every ten seconds the page looks at its own clock.
MOVED = """(at) => {
  wall.wear.move(at);
  const {x, y} = document.getElementById("rail").getBoundingClientRect();
  return [x, y];
}"""


def test_everything_moves_a_little_and_the_rail_changes_its_edge(home: House, tv: Page) -> None:
    """Half an hour of the server's time: no place of the panel shows the same for all of it."""
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    boxes = {
        tuple(tv.evaluate(MOVED, 3_600_000 * 500_000 + 60_000 * minute))
        for minute in range(0, 32, 2)
    }
    assert len(boxes) >= 9
    _x, hopped = tv.evaluate(MOVED, 3_600_000 * 500_001)
    assert hopped < 540 < min(y for _x, y in boxes)
    for edge in ("document.documentElement.scrollWidth", "document.documentElement.scrollHeight"):
        assert tv.evaluate(edge) <= 1920
