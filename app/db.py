"""Engine, session, base table, UTC datetimes; SQLite's pragmas and explicit BEGIN IMMEDIATE."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    PoolProxiedConnection,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import JSON, TypeDecorator

try:
    from pysqlite3 import dbapi2 as sqlite
except ImportError:  # no wheel for this platform: the interpreter's own library serves
    sqlite = sqlite3

# Below this two connections that write and checkpoint at once may corrupt a WAL database
# (https://sqlite.org/wal.html#walresetbug).
SAFE_SQLITE = (3, 51, 3)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, always UTC. Refuses a naive one instead of guessing its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored datetime needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table; the naming convention lets migrations name each constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own attribute
        int: BigInteger().with_variant(Integer, "sqlite"),
        datetime: UTCDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
    }


@dataclass(frozen=True)
class Database:
    """Two doors to one database: `with db.write.begin() as session:` and `with db.read() as …`.

    On SQLite the writing door has one connection, so that writers queue in the process instead of
    polling the file's lock, and the reading door cannot write.
    """

    url: str
    writer: Engine
    reader: Engine
    write: sessionmaker[Session]
    read: sessionmaker[Session]

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Closes every pooled connection."""
        self.writer.dispose()
        self.reader.dispose()


def connect(url: str) -> Database:
    """Opens the database at an SQLAlchemy URL; makes the SQLite file's folder when missing."""
    # A database's error must not carry a customer's words into a log.
    shared: dict[str, Any] = {"hide_parameters": True}
    if make_url(url).get_backend_name() != "sqlite":
        shared |= {"pool_pre_ping": True, "pool_recycle": 1800, "pool_timeout": 5}
        try:
            engine = create_engine(url, pool_size=5, max_overflow=10, **shared)
        except ModuleNotFoundError as missing:  # such as mysql's
            raise ArgumentError("There is no driver for this database.") from missing
        return _doors(url, engine, engine)
    Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
    shared["module"] = sqlite
    writer = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=30, **shared)
    reader = create_engine(url, pool_size=5, max_overflow=15, pool_timeout=5, **shared)
    event.listen(writer, "connect", _prepare_sqlite)
    event.listen(reader, "connect", _prepare_sqlite)
    event.listen(reader, "connect", _forbid_writing)
    # The driver would open transactions late and lose savepoints; we say BEGIN ourselves, and a
    # writer takes its lock first, so that it never has to upgrade a read it can no longer keep.
    event.listen(writer, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(reader, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    _end_what_cannot_be_committed(writer)
    return _doors(url, writer, reader)


def overwrite_what_goes(session: Session) -> None:
    """From here on what is deleted is overwritten: SQLite leaves its bytes in the file otherwise.

    Holds for the connection's later transactions as well.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")


def sqlite_is_safe() -> bool:
    """Whether this SQLite is free of the WAL bug fixed in 3.51.3."""
    return tuple(sqlite.sqlite_version_info) >= SAFE_SQLITE


def _doors(url: str, writer: Engine, reader: Engine) -> Database:
    return Database(
        url=url,
        writer=writer,
        reader=reader,
        write=sessionmaker(writer, expire_on_commit=False),
        read=sessionmaker(reader, expire_on_commit=False),
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=5000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "mmap_size=0",
        "cache_size=-65536",
        "wal_autocheckpoint=4000",  # pages, 16 MB: a burst is seldom interrupted
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _end_what_cannot_be_committed(engine: Engine) -> None:
    """SQLAlchemy takes a transaction whose commit failed for ended; SQLite keeps it open.

    Its one writing connection would then refuse every BEGIN and keep others from the lock.
    """
    commit = engine.dialect.do_commit

    def commit_or_roll_back(dbapi_connection: PoolProxiedConnection) -> None:
        try:
            commit(dbapi_connection)
        except BaseException:
            dbapi_connection.rollback()
            raise

    engine.dialect.do_commit = commit_or_roll_back  # type: ignore[method-assign]


def _forbid_writing(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")
