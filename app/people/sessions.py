"""Signed-in browsers: opened, found, kept awake and ended on the server."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.people.keys import digest, new_key
from app.people.models import Account, AccountSession, AccountTeam

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
# A session's clock is written this often at most: reading a page should not cost a commit.
TOUCH = timedelta(minutes=5)


def open_session(session: Session, account_id: int, browser: str = "") -> str:
    """A new session's key, for the cookie. Sessions that ran out are cleared on the way."""
    now = clock.now()
    session.execute(
        delete(AccountSession).where(
            or_(AccountSession.expires_at <= now, AccountSession.seen_at <= now - IDLE)
        )
    )
    key = new_key()
    session.add(
        AccountSession(
            account_id=account_id,
            token_hash=digest(key),
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE,
            browser=browser[:80],
        )
    )
    return key


def find(session: Session, key: str) -> tuple[AccountSession, Account] | None:
    """The live session of a key and its account; None when it ran out or the account is closed."""
    now = clock.now()
    row = session.execute(
        select(AccountSession, Account)
        .join(Account, Account.id == AccountSession.account_id)
        .where(
            AccountSession.token_hash == digest(key),
            AccountSession.expires_at > now,
            AccountSession.seen_at > now - IDLE,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def teams_of(session: Session, account: Account) -> frozenset[int]:
    """The teams an account leads; nobody but a lead has any."""
    if account.role != "lead":
        return frozenset()
    of = AccountTeam.account_id == account.id
    return frozenset(session.scalars(select(AccountTeam.team_id).where(of)))


def is_drowsy(found: AccountSession) -> bool:
    """Whether it is time to write down that this session was used."""
    return clock.now() - found.seen_at >= TOUCH


def touch(session: Session, session_id: int) -> None:
    """Starts the idle time anew."""
    session.execute(
        update(AccountSession).where(AccountSession.id == session_id).values(seen_at=clock.now())
    )


def close_session(session: Session, key: str) -> None:
    """Signs one browser out. A key that is not known is signed out already."""
    session.execute(delete(AccountSession).where(AccountSession.token_hash == digest(key)))


def close_all(session: Session, account_id: int) -> None:
    """Signs an account out everywhere: its password changed or it was closed."""
    session.execute(delete(AccountSession).where(AccountSession.account_id == account_id))


def close_one(session: Session, account_id: int, session_id: int) -> None:
    """Signs one browser of an account out, by its number."""
    session.execute(
        delete(AccountSession).where(
            AccountSession.id == session_id, AccountSession.account_id == account_id
        )
    )


def live_of(session: Session, account_id: int) -> Sequence[AccountSession]:
    """Where an account is signed in, used last first."""
    now = clock.now()
    return session.scalars(
        select(AccountSession)
        .where(
            AccountSession.account_id == account_id,
            AccountSession.expires_at > now,
            AccountSession.seen_at > now - IDLE,
        )
        .order_by(AccountSession.seen_at.desc(), AccountSession.id.desc())
    ).all()
