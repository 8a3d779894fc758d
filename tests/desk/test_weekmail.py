"""Week mail: on Monday at eight, once, to those who want it; a restart sends it no second time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.db import Database
from app.desk import weekmail
from app.notices import outbox
from app.notices.models import Notice
from app.people.models import Account, AuditEntry, Company
from app.settings import Settings
from tests.desk import staffed
from tests.people.visitor import Visitor, house, lead
from tests.postbox import Postbox, postbox

# 10 June 2026 is a Wednesday; Berlin is two hours ahead.
MONDAY = datetime(2026, 6, 15, 6, 0, tzinfo=UTC)


@pytest.fixture
def letters() -> Iterator[Postbox]:
    with postbox() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path, letters: Postbox) -> Settings:
    return Settings(data_dir=tmp_path, base_url="https://wall.example.com", **letters.settings)


@pytest.fixture
def house_(database: Database) -> Database:
    """Twelve answers about Service; a lead, an admin, a viewer."""
    with clock.frozen(staffed.NOON):
        with database.write.begin() as session:
            staffed.company(session)
        staffed.answers(database, 12, team="Service")
        for role in ("lead", "admin", "viewer"):
            lead(database, f"{role}@example.com", role)
    return database


def tell(database: Database, settings: Settings, at: datetime) -> int:
    with clock.frozen(at):
        return weekmail.tell(database, settings)


def test_on_monday_morning_once(house_: Database, settings: Settings, letters: Postbox) -> None:
    assert tell(house_, settings, MONDAY - timedelta(minutes=1)) == 0
    assert tell(house_, settings, MONDAY) == 2
    # Another process, or the same after a restart, finds it done.
    assert tell(house_, settings, MONDAY + timedelta(hours=3)) == 0
    with clock.frozen(MONDAY):
        assert outbox.send_due(house_, settings) == 2
    assert sorted(letter["to"] for letter in letters.letters) == [
        "admin@example.com", "lead@example.com",
    ]  # fmt: skip
    letter = letters.letters[0]
    assert letter["subject"] == "The week to 14 Jun 2026"
    text = letter.get_content()
    assert "Company: +100, 12 answers" in text
    assert "https://wall.example.com/week" in text
    assert tell(house_, settings, MONDAY + timedelta(days=7)) == 2


def test_late_after_a_long_night_and_not_in_the_middle_of_a_week(
    house_: Database, settings: Settings
) -> None:
    assert tell(house_, settings, MONDAY + timedelta(days=2)) == 0
    assert tell(house_, settings, MONDAY + timedelta(days=8)) == 2


def test_nothing_without_answers_and_nothing_without_a_mail_server(
    house_: Database, settings: Settings, tmp_path: Path
) -> None:
    assert tell(house_, Settings(data_dir=tmp_path), MONDAY) == 0
    assert tell(house_, settings, MONDAY + timedelta(days=70)) == 0
    with house_.read() as session:
        assert session.scalars(select(Notice)).all() == []


def test_who_says_no_gets_none(house_: Database, settings: Settings, tmp_path: Path) -> None:
    app = house(house_, tmp_path, smtp_host="mail.example.com", smtp_from="wall@example.com")
    visitor = Visitor(app)
    visitor.sign_in("lead@example.com")
    assert 'name="week_mail" value="on" checked' in visitor.get("/account").text
    assert visitor.press("/account/week").status_code == 303
    assert 'name="week_mail" value="on">' in visitor.get("/account").text
    assert tell(house_, settings, MONDAY) == 1
    with house_.read() as session:
        assert session.scalars(select(Notice.address)).all() == ["admin@example.com"]
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert entry.after == {"week_mail": False}
        assert session.query(Account).filter_by(week_mail=False).count() == 1
        assert session.get_one(Company, 1).timezone == "Europe/Berlin"
