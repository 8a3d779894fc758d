"""Who is on a leaderboard, who is not, and what it says."""

from datetime import date
from fractions import Fraction

import pytest

from app.db import Database
from app.errors import CheerboardError
from app.people.models import Company
from app.scores import ranking
from app.scores.leaderboard import contest, leaderboard
from app.scores.nps import Tally
from tests import make
from tests.scores.given import answers

TODAY = date(2026, 6, 30)
CASES = {
    "Ana": Tally(95, 5, 0), "Ben": Tally(94, 6, 0), "Cleo": Tally(55, 20, 25),
    "Dag": Tally(30, 30, 40), "Eve": Tally(9, 0, 0),
}  # fmt: skip


@pytest.fixture
def staffed(northwind: Database) -> Database:
    """Five people with a team each, and answers that tell them apart."""
    with northwind.write.begin() as session:
        session.get_one(Company, 1).individuals = True
        for name, tally in CASES.items():
            make.person(session, name, make.team(session, f"Team {name}"))
            answers(session, tally, of=name)
    return northwind


@pytest.mark.parametrize("by", ["person", "team"])
def test_the_best_are_listed_and_equals_share_a_rank(staffed: Database, by: str) -> None:
    with staffed.read() as session:
        board = leaderboard(session, by, TODAY, 28)
    assert board.differs
    assert [row.name.removeprefix("Team ") for row in board.rows] == ["Ana", "Ben", "Cleo", "Dag"]
    assert [row.rank for row in board.rows] == [1, 1, 3, 4]
    first = board.rows[0]
    assert (first.nps, first.tally) == (Fraction(95), CASES["Ana"])
    held = ranking.shrink(CASES["Ana"], sum(CASES.values(), Tally()), 10)
    assert first.shrunk == held
    # (95 * 100 + 53.3 * 10) / (100 + 10)
    assert first.reason == (
        "95 promoters and 0 detractors in 100 answers give +95, +91 adjusted for the number of "
        "answers, surely above the company's +53."
    )


def test_only_the_top_is_shown(staffed: Database) -> None:
    with staffed.read() as session:
        assert len(leaderboard(session, "team", TODAY, 28, limit=2).rows) == 2


def test_when_nobody_differs_there_is_no_ranking(northwind: Database) -> None:
    with northwind.write.begin() as session:
        for name in "ABCDEFGH":
            make.team(session, name)
            answers(session, Tally(12, 5, 3), attributes={"team": name})
        board = leaderboard(session, "team", TODAY, 28)
        later = leaderboard(session, "team", date(2026, 7, 7), 28)
    assert not board.differs
    assert {row.rank for row in board.rows} == {None}
    orders = [[row.name for row in each.rows] for each in (board, later)]
    assert sorted(orders[0]) == sorted(orders[1]) == list("ABCDEFGH")
    assert orders[0] != orders[1]
    assert "no larger than chance" in board.rows[0].reason


def test_people_are_listed_only_where_the_company_wants_it(staffed: Database) -> None:
    with staffed.write.begin() as session:
        session.get_one(Company, 1).individuals = False
        board = leaderboard(session, "person", TODAY, 28)
        assert (board.rows, board.is_off) == ((), True)
        assert leaderboard(session, "team", TODAY, 28).rows
        # A hero is still picked among them.
        assert len(contest(session, "person", TODAY, 28).standings()) == 4


def test_who_is_hidden_or_gone_leaves_no_gap(staffed: Database) -> None:
    with staffed.write.begin() as session:
        make.person(session, "Hid", visibility="hidden")
        make.person(session, "Gone", left_on=TODAY)
        answers(session, Tally(100, 0, 0), of="Hid")
        answers(session, Tally(100, 0, 0), of="Gone")
        board = leaderboard(session, "person", TODAY, 28)
    assert [row.name for row in board.rows] == ["Ana", "Ben", "Cleo", "Dag"]
    assert [row.rank for row in board.rows] == [1, 1, 3, 4]


def test_nobody_yet(northwind: Database) -> None:
    with northwind.read() as session:
        board = leaderboard(session, "team", TODAY, 28)
        assert (board.differs, board.rows, board.company) == (False, (), Tally())
        with pytest.raises(CheerboardError, match="team or person"):
            leaderboard(session, "site", TODAY, 28)
