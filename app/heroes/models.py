"""Hero: a person celebrated for a period, with the reason and the numbers behind it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Hero(Base):
    """One pick for each period and kind. `numbers` lets it be recomputed to the same result."""

    __tablename__ = "hero"
    __table_args__ = (Index("uq_hero_kind_starts_on", "kind", "starts_on", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    starts_on: Mapped[date]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    reason: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(32))
    numbers: Mapped[dict[str, Any]]
    picked_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
