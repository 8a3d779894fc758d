"""Home: what the wall says now, in every state it can be in."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.db import Database
from tests.desk import scenery
from tests.people.visitor import Visitor, house, lead


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
    assert "Nothing. New stories appear here" in text
    assert "No board yet." in text


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
