"""Password resets: a link by mail that sets another password, once, within an hour."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock, mail
from app.db import Database
from app.errors import NotFoundError, UnavailableError
from app.people import accounts
from app.people.authorize import Actor
from app.people.keys import digest, new_key
from app.people.models import Account, PasswordReset
from app.people.passwords import check_password, hash_password
from app.settings import Settings

GOOD_FOR = timedelta(hours=1)
GONE = "This link was used or has run out. Ask for another one."


def are_offered(settings: Settings) -> bool:
    """Whether a link can be mailed: it needs a mail server and BASE_URL.

    Without BASE_URL the link would begin with the Host that whoever asks made up, and lead the
    owner of the mailbox to them.
    """
    return mail.is_set_up(settings) and bool(settings.base_url)


def offer(db: Database, settings: Settings, email: str) -> None:
    """Mails a link to whoever has an account of that e-mail; says nothing either way.

    Runs after the answer was sent, so that nobody can tell by the time it takes.
    """
    with db.write.begin() as session:
        of = Account.email == email.replace("\0", "").strip().casefold()
        account = session.scalar(select(Account).where(of, Account.disabled_at.is_(None)))
        if account is None:
            return
        key, now = new_key(), clock.now()
        session.execute(delete(PasswordReset).where(PasswordReset.account_id == account.id))
        session.execute(delete(PasswordReset).where(PasswordReset.expires_at <= now))
        made = PasswordReset(
            account_id=account.id, token_hash=digest(key), expires_at=now + GOOD_FOR
        )
        session.add(made)
    link = f"{settings.base_url.rstrip('/')}/reset/{key}"
    text = (
        "Somebody, probably you, asked for another password at Cheerboard.\n\n"
        f"This link sets one, once, within an hour:\n{link}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n"
    )
    try:
        mail.send(settings, [account.email], "Another password for Cheerboard", text)
    except UnavailableError:
        return  # logged already; nobody may be told whether there was something to send


def account_of(session: Session, key: str) -> Account:
    """Whose reset this is. Raises NotFoundError when it was used or has run out."""
    found = session.scalar(
        select(Account)
        .join(PasswordReset, PasswordReset.account_id == Account.id)
        .where(
            PasswordReset.token_hash == digest(key),
            PasswordReset.expires_at > clock.now(),
            Account.disabled_at.is_(None),
        )
    )
    if found is None:
        raise NotFoundError(GONE)
    return found


def use(db: Database, key: str, password: str) -> None:
    """Sets the password and signs out everywhere. Raises NotFoundError, CheerboardError."""
    with db.read() as session:
        check_password(password, account_of(session, key).email)
    kept = hash_password(password)
    with db.write.begin() as session:
        account = account_of(session, key)
        gone = delete(PasswordReset).where(PasswordReset.token_hash == digest(key))
        if not session.connection().execute(gone).rowcount:
            raise NotFoundError(GONE)
        who = Actor(account.role, account.name, account_id=account.id)
        accounts.keep_password(session, who, account, kept)
