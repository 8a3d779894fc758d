"""Line: a new response as one plain tuple, as a driver takes it; a million of them are cheap."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, compress
from operator import not_
from typing import Any

from sqlalchemy import Connection, select

from app.responses import bulk
from app.responses.answer import Answer
from app.responses.ledger import RESPONSE
from app.responses.models import HISTORY
from app.responses.revision import BY_PLATFORM, Row
from app.responses.voice import Entry

# The columns of a new response, but for its id, which the database gives in order; behind them a
# line says whether the answer itself knew when it was given.
COLUMNS = tuple(column.name for column in RESPONSE.c if column.name != "id")
DATED = len(COLUMNS)
# What an answer says; two answers that say the same are a repeat.
SAID = ("survey_id", "channel", "score", "comment", "email", "name", "consent", "attributes",
        "submitted_at", "updated_at", "version")  # fmt: skip
PLACE = {name: at for at, name in enumerate(COLUMNS)}
_MOMENTS = ("submitted_at", "updated_at", "stored_at")
# Rows of one statement; more cost more for each row.
_TOGETHER = 16
_MOST_REMEMBERED = 50_000

Line = tuple[Any, ...]


def line_of(row: Mapping[str, Any], *, is_dated: bool) -> Line:
    """A response's columns as a line: times, days and attributes as text, times in UTC."""
    return (*(_CONVERT[name](row[name]) for name in COLUMNS), is_dated)


def row_of(line: Line) -> Row:
    """The columns of the response that a line makes."""
    row = dict(zip(COLUMNS, line, strict=False))
    for name in _MOMENTS:
        if row[name] is not None:
            row[name] = datetime.fromisoformat(row[name]).replace(tzinfo=UTC)
    row["answered_on"] = date.fromisoformat(row["answered_on"])
    row["attributes"] = json.loads(row["attributes"])
    return row


def entry_of(line: Line, at: datetime) -> Entry:
    """The answer behind a line, as the ledger takes it, received at a moment."""
    row = row_of(line)
    said = {name: row[name] for name in SAID}
    if not line[DATED]:
        said["submitted_at"] = None
    why = str(row["reason"]).removeprefix(f"{BY_PLATFORM}: ")
    excluded = why if row["status"] == "excluded" else None
    answer = Answer(response_id=row["external_id"], excluded=excluded, **said)
    return Entry(row["source_id"], HISTORY, at, answer)


def moment(at: datetime) -> str:
    """A time in UTC as text; what would stand behind the microseconds is always the same."""
    return at.isoformat(" ", "microseconds")[:26]


def insert(connection: Connection, lines: Sequence[Line]) -> None:
    """Stores new responses of which none is known; SQLite and PostgreSQL give the ids in order."""
    if connection.dialect.name == "sqlite":
        _insert(connection, lines)
    else:
        _copy(connection, lines)


def stored(
    connection: Connection, source_id: int, names: Iterable[str]
) -> dict[str, tuple[int, str, tuple[Any, ...]]]:
    """Id, status and what was said of those responses that are stored, by their external id."""
    wanted = [RESPONSE.c[name] for name in ("external_id", "id", "status", *SAID)]
    named = bulk.among(connection, RESPONSE.c.external_id, names)
    query = select(*wanted).where(RESPONSE.c.source_id == source_id, named)
    if connection.dialect.name == "sqlite":
        # As text it is a line's already, and reading a million times and dates costs most.
        compiled: Any = query.compile(dialect=connection.dialect)
        found = connection.exec_driver_sql(str(compiled), _bound(compiled))
        return {row[0]: (row[1], row[2], tuple(row[3:])) for row in found}
    converts = [_CONVERT[name] for name in SAID]
    return {
        row[0]: (row[1], row[2], tuple(c(v) for c, v in zip(converts, row[3:], strict=True)))
        for row in connection.execute(query)
    }


def _bound(compiled: Any) -> tuple[Any, ...]:
    return tuple(compiled.params[name] for name in compiled.positiontup)


def _insert(connection: Connection, lines: Sequence[Line]) -> None:
    """Handing a value to SQLite costs as much as storing it, so what all lines share goes once."""
    driver: Any = connection.connection.driver_connection
    columns = list(zip(*lines, strict=True))[:DATED]
    # Every line has an id of its own, so there is always something that they do not share.
    shared = tuple(
        name != "external_id" and column.count(column[0]) == len(lines)
        for name, column in zip(COLUMNS, columns, strict=True)
    )
    common = tuple(column[0] for column in compress(columns, shared))
    own = list(zip(*compress(columns, map(not_, shared)), strict=True))
    whole = len(own) - len(own) % _TOGETHER
    groups = (own[start : start + _TOGETHER] for start in range(0, whole, _TOGETHER))
    many = (common + tuple(chain.from_iterable(group)) for group in groups)
    driver.executemany(_statement(shared, _TOGETHER), many)
    driver.executemany(_statement(shared, 1), [common + rest for rest in own[whole:]])


@lru_cache(maxsize=64)
def _statement(shared: tuple[bool, ...], rows: int) -> str:
    """`INSERT` of so many rows; the numbers of its parameters say which values they share."""
    commons = iter(range(1, sum(shared) + 1))
    fixed = [next(commons) if is_shared else 0 for is_shared in shared]
    last = sum(shared)
    written = []
    for _ in range(rows):
        numbers = []
        for number in fixed:
            if not number:
                last += 1
            numbers.append(f"?{number or last}")
        written.append(f"({', '.join(numbers)})")
    return f"INSERT INTO response ({', '.join(COLUMNS)}) VALUES {', '.join(written)}"  # noqa: S608 - our own words


def _copy(connection: Connection, lines: Sequence[Line]) -> None:
    driver: Any = connection.connection.driver_connection
    places = [PLACE[name] for name in _MOMENTS]
    with driver.cursor().copy(f"COPY response ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for line in lines:
            cells = list(line[:DATED])
            for place in places:
                if cells[place] is not None:
                    cells[place] += "+00"
            copy.write_row(cells)


def _same(value: Any) -> Any:
    return value


def _or_none(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def _written(attributes: Mapping[str, str]) -> str:
    return _dumps(tuple(attributes.items())) if attributes else "{}"


@lru_cache(maxsize=_MOST_REMEMBERED)
def _dumps(items: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(dict(items))


_CONVERT: dict[str, Callable[[Any], Any]] = (
    dict.fromkeys(COLUMNS, _same)
    | {name: _or_none(moment) for name in _MOMENTS}
    | {"attributes": _written, "answered_on": date.isoformat}
)
