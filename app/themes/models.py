"""Theme report: what the comments of one place were about, as counted in the last night."""

from datetime import date
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class ThemeReport(Base):
    """One for each company, site and team; `facts` are counts and phrases, never a comment."""

    __tablename__ = "theme_report"
    scope: Mapped[str] = mapped_column(String(8), primary_key=True)
    scope_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[date]
    facts: Mapped[dict[str, Any]]
