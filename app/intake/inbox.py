"""How a group of arrivals is written in one go, and which of them had been kept before."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.intake.documents import Parsed
from app.intake.models import Delivery
from app.responses import bulk


class Arrival(NamedTuple):
    """A delivery on its way into the database; `headers` is JSON text, `outcome` kept or failed.

    `parsed` is what the hook made of the body, and no column.
    """

    source_id: int
    external_id: str | None
    received_at: datetime
    headers: str
    body: bytes
    outcome: str
    error: str | None
    parsed: Parsed | None = None


# Written out, because the ORM costs more for each row than SQLite does. One fixed text each, so
# that the statement stays prepared however many rows come.
_COLUMNS = "id, source_id, external_id, received_at, headers, body, outcome, error"
_SQLITE_SEEN = (
    "SELECT external_id FROM delivery WHERE source_id = ? "
    "AND external_id IN (SELECT value FROM json_each(?))"
)
_SQLITE_INSERT = f"INSERT INTO delivery ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own words
_POSTGRES_INSERT = (
    f"INSERT INTO delivery ({_COLUMNS}) "  # noqa: S608 - our own words
    "SELECT id, source_id, external_id, received_at, headers::json, body, outcome, error "
    "FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::text[],"
    f" %s::bytea[], %s::text[], %s::text[]) AS t({_COLUMNS}) ORDER BY id "
    "ON CONFLICT (source_id, external_id) DO NOTHING RETURNING id"
)
_POSTGRES_IDS = (
    "SELECT nextval(pg_get_serial_sequence('delivery', 'id')) FROM generate_series(1, %s)"
)


def keep(connection: Connection, arrivals: Sequence[Arrival]) -> list[int | None]:
    """Writes what is new, in order; for each arrival its delivery's id, None for a repeat."""
    first: dict[tuple[int, str], int] = {}
    for at, one in enumerate(arrivals):
        if one.external_id is not None:
            first.setdefault((one.source_id, one.external_id), at)
    alone = [
        one.external_id is None or first[one.source_id, one.external_id] == at
        for at, one in enumerate(arrivals)
    ]
    if connection.dialect.name == "sqlite":
        return _keep_sqlite(connection, arrivals, alone, first)
    return _keep_postgres(connection, arrivals, alone)


def _keep_sqlite(
    connection: Connection,
    arrivals: Sequence[Arrival],
    alone: list[bool],
    first: Mapping[tuple[int, str], int],
) -> list[int | None]:
    # This transaction holds the only write lock: what is not there now stays so.
    wanted: dict[int, list[str]] = {}
    for source_id, external_id in first:
        wanted.setdefault(source_id, []).append(external_id)
    driver: Any = connection.connection.driver_connection
    seen = {
        (source_id, row[0])
        for source_id, ids in wanted.items()
        for row in driver.execute(_SQLITE_SEEN, (source_id, json.dumps(ids)))
    }
    (last,) = driver.execute("SELECT coalesce(max(id), 0) FROM delivery").fetchone()
    numbers = count(last + 1)
    ids = [
        next(numbers) if ok and (one.source_id, one.external_id) not in seen else None
        for one, ok in zip(arrivals, alone, strict=True)
    ]
    moment = _stored_moment(connection)
    rows = [
        (number, *one[:2], moment(one.received_at), *one[3:7])
        for number, one in zip(ids, arrivals, strict=True)
        if number is not None
    ]
    if rows:
        bulk.insert_together(connection, _SQLITE_INSERT, rows)
    return ids


def _keep_postgres(
    connection: Connection, arrivals: Sequence[Arrival], alone: list[bool]
) -> list[int | None]:
    taken = connection.exec_driver_sql(_POSTGRES_IDS, (len(arrivals),)).scalars().all()
    rows = [
        (number, *one[:7]) for number, one, ok in zip(taken, arrivals, alone, strict=True) if ok
    ]
    columns = tuple(list(column) for column in zip(*rows, strict=True))
    # Another server may keep the same delivery at this moment: the index decides.
    kept = set(connection.exec_driver_sql(_POSTGRES_INSERT, columns).scalars())
    return [number if number in kept else None for number in taken]


def _stored_moment(connection: Connection) -> Any:
    """How the column stores a time on this database."""
    return Delivery.__table__.c.received_at.type.bind_processor(connection.dialect)
