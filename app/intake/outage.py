"""Is the database to blame, or what was to be written? And what a log line may say about it."""

import traceback
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# https://sqlite.org/rescode.html: busy, locked, out of memory, read-only, interrupted, I/O error,
# full, cannot open, protocol.
_SQLITE_OUTAGES = {5, 6, 7, 8, 9, 10, 13, 14, 15}
# Classes of SQLSTATE: connection, rollback by the server (deadlock), resources, lock, operator,
# system.
_POSTGRES_OUTAGES = {"08", "25", "40", "53", "55", "57", "58"}


def is_outage(error: Exception) -> bool:
    """Whether the same may succeed later: disk full, locked, connection lost, no connection."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_OUTAGES
    state = getattr(error.orig, "sqlstate", None)
    # psycopg has no state to tell where there is no server to tell it.
    return isinstance(error, OperationalError) if state is None else state[:2] in _POSTGRES_OUTAGES


def described(error: Exception) -> str:
    """Kind and place of an error. Its text is left out: it may quote a customer, or a key."""
    kind = type(error.orig if isinstance(error, DBAPIError) else error).__name__
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "/app/" in one.filename]
    where = frames[-1] if frames else None
    if isinstance(error, OperationalError):  # the database's own words, without values
        kind = f"{kind}: {str(error.orig).splitlines()[0][:120]}"
    return f"{kind} at {Path(where.filename).name}:{where.lineno}" if where else kind
