"""The loop on the wall: counts and rings, never a name; a call closes its ring."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import clock
from app.board import paint
from app.board.models import Board
from app.board.scene import Stage, scenes, stage_of
from app.board.scenes import loop
from app.db import Database
from app.followups.models import Case
from tests import make
from tests.board import wall
from tests.board.wall import hear

# Tuesday, 14:02 in Berlin.
NOW = wall.NOON.replace(day=24)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with clock.frozen(NOW), database.write.begin() as session:
        make.company(session)
        yield session


def stage(session: Session, audience: str = "staff", **facts: Any) -> Stage:
    board = session.query(Board).first() or wall.board(session, audience=audience, **facts)
    return stage_of(session, board)


def open_one(session: Session, due_in: timedelta, **attributes: str) -> Case:
    (answer,) = hear(session, [2], comment="Uma Customer waited.", attributes=attributes)
    due = NOW + due_in
    return make.case(session, answer, opened_at=due - timedelta(hours=48), due_at=due)


def solve(session: Session, case: Case, at: datetime, due_at: datetime | None = None) -> None:
    case.state, case.closed_at, case.due_at = "solved", at, due_at or case.due_at
    session.flush()


def drawn(session: Session) -> str:
    return paint.paint(session, stage(session), ["loop-0"])["loop-0"]


def words(session: Session) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", drawn(session)).split())


def test_rings_stand_by_urgency_and_say_when(session: Session) -> None:
    for hours in (50, 1.5, -3, 20):
        open_one(session, timedelta(hours=hours))
    view = loop.look(session, stage(session))
    assert view.headline == "4 loops open, 2 due today"
    assert [(one.label, one.tone, one.share) for one in view.rings] == [
        ("overdue", "late", 0),
        ("2 hrs", "today", 3),
        ("tomorrow", "later", 42),
        ("Thu", "later", 97),
    ]
    assert view.note == ""  # a share of so few promises says nothing
    assert "Uma" not in drawn(session)
    assert drawn(session).count('stroke-dashoffset="') == 4


def test_where_many_stand_close_together_a_word_is_said_once_in_a_row(session: Session) -> None:
    for hours in (3, *[30] * 15, 54):
        open_one(session, timedelta(hours=hours))
    said = [one.label for one in loop.look(session, stage(session)).rings]
    assert said == ["3 hrs", "tomorrow", *[""] * 10, "tomorrow", *[""] * 3, "Thu"]


def test_many_are_counted_and_the_frame_stays_small(session: Session) -> None:
    for minutes in range(40):
        open_one(session, timedelta(hours=20, minutes=minutes))
    view = loop.look(session, stage(session))
    assert (len(view.rings), view.more, view.size) == (23, "+17", "s")
    assert view.headline == "40 loops open"
    assert len(drawn(session).encode()) + drawn(session).count('"') < 12_000


def test_a_closed_case_closes_its_ring_in_its_place_and_then_joins_the_week(
    session: Session,
) -> None:
    first, second = (open_one(session, timedelta(hours=hours)) for hours in (2, 30))
    solve(session, first, NOW)
    view = loop.look(session, stage(session))
    assert [(one.id, one.tone, one.share) for one in view.rings] == [
        (first.id, "closed", 100), (second.id, "later", view.rings[1].share),
    ]  # fmt: skip
    assert view.headline == "1 loop open"
    assert (view.closed, view.closed_said) == (0, "closed this week: 1 customer heard again")
    with clock.frozen(NOW + timedelta(minutes=2)):
        later = loop.look(session, stage(session))
    assert ([one.id for one in later.rings], later.closed) == ([second.id], 1)


def test_nobody_waits(session: Session) -> None:
    assert "No loop is open" in words(session)
    assert loop.steps(session, stage(session)) == ()
    case = open_one(session, timedelta(hours=1))
    assert loop.steps(session, stage(session)) == (12,)
    solve(session, case, NOW - timedelta(hours=3, minutes=2))
    assert "All loops closed the last one at 11:00" in words(session)
    solve(session, case, NOW - timedelta(days=9))
    assert "the last one on 15 Nov" in words(session)
    assert "this week" not in words(session)
    assert loop.steps(session, stage(session)) == (12,)


def test_the_street_does_not_see_it(session: Session) -> None:
    open_one(session, timedelta(hours=1))
    assert loop.steps(session, stage(session, audience="street")) == ()


def test_kept_promises_are_a_share_with_its_size(session: Session) -> None:
    cases = [open_one(session, timedelta(hours=-1)) for _ in range(11)]
    for one in cases[:8]:
        solve(session, one, NOW - timedelta(hours=2))
    solve(session, cases[8], NOW)
    cases[9].state, cases[9].reason = "dropped", "nobody could be reached"
    gone = open_one(session, timedelta(hours=-1))
    gone.state, gone.reason = "dropped", "the answer was withdrawn"
    open_one(session, timedelta(hours=1))  # not decided yet
    session.flush()
    assert "73% of 11 closed within two working days" in words(session)


def test_a_board_of_a_team_counts_only_its_own(session: Session) -> None:
    claims = make.team(session, "Claims")
    open_one(session, timedelta(hours=1), team="Claims")
    open_one(session, timedelta(hours=1))
    assert loop.look(session, stage(session, team_id=claims.id)).headline.startswith("1 loop open")


def test_it_is_drawn_anew_when_a_case_moves_and_names_nobody() -> None:
    one = scenes()["loop"]
    assert "followups" in one.topics
    assert not one.topics & paint.PERSONAL_TOPICS
