"""Board: one wall's address, its scenes and how they are shown."""

from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

AUDIENCES = ("staff", "visitor", "street")


class Board(Base):
    """Shows the company, or one site or team. `settings` holds what `board set` knows."""

    __tablename__ = "board"
    __table_args__ = (CheckConstraint(f"audience IN {AUDIENCES}", name="audience"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    scenes: Mapped[list[str]]
    audience: Mapped[str] = mapped_column(String(16), default="staff")
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    settings: Mapped[dict[str, Any]]


class Benchmark(Base):
    """Somebody else's score, as somebody published it: a rung of the ladder."""

    __tablename__ = "benchmark"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    value: Mapped[float] = mapped_column(Float)
    year: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
