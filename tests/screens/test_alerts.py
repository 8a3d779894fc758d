"""A screen that falls silent in office hours is told once, and its return; nights are no loss."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app import clock
from app.board.lit import is_lit
from app.board.models import Board
from app.db import Database
from app.notices.models import Notice
from app.people.models import Site
from app.screens import alerts
from app.screens.alerts import SILENT_FOR
from app.screens.models import Screen
from app.settings import Settings
from tests import make
from tests.board import wall
from tests.people.visitor import lead

# A Wednesday, 11:15 in Berlin.
AT = datetime(2026, 6, 10, 9, 15, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=3)


class Office:
    """Two screens on a board that is lit from 8 to 18 o'clock."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.settings = Settings(
            data_dir=folder, smtp_host="mail.example", notice_url="https://x.example",
            notice_secret=SecretStr("whsec_AAAA"),
        )  # fmt: skip
        with database.write.begin() as session:
            make.company(session)
            site = session.scalars(select(Site)).one()
            site.office_hours = {day: ["08:00", "18:00"] for day in ("wed", "thu")}
            wall.board(session)
            for name in ("Lobby", "Canteen"):
                session.add(
                    Screen(name=name, board_slug="hall", token_hash=name, created_at=AT, seen_at=AT)
                )
        lead(database, "ada@example.com", "admin")
        lead(database, "lea@example.com", "lead")

    def hear(self, name: str, at: datetime) -> None:
        with self.database.write.begin() as session:
            session.scalars(select(Screen).where(Screen.name == name)).one().seen_at = at

    def look(self, at: datetime, up_since: datetime = LONG_AGO) -> list[str]:
        """What is told by mail after one look at that moment."""
        with clock.frozen(at):
            alerts.watch(self.database, self.settings, is_lit, up_since)
        with self.database.write.begin() as session:
            kept = session.scalars(select(Notice).order_by(Notice.id)).all()
            told = [
                f"{one.address}: {one.subject}" if one.channel == "mail" else one.subject
                for one in kept
            ]
            for one in kept:
                session.delete(one)
        return told


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


def test_a_loss_is_told_once_and_so_is_the_return(office: Office) -> None:
    late = AT + SILENT_FOR
    assert office.look(late - timedelta(seconds=1)) == []
    office.hear("Canteen", late)
    assert office.look(late) == ["ada@example.com: Lobby does not answer", "screen.lost"]
    assert office.look(late + timedelta(minutes=1)) == []
    office.hear("Lobby", late + timedelta(minutes=2))
    back = office.look(late + timedelta(minutes=3))
    assert back == ["ada@example.com: Lobby is back", "screen.back"]
    assert office.look(late + timedelta(minutes=4)) == []
    again = office.look(late + timedelta(minutes=30))  # both, in one mail
    assert again == ["ada@example.com: 2 screens do not answer", "screen.lost", "screen.lost"]


def test_night_weekend_holiday_and_a_server_just_started_are_no_loss(office: Office) -> None:
    day = timedelta(days=1)
    assert office.look(AT + timedelta(hours=9)) == []  # 20:15
    assert office.look(AT + 2 * day) == []  # Friday: closed
    opening = datetime(2026, 6, 11, 6, 0, tzinfo=UTC)
    assert office.look(opening + timedelta(minutes=5)) == []  # TVs need a moment
    assert office.look(opening + day, up_since=opening + day) == []
    with office.database.write.begin() as session:
        session.scalars(select(Site)).one().holidays = ["2026-06-11"]
    assert office.look(opening + timedelta(minutes=15)) == []
    with office.database.write.begin() as session:
        session.scalars(select(Site)).one().holidays = None
    just_up = opening + timedelta(minutes=15)
    assert office.look(just_up, up_since=just_up - timedelta(minutes=1)) == []
    assert len(office.look(just_up)) == 3


def test_who_was_revoked_or_never_seen_or_has_no_board_is_not_missed(office: Office) -> None:
    with office.database.write.begin() as session:
        lobby, canteen = session.scalars(select(Screen).order_by(Screen.id))
        lobby.revoked_at, canteen.seen_at = AT, None
    assert office.look(AT + timedelta(hours=1)) == []
    with office.database.write.begin() as session:
        for one in session.scalars(select(Screen)):
            one.revoked_at, one.seen_at = None, AT
        session.scalars(select(Board)).one().slug = "elsewhere"
    assert office.look(AT + timedelta(hours=1)) == []
