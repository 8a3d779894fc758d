"""A new hero comes between: once, after what is being read, and the plan waits for it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.board import plan, takeover
from app.board.draw import Draw
from app.board.models import Board
from app.board.paint import Wall
from app.board.plan import Plan, Step, Takeover, Timeline
from app.board.scene import Stage, stage_of
from app.board.takeover import PAUSE, SECONDS, TRAVEL, Watch
from app.db import connect
from app.live.hub import Hub
from tests import make
from tests.board import wall
from tests.board.wall import NOON
from tests.patience import PATIENCE

PULSE, STORY, HERO = Step("pulse", 0, 15), Step("story", 0, 20, True), Step("hero", 0, 15, True)
AT = NOON + timedelta(seconds=5)
SHOWN = Timeline(Plan(NOON, (PULSE, STORY, HERO)), takeover=Takeover(AT, Step("hero", 0, SECONDS)))


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.mark.parametrize(
    ("after", "scene", "ends"),
    [
        (0, "pulse", 5), (4.9, "pulse", 5), (5, "hero", 15), (14.9, "hero", 15), (15, "pulse", 25),
        (24.9, "pulse", 25), (25, "story", 45), (45, "hero", 60), (60, "pulse", 75),
    ],
)  # fmt: skip
def test_the_plan_waits_for_what_comes_between(after: float, scene: str, ends: float) -> None:
    step, until = SHOWN.on_show(NOON + seconds(after))
    assert (step.scene, until) == (scene, NOON + seconds(ends))


def test_once_it_is_over_the_plan_is_the_same_without_it() -> None:
    assert SHOWN.settled(AT) is SHOWN
    settled = SHOWN.settled(AT + seconds(SECONDS))
    assert settled.takeover is None
    for after in range(10, 200, 7):
        assert settled.on_show(AT + seconds(after)) == SHOWN.on_show(AT + seconds(after))


def test_a_new_plan_waits_until_it_is_over() -> None:
    assert plan.follow(SHOWN, [(PULSE,)], NOON) is SHOWN
    later = plan.follow(SHOWN, [(PULSE,)], AT + seconds(SECONDS))
    assert later.takeover is None
    assert later.coming is not None


def test_what_comes_between_travels_before_it_is_shown() -> None:
    steps, due_at = SHOWN.shown_soon(AT - seconds(2))
    assert [step.scene for step in steps] == ["pulse", "hero"]
    assert due_at == AT
    assert SHOWN.told()["takeover"] == {
        "at": "2026-11-22T13:02:05.000Z", "scene": "hero", "item": 0, "seconds": SECONDS,
        "personal": False,
    }  # fmt: skip


def test_a_story_is_read_to_its_end() -> None:
    timeline = Timeline(Plan(NOON, (STORY, PULSE)))
    assert takeover.between(timeline, NOON, None).at == NOON + seconds(20)
    assert takeover.between(timeline, NOON + seconds(21), None).at == NOON + seconds(21) + TRAVEL


def test_one_a_minute_at_most() -> None:
    timeline = Timeline(Plan(NOON, (PULSE,)))
    found = takeover.between(timeline, NOON, NOON - seconds(10))
    assert found.at == NOON - seconds(10) + PAUSE
    assert 8 <= found.step.seconds <= 12


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    database = connect(sqlite_url)
    with clock.frozen(NOON), database.write.begin() as session:
        yield session
    database.dispose()


def stage(session: Session) -> Stage:
    return stage_of(session, session.query(Board).first() or wall.board(session))


def test_a_new_hero_is_news_once_and_an_old_one_none(session: Session) -> None:
    make.company(session)
    on = stage(session)
    timeline = Timeline(Plan(NOON, (PULSE, HERO)))
    same, seen = takeover.watch(session, on, timeline, None)
    assert (same, seen) == (timeline, Watch(None))
    hero = wall.celebrate(session, make.person(session, "Ana Muster"))
    changed, seen = takeover.watch(session, on, timeline, seen)
    assert changed.takeover is not None
    assert seen == Watch(hero.id, changed.takeover.ends)
    again, seen = takeover.watch(session, on, timeline, seen)
    assert again.takeover is None
    # Whoever looks for the first time has no news.
    assert takeover.watch(session, on, timeline, None) == (timeline, Watch(hero.id))


def test_a_wall_without_heroes_is_not_taken_over(session: Session) -> None:
    make.company(session)
    on = stage(session)
    timeline = Timeline(Plan(NOON, (PULSE,)))
    wall.celebrate(session, make.person(session, "Ana Muster"))
    assert takeover.watch(session, on, timeline, Watch(None)) == (timeline, Watch(None))


def test_a_look_that_began_before_the_news_takes_it_from_no_wall(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page is opened while the walls are drawn: both look at the same board."""
    database = connect(sqlite_url)
    draw = Draw(database, Hub("1"))
    began, newer_ended = threading.Event(), threading.Event()
    look_of = takeover.watch

    def watch(*asked: Any) -> Any:
        found = look_of(*asked)
        if threading.current_thread() is older:
            began.set()
            newer_ended.wait(0.3)
        return found

    def look() -> Timeline:
        with database.read() as session:
            return draw.timeline(session, Wall("hall"))

    older = threading.Thread(target=look)
    monkeypatch.setattr(takeover, "watch", watch)
    with clock.frozen(NOON):
        with database.write.begin() as session:
            wall.fill(session, "few")
        look()
        older.start()
        assert began.wait(PATIENCE)
        with database.write.begin() as session:
            wall.celebrate(session, make.person(session, "Ana Muster"))
        assert look().takeover
        newer_ended.set()
        older.join(PATIENCE)
        assert draw._timelines["hall"].takeover
    database.dispose()
