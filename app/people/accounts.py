"""Accounts: made, checked at sign-in, given another password or role, closed and opened again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.errors import CheerboardError, NotFoundError
from app.people import audit, roster
from app.people.audit import OPERATOR
from app.people.authorize import Actor
from app.people.models import ROLES, Account, AccountTeam, Team
from app.people.passwords import check_password, hash_password, is_outdated, is_password
from app.people.sessions import close_all
from app.people.staff import find_team
from app.people.wording import email_of, label_of


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who gets an account; without a password there is another way in."""

    email: str
    name: str
    role: str
    password_hash: str | None = None
    team_ids: tuple[int, ...] = ()


def newcomer(email: str, name: str, role: str, password: str) -> Newcomer:
    """Checks what was said of somebody and hashes the password, before any transaction begins.

    Raises CheerboardError when the e-mail, name, role or password will not do.
    """
    email, name = email_of(email), label_of(name, "name")
    check_role(role)
    check_password(password, email)
    return Newcomer(email, name, role, hash_password(password))


def enter(session: Session, actor: Actor, new: Newcomer) -> Account:
    """The new account. Raises CheerboardError when there is one of that e-mail already."""
    if session.scalar(select(Account.id).where(Account.email == new.email)) is not None:
        raise CheerboardError(f"There is an account for {new.email} already.", status=409)
    account = Account(
        email=new.email,
        name=new.name,
        role=new.role,
        password_hash=new.password_hash,
        created_at=clock.now(),
    )
    session.add(account)
    session.flush()
    _set_teams(session, account.id, new.team_ids)
    after = _facts(session, account) | {"email": account.email}
    audit.record(session, actor, "accounts.manage", f"account {account.email}", None, after)
    return account


def add_account(
    db: Database, email: str, name: str, role: str, password: str, teams: Sequence[str] = ()
) -> int:
    """A new account's id, by command; `teams` are names or aliases of the teams it leads."""
    new = newcomer(email, name, role, password)
    with db.write.begin() as session:
        known = roster.load(session) if teams else None
        ids = tuple(find_team(session, known, team).id for team in teams) if known else ()
        entered = Newcomer(new.email, new.name, new.role, new.password_hash, ids)
        return enter(session, OPERATOR, entered).id


def check_credentials(db: Database, email: str, password: str) -> Account | None:
    """The account these belong to; as slow when there is none. Blocks about 60 ms."""
    email = email.replace("\0", "").strip().casefold()  # PostgreSQL refuses a NUL
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
    """Another password, by command; whoever was signed in with the old one is signed out."""
    email = email_of(email)
    check_password(password, email)
    kept = hash_password(password)
    with db.write.begin() as session:
        keep_password(session, OPERATOR, _account(session, email), kept)


def keep_password(session: Session, actor: Actor, account: Account, kept: str) -> None:
    """Keeps the hash of another password and signs the account out everywhere."""
    account.password_hash = kept
    close_all(session, account.id)
    after = {"password": "another"}
    audit.record(session, actor, "account.keep", f"account {account.email}", None, after)


def close_account(db: Database, email: str) -> None:
    """Nobody signs in with it any more, and who was signed in is out. It can be closed twice."""
    with db.write.begin() as session:
        set_closed(session, OPERATOR, _account(session, email_of(email)), is_closed=True)


def set_closed(session: Session, actor: Actor, account: Account, *, is_closed: bool) -> None:
    """Closes an account or opens it again. At the desk the last admin stays."""
    before = _facts(session, account)
    if is_closed:
        if actor is not OPERATOR:
            _keep_an_admin(session, account)
        account.disabled_at = account.disabled_at or clock.now()
        close_all(session, account.id)
    else:
        account.disabled_at = None
    _note(session, actor, account, before)


def set_role(
    session: Session, actor: Actor, account: Account, role: str, team_ids: Sequence[int]
) -> None:
    """Another role; the teams count for a lead only. Sessions go on with the new role at once."""
    check_role(role)
    before = _facts(session, account)
    if role != "admin":
        _keep_an_admin(session, account)
    account.role = role
    _set_teams(session, account.id, team_ids if role == "lead" else ())
    _note(session, actor, account, before)


def check_role(role: str) -> None:
    """Raises CheerboardError for what is no role."""
    if role not in ROLES:
        raise CheerboardError(f"A role is one of: {', '.join(ROLES)}.")


def count_accounts(session: Session) -> int:
    """How many people can sign in."""
    count = select(func.count()).select_from(Account).where(Account.disabled_at.is_(None))
    return session.scalar(count) or 0


def team_names(session: Session) -> dict[int, list[str]]:
    """Account id -> the names of the teams it leads."""
    found: dict[int, list[str]] = {}
    query = select(AccountTeam.account_id, Team.name).join(Team, Team.id == AccountTeam.team_id)
    for account_id, name in session.execute(query.order_by(Team.name)):
        found.setdefault(account_id, []).append(name)
    return found


def _set_teams(session: Session, account_id: int, team_ids: Sequence[int]) -> None:
    session.execute(delete(AccountTeam).where(AccountTeam.account_id == account_id))
    for team_id in dict.fromkeys(team_ids):
        if session.get(Team, team_id) is None:
            raise NotFoundError("There is no such team.")
        session.add(AccountTeam(account_id=account_id, team_id=team_id))
    session.flush()


def _keep_an_admin(session: Session, leaving: Account) -> None:
    """Two admins who take each other's role at the same time take turns here."""
    admins = session.scalars(
        select(Account.id)
        .where(Account.role == "admin", Account.disabled_at.is_(None))
        .order_by(Account.id)
        .with_for_update()
    ).all()
    if list(admins) == [leaving.id]:
        raise CheerboardError("This is the last admin: make another one first.", status=409)


def _facts(session: Session, account: Account) -> dict[str, object]:
    teams = team_names(session).get(account.id, [])
    return {"role": account.role, "teams": teams, "closed": account.disabled_at is not None}


def _note(session: Session, actor: Actor, account: Account, before: dict[str, object]) -> None:
    session.flush()
    thing, after = f"account {account.email}", _facts(session, account)
    if before != after:
        audit.record(session, actor, "accounts.manage", thing, before, after)


def _account(session: Session, email: str) -> Account:
    account = session.scalar(select(Account).where(Account.email == email))
    if account is None:
        raise NotFoundError(f"There is no account for {email}.")
    return account
