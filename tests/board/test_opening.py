"""Outside its hours and on its holidays a wall rests, by the clock of its own site."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app import clock
from app.board import options, paint
from app.board.models import Board
from app.board.opening import is_open, theme_at
from app.board.scene import stage_of
from app.db import Database
from app.people.models import Site
from tests import make

OFFICE = {"mon": ["08:00", "18:00"], "sat": ["09:00", "24:00"]}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.mark.parametrize(
    ("hours", "rests", "local", "lit"),
    [
        (None, (), "2026-11-23T03:00", True),
        ("always", (), "2026-11-23T03:00", True),
        (OFFICE, (), "2026-11-23T07:59", False),
        (OFFICE, (), "2026-11-23T08:00", True),
        (OFFICE, (), "2026-11-23T18:00", False),
        (OFFICE, (), "2026-11-24T12:00", False),
        (OFFICE, (), "2026-11-28T23:59", True),
        (None, ("2026-11-23",), "2026-11-23T12:00", False),
        (OFFICE, ("DE",), "2026-12-25T12:00", False),
        ("always", ("DE",), "2026-12-25T12:00", False),
        ("always", ("DE",), "2026-01-06T12:00", True),
        ("always", ("DE-BY",), "2026-01-06T12:00", False),
    ],
)
def test_a_wall_is_lit_in_its_hours_and_on_no_holiday(
    hours: Any, rests: tuple[str, ...], local: str, *, lit: bool
) -> None:
    assert is_open(hours, rests, datetime.fromisoformat(local)) is lit


def test_a_theme_goes_by_the_clock_when_it_is_told_to() -> None:
    day, night = datetime(2026, 3, 2, 7), datetime(2026, 3, 2, 19)  # noqa: DTZ001 - local times
    assert [theme_at("auto", at) for at in (day, night)] == ["paper", "ink"]
    assert theme_at("paper", night) == "paper"


def shown(database: Database, board: Board, at: datetime) -> list[str]:
    with clock.frozen(at), database.read() as session:
        (loop,) = paint.round_of(session, board, stage_of(session, board))
        return [step.scene for step in loop]


def test_a_board_keeps_its_own_hours_else_those_of_its_site(database: Database) -> None:
    with database.write.begin() as session:
        make.company(session)
        tokyo = make.site(session, "Tokyo", "Asia/Tokyo")
        board = Board(slug="t", title="T", scenes=["pulse"], settings={}, site_id=tokyo.id)
        session.add(board)
        session.flush()
        for site in session.query(Site):
            site.office_hours = {"mon": ["08:00", "18:00"]}
    # A Monday, 07:30 in Berlin and 15:30 in Tokyo; then 21:00 there.
    day, evening = datetime(2026, 11, 23, 6, 30, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert shown(database, board, day) == ["pulse"]
    assert shown(database, board, evening) == ["night"]
    options.change(board, {"hours": "always"})
    assert shown(database, board, evening) == ["pulse"]
    options.change(board, {"hours": "site", "holidays": "JP"})
    assert shown(database, board, evening) == ["night"]
    assert shown(database, board, day) == ["night"]  # Labour Thanksgiving Day


@pytest.mark.parametrize(
    ("utc", "shows"),
    [
        ("2026-03-28T06:30", "night"),
        ("2026-03-29T06:30", "pulse"),
        ("2026-10-24T06:30", "pulse"),
        ("2026-10-25T06:30", "night"),
        ("2026-10-25T07:00", "pulse"),
    ],
)
def test_hours_hold_on_the_days_that_summer_time_begins_and_ends(
    database: Database, utc: str, shows: str
) -> None:
    with database.write.begin() as session:
        make.company(session)
        board = Board(slug="b", title="B", scenes=["pulse"], settings={})
        options.change(board, {"hours": "08:00-18:00"})
        session.add(board)
    assert shown(database, board, datetime.fromisoformat(utc).replace(tzinfo=UTC)) == [shows]
