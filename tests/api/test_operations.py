"""/healthz, /readyz, /metrics: open to all, true, and without anybody's name."""

import json
from pathlib import Path
from types import SimpleNamespace

import httpx

from app.api import operations
from app.db import connect
from app.migrations import migrate
from tests.api.program import STORY, Office, Program
from tests.api.test_lists import kept
from tests.people.visitor import Visitor, house


def ask(program: Program, path: str) -> httpx.Response:
    return Visitor(program.app).get(path, headers={"accept": "*/*"})


def test_healthz_says_that_the_process_lives(program: Program) -> None:
    assert ask(program, "/healthz").json() == {"status": "ok"}


def test_readyz_knows_schema_database_and_backlog(office: Office, program: Program) -> None:
    kept(office, outcome="kept")
    answer = ask(program, "/readyz")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["ready"], found["database"], found["schema"]) == (True, "up", "head")
    assert found["backlog"] == 1
    if office.database.is_sqlite:
        assert found["sqlite"].startswith("3.")
        assert isinstance(found["sqlite_is_safe"], bool)


def test_readyz_is_no_before_the_gate_opens(office: Office, program: Program) -> None:
    assert office.database is program.database
    program.app.state.reception = SimpleNamespace(is_open=False)
    assert ask(program, "/readyz").status_code == 503
    assert ask(program, "/healthz").status_code == 200


def test_readyz_is_no_while_the_schema_is_behind(office: Office, program: Program) -> None:
    migrate(office.database, "base")
    answer = ask(program, "/readyz")
    assert answer.status_code == 503
    assert answer.json()["schema"] == "behind"
    assert ask(program, "/metrics").status_code == 200


def test_readyz_is_no_without_a_database(tmp_path: Path) -> None:
    broken = connect(f"sqlite:///{tmp_path / 'broken.db'}")
    (tmp_path / "broken.db").write_bytes(b"this is a shopping list" * 500)
    app = house(broken, tmp_path, operations.router)
    app.state.reception = SimpleNamespace(is_open=True)
    answer = Visitor(app).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "down"
    broken.dispose()


def test_metrics_have_the_agreed_names_and_no_others_name(office: Office, program: Program) -> None:
    office.hear([10] * 12, comment=STORY, name="Uma", email="uma@example.com")
    kept(office, outcome="kept")
    kept(office, outcome="kept")
    text = ask(program, "/metrics").text
    for name in (
        "# TYPE cheerboard_deliveries_total",
        "cheerboard_answers_total",
        "cheerboard_delivery_to_screen_seconds_bucket",
        "cheerboard_screens_connected",
        "cheerboard_frames_sent_total",
        "cheerboard_redraws_total",
    ):
        assert f"\n{name}" in text, name
    assert all(line.startswith(("# ", "cheerboard_")) for line in text.splitlines())
    assert "\ncheerboard_backlog 2.0\n" in text
    told = text + json.dumps(ask(program, "/readyz").json())
    for secret in (*office.named(), "Northwind", "uma@example.com", "made-up-key"):
        assert secret not in told
