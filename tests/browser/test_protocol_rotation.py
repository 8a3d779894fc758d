"""Which scene is on show: derived from the plan and the server's time, so that two TVs agree."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app import clock
from app.board import paint, plan
from app.live.envelope import partials, stamp
from tests.board.house import House
from tests.browser.puppet import Puppet, until
from tests.browser.windows import window

pytestmark = pytest.mark.browser

# Keeps each change of scene with the moment of the server's time it was made at.
DIARY = """() => {
  window.diary = [];
  const stage = document.getElementById("stage");
  new MutationObserver(() => window.diary.push([wall.clock.now(), stage.dataset.scene]))
    .observe(stage, {attributes: true, attributeFilter: ["data-scene"]});
}"""
WRONG_CLOCK = "Date.now = () => 0; performance.timeOrigin && Object.freeze(Date);"


def test_two_screens_of_a_board_agree_whatever_their_own_clocks_say(
    home: House, tv: Page, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "LEAST_SECONDS", 1)
    with home.database.write.begin() as session:
        found = paint.board_of(session, "hall")
        assert found is not None
        found.settings = {"dwell": 1}
    with window(browser, (1280, 720), "another") as other:
        other.add_init_script(WRONG_CLOCK)
        for page in (tv, other):
            page.goto(f"{home.url}/tv/hall")
            page.evaluate(DIARY)
        loop_at, steps = shown_plan(tv)
        assert shown_plan(other) == (loop_at, steps)
        assert {step["seconds"] for step in steps} == {1}
        until(other, "window.diary.length > 2")
        both = common(diary(tv, loop_at), diary(other, loop_at))
        while len(both) < 3:  # the test's own time limit ends a vain wait
            tv.wait_for_timeout(200)
            both = common(diary(tv, loop_at), diary(other, loop_at))
    for number, scenes in both.items():
        assert scenes == {steps[number % len(steps)]["scene"]}


def diary(page: Page, loop_at: float) -> dict[int, str]:
    """Which scene came with which step of the plan, counted through all loops."""
    return {int((at - loop_at) // 1000): scene for at, scene in page.evaluate("window.diary")}


def common(mine: dict[int, str], theirs: dict[int, str]) -> dict[int, set[str]]:
    return {number: {mine[number], theirs[number]} for number in mine.keys() & theirs.keys()}


def shown_plan(page: Page) -> tuple[float, list[dict[str, Any]]]:
    found: dict[str, Any] = page.evaluate(
        "JSON.parse(document.getElementById('socket').dataset.plan)"
    )
    return datetime.fromisoformat(found["loop_at"]).timestamp() * 1000, found["steps"]


def step(scene: str, seconds: float) -> dict[str, Any]:
    return {"scene": scene, "item": 0, "seconds": seconds, "personal": False}


def snap(server: Puppet, v: int, at: datetime, told: dict[str, Any], *scenes: str) -> None:
    words = {f"{scene}-0": f"<p>this is {scene}</p>" for scene in scenes}
    server.say("snap", v, plan=told, at=stamp(at), content=partials(words))


def test_a_new_plan_starts_at_the_next_loop(server: Puppet, tv: Page) -> None:
    """The server says when; the page changes then, by the server's time, and not before."""
    noon = clock.now() + timedelta(days=1)
    told = {
        "loop_at": stamp(noon),
        "steps": [step("pulse", 3600)],
        "next": {"loop_at": stamp(noon + timedelta(seconds=3600)), "steps": [step("week", 3600)]},
    }
    snap(server, 1, noon + timedelta(seconds=10), told, "pulse", "week")
    expect(tv.get_by_text("this is pulse")).to_be_visible()
    expect(tv.get_by_text("this is week")).to_be_hidden()
    server.say("hb", 1, at=stamp(noon + timedelta(seconds=3590)))
    expect(tv.get_by_text("this is pulse")).to_be_visible()
    server.say("hb", 1, at=stamp(noon + timedelta(seconds=3601)))
    expect(tv.get_by_text("this is week")).to_be_visible()
    expect(tv.get_by_text("this is pulse")).to_have_count(0)


def test_a_scene_that_has_not_come_yet_is_asked_for_and_the_old_one_stays(
    server: Puppet, tv: Page
) -> None:
    now = clock.now()
    told = {"loop_at": stamp(now), "steps": [step("pulse", 60), step("tide", 60)], "next": None}
    snap(server, 1, now, told, "pulse")
    expect(tv.get_by_text("this is pulse")).to_be_visible()
    server.say("hb", 1, at=stamp(now + timedelta(seconds=70)))
    server.asks()
    expect(tv.get_by_text("this is pulse")).to_be_visible()
    snap(server, 2, now + timedelta(seconds=71), told, "tide")
    expect(tv.get_by_text("this is tide")).to_be_visible()
    expect(tv.get_by_text("this is pulse")).to_have_count(0)


def test_what_the_whole_picture_has_no_more_waits_nowhere(server: Puppet, tv: Page) -> None:
    now = clock.now()
    told = {"loop_at": stamp(now), "steps": [step("pulse", 60), step("story", 60)], "next": None}
    snap(server, 1, now, told, "pulse", "story")
    expect(tv.get_by_text("this is story")).to_have_count(1)
    snap(server, 2, now, told, "pulse")
    expect(tv.get_by_text("this is story")).to_have_count(0)
    expect(tv.get_by_text("this is pulse")).to_be_visible()
