"""The schema goes up to head, matches the tables in code, and comes down again."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from app.db import Database
from app.migrations import is_current, migrate
from app.models import metadata


def test_head_equals_the_tables_in_code(database: Database) -> None:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert is_current(database)


def test_goes_down_to_nothing_and_up_again(database: Database) -> None:
    migrate(database, "base")
    assert inspect(database.reader).get_table_names() == ["alembic_version"]
    assert not is_current(database)
    migrate(database)
    assert is_current(database)
