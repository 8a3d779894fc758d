"""What moves on a wall, and that it comes to rest: drop, ripple, cluster; still for who asks."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.board.house import House
from tests.board.screenplay import answers
from tests.browser.puppet import until

pytestmark = pytest.mark.browser

# Keeps what was asked to move, and says when the first whole picture has been taken.
WATCH = """
  window.moved = [];
  window.longest = 0;
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, options) {
    const [kind, says] = [this.classList[0], this.textContent];
    window.moved.push({id: this.id, kind, says, frames, ...options});
    const playing = animate.call(this, frames, options);
    measure();
    return playing;
  };
  function measure() {
    const ends = document.getAnimations().map((one) => one.effect.getComputedTiming().endTime);
    window.longest = Math.max(window.longest, ...ends);
  }
  for (const kind of ['animationstart', 'transitionrun']) addEventListener(kind, measure, true);
  document.addEventListener('wall:snapped', () => { window.snapped = (window.snapped || 0) + 1; });
"""
AT_REST = "document.getAnimations().length === 0 && !document.querySelector('.cluster, .ripple')"
REST_MS = 3000


def watched(tv: Page, home: House, query: str = "") -> None:
    """Opens the pulse and waits until it has been drawn whole: what comes now is news."""
    tv.add_init_script(WATCH)
    tv.goto(f"{home.url}/tv/hall?scene=pulse{query}")
    until(tv, "window.snapped")
    until(tv, AT_REST)
    tv.evaluate("window.moved = []")


def moves(tv: Page, number: int) -> Any:
    """What was asked to move, once that many did and everything rests."""
    until(tv, "(number) => window.moved.length >= number", number)
    until(tv, AT_REST)
    return tv.evaluate("window.moved")


def landed(tv: Page, home: House, scores: list[int]) -> list[str]:
    """New dots. Those that came with a whole picture, because this machine was late, are no news
    and do not move: then others come.
    """
    for _ in range(10):
        pictures = tv.evaluate("window.snapped")
        dots = answers(home.database, scores)
        for dot in dots:
            expect(tv.locator(f"#slot-rail #{dot}")).to_be_attached()
        if tv.evaluate("window.snapped") == pictures:
            return dots
        forgotten(tv)
    raise AssertionError("this wall is drawn whole again and again")


def forgotten(tv: Page) -> None:
    """Two seconds later those who came are no longer counted."""
    until(tv, "(at) => performance.now() > at", tv.evaluate("performance.now() + 2000"))
    until(tv, AT_REST)
    tv.evaluate("window.moved = []")


def test_a_new_dot_slides_into_its_place_and_nothing_else_moves(home: House, tv: Page) -> None:
    watched(tv, home)
    (dot,) = landed(tv, home, [8])
    (move,) = moves(tv, 1)
    assert move["id"] == dot
    assert move["duration"] == 700
    assert move["frames"]["transform"][0].startswith("translateX(")
    assert move["frames"]["transform"][1] == "none"
    assert set(move["frames"]) == {"transform", "opacity"}


@pytest.mark.parametrize(("score", "ripples"), [(10, 1), (7, 0), (0, 0)])
def test_only_a_promoter_rings(home: House, tv: Page, score: int, ripples: int) -> None:
    watched(tv, home)
    landed(tv, home, [score])
    moved = moves(tv, 1 + ripples)
    assert [move["kind"] for move in moved] == ["dot", *["ripple"] * ripples]
    assert all(move["duration"] == 900 for move in moved[1:])


def test_three_are_three_and_more_are_one_moment(home: House, tv: Page) -> None:
    watched(tv, home)
    landed(tv, home, [10, 8, 3])
    assert [one["kind"] for one in moves(tv, 4)] == ["dot", "ripple", "dot", "dot"]
    forgotten(tv)
    landed(tv, home, [10, 8, 3, 9, 9])
    (move,) = moves(tv, 1)
    assert (move["kind"], move["says"]) == ("cluster", "+5 voices")


def test_three_seconds_after_the_last_event_nothing_moves(home: House, tv: Page) -> None:
    """Nothing that is ever started lasts longer, by its own timing; and it does end."""
    watched(tv, home)
    for scores in ([10], [10, 9, 8, 3, 2]):
        landed(tv, home, scores)
    until(tv, AT_REST)
    assert 0 < tv.evaluate("window.longest") < REST_MS


@pytest.mark.parametrize("how", ["reduced-motion", "motion=off"])
def test_who_wants_no_motion_sees_it_appear(home: House, tv: Page, how: str) -> None:
    if how == "reduced-motion":
        tv.emulate_media(reduced_motion="reduce")
    watched(tv, home, "&motion=off" if how == "motion=off" else "")
    landed(tv, home, [10])
    (dot,) = moves(tv, 1)
    forgotten(tv)
    landed(tv, home, [10, 9, 8, 3, 2])
    (cluster,) = moves(tv, 1)
    assert (dot["kind"], cluster["kind"], cluster["says"]) == ("dot", "cluster", "+5 voices")
    assert all(set(move["frames"]) == {"opacity"} for move in (dot, cluster))
