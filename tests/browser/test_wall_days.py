"""What a day does to a screen: its memory, its processor, its flashes, its first paint when slow.

Minutes of work and figures of one machine, so `make faults` only.
"""

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

from app import clock
from app.board.plan import Step
from app.db import connect
from app.live.bus import announce
from app.live.envelope import partials, stamp
from tests.board import wall
from tests.board.house import House, house, settings_for
from tests.browser.flashes import flashing
from tests.browser.puppet import Puppet, until

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - says how to test, no setting
pytestmark = [
    pytest.mark.browser,
    pytest.mark.faults,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not LONG, reason="a day of a wall takes minutes: `make faults`"),
]
# Ten seconds each, for 24 hours; weighed once the browser has compiled what it runs often, and at
# the end, with the same scene on show.
CHANGES, EARLY = 8640, 2160
# Fewer than there are scenes: what has faded out is gone before it comes again.
AT_ONCE = 5
FADED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Ends what moves as soon as it began, counts it, and counts the changes.
HASTE = """() => {
  window.changes = 0;
  window.most = 0;
  new MutationObserver((seen) => {
    window.changes += seen.length;
    window.most = Math.max(window.most, document.getAnimations().length);
    document.getAnimations().forEach((one) => one.finish());
  }).observe(stage, {attributes: true, attributeFilter: ["data-scene"]});
}"""
COUNTED = ("Nodes", "JSEventListeners")


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """A company with something to show in every scene."""
    database = connect(sqlite_url)
    with database.write.begin() as session:
        wall.fill(session, "normal")
    database.dispose()
    with house(settings_for(sqlite_url, tmp_path)) as running:
        yield running


def answered(home: House, *scores: int) -> str:
    """Voices more; the id of the last one's dot on the rail."""
    with home.database.write.begin() as session:
        numbers = wall.hear(session, scores)
        announce(session, "responses")
    return f"r{numbers[-1]}"


def part(tv: Page, home: House, scene: str) -> str:
    """What stands in a scene's slot."""
    page = tv.request.get(f"{home.url}/tv/hall?scene={scene}").text()
    found = re.search(rf'<section[^>]* id="scene-{scene}".*?</section>', page, re.S)
    assert found, scene
    return found[0]


def turn(server: Puppet, v: int, at: datetime, coming: str, html: str) -> None:
    """It is that time, and the scene that comes next travels ahead, as the server sends it."""
    at += timedelta(milliseconds=500)
    server.say("frame", v, at=stamp(at), content=partials({f"{coming}-0": html}))


def numbers(ear: CDPSession) -> dict[str, float]:
    told = ear.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in told}


def weight(ear: CDPSession) -> dict[str, float]:
    """Bytes of script in use, nodes and listeners, after what is not needed has gone."""
    for _ in range(3):
        ear.send("HeapProfiler.collectGarbage")
    used = ear.send("Runtime.getHeapUsage")["usedSize"]
    return {"heap": used} | {name: numbers(ear)[name] for name in COUNTED}


def test_a_day_of_changing_scenes_leaves_nothing_behind(
    home: House, tv: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Puppet(tv, home, monkeypatch)
    scenes = [*wall.SCENES, *wall.CHOSEN]
    parts = {scene: part(tv, home, scene) for scene in scenes}
    began = clock.now() + timedelta(days=1)
    steps = [vars(Step(scene, 0, 10)) for scene in scenes]
    plan: dict[str, Any] = {"loop_at": stamp(began), "steps": steps, "next": None, "takeover": None}
    content = partials({f"{scene}-0": parts[scene] for scene in scenes[:2]})
    server.say("snap", 1, at=stamp(began), plan=plan, content=content)
    tv.evaluate(HASTE)
    ear = tv.context.new_cdp_session(tv)
    ear.send("Performance.enable")
    early: dict[str, float] = {}
    for first in range(1, CHANGES + 1, AT_ONCE):
        for nth in range(first, first + AT_ONCE):
            coming = scenes[(nth + 1) % len(scenes)]
            turn(server, nth + 1, began + timedelta(seconds=10 * nth), coming, parts[coming])
        until(tv, "(number) => window.changes >= number", first + AT_ONCE - 1)
        tv.evaluate(FADED)
        if first + AT_ONCE - 1 == EARLY:
            early = weight(ear)
    late, most = weight(ear), tv.evaluate("window.most")
    print(f"{tv.evaluate('window.changes')} changes: {early} -> {late}; at most {most} moved")
    assert server.heard == []
    assert late["heap"] <= 1.05 * early["heap"]
    # A word more in the rail is a node or two.
    assert all(late[name] <= 1.01 * early[name] for name in COUNTED)
    assert most <= 40


WORN = "() => { wall.wear.look(); document.getAnimations().forEach((one) => one.finish()); }"
# A mark that never moves, so that looking is seen to work.
MARK = """() => {
  const mark = document.createElement("div");
  mark.style.cssText = "position: fixed; top: 0; left: 0; padding: 4px; background: white";
  document.body.append(mark);
}"""
# How many minutes a block of 8 by 8 pixels that shows anything was the same: mark, others, where.
SAME = """async ([data, minute]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + data;
  await image.decode();
  const {width, height} = image, columns = width / 8;
  const pen = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
  pen.drawImage(image, 0, 0);
  const pixels = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
  const ground = pixels[width - 5];
  window.blocks = window.blocks || Array.from({length: columns * height / 8},
    () => ({drawn: 0, since: minute, most: 0}));
  window.blocks.forEach((block, nth) => {
    const corner = 8 * width * Math.floor(nth / columns) + 8 * (nth % columns);
    let drawn = 0, shows = false;
    for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++) {
      const pixel = pixels[corner + y * width + x];
      drawn = (Math.imul(drawn, 31) + pixel) | 0;
      shows = shows || pixel !== ground;
    }
    if (!shows || drawn !== block.drawn) block.since = minute;
    block.drawn = drawn;
    block.most = Math.max(block.most, minute - block.since);
  });
  const [mark, ...others] = blocks.map((block) => block.most);
  const most = Math.max(...others), at = 1 + others.indexOf(most);
  return [mark, most, 8 * (at % columns), 8 * Math.floor(at / columns)];
}"""


def test_no_block_of_pixels_shows_the_same_for_half_an_hour(
    home: House, tv: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hours of a wall whose scenes take turns while nobody answers."""
    server = Puppet(tv, home, monkeypatch)
    parts = {scene: part(tv, home, scene) for scene in wall.SCENES}
    began = clock.now() + timedelta(days=1)
    steps = [vars(Step(scene, 0, 13)) for scene in wall.SCENES]
    plan: dict[str, Any] = {"loop_at": stamp(began), "steps": steps, "next": None, "takeover": None}
    content = partials({"pulse-0": parts["pulse"]})
    server.say("snap", 1, at=stamp(began), plan=plan, content=content)
    tv.evaluate(MARK)
    ear, eye = tv.context.new_cdp_session(tv), tv.context.new_page()
    order = [wall.SCENES[60 * minute % (13 * len(steps)) // 13] for minute in range(122)]
    for minute, (scene, coming) in enumerate(pairwise(order)):
        turn(server, minute + 2, began + timedelta(minutes=minute), coming, parts[coming])
        until(tv, "(scene) => stage.dataset.scene === scene", scene)
        tv.evaluate(WORN)
        data = ear.send("Page.captureScreenshot", {"format": "png"})["data"]
        mark, most, *where = eye.evaluate(SAME, [data, minute])
    eye.close()
    print(f"two hours: the same for {most} min at most, at {where}")
    assert mark == 120
    assert most <= 30


def test_a_wall_at_rest_costs_next_to_nothing(home: House, tv: Page) -> None:
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    dot = answered(home, 9)
    until(tv, "(id) => !!document.getElementById(id)", dot)
    ear = tv.context.new_cdp_session(tv)
    # Of the processor, not of the clock: others work on this machine as well.
    ear.send("Performance.enable", {"timeDomain": "threadTicks"})
    tv.wait_for_timeout(3000)
    assert tv.evaluate("document.getAnimations().length") == 0
    before = numbers(ear)["TaskDuration"]
    tv.wait_for_timeout(20_000)
    share = (numbers(ear)["TaskDuration"] - before) / 20
    print(f"idle: {share:.2%} of a core")
    assert share <= 0.02


@pytest.mark.parametrize("scene", ["pulse", "leaderboard", "story"])
def test_the_first_paint_comes_soon_on_a_slow_processor(home: House, tv: Page, scene: str) -> None:
    """Four times slower, nothing in its cache."""
    ear = tv.context.new_cdp_session(tv)
    ear.send("Network.enable")
    ear.send("Network.setCacheDisabled", {"cacheDisabled": True})
    ear.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    took = []
    for _ in range(5):
        tv.goto(f"{home.url}/tv/hall?scene={scene}")
        until(tv, "performance.getEntriesByName('first-contentful-paint').length")
        painted = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        took.append(tv.evaluate(painted))
    print(f"first paint of {scene}: {sorted(round(one) for one in took)} ms")
    assert median(took) <= 2000


def test_nothing_flashes(home: House, tv: Page) -> None:
    """A drop, a crowd, a change of scene and somebody who takes over, twenty pictures a second."""
    tv.set_viewport_size({"width": 960, "height": 540})
    tv.goto(f"{home.url}/tv/hall?scene=pulse")
    until(tv, "window.wall && wall.guard.send({type: 'report'})")
    shares = {}
    with flashing(tv) as worst:
        tv.evaluate(STROBE)
        assert worst("#strobe") > 0.1
        answered(home, 10)
        shares["drop"] = worst(".ripple")
        answered(home, 10, 9, 8, 3, 2)
        shares["cluster"] = worst(".cluster")
        told = tv.evaluate(TAKEOVER, part(tv, home, "hero"))
        assert told
        shares["takeover"] = worst("[data-takeover]")
    print({moment: f"{share:.1%}" for moment, share in shares.items()})
    assert max(shares.values()) <= 0.1


# Of each dot: its kind, its middle, and a place between middle and edge that a diamond leaves free.
PLACES = """() => [...document.querySelectorAll("#slot-pulse-0 use[id]")].map((dot) => {
  const at = dot.getScreenCTM(), spot = (x) => [
    at.a * (dot.x.baseVal.value + x) + at.e, at.d * (dot.y.baseVal.value + x) + at.f];
  return [dot.getAttribute("href").slice(1), spot(0), spot(0.62)];
})"""
# How far these places are from the ground, in the greys of a picture.
GREY = """async ([data, places]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + data;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.filter = "grayscale(1)";
  pen.drawImage(image, 0, 0);
  const grey = (x, y) => pen.getImageData(Math.round(x), Math.round(y), 1, 1).data[0];
  return places.map(([x, y]) => Math.abs(grey(x, y) - grey(5, 5)) > 40);
}"""
SHAPES = {(True, True): "promoter", (False, True): "passive", (True, False): "detractor"}


@pytest.mark.parametrize("theme", ["ink", "paper"])
def test_every_dot_is_told_by_its_shape_in_a_grey_picture(
    home: House, tv: Page, theme: str
) -> None:
    tv.goto(f"{home.url}/tv/hall?scene=pulse&theme={theme}&motion=off")
    dots = tv.evaluate(PLACES)
    assert len(dots) == 100
    ear, eye = tv.context.new_cdp_session(tv), tv.context.new_page()
    data = ear.send("Page.captureScreenshot", {"format": "png"})["data"]
    drawn = eye.evaluate(GREY, [data, [spot for _kind, *spots in dots for spot in spots]])
    eye.close()
    seen = [SHAPES.get((drawn[at], drawn[at + 1])) for at in range(0, len(drawn), 2)]
    assert seen == [kind for kind, *_spots in dots]


# What must not be: that it is seen shows that the rest is looked at.
STROBE = """() => {
  const strobe = document.createElement("div");
  strobe.id = "strobe";
  Object.assign(strobe.style,
    {position: "fixed", top: 0, left: 0, width: "50%", height: "50%", background: "white"});
  document.body.append(strobe);
  strobe.animate({opacity: [0, 1, 0, 1, 0, 1, 0, 1, 0]}, 900).onfinish = () => strobe.remove();
}"""
TAKEOVER = """(hero) => {
  const at = new Date(wall.clock.now()).toISOString();
  const step = {scene: "hero", item: 0, seconds: 60, personal: true};
  wall.rotation.follow({...wall.rotation.plan, takeover: {at, ...step}});
  document.getElementById("slot-hero-0").innerHTML = hero;
  wall.rotation.tick();
  return stage.dataset.scene === "hero";
}"""
