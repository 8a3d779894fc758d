"""A file of people at the desk: looked at, taken over once, taken back by one press."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import Database
from app.desk import rosterroutes
from app.people.models import Alias, Person, RosterImport, Team
from app.responses.models import Response
from app.scores import rebuild
from tests import make
from tests.desk import staffed
from tests.desk.staffed import NOON
from tests.people.visitor import Visitor, house, lead

FILE = (
    "name,team,aliases,visibility\n"
    "Reto Frei,Service,R. Frei|agent-17,initials\n"
    "Bo Lind,Checkout,,\n"
    "Bo Lind,Checkout,,\n"
    "Ana Sánchez,Claims,,\n"
)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Visitor]:
    with clock.frozen(NOON):
        with database.write.begin() as session:
            teams = staffed.company(session)
            make.person(session, "Reto Frei", teams["Service"])
            make.person(session, "Ana Sánchez", teams["Claims"])
        lead(database, role="admin")
        visitor = Visitor(house(database, tmp_path, rosterroutes.router))
        visitor.sign_in()
        yield visitor


def roster(database: Database) -> object:
    with database.read() as session:
        people = session.execute(select(Person.name, Person.visibility).order_by(Person.id)).all()
        teams = session.scalars(select(Team.name).order_by(Team.id)).all()
        return [tuple(row) for row in people], teams, session.scalars(select(Alias.text)).all()


def test_a_file_is_looked_at_taken_over_and_taken_back(desk: Visitor, database: Database) -> None:
    before = roster(database)
    staffed.answers(database, 2, employee="agent-17")
    staffed.answers(database, 1, employee="Bo Lind")
    desk.get("/roster/import")
    path = desk.press("/roster/import", {"text": FILE}).headers["location"]
    preview = desk.get(path).text
    assert "<b>1</b> added" in preview
    assert "<b>1</b> changed" in preview
    assert "<b>2</b> as they are" in preview
    assert "namesake" not in preview
    assert roster(database) == before
    for _ in range(2):  # the second press does nothing
        desk.get(path + "/nowhere")
        desk.get("/roster/import")
        assert desk.press(f"{path}/take").status_code == 303
    staffed.followed(database)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 3
        named = select(func.count()).where(Response.person_id.is_not(None))
        assert session.scalar(named) == 3
        assert session.scalars(select(RosterImport.text)).all() == [""]
    for _ in range(2):
        desk.get("/roster/import")
        assert desk.press(f"{path}/undo").status_code == 303
    staffed.followed(database)
    assert roster(database) == before
    with database.read() as session:
        assert set(session.scalars(select(Response.person_id))) == {None}
        assert rebuild.differences(session) == []
    log = desk.get("/audit?action=roster").text
    assert "file 1" in log


def test_days_come_with_a_file_and_go_back(desk: Visitor, database: Database) -> None:
    def take(text: str) -> str:
        desk.get("/roster/import")
        path: str = desk.press("/roster/import", {"text": text}).headers["location"]
        assert "first day</span>" in desk.get(path).text
        desk.get("/roster/import")
        desk.press(f"{path}/take")
        return path

    def days() -> set[tuple[str, date | None, date | None]]:
        with database.read() as session:
            return {(one.name, one.joined_on, one.left_on) for one in session.scalars(people)}

    people = select(Person)
    take(
        "name,team,joined,left\nReto Frei,Service,2026-01-31,\nNia Ode,Claims,2025-02-01,2026-03-01"
    )
    kept = days()
    assert ("Reto Frei", date(2026, 1, 31), None) in kept
    assert ("Nia Ode", date(2025, 2, 1), date(2026, 3, 1)) in kept
    path = take("name,team,joined\nReto Frei,Service,2026-05-01")
    assert ("Reto Frei", date(2026, 5, 1), None) in days()
    desk.get("/roster/import")
    desk.press(f"{path}/undo")
    assert days() == kept


def test_a_namesake_of_another_team_is_pointed_out(desk: Visitor) -> None:
    """An answer that names two people names nobody."""
    desk.get("/roster/import")
    text = "name,team\nReto Frei,Claims\nBo Lind,Claims\n"
    preview = desk.get(desk.press("/roster/import", {"text": text}).headers["location"]).text
    assert "<b>2</b> added" in preview
    assert preview.count("namesake of") == 1
    assert "Reto Frei, Service" in preview


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "names no column"),
        ("name,team\n", "no people in it"),
        ("name,team\nBo,\n", "Line 2: The team&#39;s name is empty"),
        ("name,team,site\nBo,Claims,Mars\n", "Line 2: there is no site"),
        ("name,team,pay\nBo,Claims,9\n", "is no column"),
        ("name,team\nB\0o,Claims\n", "Line 2"),
        ("name,team,joined\nBo,Claims,31.1.2026\n", "Line 2: &#39;31.1.2026&#39; is no day"),
        ("name,team,joined,left\nBo,Claims,2026-02-01,2026-01-31\n", "Line 2: the day of leaving"),
    ],
)
def test_a_file_that_will_not_do(desk: Visitor, database: Database, text: str, why: str) -> None:
    desk.get("/roster/import")
    answer = desk.press("/roster/import", {"text": text})
    assert (answer.status_code, why in answer.text) == (400, True), answer.text
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RosterImport)) == 0


def test_a_long_file_comes_as_it_is(desk: Visitor) -> None:
    """Our script sends the file itself, past the length of a form."""
    lines = "".join(f"Person {n},Team {n % 9},alias-{n}\n" for n in range(3000))
    desk.get("/roster/import")
    headers = {"content-type": "text/csv", "x-csrf-token": desk.csrf}
    raw = f"name,team,aliases\n{lines}".encode()
    bare = desk.ask("POST", "/roster/import", content=raw, headers={"content-type": "text/csv"})
    assert bare.status_code == 415  # no proof came with it
    answer = desk.ask("POST", "/roster/import", content=raw, headers=headers)
    assert "<b>3000</b> added" in desk.get(answer.headers["location"]).text
    latin = desk.ask("POST", "/roster/import", content=b"name,team\n\xff,x", headers=headers)
    assert latin.status_code == 400
