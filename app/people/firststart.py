"""First start: while there is no account, a code from the server's log opens /setup."""

import base64
import hashlib
import hmac
import logging
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.errors import CheerboardError, ForbiddenError
from app.people import audit, company, roster, staff
from app.people.accounts import Newcomer, enter
from app.people.audit import OPERATOR
from app.people.authorize import Actor
from app.people.models import Account, Company
from app.people.names import fold
from app.people.wording import label_of
from app.settings import Settings

log = logging.getLogger("cheerboard")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is said at the first start."""

    company: str
    timezone: str
    team: str
    admin: Newcomer


def is_fresh(session: Session) -> bool:
    """Whether there was never an account; a closed one counts, so that /setup stays gone."""
    return session.scalar(select(Account.id).limit(1)) is None


def code(settings: Settings) -> str:
    """The code, such as `K3QF-7XWD-M2PA`: 60 bits that only the secret key gives.

    It is nowhere kept, and the same for every server of one installation; it is worth nothing as
    soon as there is an account.
    """
    made = hmac.new(settings.key, b"the code of the first start", hashlib.sha256).digest()
    letters = base64.b32encode(made)[:12].decode()
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))


def is_code(settings: Settings, text: str) -> bool:
    """Whether this is the code, however it was typed."""
    typed = "".join(char for char in text.upper() if char.isalnum())
    right = code(settings).replace("-", "")
    return hmac.compare_digest(typed.encode(errors="replace"), right.encode())


def log_code(db: Database, settings: Settings) -> None:
    """Writes the code to the log as long as nobody can sign in."""
    with db.read() as session:
        if is_fresh(session):
            log.info("Nobody can sign in yet: open /setup, its code is %s", code(settings))


def begin(session: Session, start: Beginning) -> Account:
    """Company, first site, first team and first admin at once.

    What a command made before is kept: a company is renamed, a team of that name stays. Raises
    ForbiddenError when somebody else was first, CheerboardError for a value that will not do.
    """
    if not is_fresh(session):
        raise ForbiddenError("Somebody else set this up a moment ago: sign in instead.")
    made = session.get(Company, 1)
    before = {"name": made.name, "timezone": made.timezone} if made else None
    facts = {"name": start.company, "timezone": start.timezone}
    made = company.set_company(session, facts)
    if fold(label_of(start.team, "team's name")) not in roster.load(session).teams:
        staff.add_team(session, start.team)
    account = enter(session, OPERATOR, start.admin)
    who = Actor("admin", account.name, account_id=account.id)
    after = {"name": made.name, "timezone": made.timezone, "team": start.team}
    audit.record(session, who, "company.set", "company", before, after)
    return account


def beginning(fields: dict[str, str], admin: Newcomer) -> Beginning:
    """What the form says. Raises CheerboardError when something is missing."""
    for name, what in {"company": "company's name", "team": "first team's name"}.items():
        label_of(fields.get(name, ""), what)
    if not fields.get("timezone", "").strip():
        raise CheerboardError("Say the time zone, such as Europe/Berlin.")
    return Beginning(fields["company"], fields["timezone"], fields["team"], admin)
