"""Brings the schema to head, and says whether it is there."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from alembic import command
from app.db import Database
from app.errors import CheerboardError

# Any number that nothing else in this database uses.
TURN = 7_206_112_025
INI = Path(__file__).resolve().parent.parent / "alembic.ini"


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrades (or downgrades, for `base` or an older revision) in one transaction.

    Several servers may start at once: they take turns, and the later ones find it done. Raises
    CheerboardError when the database was made by a newer program.
    """
    config = Config(str(INI))
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({TURN})"))
        try:
            (command.upgrade if revision == "head" else command.downgrade)(config, revision)
        except CommandError as error:
            raise CheerboardError(f"This database cannot be migrated: {error}.") from error


def is_current(database: Database) -> bool:
    """Whether the schema is the one this program was written for."""
    head = ScriptDirectory.from_config(Config(str(INI))).get_current_head()
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
