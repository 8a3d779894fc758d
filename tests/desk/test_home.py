"""Home: what the wall says now, in every state it can be in."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from app import clock
from app.db import Database
from app.people.accounts import add_account
from app.people.models import Account, AccountTeam
from app.responses.models import Response
from app.screens.models import Screen
from tests import make
from tests.desk import scenery, staffed
from tests.people.visitor import PASSWORD, Visitor, house, lead

pytestmark = pytest.mark.pages


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    return house(database, tmp_path)


def home(app: FastAPI, database: Database, role: str = "lead") -> str:
    lead(database, role=role)
    visitor = Visitor(app)
    visitor.sign_in()
    text = re.sub(r"<[^>]*>", " ", visitor.get("/desk").text)
    return " ".join(text.split())


def test_before_the_company_is_set(app: FastAPI, database: Database) -> None:
    assert "cheerboard company set" in home(app, database)


def test_nothing_yet(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.northwind(session)
    text = home(app, database)
    assert "Northwind , last 28 days No voices yet" in text
    assert "Nothing. What customers or colleagues bring up" in text
    assert "No board yet." in text
    assert "First steps Pair a TV Waiting" in text  # the rest is an admin's


def test_an_empty_desk_says_how_to_begin(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.northwind(session)
    steps = "First steps Pair a TV Connect your surveys Put people on the roster Waiting"
    assert steps in home(app, database, "admin")
    with database.write.begin() as session:
        make.person(session, "Ana Silva")
        make.source(session)
        scenery.board(session, "hall", "Hall")
        session.add(Screen(name="Hall", board_slug="hall", token_hash="-", created_at=clock.now()))
    again = Visitor(app)
    again.sign_in()
    assert "First steps" not in again.get("/desk").text


def test_too_few_for_a_score(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.northwind(session)
        scenery.voices(session, 9, 0, 0)
    text = home(app, database)
    assert "9 voices so far" in text
    assert "1 to go" in text
    assert "+100" not in text


def test_a_score_with_its_size_and_interval(app: FastAPI, database: Database) -> None:
    with database.write.begin() as session:
        scenery.northwind(session)
        scenery.voices(session, 780, 300, 204)
        scenery.board(session, "lobby", "Ground <b>floor</b>")
    text = home(app, database)
    assert "+ 45 between +41 and +49 · 1,284 voices" in text
    assert "780 promoters 300 passives 204 detractors" in text
    assert "Ground &lt;b&gt;floor&lt;/b&gt; staff" in text


@pytest.mark.parametrize(
    ("role", "said"), [("lead", "2 stories to release"), ("viewer", "2 stories wait for a lead")]
)
def test_what_waits(app: FastAPI, database: Database, role: str, said: str) -> None:
    with database.write.begin() as session:
        scenery.northwind(session)
        for state in ("candidate", "candidate", "released", "recalled"):
            scenery.story(session, state=state)
    assert said in home(app, database, role)


def test_everything_that_waits_for_a_lead_of_a_team_and_no_more(
    app: FastAPI, database: Database
) -> None:
    with database.write.begin() as session:
        teams = staffed.company(session)
        people = {name: make.person(session, f"P {name}", team) for name, team in teams.items()}
        told = {name: scenery.story(session, person=one) for name, one in people.items()}
        for name, one in people.items():
            make.case(session, told[name].response_id)
            make.nomination(session, one, state="waiting")
        scenery.story(session, person=people["Service"], held_at=clock.now())
        scenery.board(session, "hall", "Hall")
        make.hero(session, people["Claims"])
        make.hero(session, people["Service"], scope="team")
        silent = clock.now() - timedelta(hours=1)
        for name, seen_at in {"Lobby": silent, "Hall": clock.now(), "New": None}.items():
            session.add(
                Screen(
                    name=name, board_slug="hall", token_hash=name, created_at=silent,
                    seen_at=seen_at,
                )
            )  # fmt: skip
        answer = session.get_one(Response, told["Service"].response_id)
        answer.attributes = {"employee": "Somebody Else"}
        service = teams["Service"].id
    text = home(app, database, "viewer")
    assert "3 stories wait" not in text
    assert "2 stories wait for a lead" in text
    assert not re.search("ring back|approve|match|answer there", text)
    add_account(database, "lea@example.com", "Lea", "lead", PASSWORD)
    with database.write.begin() as session:
        account = session.query(Account).filter_by(email="lea@example.com").one()
        session.add(AccountTeam(account_id=account.id, team_id=service))
    visitor = Visitor(app)
    visitor.sign_in("lea@example.com")
    rows = re.findall(r'row-link" href="(/[a-z]+)"><span><b>(\d+)</b> ([a-z ]+)', visitor.last.text)
    assert rows == [
        ("/followups", "1", "customer to ring back"),
        ("/nominations", "1", "nomination to approve"),
        ("/heroes", "1", "pick to confirm"),
        ("/stories", "1", "story to release"),
        ("/matching", "1", "unknown name to match"),
        ("/screens", "1", "screen does not answer"),
    ]
