"""Exports: the API's columns, everything in them, and nothing a spreadsheet would run."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db import Database
from app.export import listing, writing
from app.heroes.models import Hero
from app.people import roster
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.voice import Entry
from app.stories import candidates
from tests import make
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
PRAISE = "Reto knew my name and my bike, and it was ready a whole day earlier than promised."


@pytest.fixture
def full(database: Database) -> Database:
    with database.write.begin() as session:
        make.company(session)
        crew = make.team(session, "Crew")
        reto = make.person(session, "Reto", crew)
        make.source(session, "shop")
        said = [
            Answer(response_id="=1+1", score=0, comment="@SUM(A1)", email="+a@example.com",
                   attributes={"employee": "Reto", "net": "-2"}, submitted_at=NOON),
            Answer(response_id="r-2", score=10, comment=PRAISE, name="Zoë", submitted_at=NOON),
            Answer(response_id="r-3", score=None),
        ]  # fmt: skip
        people = roster.load(session)
        changes = ledger.record(session, [Entry(1, None, NOON, one) for one in said], people)
        candidates.consider(session, changes, candidates.judge(said, people))
        session.add(
            Hero(kind="week", starts_on=date(2026, 6, 8), person_id=reto.id, team_id=crew.id,
                 reason="3 delighted customers", rule="r", numbers={"promoters": 3},
                 picked_at=NOON)
        )  # fmt: skip
    return database


@pytest.mark.usefixtures("full")
def test_a_spreadsheet_finds_text_and_numbers(cheerboard: Command) -> None:
    rows = list(csv.DictReader(io.StringIO(cheerboard("export", "responses").out)))
    assert [row["response_id"] for row in rows] == ["'=1+1", "r-2"]
    first = rows[0]
    assert (first["score"], first["comment"], first["email"]) == (
        "0",
        "'@SUM(A1)",
        "'+a@example.com",
    )
    assert (first["category"], first["person"], first["team"]) == ("detractor", "Reto", "Crew")
    assert json.loads(first["attributes"]) == {"employee": "Reto", "net": "-2"}
    assert first["submitted_at"] == "2026-06-10T12:00:00Z"
    assert list(first) == list(listing.COLUMNS["responses"])


@pytest.mark.usefixtures("full")
def test_json_lines_and_a_file(cheerboard: Command, tmp_path: Path) -> None:
    found = [
        json.loads(line)
        for line in cheerboard("export", "heroes", "--format", "jsonl").out.splitlines()
    ]
    assert [(one["person"], one["team"], one["numbers"]) for one in found] == [
        ("Reto", "Crew", {"promoters": 3})
    ]
    file = tmp_path / "stories.csv"
    assert "1 stories" in cheerboard("export", "stories", "--output", str(file)).out
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [(row["state"], row["score"], row["text"]) for row in rows] == [
        ("candidate", "10", PRAISE)
    ]


def test_it_is_read_in_pieces(full: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "TOGETHER", 1)
    assert len(list(listing.rows(full, "responses"))) == 2
    assert len(list(listing.rows(full, "stories"))) == 1


@given(st.text())
def test_no_text_is_a_formula(text: str) -> None:
    shown = writing.cell(text)
    assert isinstance(shown, str)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown in (text, f"'{text}")
    assert writing.cell(-3.5) == -3.5
