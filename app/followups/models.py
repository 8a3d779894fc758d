"""Case: one unhappy customer whom somebody owes a call."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

STATES = ("open", "tried", "reached", "solved", "dropped")
# Still somebody's to do.
LIVE = ("open", "tried", "reached")
UNTOLD = text("told_at IS NULL")


class Case(Base):
    """Goes with its answer, also when that is erased. `solved` closes the loop; `dropped` ends it.

    `dropped` says in `reason` why nothing was solved: the answer is gone or no longer unhappy, or
    nobody could be reached. `version` grows with every step, so that of two who press at once one
    is first; `last_*` say who that was. `told_at` is when the leads' notices were made.
    """

    __tablename__ = "followup_case"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_followup_case_due", "state", "due_at"),
        Index(
            "ix_followup_case_untold", "id",
            sqlite_where=UNTOLD, postgresql_where=UNTOLD,
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(
        ForeignKey("response.id", ondelete="CASCADE"), unique=True
    )
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    tries: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    reached_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    version: Mapped[int]
    last_step: Mapped[str | None] = mapped_column(String(16))
    last_by: Mapped[str | None] = mapped_column(String(200))
    last_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    last_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
