"""Runs migrations on the connection it is given, or on the configured database."""

from typing import Any, Literal

from sqlalchemy import Connection

from alembic import context
from app.db import UTCDateTime, connect
from app.models import metadata
from app.settings import Settings


def _plain(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    """A migration outlives our code, so it names only SQLAlchemy's own types."""
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UTCDateTime) else False
    )


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_plain,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with connect(Settings().database).writer.begin() as connection:
        _run(connection)
