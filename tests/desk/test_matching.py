"""Unknown names: found, matched in two taps, and old answers follow."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import Database
from app.desk import following, matching, rosterroutes
from app.people.models import AccountTeam, Alias, AuditEntry, Following, Person, Team
from app.responses.models import LedgerEntry, Response
from app.scores import rebuild, tallies
from app.scores.nps import Tally
from tests import make
from tests.desk import staffed
from tests.desk.staffed import NOON
from tests.people.visitor import Visitor, house, lead


@pytest.fixture(autouse=True)
def desk(database: Database, tmp_path: Path) -> Iterator[Visitor]:
    """Ada is signed in as a lead of every team; Reto Frei is of the team Service."""
    with clock.frozen(NOON), database.write.begin() as session:
        teams = staffed.company(session)
        make.person(session, "Reto Frei", teams["Service"])
        make.person(session, "Ana Sánchez", teams["Claims"])
    with clock.frozen(NOON):
        lead(database)
        visitor = Visitor(house(database, tmp_path, rosterroutes.router))
        visitor.sign_in()
        yield visitor


def unknown(database: Database) -> dict[str, tuple[str, int]]:
    with database.read() as session:
        return {one.text: (one.kind, one.count) for one in matching.names(session).unknown}


def test_names_nobody_knows_are_counted_and_known_ones_are_not(database: Database) -> None:
    staffed.answers(database, 3, employee="R. Frei", team="Service")
    staffed.answers(database, 1, employee=" r.  FREI ")
    staffed.answers(database, 2, employee="Reto Frei", team="Front desk", store="Mars")
    staffed.answers(database, 1, employee="Reto Frei")
    staffed.answers(database, 1, employee="Nobody", days_ago=60)
    assert unknown(database) == {
        "R. Frei": ("employee", 4),
        "Front desk": ("team", 2),
        "Mars": ("store", 2),
    }


def test_two_taps_and_old_answers_follow(desk: Visitor, database: Database) -> None:
    staffed.answers(database, 4, employee="R. Frei")
    staffed.answers(database, 1, employee="R. Frei", days_ago=400)
    desk.get("/desk")
    page = desk.get("/matching")  # one tap
    button = re.search(r'name="to" value="(\d+)"[^>]*aria-label="R. Frei is Reto Frei', page.text)
    assert button
    fields = {"kind": "employee", "name": "R. Frei", "to": button[1]}
    assert desk.press("/matching", fields).status_code == 303  # two
    staffed.followed(database)
    desk.get("/matching")
    again = desk.press("/matching", fields)
    assert again.status_code == 303
    with database.read() as session:
        reto = session.scalars(select(Person).where(Person.name == "Reto Frei")).one()
        assert set(session.scalars(select(Response.person_id))) == {reto.id}
        assert session.scalar(select(func.count()).select_from(Alias)) == 1
        assert session.scalars(select(Following.moved)).all() == [5]
        assert tallies.rolling(session, "person", reto.id, NOON.date(), 28) == Tally(4, 0, 0)
        assert tallies.rolling(session, "team", reto.team_id or 0, NOON.date(), 28).n == 4
        assert rebuild.differences(session) == []
        assert session.scalars(select(AuditEntry.action)).all().count("roster.match") == 1
    assert unknown(database) == {}
    assert "5 answers moved" in desk.get("/matching").text
    staffed.answers(database, 1, employee="R. FREI")
    with database.read() as session:
        assert tallies.rolling(session, "person", reto.id, NOON.date(), 28).n == 5


def test_a_team_and_a_store_are_matched_too(desk: Visitor, database: Database) -> None:
    with database.write.begin() as session:
        basel = make.site(session, "Basel", "Europe/Zurich").id
    staffed.answers(database, 2, team="Front desk", store="BSL")
    desk.get("/matching")
    desk.press("/matching", {"kind": "team", "name": "Front desk", "called": "Service #1"})
    desk.get("/matching")
    desk.press("/matching", {"kind": "store", "name": "BSL", "to": str(basel)})
    staffed.followed(database)
    with database.read() as session:
        found = session.execute(select(Response.team_id, Response.site_id)).all()
    assert [tuple(row) for row in found] == [(1, basel), (1, basel)]


def test_a_name_of_two_people_is_not_guessed(desk: Visitor, database: Database) -> None:
    with database.write.begin() as session:
        make.person(session, "Ana Sánchez", session.get_one(Team, 1))
    staffed.answers(database, 2, employee="Ana Sánchez")
    page = desk.get("/matching").text
    assert "More than one person is called so" in page
    answer = desk.press("/matching", {"kind": "employee", "name": "Ana Sánchez", "to": "2"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"kind": "employee", "name": "X", "to": "99"}, 404),
        ({"kind": "planet", "name": "X", "to": "1"}, 404),
        ({"kind": "employee", "name": "X", "called": "somebody"}, 400),
        ({"kind": "employee", "name": "\0", "to": "1"}, 400),
        ({"kind": "employee", "name": "x" * 201, "to": "1"}, 400),
        ({"kind": "employee", "name": "X", "to": "9" * 30}, 400),
    ],
)
def test_what_cannot_be_matched(desk: Visitor, fields: dict[str, str], status: int) -> None:
    desk.get("/matching")
    answer = desk.press("/matching", fields)
    assert (answer.status_code, "Traceback" in answer.text) == (status, False)


def test_another_teams_lead_matches_nobody_elses_people(desk: Visitor, database: Database) -> None:
    with database.write.begin() as session:
        session.add(AccountTeam(account_id=1, team_id=2))
    staffed.answers(database, 1, employee="R. Frei")
    desk.get("/matching")
    assert (
        desk.press("/matching", {"kind": "employee", "name": "R. Frei", "to": "1"}).status_code
        == 403
    )
    assert (
        desk.press("/matching", {"kind": "employee", "name": "A. S", "to": "2"}).status_code == 403
    )


def test_it_goes_on_where_it_stopped(
    desk: Visitor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that ends in the middle loses nothing; one step looks at few ids."""
    monkeypatch.setattr(following, "STRIDE", 4)
    monkeypatch.setattr(following, "TOGETHER", 2)
    staffed.answers(database, 10, employee="R. Frei")
    desk.get("/matching")
    desk.press("/matching", {"kind": "employee", "name": "R. Frei", "to": "1"})
    assert following.advance(database)
    with database.read() as session:
        half = session.scalars(select(Following)).one()
        assert (half.moved, half.ended_at) == (4, None)
    assert 'http-equiv="refresh"' in desk.get("/matching").text
    staffed.followed(database)
    with database.read() as session:
        assert session.scalars(select(Following.moved)).one() == 10
        moves = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.before.is_not(None))
        assert session.scalar(moves) == 10


def test_reading_names_does_not_know_how_many_answers_came_before(database: Database) -> None:
    staffed.answers(database, 5, employee="Late")
    with clock.frozen(NOON - timedelta(days=1)):
        staffed.answers(database, 20, employee="Early", days_ago=1)
    with database.read() as session:
        names = matching.names(session, 10)
    assert (names.read, names.is_all) == (10, False)
    assert [(one.text, one.count) for one in names.unknown] == [("Early", 5), ("Late", 5)]
