"""The repair tool: what it finds, and that it corrects."""

import json
from datetime import date

import pytest
from sqlalchemy import delete, update
from typer.testing import CliRunner

from app.db import Database
from app.scores import tallies
from app.scores.commands import cli
from app.scores.models import DailyTally
from app.scores.nps import Tally
from app.scores.rebuild import correct, differences, rebuild
from tests.scores.given import answers

TODAY = date(2026, 6, 30)


def damage(database: Database) -> None:
    """One tally lost and one that nobody answered for."""
    with database.write.begin() as session:
        answers(session, Tally(3, 2, 1))
        session.execute(delete(DailyTally).where(DailyTally.scope == "site"))
        session.execute(update(DailyTally).values(detractors=5))


def test_a_rebuild_finds_and_corrects(northwind: Database) -> None:
    damage(northwind)
    with northwind.write.begin() as session:
        company, site = rebuild(session)
        assert (company.stored, company.counted) == (Tally(3, 2, 5), Tally(3, 2, 1))
        assert (site.stored, site.counted) == (Tally(), Tally(3, 2, 1))
        assert site.sentence == "site 1 on 2026-06-30 (|): stored 0/0/0, counted 3/2/1"
        assert differences(session) == []
        assert tallies.rolling(session, "company", 1, TODAY, 1) == Tally(3, 2, 1)


def test_answers_that_come_in_while_it_counts_are_not_lost(northwind: Database) -> None:
    damage(northwind)
    with northwind.read() as session:
        wrong = differences(session)
    with northwind.write.begin() as session:
        answers(session, Tally(1, 1, 1))
    with northwind.write.begin() as session:
        correct(session, wrong)
        assert differences(session) == []
        assert tallies.rolling(session, "company", 1, TODAY, 1) == Tally(4, 3, 2)


def run(database: Database, patch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    patch.setenv("CHEERBOARD_DATABASE_URL", database.writer.url.render_as_string(False))
    done = CliRunner().invoke(cli, list(words))
    return done.exit_code, done.stdout


def test_the_command(northwind: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    damage(northwind)
    code, said = run(northwind, monkeypatch, "--check")
    assert code == 1
    assert "stored 0/0/0, counted 3/2/1" in said
    assert "2 tallies differ from the responses." in said
    assert run(northwind, monkeypatch)[0] == 0
    assert run(northwind, monkeypatch, "--check") == (0, "Every tally is what the responses say.\n")
    code, said = run(northwind, monkeypatch, "--check", "--json")
    assert (code, json.loads(said)) == (0, {"corrected": False, "differences": []})
