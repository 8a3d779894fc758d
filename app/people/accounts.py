"""Accounts: made, checked at sign-in, given another password, closed."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.errors import CheerboardError, NotFoundError
from app.people.models import ROLES, Account
from app.people.passwords import check_password, hash_password, is_outdated, is_password
from app.people.sessions import close_all
from app.people.wording import email_of, label_of


def add_account(db: Database, email: str, name: str, role: str, password: str) -> int:
    """A new account's id; the password is hashed before the transaction begins.

    Raises CheerboardError when the e-mail, name, role or password will not do, or is taken.
    """
    email, name = email_of(email), label_of(name, "name")
    if role not in ROLES:
        raise CheerboardError(f"A role is one of: {', '.join(ROLES)}.")
    check_password(password, email)
    kept = hash_password(password)
    with db.write.begin() as session:
        if session.scalar(select(Account.id).where(Account.email == email)) is not None:
            raise CheerboardError(f"There is an account for {email} already.", status=409)
        account = Account(
            email=email, name=name, role=role, password_hash=kept, created_at=clock.now()
        )
        session.add(account)
        session.flush()
        return account.id


def check_credentials(db: Database, email: str, password: str) -> Account | None:
    """The account these belong to; as slow when there is none. Blocks about 60 ms."""
    email = email.strip().casefold()
    with db.read() as session:
        account = session.scalar(
            select(Account).where(Account.email == email, Account.disabled_at.is_(None))
        )
    kept = account.password_hash if account else None
    if not is_password(kept, password) or account is None or kept is None:
        return None
    if is_outdated(kept):
        renewed = hash_password(password)
        with db.write.begin() as session:
            session.execute(
                update(Account)
                .where(Account.id == account.id, Account.password_hash == kept)
                .values(password_hash=renewed)
            )
    return account


def set_password(db: Database, email: str, password: str) -> None:
    """Another password; whoever was signed in with the old one is signed out."""
    email = email_of(email)
    check_password(password, email)
    kept = hash_password(password)
    with db.write.begin() as session:
        account = _account(session, email)
        account.password_hash = kept
        close_all(session, account.id)


def close_account(db: Database, email: str) -> None:
    """Nobody signs in with it any more, and who was signed in is out. It can be closed twice."""
    with db.write.begin() as session:
        account = _account(session, email_of(email))
        account.disabled_at = account.disabled_at or clock.now()
        close_all(session, account.id)


def count_accounts(session: Session) -> int:
    """How many people can sign in."""
    count = select(func.count()).select_from(Account).where(Account.disabled_at.is_(None))
    return session.scalar(count) or 0


def _account(session: Session, email: str) -> Account:
    account = session.scalar(select(Account).where(Account.email == email))
    if account is None:
        raise NotFoundError(f"There is no account for {email}.")
    return account
