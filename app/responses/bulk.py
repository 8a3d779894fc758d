"""Bulk: one statement and many rows, past SQLAlchemy's work for each row where that work costs."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Date,
    Dialect,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.types import JSON, TypeEngine

from app.db import UTCDateTime
from app.responses.models import Counted
from app.responses.voice import as_text

Convert = Callable[[Any], Any]

_quoted = json.encoder.encode_basestring_ascii

# Rows of one step; SQLite takes 32,766 parameters.
TOGETHER = 256


def run(
    connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Executes a statement once for each row; keep the statement, it is prepared only once.

    On SQLite the time goes into preparing parameters, so they go to the driver directly, in the
    form in which SQLAlchemy would have written them. Its driver lets other Python threads in at
    every step of a statement and then waits for its turn, so many rows are inserted in one step.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(statement, list(rows))
        return
    text, names, conversions = _prepared(statement, tuple(rows[0]), connection.dialect)
    parameters = _parameters(map(itemgetter(*names), rows), conversions)
    if isinstance(statement, Insert):
        insert_together(connection, text, parameters)
    else:
        connection.exec_driver_sql(text, parameters)


def among(connection: Connection, column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """`column IN (…)` with one parameter, however many values: the statement stays prepared."""
    wanted = list(values)
    if connection.dialect.name == "sqlite":
        listed = func.json_each(bindparam(None, json.dumps(wanted))).table_valued("value")
        return cast("ColumnElement[bool]", column.in_(select(listed.c.value)))
    return cast("ColumnElement[bool]", column == any_(bindparam(None, wanted, ARRAY(column.type))))


def insert_together(connection: Connection, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Executes `INSERT … VALUES (?, …)` for all rows, on SQLite, in as few steps as it takes.

    Goes to the driver itself, which keeps the statement of each size prepared.
    """
    driver: Any = connection.connection.driver_connection
    one = f"({', '.join('?' * len(rows[0]))})"
    for start in range(0, len(rows), TOGETHER):
        chunk = rows[start : start + TOGETHER]
        many = text.replace(one, ", ".join([one] * len(chunk)), 1)
        driver.execute(many, tuple(chain.from_iterable(chunk)))


def _parameters(
    rows: Iterable[tuple[Any, ...]], conversions: list[tuple[int, Convert]]
) -> list[tuple[Any, ...]]:
    """Column by column: what a column needs is found out once for all rows."""
    columns = list(zip(*rows, strict=True))
    for place, convert in conversions:
        columns[place] = tuple(
            [None if value is None else convert(value) for value in columns[place]]
        )
    return list(zip(*columns, strict=True))


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
    if isinstance(kind, Counted):
        return as_text
    if isinstance(kind, JSON):
        return _as_json
    return date.isoformat if isinstance(kind, Date) else None


def _as_json(value: Any) -> str:
    """As json.dumps does, past its making of an encoder for what is nearly always texts."""
    if type(value) is dict and all(type(one) is str for one in value.values()):
        return "{" + ", ".join([f"{_quoted(k)}: {_quoted(v)}" for k, v in value.items()]) + "}"
    return json.dumps(value)


def _moment(at: datetime) -> str:
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(" ", "microseconds")[:26]
