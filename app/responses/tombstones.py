"""Tombstones: what was erased must not come back, and what it was is not kept either.

Only a salted hash of source and response id is stored; the salt is this installation's own.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from app.responses import bulk
from app.responses.models import Tombstone

TABLE = cast("Table", Tombstone.__table__)
_SALT = select(TABLE.c.salt).limit(1)

Key = tuple[int, str]


def erased(session: Session, keys: Sequence[Key]) -> set[Key]:
    """Those of the responses, by source and stored id, that a customer had erased.

    Costs one look into an empty table where nobody was.
    """
    connection = session.connection()
    salt = connection.scalar(_SALT)
    if salt is None:
        return set()
    named = {_digest(salt, key): key for key in keys}
    found = connection.scalars(
        select(TABLE.c.digest).where(bulk.among(connection, TABLE.c.digest, named))
    )
    return {named[digest] for digest in found}


def set_up(session: Session, keys: Iterable[Key]) -> int:
    """From now on these responses are not taken in any more; how many are new among them."""
    connection = session.connection()
    salt = connection.scalar(_SALT) or secrets.token_hex(16)
    wanted = {_digest(salt, key) for key in keys}
    there = connection.scalars(
        select(TABLE.c.digest).where(bulk.among(connection, TABLE.c.digest, wanted))
    )
    new = wanted - set(there)
    if new:
        rows = [{"digest": digest, "salt": salt} for digest in sorted(new)]
        connection.execute(insert(TABLE), rows)
    return len(new)


def _digest(salt: str, key: Key) -> str:
    said = f"{key[0]}\0{key[1]}".encode("utf-8", "surrogatepass")
    return hmac.digest(salt.encode(), said, hashlib.sha256).hex()
