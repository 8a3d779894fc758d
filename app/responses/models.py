"""Response: the newest state of one answer. Ledger: its changes. Asked customers, tombstones."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Dialect, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

from app.db import Base
from app.responses.voice import Voice, as_json, from_json

STATUSES = ("unscored", "counted", "excluded", "withdrawn", "superseded")
COUNTED = text("status = 'counted'")
# In place of a delivery: it came in a file or was filled in from the past.
HISTORY = 0
OF_TEAM = text("status = 'counted' AND team_id IS NOT NULL")
OF_PERSON = text("status = 'counted' AND person_id IS NOT NULL")


class Response(Base):
    """Unique by source and the platform's response id. `unscored` waits for its score."""

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("score BETWEEN 0 AND 10", name="score"),
        Index("uq_response_source_external", "source_id", "external_id", unique=True),
        # The newest voices of a wall; what does not count is not in the index.
        Index(
            "ix_response_recent", "submitted_at", "id",
            sqlite_where=COUNTED, postgresql_where=COUNTED,
        ),
        Index(
            "ix_response_team_recent", "team_id", "submitted_at", "id",
            sqlite_where=OF_TEAM, postgresql_where=OF_TEAM,
        ),
        Index(
            "ix_response_site_recent", "site_id", "submitted_at", "id",
            sqlite_where=COUNTED, postgresql_where=COUNTED,
        ),
        Index(
            "ix_response_person_recent", "person_id", "submitted_at", "id",
            sqlite_where=OF_PERSON, postgresql_where=OF_PERSON,
        ),
        Index(
            "ix_response_email", "email",
            sqlite_where=text("email IS NOT NULL"), postgresql_where=text("email IS NOT NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    external_id: Mapped[str] = mapped_column(String(255))
    survey_id: Mapped[str | None] = mapped_column(String(255))
    channel: Mapped[str | None] = mapped_column(String(64))
    score: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(320))
    name: Mapped[str | None] = mapped_column(String(200))
    consent: Mapped[bool | None]
    attributes: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    # Orders updates; compared as a number. Microseconds since 1970 where it is a time.
    version: Mapped[float | None]
    # The local date of the answer, taken once, in its site's time zone.
    answered_on: Mapped[date]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(200))
    stored_at: Mapped[datetime]


class Counted(TypeDecorator[Voice]):
    """A voice, stored as its JSON; None is null."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Voice | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the same on each
        return as_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Voice | None:  # noqa: ARG002 - the same on each
        return from_json(value)


class LedgerEntry(Base):
    """One change of one response; `before` and `after` are what counted (null: it did not)."""

    __tablename__ = "ledger"
    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(
        ForeignKey("response.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    # Not a foreign key: raw deliveries are deleted after a month, the ledger stays.
    delivery_id: Mapped[int | None]
    before: Mapped[Voice | None] = mapped_column(Counted)
    after: Mapped[Voice | None] = mapped_column(Counted)


class Tombstone(Base):
    """A response that a customer had erased: only the salted hash of its source and id."""

    __tablename__ = "tombstone"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    # One for all rows.
    salt: Mapped[str] = mapped_column(String(32))


class Asked(Base):
    """How many customers of one day and place could be asked, and were; names as the file has."""

    __tablename__ = "asked"
    __table_args__ = (
        Index("uq_asked_key", "day", "site", "team", "employee", unique=True),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    site: Mapped[str] = mapped_column(String(200), default="")
    team: Mapped[str] = mapped_column(String(200), default="")
    employee: Mapped[str] = mapped_column(String(200), default="")
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    eligible: Mapped[int | None]
    invited: Mapped[int]
