"""What a wall celebrates: a milestone once, a place won by sliding, a new hero in between."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from app import clock
from tests.browser.puppet import Puppet, until

pytestmark = pytest.mark.browser

RAIL = '<ul class="milestones" hidden><li data-key="voices-here" data-level="{}">{}</li></ul>'
ROWS = '<section id="scene-pulse"><ol class="places">{}</ol></section>'
ROW = '<li id="place-0-{0}" class="place">{0}</li>'
RUNG = """<section id="scene-pulse"><ol class="places"><li id="rung-1" class="place rung {0}">
<svg viewBox="-10 -10 20 20"><circle class="rung-line" r="7.4" pathLength="48"/></svg>{0}</li>
</ol></section>"""
COUNT_MOVES = """() => {
  window.moved = [];
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, options) {
    if (this.classList.contains("place")) window.moved.push([this.id, options.duration]);
    return animate.call(this, frames, options);
  };
}"""


COUNT_CLOSINGS = """() => {
  window.closings = 0;
  document.addEventListener("transitionrun", (event) => {
    if (event.propertyName === "stroke-dasharray") window.closings += 1;
  });
}"""
DASHES = "getComputedStyle(document.querySelector('.rung-line')).strokeDasharray"


# Whatever is shown for seconds goes at once: the next words would follow.
COUNT_MILESTONES = """() => {
  window.said = [];
  document.addEventListener("wall:milestone", () => {
    said.push(document.querySelector(".milestone").textContent);
  });
  const later = window.setTimeout;
  window.setTimeout = (act, ms, ...more) => later(act, Math.min(ms, 100), ...more);
}"""


def test_a_milestone_is_said_once_and_never_over_a_story(server: Puppet) -> None:
    page = server.page
    page.evaluate(COUNT_MILESTONES)
    server.say("snap", 0, RAIL.format(1200, "1,200 voices"))
    server.say("frame", 1, RAIL.format(1200, "1,200 voices in all"))
    server.rail("1,200 voices in all")
    page.evaluate("stage.dataset.scene = 'story'")
    server.say("frame", 2, RAIL.format(1300, "1,300 voices"))
    server.rail("1,300 voices")
    assert page.evaluate("said") == []
    page.evaluate("stage.dataset.scene = 'pulse'")
    until(page, "said.length === 1 && !document.querySelector('.milestone')")
    server.say("frame", 3, RAIL.format(1200, "1,200 voices"))
    server.say("frame", 4, RAIL.format(1300, "1,300 voices again"))
    server.rail("1,300 voices again")
    assert page.evaluate("said") == ["1,300 voices"]


def rows(page: Page, server: Puppet, v: int, *names: str) -> None:
    draw(page, server, v, ROWS.format("".join(map(ROW.format, names))), names[0])


def draw(page: Page, server: Puppet, v: int, html: str, first: str) -> None:
    """Sends a picture, and waits until its first place says that."""
    content = f'<hx-partial hx-target="#slot-pulse-0" hx-swap="innerMorph">{html}</hx-partial>'
    server.say("frame", v, content=content)
    said = "(name) => document.querySelector('.place')?.textContent.trim() === name"
    until(page, said, first)


@pytest.mark.parametrize(("motion", "moves"), [("full", 2), ("calm", 0)])
def test_a_place_won_is_a_row_that_slides(server: Puppet, motion: str, moves: int) -> None:
    page = server.page
    server.say("snap", 0, "x")
    page.evaluate("(motion) => { stage.dataset.motion = motion }", motion)
    rows(page, server, 1, "a", "b", "c")
    page.evaluate(COUNT_MOVES)
    rows(page, server, 2, "b", "a", "c")
    moved = page.evaluate("window.moved")
    assert len(moved) == moves
    assert all(duration == 500 for _, duration in moved)


@pytest.mark.parametrize(("motion", "moves"), [("full", 1), ("calm", 0)])
def test_a_rung_that_is_passed_closes_once(server: Puppet, motion: str, moves: int) -> None:
    page = server.page
    server.say("snap", 0, "x")
    page.evaluate("(motion) => { stage.dataset.motion = motion }", motion)
    draw(page, server, 1, RUNG.format("ahead"), "ahead")
    page.evaluate(COUNT_CLOSINGS)
    draw(page, server, 2, RUNG.format("passed"), "passed")
    draw(page, server, 3, RUNG.format("passed "), "passed")
    until(page, "document.getAnimations().length === 0")
    assert page.evaluate("window.closings") == moves
    assert page.evaluate(DASHES) == "48px, 0px"


def test_a_takeover_is_shown_at_its_moment_and_marked(server: Puppet) -> None:
    page = server.page
    now = clock.now()
    at = (now - timedelta(seconds=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    steps = [{"scene": "pulse", "item": 0, "seconds": 60, "personal": False}]
    hero = {"at": at, "scene": "hero", "item": 0, "seconds": 30, "personal": True}
    content = (
        '<hx-partial hx-target="#slot-hero-0" hx-swap="innerMorph">'
        '<section id="scene-hero" class="scene hero">A new hero</section></hx-partial>'
    )
    plan = {"loop_at": at, "steps": steps, "next": None, "takeover": hero}
    server.say("snap", 0, "x", plan=plan)
    until(page, "document.getElementById('slot-hero-0') !== null")
    server.say("frame", 1, content=content)
    until(page, "stage.dataset.scene === 'hero' && stage.hasAttribute('data-takeover')")
    plan["takeover"] = None
    server.say("snap", 2, "x", plan=plan)
    until(page, "!stage.hasAttribute('data-takeover')")
