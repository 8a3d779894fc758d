"""Dignity settings and the works council's sheet: switched, bounded, proved, and true."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.db import Database, connect
from app.desk import dignity, rosterretention, rosterroutes
from app.people.models import Account, Company
from app.responses.models import Response
from app.scores import leaderboard, rebuild
from tests import make
from tests.desk import scenery, staffed
from tests.desk.staffed import NOON
from tests.people.visitor import Visitor, house, lead

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Visitor]:
    with clock.frozen(NOON):
        with database.write.begin() as session:
            teams = staffed.company(session)
            make.person(session, "Reto Frei", teams["Service"])
            make.person(session, "Ana Sánchez", teams["Claims"], visibility="hidden")
            scenery.board(session, "door", "Front door", "street")
        lead(database, role="admin")
        visitor = Visitor(house(database, tmp_path, rosterroutes.router))
        visitor.sign_in()
        yield visitor


def switched(desk: Visitor, **fields: str) -> int:
    desk.get("/dignity")
    return desk.press("/dignity", {"individuals": "off", "least": "10"} | fields).status_code


def test_nobody_below_the_least_number_is_ranked(desk: Visitor, database: Database) -> None:
    staffed.answers(database, 15, employee="Reto Frei")

    def ranked() -> int:
        with database.read() as session:
            return len(leaderboard.leaderboard(session, "person", NOON.date(), 28).rows)

    assert ranked() == 0  # teams only, from the start
    assert switched(desk, individuals="on") == 303
    assert ranked() == 1
    assert switched(desk, individuals="on", least="16") == 303
    assert ranked() == 0
    assert "least_personal <b>16</b>" in desk.get("/audit?action=dignity").text


def test_old_answers_forget_whom_they_named(desk: Visitor, database: Database) -> None:
    old = staffed.answers(database, 2, days_ago=40, employee="Reto Frei", store="Basel")
    old += staffed.answers(database, 1, days_ago=40, employee="Somebody")
    new = staffed.answers(database, 1, days_ago=20, employee="Reto Frei")
    assert rosterretention.sweep(database) == 0
    assert switched(desk, kept="28") == 303
    with database.read() as session:
        assert rosterretention.overdue(session) == 3
    assert rosterretention.sweep(database) == 3
    with database.read() as session:
        assert rosterretention.overdue(session) == 0
        kept = session.get_one(Response, old[0])
        assert (kept.person_id, kept.team_id, kept.attributes) == (None, 1, {"store": "Basel"})
        assert session.get_one(Response, old[2]).attributes == {}
        assert session.get_one(Response, new[0]).person_id == 1
        assert rebuild.differences(session) == []


@pytest.mark.parametrize("fields", [{"least": "9"}, {"least": "x"}, {"least": ""}, {"kept": "27"}])
def test_switches_have_bounds(desk: Visitor, database: Database, fields: dict[str, str]) -> None:
    assert switched(desk, **fields) == 400
    with database.read() as session:
        assert session.scalars(select(Company.least_personal)).one() == 10


def test_every_proof_is_a_test_that_is_there() -> None:
    named = [test for rule in dignity.ALWAYS for test in rule.tests]
    named += [*dignity.SWITCH_TESTS.values()]
    page = (ROOT / "templates/people/dignity.html").read_text()
    named += re.findall(r"tests/[\w/]+\.py::\w+", page)
    assert len(named) > 8
    for one in named:
        path, _, test = one.partition("::")
        assert f"\ndef {test}(" in (ROOT / path).read_text(), one


def test_the_sheet_says_what_is_set(desk: Visitor, database: Database) -> None:
    staffed.answers(database, 3, employee="Reto Frei")
    sheet = desk.get("/worksheet").text
    assert "2 employees are on its roster, 3 answers name" in sheet
    assert 'class="off">off</b> Scores and ranks of single employees' in sheet
    assert "until somebody deletes it" in sheet
    assert "Front door" in sheet
    assert "hidden 1" in sheet
    switched(desk, individuals="on", kept="90")
    sheet = desk.get("/worksheet").text
    assert 'class="on">on</b> Scores and ranks of single employees' in sheet
    assert "90 days, then the name is taken off" in sheet


def test_everybody_at_the_desk_reads_and_only_admins_switch(
    desk: Visitor, database: Database
) -> None:
    with database.write.begin() as session:
        session.get_one(Account, 1).role = "viewer"
    page = desk.get("/dignity")
    assert (page.status_code, "An admin switches these" in page.text) == (200, True)
    assert desk.get("/worksheet").status_code == 200
    assert switched(desk) == 403
