"""The weekly report and the alerts: from answers of many weeks to sentences a lead may believe."""

from datetime import date, timedelta

import pytest

from app.db import Database
from app.scores import alerts, nps, weekly
from app.scores.nps import Tally
from tests import make
from tests.scores.given import answers

TODAY = date(2026, 6, 30)  # a Tuesday; the report is of the week to Sunday the 28th


@pytest.fixture
def teams(northwind: Database) -> Database:
    """Service fell by 40, Claims stayed, Night and Export are small."""
    said = {
        "Service": (Tally(70, 20, 10), Tally(40, 40, 20)),
        "Claims": (Tally(60, 30, 10), Tally(60, 30, 10)),
        "Export": (Tally(12, 4, 4), Tally(8, 2, 2)),
        "Night": (Tally(4, 2, 1), Tally(5, 1, 1)),
    }
    with northwind.write.begin() as session:
        for name in said:
            make.team(session, name)
        for name, (before, now) in said.items():
            answers(session, before, days_ago=40, attributes={"team": name})
            answers(session, now, days_ago=5, attributes={"team": name})
    return northwind


def test_the_week_names_who_moved_and_hides_who_could_be_computed(teams: Database) -> None:
    with teams.read() as session:
        found = weekly.report(session, TODAY)
    assert (found.until, found.days) == (date(2026, 6, 28), 28)
    lines = {line.name: line for line in found.lines}
    assert list(lines) == ["Claims", "Export", "Night", "Service"]
    assert (lines["Service"].shown, lines["Service"].moved) == ("+20", "\N{MINUS SIGN}40")
    assert (lines["Claims"].shown, lines["Claims"].moved) == ("+50", "")
    assert (lines["Night"].shown, lines["Night"].note) == (None, "collecting, 7 of 10")
    assert (lines["Export"].shown, lines["Export"].n) == (None, None)
    assert "could be computed" in lines["Export"].note
    assert [(one.scope_id, one.shift.verdict) for one in found.alerts] == [
        (lines["Service"].id, "alert")
    ]
    said = weekly.as_text(found)
    assert "Service: +20, 100 answers, moved \N{MINUS SIGN}40" in said
    assert said.endswith("2 teams were compared; 1 moved beyond what chance does to that many.")


def test_no_alert_tells_what_the_days_since_sunday_hide(northwind: Database) -> None:
    """Night's first answers came on Monday: now its number is Service's short of the company's."""
    with northwind.write.begin() as session:
        for name in ("Service", "Night"):
            make.team(session, name)
        for days_ago, said in ((40, Tally(70, 20, 10)), (5, Tally(40, 40, 20))):
            answers(session, said, days_ago=days_ago, attributes={"team": "Service"})
    with northwind.read() as session:
        assert len(weekly.report(session, TODAY).alerts) == 1
    with northwind.write.begin() as session:
        answers(session, Tally(1, 1, 1), days_ago=1, attributes={"team": "Night"})
    with northwind.read() as session:
        assert weekly.report(session, TODAY).alerts == ()


def test_a_team_with_few_answers_is_looked_at_over_more_weeks(northwind: Database) -> None:
    with northwind.write.begin() as session:
        make.team(session, "Service")
        for weeks in range(16):
            answers(session, Tally(3, 0, 0), days_ago=7 * weeks + 3, attributes={"team": "Service"})
    with northwind.read() as session:
        (line,) = weekly.report(session, TODAY).lines
    assert (line.days, line.n, line.shown) == (56, 24, "+100")
    assert line.note == "over 56 days, because 28 had too few answers"


def test_an_alert_says_since_when_and_is_raised_once(teams: Database) -> None:
    with teams.read() as session:
        (alert,) = alerts.standing(session, "team", TODAY, 28)
        assert alerts.standing(session, "team", TODAY, 28) == [alert]
        assert alerts.standing(session, "team", TODAY - timedelta(days=6), 28) == []
    assert (alert.since, alert.until) == (TODAY - timedelta(days=5), TODAY - timedelta(days=1))
    alert_ = nps.change(Tally(1000, 0, 0), Tally(0, 0, 1000))
    assert alerts.raised(
        [None, alert_, alert_, None, *[None] * 26, alert_, *[None] * 29, alert_]
    ) == [1, 60]
