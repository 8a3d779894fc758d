"""Brings the schema to head, and says whether it is there."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from alembic import command
from app.db import Database

INI = Path(__file__).resolve().parent.parent / "alembic.ini"


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrades (or downgrades, for `base` or an older revision) in one transaction."""
    config = Config(str(INI))
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        if revision == "head":
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether the schema is the one this program was written for."""
    head = ScriptDirectory.from_config(Config(str(INI))).get_current_head()
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
