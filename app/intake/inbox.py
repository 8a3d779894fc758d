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
    "INSERT INTO delivery (source_id, external_id, received_at, headers, body, outcome, error) "
    "VALUES {} ON CONFLICT (source_id, external_id) DO NOTHING RETURNING id, external_id"
)
_SQLITE_ROW = "(?, ?, ?, ?, ?, ?, ?)"
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
    """One statement for a group: at each, the driver lets other threads in and waits its turn."""
    driver: Any = connection.connection.driver_connection
    moment = _stored_moment(connection)
    ids: list[int | None] = [None] * len(arrivals)
    offered = [at for at, ok in enumerate(alone) if ok]
    for start in range(0, len(offered), bulk.TOGETHER):
        chunk = offered[start : start + bulk.TOGETHER]
        values: list[Any] = []
        for at in chunk:
            one = arrivals[at]
            values += (*one[:2], moment(one.received_at), *one[3:7])
        statement = _SQLITE_INSERT.format(", ".join([_SQLITE_ROW] * len(chunk)))
        # SQLite inserts, and so numbers and returns, in the order of the values.
        places = iter(chunk)
        for number, external_id in driver.execute(statement, values).fetchall():
            for at in places:
                if arrivals[at].external_id == external_id:
                    ids[at] = number
                    break
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
