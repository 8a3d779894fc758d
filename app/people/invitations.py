"""Invitations: a link that makes one account with a role, once, within a week."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError, NotFoundError
from app.people import audit
from app.people.accounts import Newcomer, check_role, enter
from app.people.authorize import Actor
from app.people.keys import digest, new_key
from app.people.models import Account, Invitation, Team
from app.people.wording import email_of

GOOD_FOR = timedelta(days=7)
GONE = "This invitation was used, withdrawn or has run out. Ask for another one."


def invite(
    session: Session, actor: Actor, role: str, team_id: int | None = None, email: str = ""
) -> str:
    """A new invitation's key, for its link, shown this once.

    With an e-mail it is for that person alone; the team counts for a lead only. Raises
    CheerboardError for an unknown role or team, or an e-mail that has an account.
    """
    check_role(role)
    address = email_of(email) if email.strip() else None
    if address and session.scalar(select(Account.id).where(Account.email == address)):
        raise CheerboardError(f"There is an account for {address} already.", status=409)
    team = session.get(Team, team_id) if team_id is not None and role == "lead" else None
    if team_id is not None and role == "lead" and team is None:
        raise NotFoundError("There is no such team.")
    now, key = clock.now(), new_key()
    session.execute(delete(Invitation).where(Invitation.expires_at <= now - GOOD_FOR))
    made = Invitation(
        token_hash=digest(key),
        role=role,
        team_id=team.id if team else None,
        email=address,
        invited_by=actor.account_id,
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    session.add(made)
    session.flush()
    after = {"role": role, "team": team.name if team else None, "email": address}
    audit.record(session, actor, "accounts.manage", f"invitation {made.id}", None, after)
    return key


def find(session: Session, key: str) -> Invitation:
    """The open invitation of a key. Raises NotFoundError when there is none (any more)."""
    found = session.scalar(_open().where(Invitation.token_hash == digest(key)))
    if found is None:
        raise NotFoundError(GONE)
    return found


def find_for(session: Session, email: str) -> Invitation | None:
    """The newest open invitation for an e-mail."""
    query = _open().where(Invitation.email == email.strip().casefold())
    return session.scalar(query.order_by(Invitation.id.desc()).limit(1))


def waiting(session: Session) -> Sequence[Invitation]:
    """Open invitations, newest first."""
    return session.scalars(_open().order_by(Invitation.id.desc()).limit(50)).all()


def accept(session: Session, invitation: Invitation, new: Newcomer) -> Account:
    """The account that comes of it. Raises NotFoundError when somebody was first."""
    taken = session.connection().execute(
        update(Invitation.__table__)  # type: ignore[arg-type] # a table, as every model's is
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if not taken.rowcount:
        raise NotFoundError(GONE)
    teams = (invitation.team_id,) if invitation.team_id is not None else ()
    who = Actor(invitation.role, f"{new.name} (invitation {invitation.id})")
    return enter(session, who, replace(new, role=invitation.role, team_ids=teams))


def withdraw(session: Session, actor: Actor, invitation_id: int) -> None:
    """Its link opens nothing any more; a second press changes nothing."""
    open_one = session.scalar(_open().where(Invitation.id == invitation_id))
    if open_one is not None:
        open_one.expires_at = clock.now()
        before = {"role": open_one.role, "email": open_one.email}
        thing = f"invitation {invitation_id}"
        audit.record(session, actor, "accounts.manage", thing, before, None)


def _open() -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.used_at.is_(None), Invitation.expires_at > clock.now()
    )
