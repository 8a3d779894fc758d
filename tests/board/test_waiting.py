"""A wall before its first voice: each scene has its own picture, and it says nothing untrue."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.board import dayline, paint
from app.board.models import Board
from app.board.scene import LANDSCAPE, PORTRAIT, stage_of
from app.board.scenes import tide, today
from app.db import connect
from tests.board import wall

SHAPES = re.compile(r"<(?:use|circle|path|line|polyline|svg)[^>]*>")


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    database = connect(sqlite_url)
    with clock.frozen(wall.NOON), database.write.begin() as session:
        wall.fill(session, "empty")
        yield session
    database.dispose()


@pytest.mark.parametrize("turned", [LANDSCAPE, PORTRAIT])
def test_each_scene_waits_in_its_own_way(session: Session, turned: str) -> None:
    on = stage_of(session, session.query(Board).one(), turned)
    names = [*wall.SCENES, *wall.CHOSEN, "pair", "welcome"]
    drawn = paint.paint(session, on, [f"{name}-0" for name in names])
    pictures = {"".join(SHAPES.findall(drawn[f"{name}-0"])) for name in names}
    assert len(pictures) == len(names)
    assert "" not in pictures


def test_a_day_without_a_voice_has_its_hours_and_its_now(session: Session) -> None:
    day = today.look(session, stage_of(session, session.query(Board).one())).day
    assert (day.latest, day.heaps) == (None, ())
    assert len(day.hours) == 11
    assert day.hours[day.marks.index((day.now, "14:00"))] == day.now
    assert dayline.dayline([], 6, tall=False).now is None


def test_a_calm_tide_has_a_place_for_each_silent_week(session: Session) -> None:
    board = session.query(Board).one()
    views = [
        tide.look(session, stage_of(session, board, turned)) for turned in (LANDSCAPE, PORTRAIT)
    ]
    assert [len(view.silent.split()) for view in views] == [13, 8]
    assert all(view.empty and view.waterline < view.height for view in views)
    assert views[0].marks[0].x == 0
    wall.hear(session, [10])
    assert not tide.look(session, stage_of(session, board)).empty


def test_the_rail_says_in_a_word_that_it_is_kept_up(session: Session) -> None:
    on = stage_of(session, session.query(Board).one())
    line = paint.paint(session, on, ["rail"])["rail"]
    assert "updated 14:02" in " ".join(re.sub(r"<[^>]+>", "", line).split())
