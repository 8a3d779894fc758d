"""Card: what leads are told about somebody's answers. Exempt keys. Nights that were looked at."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

STATES = ("open", "dismissed", "expired")


class SignalCard(Base):
    """`findings` has each signal, its sentence, its innocent reason and ids of answers; no words.

    `team_id` says whose lead may read it; a card of a person has the person's team.
    """

    __tablename__ = "signal_card"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("scope IN ('person', 'team')", name="scope"),
        Index("ix_signal_card_subject", "scope", "scope_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(8))
    scope_id: Mapped[int]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(16))
    findings: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime]
    # The last night that saw the same; it expires some time after.
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(String(200))


class ExemptKey(Base):
    """A device, address or mailbox that leads know: a kiosk, an office line. Hashed as answers."""

    __tablename__ = "exempt_key"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(200))


class Night(Base):
    """One nightly task of one local date; the row is taken before the work, so it is done once."""

    __tablename__ = "night"
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    facts: Mapped[dict[str, Any] | None]
