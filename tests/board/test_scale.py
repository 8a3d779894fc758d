"""A wall looked at from afar: its words grow and become fewer."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.board.models import Board
from app.board.scene import LANDSCAPE, PORTRAIT, Stage, stage_of
from app.board.scenes import ladder, leaderboard, loop, story, themes, today, week
from app.db import Database, connect
from tests.board import wall


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    database: Database = connect(sqlite_url)
    with clock.frozen(wall.NOON), database.write.begin() as session:
        wall.fill(session, "normal")
        wall.tell(session, "word " * 79 + "end.")
        yield session
    database.dispose()


def stage(session: Session, scale: float, turned: str = LANDSCAPE) -> Stage:
    board = session.query(Board).one()
    board.settings = {"scale": scale}
    return stage_of(session, board, turned)


@pytest.mark.parametrize(("kept", "scale"), [(0.5, 1), (1, 1), (1.25, 1.25), (2, 1.5)])
def test_a_scale_that_was_kept_is_held_within_what_can_be_drawn(
    session: Session, kept: float, scale: float
) -> None:
    assert stage(session, kept).scale == scale


def test_from_afar_there_are_fewer_rows(session: Session) -> None:
    near, far, tall = stage(session, 1), stage(session, 1.5), stage(session, 1.5, PORTRAIT)
    counts = [
        (
            len(leaderboard.look(session, on).places),
            len(ladder.look(session, on).rungs),
            len(themes.look(session, on).rows),
            len(loop.look(session, on).rings),
        )
        for on in (near, far, tall)
    ]
    assert counts == [(3, 6, 3, 10), (3, 4, 2, 10), (3, 3, 3, 5)]


def test_from_afar_a_story_is_cut_and_the_week_does_without(session: Session) -> None:
    told = [story.look(session, stage(session, scale)).told for scale in (1, 1.25, 1.5)]
    assert [len(one.words) for one in told if one] == [399, 270, 195]
    assert all(one and one.words.endswith("…") for one in told[1:])
    assert week.look(session, stage(session, 1.25)).story
    assert not week.look(session, stage(session, 1.5)).story


def test_larger_hours_stand_further_apart(session: Session) -> None:
    days = [today.look(session, stage(session, scale)).day for scale in (1, 1.5)]
    assert [len(day.marks) for day in days if day] == [11, 6]
