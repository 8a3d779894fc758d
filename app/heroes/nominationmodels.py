"""Nomination: a colleague put forward by a colleague. NominationRules: how this company does it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

STATES = ("waiting", "shown", "declined", "withdrawn")


class Nomination(Base):
    """Shown on walls while `state` is `shown`; every other change is in the audit log.

    `giver` is who put it forward, by an account, a token's name, or empty for a colleague without
    an account, who came by the link of `board_slug` and wrote `named`; a lead then says who is
    meant. `decided_*` is the latest decision. `version` grows with every edit. The badge is kept as
    it was when it was given.
    """

    __tablename__ = "nomination"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_nomination_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    named: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    badge: Mapped[str] = mapped_column(String(40))
    figure: Mapped[str] = mapped_column(String(16))
    story_id: Mapped[int | None] = mapped_column(ForeignKey("story.id", ondelete="SET NULL"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    giver: Mapped[str] = mapped_column(String(200))
    board_slug: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    decider: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]


class NominationRules(Base):
    """The one row (id 1) of a company that changed something; `badges` maps name to figure."""

    __tablename__ = "nomination_rules"
    id: Mapped[int] = mapped_column(primary_key=True)
    per_month: Mapped[int]
    second_lead: Mapped[bool]
    open_link: Mapped[bool]
    generation: Mapped[int]
    badges: Mapped[dict[str, Any]]
