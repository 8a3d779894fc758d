"""One migrated PostgreSQL database, wiped for each test; a new one would cost ten times as much."""

from typing import Any

import psycopg

from app.db import connect
from app.migrations import migrate

# Everybody else's connection is ended, each table that has rows is emptied without asking who
# refers to them, and numbers begin at 1 again.
WIPE = """
DO $$ DECLARE
  one regclass;
  filled boolean;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relname <> 'alembic_version'
    AND relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO filled;
    IF filled THEN
      EXECUTE format('DELETE FROM %s', one);
    END IF;
  END LOOP;
  PERFORM setval(seqrelid, 1, false) FROM pg_sequence;
END $$
"""
# Whatever a test makes, drops or makes anew changes one of these.
SHAPE = """
SELECT count(*), max(attrelid)::bigint, (SELECT min(version_num) FROM alembic_version)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped
"""


class Slate:
    """`server` is the URL of the server's `postgres` database."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.url = server.rsplit("/", 1)[0] + "/slate"
        self.wiper: psycopg.Connection[Any] | None = None
        self.shape: object = None

    def wiped(self) -> str:
        """The URL of the database, empty and at head."""
        if self.wiper is None or self._shape() != self.shape:
            self._make()
        assert self.wiper is not None
        self.wiper.execute(WIPE)
        return self.url

    def close(self) -> None:
        if self.wiper is not None:
            self.wiper.close()

    def _make(self) -> None:
        self.close()
        with _open(self.server) as server:
            server.execute("DROP DATABASE IF EXISTS slate WITH (FORCE)")
            server.execute("CREATE DATABASE slate")
        database = connect(self.url)
        migrate(database)
        database.dispose()
        self.wiper = _open(self.url)
        self.shape = self._shape()

    def _shape(self) -> object:
        assert self.wiper is not None
        try:
            return self.wiper.execute(SHAPE).fetchone()
        except psycopg.errors.UndefinedTable:
            return None


def _open(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
