"""API tokens: a program's key to `/api/v1`."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError
from app.people.keys import digest, new_key
from app.people.models import SCOPES, ApiToken

# Lets people and scanners of leaked secrets recognise one.
PREFIX = "cheer_"


def add_token(session: Session, name: str, scope: str) -> str:
    """A new token, to be shown this once. `read` sees what a viewer sees, `admin` everything.

    Raises CheerboardError when the scope is unknown or the name is taken.
    """
    if scope not in SCOPES:
        raise CheerboardError(f"A token's scope is one of: {', '.join(SCOPES)}.")
    if session.scalar(select(ApiToken.id).where(ApiToken.name == name)) is not None:
        raise CheerboardError(f"There is a token named {name!r} already.", status=409)
    key = PREFIX + new_key()
    session.add(ApiToken(name=name, scope=scope, token_hash=digest(key), created_at=clock.now()))
    session.flush()
    return key


def find_token(session: Session, key: str) -> ApiToken | None:
    """The live token of a key."""
    return session.scalar(
        select(ApiToken).where(ApiToken.token_hash == digest(key), ApiToken.revoked_at.is_(None))
    )
