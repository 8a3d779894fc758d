"""Daily tally: integer counts of one day, scope and segment."""

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

SCOPES = ("company", "site", "team", "person")


class DailyTally(Base):
    """Everything a rolling score needs. Segment is `survey|channel`, empty parts allowed."""

    __tablename__ = "tally"
    __table_args__ = (CheckConstraint(f"scope IN {SCOPES}", name="scope"),)
    scope: Mapped[str] = mapped_column(String(8), primary_key=True)
    scope_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    segment: Mapped[str] = mapped_column(String(320), primary_key=True)
    promoters: Mapped[int]
    passives: Mapped[int]
    detractors: Mapped[int]
