"""How long each scene stays: by its words in the board's language, unless the board says so."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.board import paint, reading
from app.board.models import Board
from app.board.scene import PORTRAIT, stage_of
from app.db import Database, connect
from tests.board import wall


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    database: Database = connect(sqlite_url)
    with clock.frozen(wall.NOON), database.write.begin() as session:
        wall.fill(session, "normal", "en")
        yield session
    database.dispose()


def seconds(session: Session, **settings: object) -> dict[str, int]:
    """Of each scene's first item."""
    board = session.query(Board).one()
    board.settings = settings
    loops = paint.round_of(session, board, stage_of(session, board))
    steps = [step for loop in loops for step in loop]
    return {step.scene: step.seconds for step in reversed(steps)}


@pytest.mark.parametrize(
    ("words", "lasts"), [(0, 12), (18, 12), (19, 12), (21, 13), (70, 34), (84, 40), (400, 40)]
)
def test_words_are_read_at_140_a_minute_after_four_seconds(words: int, lasts: int) -> None:
    assert reading.seconds("word " * words) == lasts


def test_a_sign_is_no_word_and_nothing_takes_no_time() -> None:
    assert reading.seconds("a · b – c", None, "") == reading.seconds("a b c")


def test_every_scene_of_a_wall_stays_as_long_as_its_words_take(session: Session) -> None:
    board = session.query(Board).one()
    board.scenes = [*wall.SCENES[:4], "week", "today", *wall.CHOSEN]
    lasts = seconds(session)
    assert set(lasts) == set(board.scenes)
    assert all(12 <= one <= 40 for one in lasts.values())
    assert lasts["week"] > lasts["today"]
    assert lasts["themes"] > lasts["pulse"] > lasts["today"]


def test_another_language_takes_its_own_time(session: Session) -> None:
    assert seconds(session, language="fr")["week"] > seconds(session, language="de")["week"]


def test_a_board_may_say_how_long_and_a_turned_screen_has_the_same_plan(session: Session) -> None:
    board = session.query(Board).one()
    assert set(seconds(session, dwell=7).values()) == {7}
    board.settings = {}
    flat, tall = (
        paint.round_of(session, board, stage_of(session, board, *turned))
        for turned in ((), (PORTRAIT,))
    )
    assert flat == tall
