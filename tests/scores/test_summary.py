"""One score with everything beside it."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from app import clock
from app.db import Database
from app.errors import CheerboardError, NotFoundError
from app.scores.nps import Tally
from app.scores.summary import summary
from app.scores.window import today
from tests import make
from tests.scores.given import answers


def test_a_score_and_the_dates_before_it(northwind: Database) -> None:
    with northwind.write.begin() as session:
        answers(session, Tally(65, 25, 10), days_ago=3)
        answers(session, Tally(52, 31, 17), days_ago=30)
        found = summary(session, "company", 1, 28)
        assert (found.name, found.tally, found.before) == (
            "Northwind",
            Tally(65, 25, 10),
            Tally(52, 31, 17),
        )
        assert (found.window.start, found.window.end) == (date(2026, 6, 3), date(2026, 7, 1))
        assert (found.nps, found.shown) == (Fraction(55), "+55")
        assert found.interval == pytest.approx((40.3344, 66.4617), abs=5e-5)
        assert found.change is not None
        assert (found.change.delta, found.change.verdict) == (Fraction(20), "clear")
        past = summary(session, "company", 1, 28, date(2026, 6, 2))
        assert (past.tally, past.change) == (Tally(52, 31, 17), None)


def test_nine_answers_have_a_score_and_show_none(northwind: Database) -> None:
    with northwind.write.begin() as session:
        answers(session, Tally(9, 0, 0))
        found = summary(session, "site", 1, 7)
        assert (found.nps, found.shown) == (Fraction(100), None)
        answers(session, Tally(1, 0, 0))
        assert summary(session, "site", 1, 7).shown == "+100"


def test_nobody_answered(northwind: Database) -> None:
    with northwind.read() as session:
        found = summary(session, "company", 1, 366)
    assert (found.nps, found.shown, found.interval, found.change) == (None, None, None, None)


def test_today_is_where_one_is(northwind: Database) -> None:
    with northwind.write.begin() as session:
        down = make.site(session, "Auckland", "Pacific/Auckland")
        crew = make.team(session, "Crew", down)
        ana, bob = make.person(session, "Ana", crew), make.person(session, "Bob")
        adrift = make.team(session, "Adrift")
        with clock.frozen(datetime(2026, 6, 30, 20, 0, tzinfo=UTC)):
            here, there = date(2026, 6, 30), date(2026, 7, 1)
            assert today(session, "company", 1) == today(session, "site", 1) == here
            assert today(session, "site", down.id) == today(session, "team", crew.id) == there
            assert today(session, "person", ana.id) == there
            assert today(session, "person", bob.id) == today(session, "team", adrift.id) == here


@pytest.mark.parametrize(
    ("scope", "key", "days", "at", "error"),
    [
        ("planet", 1, 28, None, CheerboardError),
        ("team", 99, 28, None, NotFoundError),
        ("company", 2, 28, None, NotFoundError),
        ("company", 1, 0, None, CheerboardError),
        ("company", 1, 367, None, CheerboardError),
        ("company", 1, 28, date(1, 1, 1), CheerboardError),
        ("company", 1, 28, date(9999, 12, 31), CheerboardError),
    ],
)
def test_impossible_questions(  # one parameter for each part of the question
    northwind: Database,
    scope: str,
    key: int,
    days: int,
    at: date | None,
    error: type[CheerboardError],
) -> None:
    with northwind.read() as session, pytest.raises(error):
        summary(session, scope, key, days, at)
