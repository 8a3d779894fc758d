"""History: many answers at once, most of them new, written set by set.

It must do what `ledger.record` does for the same answers, only cheaper: what is new is worked out
beforehand, without the database; the ledger's rows are made where the responses stand; and only
what meets something stored goes the ledger's own way.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from app import clock
from app.people.models import Company
from app.people.roster import Place, Roster
from app.responses import bulk, ledger, tombstones
from app.responses.answer import Answer
from app.responses.ledger import RESPONSE
from app.responses.revision import Row, revised
from app.responses.voice import Change, Entry, Voice, voice_of

# What an answer says; two answers that say the same are a repeat.
_SAID = ("survey_id", "channel", "score", "comment", "email", "name", "consent", "attributes",
         "submitted_at", "updated_at", "version")  # fmt: skip
_SPEAKING = ("counted", "superseded")
# The columns of a new response, but for its id, which the database gives in order.
_COLUMNS = tuple(column.name for column in RESPONSE.c if column.name != "id")
_CELLS = itemgetter(*_COLUMNS)
_ATTRIBUTES = _COLUMNS.index("attributes")
# Rows of one statement; more cost more for each row.
_TOGETHER = 16
_MOST_REMEMBERED = 50_000
_LAST_ID = select(func.max(RESPONSE.c.id))

Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """One answer, and the columns of the response that it makes when it is new."""

    entry: Entry
    row: Row
    cells: Cells
    voice: Voice | None


@dataclass(slots=True)
class Outcome:
    """What one batch did. `voices` is what its new responses add to the tallies, counted.

    `changes` are those that went the ledger's way; `repeated` said nothing new, `erased` may not
    come back.
    """

    added: int = 0
    repeated: int = 0
    erased: int = 0
    voices: dict[Voice, int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    new: list[Row] = field(default_factory=list)


class Recall:
    """A roster that remembers where it put somebody: the same few names come a million times."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self.spans, self.timezone = roster.spans, roster.timezone
        self._known: dict[tuple[str | None, str | None, str | None, date | None], Place] = {}

    def place(
        self, employee: str | None, team: str | None, site: str | None, day: date | None = None
    ) -> Place:
        names = (employee, team, site, day)
        found = self._known.get(names)
        if found is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[names] = self._roster.place(*names)
        return found


def prepare(
    answers: Iterable[Answer], source_id: int, at: datetime, recall: Recall, *, is_sqlite: bool
) -> list[Past]:
    """Works out what each answer would be if it were new. Needs no database, so do it before."""
    known = cast(Roster, recall)  # all that is asked of it is a place
    found = []
    for answer in answers:
        entry = Entry(source_id, None, at, answer)
        row = revised(None, entry, known)
        cells = _CELLS(row)
        ready = _driver_cells(cells) if is_sqlite else cells
        found.append(Past(entry, row, ready, voice_of(row)))
    return found


def record(session: Session, pasts: Sequence[Past], roster: Roster) -> Outcome:
    """Takes answers of one source with a score into the ledger, in their order.

    The same rules as `ledger.record`, in the caller's transaction. What was erased stays away.
    """
    ledger.take_turn(session)
    pasts, erased = _without_erased(session, pasts)
    outcome = Outcome(erased=erased)
    if not pasts:
        return outcome
    if session.scalar(select(Company.one_voice)):
        _the_usual_way(session, pasts, roster, outcome)
        return outcome
    stored = _stored(session, pasts)
    new: dict[str, Past] = {}
    rest: list[Past] = []
    same: list[int] = []
    for past in pasts:
        name = past.row["external_id"]
        known = stored.get(name)
        if known is None and name not in new:
            new[name] = past
        elif known is not None and _says_nothing(known, past.row):
            same.append(known["id"])
        else:
            rest.append(past)
    _insert(session.connection(), list(new.values()), outcome)
    _heard_again(session.connection(), same, pasts[0].entry.received_at)
    outcome.repeated += len(same)
    _the_usual_way(session, rest, roster, outcome)
    return outcome


def changes_of(session: Session, rows: Sequence[Row]) -> list[Change]:
    """New responses as the changes that the ledger would have told of, their ids included."""
    if not rows:
        return []
    connection = session.connection()
    named = bulk.among(connection, RESPONSE.c.external_id, [row["external_id"] for row in rows])
    found = connection.execute(
        select(RESPONSE.c.external_id, RESPONSE.c.id).where(
            RESPONSE.c.source_id == rows[0]["source_id"], named
        )
    )
    ids = {row[0]: row[1] for row in found}
    whole = [{**row, "id": ids[row["external_id"]]} for row in rows]
    return [Change(row["id"], None, voice_of(row), is_new=True, row=row) for row in whole]


def _without_erased(session: Session, pasts: Sequence[Past]) -> tuple[Sequence[Past], int]:
    keys = [(past.entry.source_id, past.row["external_id"]) for past in pasts]
    gone = tombstones.erased(session, keys)
    if not gone:
        return pasts, 0
    kept = [past for past, key in zip(pasts, keys, strict=True) if key not in gone]
    return kept, len(pasts) - len(kept)


def _stored(session: Session, pasts: Sequence[Past]) -> dict[str, Mapping[str, Any]]:
    connection = session.connection()
    named = bulk.among(connection, RESPONSE.c.external_id, [p.row["external_id"] for p in pasts])
    source_id = pasts[0].entry.source_id
    wanted = [RESPONSE.c[name] for name in ("id", "external_id", "status", "stored_at", *_SAID)]
    found = connection.execute(select(*wanted).where(RESPONSE.c.source_id == source_id, named))
    return {row["external_id"]: dict(row) for row in found.mappings()}


def _says_nothing(stored: Mapping[str, Any], row: Row) -> bool:
    """Whether merging this answer would change nothing but when it was heard last."""
    return stored["status"] in _SPEAKING and all(stored[name] == row[name] for name in _SAID)


def _heard_again(connection: Connection, ids: Sequence[int], at: datetime) -> None:
    if ids:
        connection.execute(
            RESPONSE.update()
            .where(bulk.among(connection, RESPONSE.c.id, ids), RESPONSE.c.stored_at < at)
            .values(stored_at=at)
        )


def _the_usual_way(
    session: Session, pasts: Sequence[Past], roster: Roster, outcome: Outcome
) -> None:
    if not pasts:
        return
    changes = ledger.record(session, [past.entry for past in pasts], roster)
    new = sum(1 for change in changes if change.is_new)
    outcome.changes += changes
    outcome.added += new
    outcome.repeated += len(pasts) - len(changes)


def _insert(connection: Connection, pasts: Sequence[Past], outcome: Outcome) -> None:
    if not pasts:
        return
    # Until this transaction ends nobody else adds a response, so what is above is ours.
    last = connection.scalar(_LAST_ID) or 0
    if connection.dialect.name == "sqlite":
        _insert_sqlite(connection, [past.cells for past in pasts])
    else:
        _copy(connection, [past.cells for past in pasts])
    connection.execute(_ledger_of(connection.dialect.name), {"last": last, "at": _now(connection)})
    outcome.voices = Counter(past.voice for past in pasts if past.voice is not None)
    outcome.added += len(pasts)
    outcome.new = [past.row for past in pasts]


def _insert_sqlite(connection: Connection, rows: Sequence[Cells]) -> None:
    driver: Any = connection.connection.driver_connection
    one = f"({', '.join('?' * len(_COLUMNS))})"
    head = f"INSERT INTO response ({', '.join(_COLUMNS)}) VALUES "  # noqa: S608 - our own words
    full = head + ", ".join([one] * _TOGETHER)
    whole = len(rows) - len(rows) % _TOGETHER
    groups = (rows[start : start + _TOGETHER] for start in range(0, whole, _TOGETHER))
    driver.executemany(full, (tuple(chain.from_iterable(group)) for group in groups))
    driver.executemany(head + one, rows[whole:])


def _copy(connection: Connection, rows: Sequence[Cells]) -> None:
    driver: Any = connection.connection.driver_connection
    columns = ", ".join(_COLUMNS)
    with driver.cursor().copy(f"COPY response ({columns}) FROM STDIN") as copy:
        for row in rows:
            cells = list(row)
            cells[_ATTRIBUTES] = json.dumps(cells[_ATTRIBUTES])
            copy.write_row(cells)


def _now(connection: Connection) -> Any:
    """The ledger's time, as the database keeps it."""
    at = clock.now()
    return _moment(at) if connection.dialect.name == "sqlite" else at


@lru_cache(maxsize=2)
def _ledger_of(dialect: str) -> Any:
    """One ledger row for each new response, made from the response itself."""
    make, day = (
        ("json_object", "answered_on")
        if dialect == "sqlite"
        else ("json_build_object", "answered_on::text")
    )
    pairs = ", ".join(f"'{name}', {column}" for name, column in _pairs(day))
    return text(
        "INSERT INTO ledger (response_id, at, delivery_id, before, after) "  # noqa: S608 - our own words
        f"SELECT id, :at, NULL, NULL, CASE WHEN status = 'counted' THEN {make}({pairs}) END "
        "FROM response WHERE id > :last ORDER BY id"
    )


def _pairs(day: str) -> Iterator[tuple[str, str]]:
    for name in Voice._fields:
        yield name, day if name == "day" else name


def _moment(at: datetime) -> str:
    # Always UTC already; the zone is what stands behind the microseconds.
    return at.isoformat(" ", "microseconds")[:26]


def _driver_cells(cells: Cells) -> Cells:
    """As SQLite's driver takes them: text for times, dates and attributes."""
    converted = list(cells)
    for place, convert in _CONVERSIONS:
        value = converted[place]
        if value is not None:
            converted[place] = convert(value)
    return tuple(converted)


def _written(attributes: Mapping[str, str]) -> str:
    return _dumps(tuple(attributes.items())) if attributes else "{}"


@lru_cache(maxsize=_MOST_REMEMBERED)
def _dumps(items: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(dict(items))


def _conversions() -> list[tuple[int, Callable[[Any], Any]]]:
    by_name: dict[str, Callable[[Any], Any]] = {
        "attributes": _written,
        "answered_on": date.isoformat,
    }
    for name in ("submitted_at", "updated_at", "stored_at"):
        by_name[name] = _moment
    return [(_COLUMNS.index(name), convert) for name, convert in by_name.items()]


_CONVERSIONS = _conversions()
