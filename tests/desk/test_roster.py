"""The roster at the desk: changed by id, hidden without a trace, removed without loose ends."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.db import Database, connect
from app.desk import rosterroutes
from app.desk.rosterplaces import spoken_hours
from app.heroes import listing
from app.heroes.models import Hero
from app.heroes.nominationmodels import Nomination
from app.people import roster, rosterbook
from app.people.models import Account, AccountTeam, Alias, AuditEntry, Company, Person, Site, Team
from app.responses.models import Response
from app.scores import leaderboard, rebuild
from app.stories import listing as stories
from app.stories.models import Story
from tests import make
from tests.desk import scenery, staffed
from tests.desk.staffed import NOON
from tests.people.visitor import Visitor, house, lead
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]

RETO, ANA = 1, 2


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """No SQL of this room differs between databases; matching and following run on both."""
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture(autouse=True)
def desk(database: Database, tmp_path: Path) -> Iterator[Visitor]:
    """Uma is signed in as admin; Reto is of Service, Ana of Claims."""
    with clock.frozen(NOON):
        with database.write.begin() as session:
            teams = staffed.company(session)
            make.person(session, "Reto Frei", teams["Service"])
            make.person(session, "Ana Sánchez", teams["Claims"])
        lead(database, role="admin")
        visitor = Visitor(house(database, tmp_path, rosterroutes.router))
        visitor.sign_in()
        yield visitor


def press(desk: Visitor, path: str, **fields: str) -> int:
    """Sends a form with the proof of the page before; the status."""
    desk.get("/roster")
    return desk.press(path, fields).status_code


def test_who_opts_out_leaves_no_trace(desk: Visitor, database: Database) -> None:
    """No name, no rank, no gap, no story, no pick; and nothing comes back by itself."""
    staffed.answers(database, 12, employee="Reto Frei")
    staffed.answers(database, 12, score=9, employee="Ana Sánchez")
    with database.write.begin() as session:
        session.get_one(Company, 1).individuals = True
        scenery.story(session, state="released", person=session.get_one(Person, RETO))
        make.hero(session, session.get_one(Person, RETO)).state = "shown"
        scenery.board(session, "hall", "Hall")
    with database.read() as session:
        assert listing.current(session, NOON.date()) is not None
        assert len(stories.released(session, "staff")) == 1
    assert press(desk, f"/roster/people/{RETO}/visibility", visibility="hidden") == 303
    with database.read() as session:
        board = leaderboard.leaderboard(session, "person", NOON.date(), 28)
        assert [row.id for row in board.rows] == [ANA]
        assert listing.current(session, NOON.date()) is None
        assert stories.released(session, "staff") == []
        assert session.scalars(select(Story.state)).all() == ["recalled"]
        assert None not in session.scalars(select(Hero.withdrawn_at)).all()
    assert press(desk, f"/roster/people/{RETO}/visibility", visibility="full") == 303
    with database.read() as session:
        assert stories.released(session, "staff") == []


@pytest.mark.parametrize("way", ["set", "import"])
def test_who_is_hidden_by_a_command_leaves_walls_too(
    database: Database, cheerboard: Command, tmp_path: Path, way: str
) -> None:
    with database.write.begin() as session:
        reto = session.get_one(Person, RETO)
        scenery.story(session, state="released", person=reto)
        make.hero(session, reto).state = "shown"
        make.nomination(session, reto)
    if way == "set":
        ended = cheerboard("person", "set", "Reto Frei", "--visibility", "hidden")
    else:
        with database.read() as session:
            team = session.get_one(Team, session.get_one(Person, RETO).team_id or 0).name
        file = tmp_path / "people.csv"
        file.write_text(f"name,team,visibility\nReto Frei,{team},hidden\n")
        ended = cheerboard("person", "import", str(file))
    assert ended.code == 0, ended.err
    with database.read() as session:
        assert stories.released(session, "staff") == []
        assert None not in session.scalars(select(Hero.withdrawn_at)).all()
        assert session.scalars(select(Nomination.state)).all() == ["withdrawn"]
        assert "command line" in session.scalars(select(AuditEntry.who)).all()


def test_another_teams_lead_shows_and_hides_nobody_elses_people(
    desk: Visitor, database: Database
) -> None:
    with database.write.begin() as session:
        session.add(AccountTeam(account_id=1, team_id=2))
        session.get_one(Account, 1).role = "lead"
    for path in ("visibility", "link", "link/revoke"):
        assert press(desk, f"/roster/people/{RETO}/{path}", visibility="full") == 403
    assert press(desk, f"/roster/people/{ANA}/visibility", visibility="first") == 303


def test_people_are_renamed_moved_and_dated(desk: Visitor, database: Database) -> None:
    ids = staffed.answers(database, 1, employee="Reto Frei")
    facts = {"name": "Reto Huber", "team": "2", "email": "R@Example.com", "joined": "2026-01-01"}
    assert press(desk, f"/roster/people/{RETO}", **facts, left="2026-07-01") == 303
    with database.read() as session:
        reto = session.get_one(Person, RETO)
        assert (reto.name, reto.team_id, reto.email) == ("Reto Huber", 2, "r@example.com")
        # The old name still means them; a move changes no old answer.
        assert session.scalars(select(Alias.text)).all() == ["Reto Frei"]
        assert session.get_one(Response, ids[0]).team_id == 1
    assert press(desk, f"/roster/people/{RETO}", **facts, left="2025-07-01") == 400
    assert press(desk, f"/roster/people/{RETO}", **facts | {"joined": "soon"}) == 400
    assert press(desk, f"/roster/people/{RETO}", **facts | {"name": "Ana Sánchez"}) == 409
    assert press(desk, f"/roster/people/{RETO}", **facts | {"team": "77"}) == 404
    log = desk.get("/audit?action=roster").text
    assert "Reto Huber" in log


def test_dates_decide_whom_an_answer_is_about(database: Database) -> None:
    day = date(2026, 6, 10)
    with database.write.begin() as session:
        session.get_one(Person, RETO).left_on = day
        namesake = make.person(session, "Reto Frei", session.get_one(Team, 2), joined_on=day)
        late = make.person(session, "Mo", session.get_one(Team, 1), left_on=day)
        new = make.person(session, "Cy", session.get_one(Team, 1), joined_on=day)
    with database.read() as session:
        known = roster.load(session)
    before, later = day - timedelta(days=1), day + timedelta(days=roster.LATE.days)

    def who(name: str, on: date) -> int | None:
        return known.place(name, None, None, on).person_id

    assert [who("Reto Frei", on) for on in (before, day)] == [RETO, namesake.id]
    assert [who("Mo", on) for on in (day, later - timedelta(days=1), later)] == [late.id] * 2 + [
        None
    ]
    assert [who("Cy", on) for on in (before, day)] == [None, new.id]
    staffed.answers(database, 12, employee="Cy")
    staffed.answers(database, 12, employee="Mo")
    with database.write.begin() as session:
        session.get_one(Company, 1).individuals = True
    with database.read() as session:
        rows = leaderboard.leaderboard(session, "person", day, 28).rows
    assert [row.id for row in rows] == [new.id]


def test_removing_leaves_answers_with_their_team(desk: Visitor, database: Database) -> None:
    staffed.answers(database, 3, employee="Reto Frei", team="Service")
    assert press(desk, f"/roster/people/{RETO}/remove") == 303
    with database.read() as session:
        found = session.execute(select(Response.person_id, Response.team_id)).all()
        assert {tuple(row) for row in found} == {(None, 1)}
        assert session.get(Person, RETO) is None
        assert rebuild.differences(session) == []
    assert press(desk, "/roster/teams/1/remove") == 409
    assert press(desk, "/roster/sites/1/remove") == 409


def test_teams_and_sites(desk: Visitor, database: Database) -> None:
    assert press(desk, "/roster/sites", name="Basel", timezone="europe/zurich") == 303
    assert press(desk, "/roster/teams", name="Checkout", site="2") == 303
    assert press(desk, "/roster/people", name="Bo", team="3") == 303
    facts = {"name": "Basle", "timezone": "Europe/Zurich"}
    hours = {"hours": "mon-fri 08:00-18:00, sat 09:00-13:00", "holidays": "CH-BS, 2026-12-24"}
    assert press(desk, "/roster/sites/2", **facts, **hours) == 303
    assert hours["hours"] in desk.get("/roster/sites/2").text
    with database.read() as session:
        site = session.get_one(Site, 2)
        assert site.holidays == ["2026-12-24", "CH-BS"]
        assert spoken_hours(site.office_hours) == hours["hours"]
        known = roster.load(session)
        assert known.place(None, "checkout", None).site_id == 2
        assert known.place(None, None, "Basel").site_id == 2  # the name until now
    assert press(desk, "/roster/sites/2", **facts, hours="whenever") == 400
    assert press(desk, "/roster/sites/2", **facts | {"name": "Head office"}) == 409
    assert press(desk, "/roster/teams/3", name="Till", site="") == 303
    assert press(desk, "/roster/teams", name="till") == 409
    assert "Till" in desk.get("/roster").text
    for path in ("/roster/teams/3", "/roster?q=b%C3%B6", "/roster?q=bo", "/roster/people/3"):
        assert desk.get(path).status_code == 200
    assert "/roster/people/3" in desk.get("/roster?q=BO").text


def test_an_alias_comes_and_goes_and_answers_follow(desk: Visitor, database: Database) -> None:
    ids = staffed.answers(database, 2, employee="agent-17")
    assert press(desk, f"/roster/people/{RETO}/aliases", alias="Agent-17") == 303
    staffed.followed(database)
    with database.read() as session:
        assert session.get_one(Response, ids[0]).person_id == RETO
        alias = rosterbook.aliases(session, session.get_one(Person, RETO))[0]
    assert press(desk, f"/roster/people/{ANA}/aliases/{alias.id}/remove") == 303
    with database.read() as session:
        assert session.get(Alias, alias.id), "nobody else's alias goes by another's address"
    assert press(desk, f"/roster/people/{RETO}/aliases/{alias.id}/remove") == 303
    staffed.followed(database)
    with database.read() as session:
        assert session.get_one(Response, ids[0]).person_id is None
    assert press(desk, "/roster/planets/1/aliases", alias="x") == 404
