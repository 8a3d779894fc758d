"""Invented answers: chosen at the first start, seen by an admin, taken away without a trace."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.board.models import Board
from app.db import Base, Database, connect
from app.demo import history, sample
from app.demo.offer import SAMPLE
from app.desk import invented
from app.errors import NotFoundError
from app.heroes.models import Hero
from app.intake.models import Source
from app.people import firststart, roster
from app.people.authorize import Actor
from app.people.models import AccountTeam, AuditEntry, Person, Team
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.ledger import Entry
from app.responses.models import Response
from app.scores import tallies
from app.scores.rebuild import differences
from app.settings import Settings
from app.stories.models import Story
from tests import make
from tests.people.visitor import PASSWORD, Visitor, house, lead

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
ADA = Actor("admin", "Ada")


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few customers on ten days, the same ones each time, are enough to look at."""
    monkeypatch.setattr(sample, "DAYS", 10)
    monkeypatch.setattr(history, "A_DAY", 12)
    monkeypatch.setattr(sample, "random", SimpleNamespace(Random=lambda: random.Random(7)))
    with clock.frozen(NOON):
        yield


@pytest.fixture
def simple(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Where neither the dialect matters nor what becomes of the words."""
    monkeypatch.setattr(history, "hang_stories", lambda *_: None)
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def app(simple: Database, tmp_path: Path) -> FastAPI:
    made = house(simple, tmp_path, invented.router)
    made.state.sample = SAMPLE
    return made


def begin(app: FastAPI, **other: str) -> Visitor:
    """Sets the company up and looks at the desk as its first admin."""
    said = {
        "company": "Acme", "timezone": "Europe/Zurich", "team": "Workshop", "name": "Ada",
        "email": "ada@example.com", "password": PASSWORD,
        "code": firststart.code(app.state.settings),
    }  # fmt: skip
    visitor = Visitor(app)
    assert visitor.ask("POST", "/setup", data=said | other).status_code == 303
    visitor.get("/desk")
    return visitor


def take_in(session: Session, source_id: int, number: int, **attributes: str) -> None:
    answers = [
        Answer(
            response_id=f"real-{one}", score=9, submitted_at=NOON, comment="They came at once.",
            email=f"customer-{one}@example.org", attributes=attributes,
        )
        for one in range(number)
    ]  # fmt: skip
    entries = [Entry(source_id, None, NOON, one) for one in answers]
    tallies.apply(session, ledger.record(session, entries, roster.load(session)))


def everything(database: Database) -> dict[str, list[str]]:
    """Every row of every table."""
    with database.read() as session:
        return {
            table.name: sorted(str(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def test_what_was_invented_goes_without_a_trace(database: Database, tmp_path: Path) -> None:
    account_id = lead(database, "ada@example.com", "admin")
    with database.write.begin() as session:
        make.company(session)
        own = make.team(session, "Service")
        make.person(session, "Uma", own)
        take_in(session, make.source(session).id, 12, employee="Uma")
    before = everything(database)
    SAMPLE.fill(database, Settings(database_url=database.url, data_dir=tmp_path), account_id)
    with database.read() as session:
        assert SAMPLE.is_there(session)
        assert len(session.scalars(select(Response.id)).all()) > 80
        assert session.scalar(select(func.count(Story.id)).where(Story.state == "released"))
        assert session.scalar(select(func.count(Hero.id)))
        assert session.scalars(select(Board.title)).one() == "Northwind (demo)"
        assert differences(session) == []
    assert SAMPLE.clear(database, ADA) > 80
    after = everything(database)
    changed = {name for name in before if before[name] != after[name]}
    # The wall stays: somebody may have paired a TV with it. What was done stays known, and so does
    # what the real team was celebrated for.
    assert changed == {"audit_entry", "board", "hero"}
    with database.read() as session:
        assert session.execute(select(Hero.team_id, Hero.person_id)).all() == [(own.id, None)]
        assert not SAMPLE.is_there(session)
        assert session.scalars(select(Board.title)).one() == "Northwind"
        assert differences(session) == []
    with pytest.raises(NotFoundError, match="nothing was taken away"):
        SAMPLE.clear(database, ADA)


def test_whatever_somebody_made_their_own_stays(simple: Database, tmp_path: Path) -> None:
    account_id = lead(simple, "ada@example.com", "admin")
    with simple.write.begin() as session:
        make.company(session)
    SAMPLE.fill(simple, Settings(database_url=simple.url, data_dir=tmp_path), account_id)
    with simple.write.begin() as session:
        ids = {one.name: one.id for one in session.scalars(select(Person))}
        teams = {one.name: one.id for one in session.scalars(select(Team))}
        session.get_one(Person, ids["Emil Vogt"]).visibility = "hidden"
        make.person(session, "Real Rita", session.get_one(Team, teams["Boston shop"]))
        # Without its team this lead would lead every team.
        session.add(AccountTeam(account_id=account_id, team_id=teams["Delivery"]))
        make.nomination(session, session.get_one(Person, ids["Ben Cole"]))
        take_in(session, make.source(session).id, 3, employee="Ana Silva")
        demo = session.scalars(select(Source.id).where(Source.name == "demo")).one()
        take_in(session, demo, 2)
    SAMPLE.clear(simple, ADA)
    with simple.read() as session:
        people = set(session.scalars(select(Person.name)))
        assert people == {"Ana Silva", "Emil Vogt", "Ben Cole", "Real Rita"}
        kept = {"Harbour shop", "Workshop", "Boston shop", "Delivery"}
        assert set(session.scalars(select(Team.name))) == kept
        assert set(session.scalars(select(Source.name))) == {"demo", "survey"}
        assert session.scalar(select(func.count(Response.id))) == 5
        assert differences(session) == []


def test_names_that_are_taken_stay_with_whom_they_are(simple: Database, tmp_path: Path) -> None:
    account_id = lead(simple, "ada@example.com", "admin")
    with simple.write.begin() as session:
        make.company(session)
        make.person(session, "ana silva", make.team(session, "Workshop"))
        make.source(session, "demo")
    before = everything(simple)
    SAMPLE.fill(simple, Settings(database_url=simple.url, data_dir=tmp_path), account_id)
    with simple.read() as session:
        theirs = select(Person.id).where(Person.name == "ana silva").scalar_subquery()
        assert not session.scalar(
            select(func.count(Response.id)).where(Response.person_id == theirs)
        )
        assert "demo 2" in session.scalars(select(Source.name)).all()
        assert "Workshop (demo)" in session.scalars(select(Team.name)).all()
    SAMPLE.clear(simple, ADA)
    after = everything(simple)
    assert {name for name in before if before[name] != after[name]} == {"audit_entry", "board"}


def test_a_first_start_chooses_and_an_admin_takes_it_back(app: FastAPI) -> None:
    assert "Invented answers" in Visitor(app).get("/setup").text
    admin = begin(app, sample="invented")
    assert "This desk shows invented answers." in admin.last.text
    assert "Acme" in admin.last.text
    for role in ("lead", "viewer"):
        lead(app.state.database, f"{role}@example.com", role)
        other = Visitor(app)
        other.sign_in(f"{role}@example.com")
        assert "invented answers" not in other.last.text
        assert other.press("/desk/invented/clear", {"sure": "yes"}).status_code == 403
    page = admin.get("/desk/invented")
    assert "for good" in page.text
    assert admin.press("/desk/invented/clear").status_code == 422
    admin.get("/desk/invented")
    assert admin.press("/desk/invented/clear", {"sure": "yes"}).status_code == 303
    assert "invented answers" not in admin.get("/desk").text
    again = admin.press("/desk/invented/clear", {"sure": "yes"})
    assert (again.status_code, "no invented answers here" in again.text) == (404, True)
    assert admin.get("/desk/invented").status_code == 404
    with app.state.database.read() as session:
        told = select(AuditEntry.who).where(AuditEntry.action == "sample.manage")
        assert session.scalars(told).all() == ["Ada", "Ada"]


@pytest.mark.parametrize("is_offered", [True, False])
def test_a_first_start_begins_empty_unless_it_is_chosen(app: FastAPI, is_offered: bool) -> None:
    said = {} if is_offered else {"sample": "invented"}
    app.state.sample = SAMPLE if is_offered else None
    assert ('name="sample"' in Visitor(app).get("/setup").text) == is_offered
    admin = begin(app, **said)
    assert "invented answers" not in admin.last.text
    with app.state.database.read() as session:
        assert session.scalar(select(func.count(Response.id))) == 0
        assert session.scalars(select(Team.name)).all() == ["Workshop"]


def test_who_is_the_first_admin_comes_in_whatever_fails(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise NotFoundError("The dice are lost.")

    app.state.sample = SimpleNamespace(fill=fail, is_there=SAMPLE.is_there, clear=SAMPLE.clear)
    begin(app, sample="invented")
    assert "The dice are lost." in caplog.text
