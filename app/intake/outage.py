"""Is the database to blame, or what was to be written? And what a log line may say about it."""

import traceback
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


def is_outage(error: Exception) -> bool:
    """Whether the same may succeed later: disk full, locked, connection lost, no connection."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | PoolTimeoutError)


def described(error: Exception) -> str:
    """Kind and place of an error. Its text is left out: it may quote a customer, or a key."""
    kind = type(error.orig if isinstance(error, DBAPIError) else error).__name__
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "/app/" in one.filename]
    where = frames[-1] if frames else None
    if isinstance(error, OperationalError):  # the database's own words, without values
        kind = f"{kind}: {str(error.orig).splitlines()[0][:120]}"
    return f"{kind} at {Path(where.filename).name}:{where.lineno}" if where else kind
