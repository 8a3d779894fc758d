"""Screen: one paired browser and what it last said; pairings, orders and what must be dark."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

SCOPES = ("screen", "board", "all")
NOT_OVER = text("back_at IS NULL")


class Screen(Base):
    """Shows the board of that slug. Only the SHA-256 of its token is kept."""

    __tablename__ = "screen"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    # By slug, not by key: screens lie below boards and know them only as an address.
    board_slug: Mapped[str] = mapped_column(String(64), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any] | None]


class Pairing(Base):
    """A browser that asks to become a screen. Its key becomes the screen's when a lead agrees."""

    __tablename__ = "pairing"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ScreenOrder(Base):
    """Something a lead asked of a screen; whichever process holds its socket tells it."""

    __tablename__ = "screen_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    screen_id: Mapped[int] = mapped_column(ForeignKey("screen.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(index=True)


class Blanking(Base):
    """Screens that must be dark: one (`target` its id), a board's (its slug), or all of them."""

    __tablename__ = "blanking"
    __table_args__ = (
        CheckConstraint(f"scope IN {SCOPES}", name="scope"),
        UniqueConstraint("scope", "target"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(8))
    target: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime]


class ScreenLoss(Base):
    """A screen that fell silent while its wall should be lit; `back_at` when it was heard again.

    At most one for each screen is not over, so that a loss is told once.
    """

    __tablename__ = "screen_loss"
    __table_args__ = (
        Index(
            "uq_screen_loss_screen", "screen_id", unique=True,
            sqlite_where=NOT_OVER, postgresql_where=NOT_OVER,
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    screen_id: Mapped[int] = mapped_column(ForeignKey("screen.id", ondelete="CASCADE"))
    # When it was heard last.
    silent_since: Mapped[datetime]
    noticed_at: Mapped[datetime]
    back_at: Mapped[datetime | None]
