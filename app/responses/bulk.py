"""Bulk: one statement and many rows, past SQLAlchemy's work for each row where that work costs."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Date, Dialect
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.types import JSON, TypeEngine

from app.db import UTCDateTime

Convert = Callable[[Any], Any]


def run(
    connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Executes a statement once for each row; keep the statement, it is prepared only once.

    On SQLite the time goes into preparing parameters, so they go to the driver directly, in the
    form in which SQLAlchemy would have written them.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(statement, list(rows))
        return
    text, names, conversions = _prepared(statement, tuple(rows[0]), connection.dialect)
    values = itemgetter(*names)
    connection.exec_driver_sql(text, [_parameters(values(row), conversions) for row in rows])


def _parameters(values: tuple[Any, ...], conversions: list[tuple[int, Convert]]) -> tuple[Any, ...]:
    converted = list(values)
    for place, convert in conversions:
        value = converted[place]
        if value is not None:
            converted[place] = convert(value)
    return tuple(converted)


@lru_cache(maxsize=64)
def _prepared(
    statement: Insert | Update, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[str], list[tuple[int, Convert]]]:
    """The statement's text, the names of its places in order, and which of them need converting."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
    names: list[str] = list(compiled.positiontup)
    types = [compiled.binds[name].type for name in names]
    found = [(place, _conversion(kind)) for place, kind in enumerate(types)]
    return str(compiled), names, [(place, convert) for place, convert in found if convert]


def _conversion(kind: TypeEngine[Any]) -> Convert | None:
    if isinstance(kind, UTCDateTime):
        return _moment
    if isinstance(kind, JSON):
        return json.dumps
    return date.isoformat if isinstance(kind, Date) else None


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(" ", "microseconds")[:26]
