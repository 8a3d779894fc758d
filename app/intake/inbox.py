"""How a group of arrivals is written in one go, and which of them had been kept before."""

from collections.abc import Sequence
from datetime import datetime
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
_SQLITE_INSERT = (
    f"INSERT INTO delivery ({_COLUMNS}) VALUES {{}} "  # noqa: S608 - our own words
    "ON CONFLICT (source_id, external_id) DO NOTHING"
)
_SQLITE_ROW = "(?, ?, ?, ?, ?, ?, ?, ?)"
_SQLITE_LAST = "SELECT coalesce(max(id), 0) FROM delivery"
_SQLITE_KEPT = "SELECT id FROM delivery WHERE id > ?"
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
        return _keep_sqlite(connection, arrivals, alone)
    return _keep_postgres(connection, arrivals, alone)


def _keep_sqlite(
    connection: Connection, arrivals: Sequence[Arrival], alone: list[bool]
) -> list[int | None]:
    """As few steps as it takes: at each, the driver lets other threads in and waits its turn.

    This transaction holds the only write lock, so it may number the rows itself; asking which of
    them were kept takes a step a row, and is needed only when a repeat was among them.
    """
    driver: Any = connection.connection.driver_connection
    moment = _stored_moment(connection)
    ((last,),) = driver.execute(_SQLITE_LAST).fetchall()
    ids: list[int | None] = [
        number if ok else None for number, ok in enumerate(alone, start=last + 1)
    ]
    offered = [at for at, ok in enumerate(alone) if ok]
    kept = 0
    for start in range(0, len(offered), bulk.TOGETHER):
        chunk = offered[start : start + bulk.TOGETHER]
        values: list[Any] = []
        for at in chunk:
            one = arrivals[at]
            values += (ids[at], *one[:2], moment(one.received_at), *one[3:7])
        statement = _SQLITE_INSERT.format(", ".join([_SQLITE_ROW] * len(chunk)))
        kept += driver.execute(statement, values).rowcount
    if kept < len(offered):
        found = {row[0] for row in driver.execute(_SQLITE_KEPT, (last,)).fetchall()}
        ids = [number if number in found else None for number in ids]
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
