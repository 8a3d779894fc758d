"""Notice: one mail to one address, or one webhook, that is on its way."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

CHANNELS = ("mail", "webhook")
UNDER_WAY = text("ended_at IS NULL")


class Notice(Base):
    """Carries no word, name or address of a customer: a link leads there. Ended ones are deleted.

    `due_at` is when it is tried next. `trouble` is what hindered it last, in one sentence.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        Index(
            "ix_notice_under_way", "due_at", "id",
            sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY,
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(8))
    # Of an account; empty for a webhook, whose address is a setting.
    address: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    event: Mapped[dict[str, Any] | None]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    trouble: Mapped[str | None] = mapped_column(String(200))
