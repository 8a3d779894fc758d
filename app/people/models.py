"""Company, site, team, person, alias and what becomes of them; accounts, the audit log."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base

VISIBILITIES = ("full", "first-initial", "first", "initials", "hidden")
ROLES = ("admin", "lead", "viewer")
SCOPES = ("read", "admin")
OUTCOMES = ("open", "taken off", "kept")
IMPORT_STATES = ("looked at", "taken over", "taken back")


class Company(Base):
    """The one company of this installation; its row has id 1."""

    __tablename__ = "company"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    target: Mapped[int | None]
    window_days: Mapped[int] = mapped_column(default=28)
    individuals: Mapped[bool] = mapped_column(default=False)
    one_voice: Mapped[bool] = mapped_column(default=False)
    domain: Mapped[str | None] = mapped_column(String(200))
    # Fewer answers than this say nothing about one person, to anybody.
    least_personal: Mapped[int] = mapped_column(default=10, server_default="10")
    # Days after which an answer forgets which employee it named; empty: it never does.
    people_days: Mapped[int | None]
    # Whether stories that pass the strict conditions reach the wall unread.
    automatic_stories: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Channel -> how much one answer of it weighs; what is not named weighs 1. Empty: none does.
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # What becomes of a pick: suggest (a lead confirms it), automatic, or off.
    heroes: Mapped[str] = mapped_column(String(16), default="automatic", server_default="automatic")


class Site(Base):
    """A place with its own clock. The first one stands for the company."""

    __tablename__ = "site"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    timezone: Mapped[str] = mapped_column(String(64))
    office_hours: Mapped[dict[str, Any] | None]
    # Dates and places, such as 2026-12-24 and DE-BY.
    holidays: Mapped[list[str] | None]


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    site: Mapped[Site | None] = relationship(lazy="raise")


class Person(Base):
    """An employee. Two people may share a name; an id never does."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint(f"visibility IN {VISIBILITIES}", name="visibility"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(320))
    visibility: Mapped[str] = mapped_column(String(16), default="first-initial")
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    team: Mapped[Team | None] = relationship(lazy="raise")


class Alias(Base):
    """What a platform calls a person, team or site; exactly one of the three is named."""

    __tablename__ = "alias"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN team_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN site_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="names_one",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(200), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))


class Account(Base):
    """Someone who signs in. The e-mail is kept case-folded."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    # Who this is at the company's own sign-in (OpenID Connect), once it was used.
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True, index=True)
    # Whether the weekly report comes by mail; for leads and admins.
    week_mail: Mapped[bool] = mapped_column(default=True, server_default=true())


class AccountSession(Base):
    """One signed-in browser. Only the SHA-256 of its token is kept."""

    __tablename__ = "account_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # What the browser calls itself, shortened, so that its owner can tell it from others.
    browser: Mapped[str] = mapped_column(String(80), default="", server_default="")
    account: Mapped[Account] = relationship(lazy="raise")


class ApiToken(Base):
    """A program's key. Only the SHA-256 of it is kept."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint(f"scope IN {SCOPES}", name="scope"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    scope: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AccountTeam(Base):
    """A team that an account leads. A lead without any leads every team."""

    __tablename__ = "account_team"
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class AuditEntry(Base):
    """One change: who, what, when, before and after. `who` stays when the account goes."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(200))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(64), index=True)
    thing: Mapped[str] = mapped_column(String(200))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class Invitation(Base):
    """A link that makes one account, once. Only the SHA-256 of its key is kept."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    email: Mapped[str | None] = mapped_column(String(320), index=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A link that sets another password, once. Only the SHA-256 of its key is kept."""

    __tablename__ = "password_reset"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]


class Passkey(Base):
    """A device that signs in without a password; its public half, base64url as browsers say it."""

    __tablename__ = "passkey"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(String(4000))
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PersonalLink(Base):
    """The way to a person's own page, one for each; only the SHA-256 of its key is kept."""

    __tablename__ = "personal_link"
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


class Appeal(Base):
    """A person says that an answer is not about them; a lead settles it, once."""

    __tablename__ = "appeal"
    __table_args__ = (CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    response_id: Mapped[int] = mapped_column(
        ForeignKey("response.id", ondelete="CASCADE"), unique=True
    )
    text: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(16), default="open")


class RosterImport(Base):
    """One file of people: looked at, taken over, taken back. `journal` is what undoes it."""

    __tablename__ = "roster_import"
    __table_args__ = (CheckConstraint(f"state IN {IMPORT_STATES}", name="state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default="looked at")
    text: Mapped[str] = mapped_column(Text)
    journal: Mapped[dict[str, Any] | None]
    who: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]


class Following(Base):
    """Old answers on their way to where the roster puts their names now, newest first.

    Answers with ids below `next_id` are still to be looked at; `names` are folded.
    """

    __tablename__ = "following"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    names: Mapped[list[str]]
    text: Mapped[str] = mapped_column(String(200))
    top_id: Mapped[int]
    next_id: Mapped[int]
    moved: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
