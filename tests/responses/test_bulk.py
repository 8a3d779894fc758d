"""The short cut to SQLite's driver writes what SQLAlchemy would have written."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import insert, text

from app.db import Database
from app.responses import bulk
from app.responses.ledger import RESPONSE
from tests import make


def test_rows_are_stored_alike(database: Database) -> None:
    row: dict[str, Any] = {
        "source_id": 1, "survey_id": None, "channel": "e", "score": 0, "comment": "ü",
        "email": None, "name": None, "consent": False, "attributes": {"ä": "ö"},
        "submitted_at": datetime(2026, 6, 10, 9, tzinfo=timezone(timedelta(hours=2))),
        "updated_at": datetime(2026, 6, 10, 9, 0, 0, 5, tzinfo=UTC), "version": 3,
        "answered_on": date(2026, 6, 10), "site_id": None, "team_id": None, "person_id": None,
        "status": "counted", "reason": None, "stored_at": datetime(2026, 6, 10, 9, tzinfo=UTC),
    }  # fmt: skip
    statement = insert(RESPONSE)
    with database.write.begin() as session:
        make.source(session)
        session.execute(statement, [row | {"external_id": "a"}])
        bulk.run(session.connection(), statement, [row | {"external_id": "b"}])
        bulk.run(session.connection(), statement, [])
        columns = ", ".join(name for name in row)
        first, second = session.execute(
            text(f"SELECT {columns} FROM response ORDER BY external_id")
        ).all()
        assert tuple(first) == tuple(second)
        kinds = ", ".join(f"typeof({name})" for name in row)
        if database.is_sqlite:
            first, second = session.execute(text(f"SELECT {kinds} FROM response")).all()
            assert tuple(first) == tuple(second)
