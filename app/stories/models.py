"""Story: a customer's words, redacted, on their way to the wall. Decisions about them; consent."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

STATES = ("unread", "candidate", "released", "recalled")


class Story(Base):
    """At most one for each response. `reasons` are sentences for the lead who decides.

    An `unread` one waits for the reader: it has no words yet and nobody sees it.
    """

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
    # Glowing words with a low score, or a complaint with nine or ten: never for a wall.
    is_against_score: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    recalled_at: Mapped[datetime | None]
    # The words that a lead left of `text`, each run cut out marked by an ellipsis; None: all.
    cut: Mapped[str | None] = mapped_column(Text)
    # A candidate that was put aside.
    held_at: Mapped[datetime | None]
    # What a lead decided last: what, who, when, and all that an undo needs.
    decided: Mapped[dict[str, Any] | None]


class StoryDecision(Base):
    """What somebody decided about a story, and what its text was like: to learn from, later.

    Without an account it was the automatic lane. Goes with the answer when a customer is erased.
    """

    __tablename__ = "story_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(
        ForeignKey("response.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(32))
    features: Mapped[dict[str, Any]]


class ConsentRule(Base):
    """What silence means at a source: its customers agreed (true), or did not (false).

    A source without a rule: inside the house yes, on the street no.
    """

    __tablename__ = "consent_rule"
    source_id: Mapped[int] = mapped_column(
        ForeignKey("source.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    silence_agrees: Mapped[bool]
