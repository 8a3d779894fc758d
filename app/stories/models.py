"""Story: a customer's words, redacted, on their way to the wall."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

STATES = ("candidate", "released", "recalled")


class Story(Base):
    """At most one for each response. `reasons` are sentences for the lead who decides."""

    __tablename__ = "story"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_story_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(
        ForeignKey("response.id", ondelete="CASCADE"), unique=True
    )
    state: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))
    rank: Mapped[float]
    reasons: Mapped[list[str]]
    rule: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    recalled_at: Mapped[datetime | None]
