"""A person's own page: by link alone, with a switch that works and an appeal that is heard."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.db import Database, connect
from app.desk import rosterroutes
from app.people.models import Appeal, AuditEntry, Person, PersonalLink
from app.responses.models import Response
from app.stories.models import Story
from tests import make
from tests.desk import scenery, staffed
from tests.desk.staffed import NOON
from tests.people.visitor import Visitor, house, lead


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
            reto = make.person(session, "Reto Frei", teams["Service"])
            make.person(session, "Ana Sánchez", teams["Claims"])
            scenery.story(session, "Reto <b>saved</b> my day", state="released", person=reto)
            scenery.board(session, "hall", "Hall", "visitor")
            session.flush()
        lead(database)
        visitor = Visitor(house(database, tmp_path, rosterroutes.router))
        visitor.sign_in()
        yield visitor


def given(desk: Visitor) -> str:
    """The path of a new link of Reto's."""
    desk.get("/roster/people/1")
    page = desk.press("/roster/people/1/link")
    found = re.search(r"http://wall.test(/me/[\w-]+)", page.text)
    assert found
    return found[1]


def test_the_link_opens_one_page_and_can_be_revoked(desk: Visitor, database: Database) -> None:
    first, second = given(desk), given(desk)
    reto = Visitor(desk.app)
    assert reto.get(first).status_code == 404
    page = reto.get(second)
    assert page.status_code == 200
    assert "Reto &lt;b&gt;saved&lt;/b&gt; my day" in page.text
    assert "<b>Hall" not in page.text
    with database.read() as session:
        kept = session.scalars(select(PersonalLink.token_hash)).all()
        assert len(kept) == 1
        assert second.rpartition("/")[2] not in kept
    desk.get("/roster/people/1")
    assert desk.press("/roster/people/1/link/revoke").status_code == 303
    assert reto.get(second).status_code == 404
    assert reto.ask("POST", f"{second}/visibility", data={"visibility": "full"}).status_code == 404


def test_the_switch_is_theirs(desk: Visitor, database: Database) -> None:
    path = given(desk)
    reto = Visitor(desk.app)
    answer = reto.ask("POST", f"{path}/visibility", data={"visibility": "hidden"})
    assert answer.headers["location"] == f"{path}?done=hidden"
    page = reto.get(f"{path}?done=hidden").text
    assert "Nothing about you is out" in page
    with database.read() as session:
        assert session.get_one(Person, 1).visibility == "hidden"
        assert session.scalars(select(Story.state)).all() == ["recalled"]
        who = session.scalars(select(AuditEntry.who)).all()
    assert "Reto Frei (own page)" in who
    assert reto.ask("POST", f"{path}/visibility", data={"visibility": "loud"}).status_code == 400
    foreign = {"sec-fetch-site": "cross-site"}
    data = {"visibility": "full"}
    assert reto.ask("POST", f"{path}/visibility", data=data, headers=foreign).status_code == 403


def test_an_appeal_is_heard_by_a_lead(desk: Visitor, database: Database) -> None:
    mine = staffed.answers(database, 2, score=2, employee="Reto Frei", team="Service")
    others = staffed.answers(database, 1, employee="Ana Sánchez")
    path = given(desk)
    reto = Visitor(desk.app)
    reto.get(path)
    for said in ("It was my day off", "again"):
        fields = {"answer": str(mine[0]), "text": said}
        assert reto.ask("POST", f"{path}/appeals", data=fields).status_code == 303
    for wrong in (str(others[0]), "x", "9" * 40):
        assert reto.ask("POST", f"{path}/appeals", data={"answer": wrong}).status_code == 404
    assert "your lead looks at it" in reto.get(path).text
    assert "appeals against an answer" in desk.get("/roster").text
    assert "It was my day off" in desk.get("/roster/people/1").text
    assert desk.press("/roster/appeals/1", {"outcome": "burnt"}).status_code == 400
    for outcome in ("taken off", "kept"):  # whoever comes second changes nothing
        desk.get("/roster/people/1")
        assert desk.press("/roster/appeals/1", {"outcome": outcome}).status_code == 303
    with database.read() as session:
        settled = session.scalars(select(Appeal)).one()
        assert (settled.outcome, settled.settled_by) == ("taken off", "Uma")
        taken, kept = (session.get_one(Response, one) for one in mine)
        assert (taken.person_id, taken.team_id, kept.person_id) == (None, 1, 1)
