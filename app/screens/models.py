"""Screen: one paired browser and what it last said of itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


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
