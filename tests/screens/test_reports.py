"""What screens say of themselves is cut to what we know and stored in few small transactions."""

import json
import threading
from typing import Any

import pytest
from sqlalchemy import event

from app import clock
from app.db import Database
from app.screens import reports
from app.screens.models import Screen
from app.screens.reports import LETTERS, Reports, read
from tests.board.house import House
from tests.board.screenplay import listening, screen
from tests.patience import PATIENCE

pytestmark = pytest.mark.pages

SAID = {
    "v": 7,
    "scene": "tide",
    "build": "b1",
    "heap": 9_000_000,
    "uptime": 61,
    "errors": 0,
    "viewport": "1920x1080",
    "dpr": 1.5,
    "order": 3,
    "engine": "Chrome/87",
    "awake": "held",
}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (SAID, SAID),
        (SAID | {"type": "report", "name": "Mallory"}, SAID),
        ({"v": True, "heap": "many", "scene": 7, "dpr": None}, {}),
        ({"v": float("nan"), "heap": float("inf"), "uptime": 1e300}, {}),
        ({"scene": "x" * LETTERS, "build": "x" * (LETTERS + 1)}, {"scene": "x" * LETTERS}),
        ({"viewport": "\ud800", "scene": "a\0b", "build": "שלום"}, {}),
    ],
)
def test_only_known_fields_of_the_right_kind_are_kept(
    said: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert read(said) == kept


def test_many_reports_are_one_transaction_with_the_newest_of_each(database: Database) -> None:
    with database.write.begin() as session:
        for name in ("Lobby", "Canteen"):
            screen(session, name)
    taken = Reports(database)
    with clock.frozen(clock.now()):
        for number in range(100):
            taken.put(1, {"v": number})
            taken.put(2, {"v": 2 * number})
        commits: list[object] = []
        event.listen(database.writer, "commit", commits.append)
        taken.store()
        taken.store()
        assert len(commits) == 1
        with database.read() as session:
            for screen_id, v in ((1, 99), (2, 198)):
                found = session.get_one(Screen, screen_id)
                assert found.report == {"v": v}
                assert found.seen_at == clock.now()


def test_a_report_of_a_screen_that_is_gone_changes_nothing(database: Database) -> None:
    with database.write.begin() as session:
        screen(session, "Lobby")
    taken = Reports(database)
    taken.put(99, {"v": 1})
    taken.store()
    with database.read() as session:
        assert session.get_one(Screen, 1).report is None


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reports.STORE_SECONDS == 5
    monkeypatch.setattr(reports, "STORE_SECONDS", 0.05)


@pytest.mark.usefixtures("hasty")
def test_a_screens_report_reaches_its_row(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = threading.Event()
    real = reports.Reports.store

    def store(taken: Reports) -> None:
        waiting = bool(taken._fresh)
        real(taken)
        if waiting:
            stored.set()

    monkeypatch.setattr(reports.Reports, "store", store)
    with listening(home.url, key="made-up-key-of-Lobby") as ears:
        ears.hear()
        ears.socket.send(json.dumps({"type": "report"} | SAID))
        assert stored.wait(PATIENCE)
    with home.database.read() as session:
        found = session.get_one(Screen, 1)
        assert found.report == SAID
        assert found.seen_at is not None
