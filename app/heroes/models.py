"""Hero: who is celebrated for a period, with the reason and the numbers behind it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

STATES = ("suggested", "shown")
# What people wrote themselves may come several times in a week.
PICKED = text("kind <> 'nomination'")


class Hero(Base):
    """One pick for each kind, period and place. `numbers` lets it be recomputed to the same result.

    `scope` is company, site or team. Without a person it is the team that is celebrated, and
    without a team everybody. A `suggested` one waits for a lead.
    """

    __tablename__ = "hero"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index(
            "uq_hero_pick", "kind", "period", "scope", "scope_id", "starts_on", unique=True,
            sqlite_where=PICKED, postgresql_where=PICKED,
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    period: Mapped[str] = mapped_column(String(8), default="week", server_default="week")
    scope: Mapped[str] = mapped_column(String(8), default="company", server_default="company")
    scope_id: Mapped[int] = mapped_column(default=1, server_default="1")
    starts_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), default="shown", server_default="shown")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    reason: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(String(32))
    numbers: Mapped[dict[str, Any]]
    picked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]


class HeroWeight(Base):
    """How strongly scores are shrunk on one day: m by ANOVA, worked out once a night."""

    __tablename__ = "hero_weight"
    day: Mapped[date] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weight: Mapped[float]
    people: Mapped[int]
    answers: Mapped[int]
