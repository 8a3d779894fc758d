"""Source: a survey platform's way in. Delivery: what it posted, byte for byte."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base

TROUBLE = text("outcome IN ('failed', 'ignored')")
READABLE = text("outcome = 'kept' AND fetch_at IS NULL")
FETCHED = text("outcome = 'kept' AND fetch_at IS NOT NULL")
OUTCOMES = ("kept", "processed", "ignored", "repeated", "failed")


class Source(Base):
    """`key` is the long random word in `/hooks/{key}`; `secrets` are sealed with the secret key."""

    __tablename__ = "source"
    __table_args__ = (
        # A name is free again once its source was removed.
        Index(
            "uq_source_name_live",
            "name",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    platform: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    secrets: Mapped[str] = mapped_column(Text, default="")
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Delivery(Base):
    """One authentic request. `kept` waits for processing; the other outcomes are final.

    A kept one with `fetch_at` waits for its platform's API, which is asked then; `attempts` were in
    vain so far, and `error` says why the last one was.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        Index("uq_delivery_source_external", "source_id", "external_id", unique=True),
        # The sweep and the backlog look only at what still waits.
        Index(
            "ix_delivery_kept",
            "id",
            sqlite_where=READABLE,
            postgresql_where=READABLE,
        ),
        Index(
            "ix_delivery_fetch", "source_id", "fetch_at", "id",
            sqlite_where=FETCHED, postgresql_where=FETCHED,
        ),
        # What a person looks for; the many that went well are found by walking the ids.
        Index(
            "ix_delivery_trouble", "outcome", "id", sqlite_where=TROUBLE, postgresql_where=TROUBLE
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    external_id: Mapped[str | None] = mapped_column(String(255))
    received_at: Mapped[datetime]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    outcome: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(Text)
    processed_at: Mapped[datetime | None]
    fetch_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    source: Mapped[Source] = relationship(lazy="raise")


class FetchPause(Base):
    """A source whose API is left alone until then; `failures` in a row, and what the last was."""

    __tablename__ = "fetch_pause"
    source_id: Mapped[int] = mapped_column(
        ForeignKey("source.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    until: Mapped[datetime]
    failures: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)


class Backfill(Base):
    """How far the history of a source since a moment was read; `path` is the page that follows."""

    __tablename__ = "backfill"
    source_id: Mapped[int] = mapped_column(
        ForeignKey("source.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    since: Mapped[datetime] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(Text)
    taken: Mapped[int]
