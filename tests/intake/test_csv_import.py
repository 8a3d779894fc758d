"""`cheerboard import`: what stands in the file stands in the ledger, once, and nothing moves."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.board import voices
from app.db import Database
from app.intake import importing
from app.responses import invitations
from app.responses.invitations import Coverage
from app.responses.models import Asked, LedgerEntry, Response
from app.scores import tallies
from app.scores.rebuild import differences
from app.stories.models import Story
from tests import make
from tests.terminal import Command, Ended, cheerboard

__all__ = ["cheerboard"]

PRAISE = "They knew my name and my bike, and it was ready a whole day earlier than promised."
EXPORT = f"""sep=;
Date;Score;Comment;E-mail;Store;Employee;Device
9.6.2026 23:30;10;"{PRAISE}";Uma@Example.com;Harbour;Ana Silva;phone 1
9.6.2026 23:30;9,0;"two
lines";;;nobody;
9.6.2026 23:30;9,0;"two
lines";;;nobody;
31.2.2026;9;no such day;;;;
8.6.2026;11;too much;;;;

8.6.2026;;blank;;;;
8.6.2026;0;'=1+1;;Harbour
"""


@pytest.fixture
def northwind(database: Database) -> Database:
    with database.write.begin() as session:
        make.company(session)
        crew = make.team(session, "Crew", make.site(session, "Harbour", "Pacific/Auckland"))
        make.person(session, "Ana Silva", crew)
    return database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "old.csv"
    path.write_bytes(EXPORT.encode("cp1252"))
    return path


def rows(database: Database) -> list[Response]:
    with database.read() as session:
        assert differences(session) == []
        return list(session.scalars(select(Response).order_by(Response.id)))


def test_an_export_of_excel_comes_in(northwind: Database, cheerboard: Command, file: Path) -> None:
    done = cheerboard("import", str(file), "--source", "old").out
    shown, _, result = done.partition("not taken")
    assert "separated by semicolon" in shown
    assert "submitted_at is the column 'Date'" in shown
    assert "dates as D.M.Y" in shown
    assert "4 added, 0 changed, 0 known already, 3 bad" in done
    assert "Row 6: Its date '31.2.2026' cannot be read." in done, result
    first, twin, other, last = rows(northwind)
    # Half past eleven in the evening, where the shop is.
    assert (first.submitted_at.isoformat(), str(first.answered_on)) == (
        "2026-06-09T11:30:00+00:00", "2026-06-09",
    )  # fmt: skip
    assert (first.email, first.score, first.comment) == ("uma@example.com", 10, PRAISE)
    assert first.person_id is not None
    assert len(first.attributes["device"]) == 32, "a device is kept only as a hash"
    assert twin.submitted_at.isoformat() == "2026-06-09T21:30:00+00:00"
    assert twin.external_id.rpartition(":")[0] == other.external_id.rpartition(":")[0]
    assert (last.score, last.comment) == (0, "=1+1")
    # However short ago they were given.
    with northwind.read() as session, clock.frozen(first.submitted_at + timedelta(minutes=1)):
        assert [one.is_past for one in voices.newest(session, (), 9)] == [True] * 4
    errors = (file.parent / "old.csv.errors.csv").read_text(encoding="utf-8-sig")
    bad = list(csv.reader(io.StringIO(errors)))
    assert [(row[0], row[1]) for row in bad[1:]] == [
        ("6", "Its date '31.2.2026' cannot be read."),
        ("7", "Its score is '11', not a whole number from 0 to 10."),
        ("9", "It has no score."),
    ]
    assert bad[1][2:5] == ["31.2.2026", "9", "no such day"]


def test_a_second_time_adds_none_and_a_mended_file_changes(
    northwind: Database, cheerboard: Command, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("response_id,score,submitted_at,comment\na,9,2026-06-01,x\nb,1,2026-06-01,\n")
    words = ("import", str(path), "--source", "old", "--json")
    assert cheerboard(*words).document["added"] == 2
    assert cheerboard(*words).document["repeated"] == 2
    path.write_text("response_id,score,submitted_at,comment\na,9,2026-06-01,x\nb,2,2026-06-01,\n")
    done = cheerboard(*words).document
    assert (done["added"], done["changed"], done["repeated"]) == (0, 1, 1)
    assert [row.score for row in rows(northwind)] == [9, 2]
    with northwind.read() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 3


def test_a_dry_run_writes_nothing(northwind: Database, cheerboard: Command, file: Path) -> None:
    done = cheerboard("import", str(file), "--source", "old", "--dry-run", "--json").document
    assert (done["added"], done["bad"], done["dry_run"]) == (4, 3, True)
    assert rows(northwind) == []
    assert list(file.parent.glob("*.errors.csv")) == []
    assert cheerboard("source", "list", "--json").document == []


def test_interrupted_and_run_again_is_the_same(
    northwind: Database, cheerboard: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    # Two rows of each; without ids.
    path.write_text("score,submitted_at\n" + "".join(
        f"{n % 11},2026-0{1 + n % 5}-1{n % 7}T10:00:{n % 60:02}\n" * 2 for n in range(60)
    ))  # fmt: skip
    monkeypatch.setattr(importing, "BLOCK", 50)
    write, left = importing.Desk._write, [1]

    def fail(desk: Any, pasts: Any) -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        write(desk, pasts)

    monkeypatch.setattr(importing.Desk, "_write", fail)
    assert cheerboard("import", str(path), "--source", "old").code == 130
    assert len(rows(northwind)) == 50
    monkeypatch.setattr(importing.Desk, "_write", write)
    done = cheerboard("import", str(path), "--source", "old", "--json").document
    assert (done["added"], done["repeated"]) == (70, 50)
    assert len(rows(northwind)) == 120
    with northwind.read() as session:
        known = tallies.rolling(session, "company", 1, date(2026, 6, 10), 366)
    assert known.promoters + known.passives + known.detractors == 120


def test_old_words_are_no_story(northwind: Database, cheerboard: Command, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    today = clock.day_in("Europe/Berlin").isoformat()
    path.write_text(
        f'score,submitted_at,comment\n10,2020-06-01,"{PRAISE}"\n10,{today},"{PRAISE}"\n'
    )
    for _ in range(2):
        cheerboard("import", str(path), "--source", "old")
        with northwind.read() as session:
            assert session.scalar(select(func.count()).select_from(Story)) == 1


def test_invitations_are_replaced_and_give_a_coverage(
    northwind: Database, cheerboard: Command, tmp_path: Path
) -> None:
    path = tmp_path / "asked.csv"

    def give(text: str) -> Ended:
        path.write_text("Date,Site,Team,Employee,Eligible,Invited\n" + text)
        return cheerboard("import", str(path), "--source", "old", "--kind", "invitations", "--json")

    assert give("2026-06-01,,crew,,100,40\n2026-06-02,Harbour,,,50,60\n").document["bad"] == 1
    assert give("2026-06-01,,Crew,,100,40\n2026-06-01,,crew,,120,50\n").document["added"] == 2
    with northwind.read() as session:
        assert session.scalar(select(func.count()).select_from(Asked)) == 2
        june = (date(2026, 6, 1), date(2026, 6, 30))
        assert invitations.coverage(session, "team", 1, *june) == Coverage(220, 90, 0)
        assert invitations.coverage(session, "company", 1, *june).invited_share == 90 / 220
        assert invitations.coverage(session, "person", 1, *june) == Coverage(None, None, 0)


@pytest.mark.parametrize(
    ("text", "words", "more"),
    [
        ("a,b\n1,2\n", "no column 'score'; it has a, b", ()),
        ("score,date\n9,3/4/2026\n", "say --dates dmy or --dates mdy", ()),
        ("score\n9\n", "no encoding 'klingon'", ("--encoding", "klingon")),
        ('score,comment\n9,"' + "x" * 1_100_000, "Line 2", ()),
    ],
)
def test_a_file_that_will_not_do_is_one_sentence(
    cheerboard: Command, tmp_path: Path, text: str, words: str, more: tuple[str, ...]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    cheerboard("import", str(path), "--source", "old", *more).refused(words)
    (tmp_path / "map.json").write_text(json.dumps([]))
    cheerboard("import", str(path), "--source", "old", "--map", str(tmp_path / "map.json")).refused(
        "one JSON object"
    )
