"""Daily tallies and what is read from them."""

from datetime import UTC, date, datetime

from sqlalchemy import event, select

from app.db import Database
from app.responses import ledger
from app.scores import tallies
from app.scores.models import DailyTally
from app.scores.nps import Tally
from app.scores.tallies import Point
from tests import make
from tests.scores.given import answers

TODAY = date(2026, 6, 30)


def test_a_voice_counts_for_company_site_team_and_person(northwind: Database) -> None:
    with northwind.write.begin() as session:
        crew = make.team(session, "Crew")
        ana = make.person(session, "Ana", crew)
        answers(session, Tally(1, 0, 0), of="Ana", survey_id="nps", channel="e|mail")
        answers(session, Tally(0, 1, 2))
    with northwind.read() as session:
        stored = {
            (row.scope, row.scope_id, row.segment): (row.promoters, row.passives, row.detractors)
            for row in session.scalars(select(DailyTally))
        }
        assert stored == {
            ("company", 1, "nps|e/mail"): (1, 0, 0),
            ("site", 1, "nps|e/mail"): (1, 0, 0),
            ("team", crew.id, "nps|e/mail"): (1, 0, 0),
            ("person", ana.id, "nps|e/mail"): (1, 0, 0),
            ("company", 1, "|"): (0, 1, 2),
            ("site", 1, "|"): (0, 1, 2),
        }
        assert tallies.rolling(session, "company", 1, TODAY, 1) == Tally(1, 1, 2)
        assert tallies.segments(session, "company", 1, TODAY, 1) == {
            "nps|e/mail": Tally(1, 0, 0),
            "|": Tally(0, 1, 2),
        }


def test_what_is_taken_back_is_not_counted(northwind: Database) -> None:
    with northwind.write.begin() as session:
        changes = answers(session, Tally(2, 0, 0))
        gone = ledger.withdraw(session, [changes[0].response_id], "asked to")
        tallies.apply(session, gone)
        assert tallies.rolling(session, "company", 1, TODAY, 7) == Tally(1, 0, 0)


def test_a_window_has_its_days_and_no_others(northwind: Database) -> None:
    with northwind.write.begin() as session:
        for days_ago, tally in ((-1, Tally(64)), (0, Tally(1)), (27, Tally(2)), (28, Tally(4))):
            answers(session, tally, days_ago=days_ago)
        assert tallies.rolling(session, "company", 1, TODAY, 28) == Tally(3)
        assert tallies.rolling(session, "company", 1, TODAY, 1) == Tally(1)
        assert tallies.rolling(session, "company", 1, date(2026, 6, 2), 28) == Tally(4)
        assert tallies.rolling(session, "site", 99, TODAY, 28) == Tally()


def test_a_trend_is_one_window_a_week_and_the_last_one_is_current(northwind: Database) -> None:
    with northwind.write.begin() as session:
        for days_ago, tally in ((0, Tally(1)), (7, Tally(2)), (14, Tally(4)), (40, Tally(8))):
            answers(session, tally, days_ago=days_ago)
        assert tallies.trend(session, "company", 1, TODAY, days=28, points=3) == [
            Point(date(2026, 6, 16), Tally(12)),
            Point(date(2026, 6, 23), Tally(6)),
            Point(TODAY, Tally(7)),
        ]
        points = tallies.trend(session, "company", 1, TODAY, days=9, points=52)
        assert points == [
            Point(p.until, tallies.rolling(session, "company", 1, p.until, 9)) for p in points
        ]


def test_the_same_statements_whatever_came_before(northwind: Database) -> None:
    """Counting one answer, a score and a trend, with few and with many answers stored."""

    def statements() -> list[str]:
        said: list[str] = []

        def note(_c: object, _d: object, statement: str, *_rest: object) -> None:
            said.append(statement)

        event.listen(northwind.writer, "before_cursor_execute", note)
        with northwind.write.begin() as session:
            answers(session, Tally(1))
            tallies.rolling(session, "company", 1, TODAY, 28)
            tallies.trend(session, "company", 1, TODAY, days=28, points=13)
        event.remove(northwind.writer, "before_cursor_execute", note)
        return said

    few = statements()
    with northwind.write.begin() as session:
        for days_ago in range(60):
            answers(session, Tally(20, 5, 5), days_ago=days_ago)
    assert statements() == few


def test_a_day_belongs_to_the_site(northwind: Database) -> None:
    """The company is the sum over sites by date, each in its own zone."""
    with northwind.write.begin() as session:
        make.site(session, "Auckland", "Pacific/Auckland")
        at = datetime(2026, 6, 29, 13, 0, tzinfo=UTC)
        for site in ("Auckland", "Head office"):
            said = {"store": site}
            answers(session, Tally(1), attributes=said, submitted_at=at)
        assert tallies.rolling(session, "site", 1, date(2026, 6, 29), 1) == Tally(1)
        assert tallies.rolling(session, "site", 2, TODAY, 1) == Tally(1)
        assert tallies.rolling(session, "company", 1, TODAY, 1) == Tally(1)
        assert tallies.rolling(session, "company", 1, TODAY, 2) == Tally(2)
