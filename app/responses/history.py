"""History: many answers at once, most of them new, written set by set.

It must do what `ledger.record` does for the same answers, only cheaper: what is new is worked out
beforehand, without the database; the ledger's rows are made where the responses stand; and only
what meets something stored goes the ledger's own way.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from app import clock
from app.people.models import Company
from app.people.roster import Place, Roster
from app.responses import bulk, ledger, lines, tombstones
from app.responses.answer import Answer
from app.responses.ledger import RESPONSE
from app.responses.lines import PLACE, SAID, Line
from app.responses.models import HISTORY
from app.responses.revision import revised
from app.responses.voice import Change, Entry, Voice, voice_of

_SPEAKING = ("counted", "superseded")
_MOST_REMEMBERED = 50_000
_LAST_ID = select(func.max(RESPONSE.c.id))
_DAY = Voice._fields.index("day")
_NAME = PLACE["external_id"]
_STATUS = PLACE["status"]
_SAYS = itemgetter(*(PLACE[name] for name in SAID))
_COUNTS = itemgetter(*(PLACE["answered_on" if n == "day" else n] for n in Voice._fields))


@dataclass(frozen=True, slots=True)
class Batch:
    """Answers of one source, received at one moment, as lines of the responses they may make."""

    source_id: int
    at: datetime
    lines: Sequence[Line]


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
    new: Sequence[Line] = ()


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


def prepare(answers: Iterable[Answer], source_id: int, at: datetime, recall: Recall) -> list[Line]:
    """Works out what each answer would be if it were new. Needs no database, so do it before."""
    known = cast(Roster, recall)  # all that is asked of it is a place
    return [
        lines.line_of(
            revised(None, Entry(source_id, None, at, answer), known),
            is_dated=answer.submitted_at is not None,
        )
        for answer in answers
    ]


def record(session: Session, batch: Batch, roster: Roster) -> Outcome:
    """Takes answers of one source into the ledger, in their order.

    The same rules as `ledger.record`, in the caller's transaction. What was erased stays away.
    """
    ledger.take_turn(session)
    given, erased = _without_erased(session, batch)
    outcome = Outcome(erased=erased)
    if not given:
        return outcome
    if session.scalar(select(Company.one_voice)):
        _the_usual_way(session, given, batch.at, roster, outcome)
        return outcome
    connection = session.connection()
    stored = lines.stored(connection, batch.source_id, [line[_NAME] for line in given])
    new: dict[str, Line] = {}
    rest: list[Line] = []
    same: list[int] = []
    for line in given:
        name = line[_NAME]
        known = stored.get(name) if stored else None
        if known is None and name not in new:
            new[name] = line
        elif known is not None and known[1] in _SPEAKING and known[2] == _SAYS(line):
            same.append(known[0])
        else:
            rest.append(line)
    _insert(connection, list(new.values()), outcome)
    _heard_again(connection, same, batch.at)
    outcome.repeated += len(same)
    _the_usual_way(session, rest, batch.at, roster, outcome)
    return outcome


def changes_of(session: Session, given: Sequence[Line]) -> list[Change]:
    """New responses as the changes that the ledger would have told of, their ids included."""
    if not given:
        return []
    rows = [lines.row_of(line) for line in given]
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


def _without_erased(session: Session, batch: Batch) -> tuple[Sequence[Line], int]:
    keys = [(batch.source_id, line[_NAME]) for line in batch.lines]
    gone = tombstones.erased(session, keys)
    if not gone:
        return batch.lines, 0
    kept = [line for line, key in zip(batch.lines, keys, strict=True) if key not in gone]
    return kept, len(batch.lines) - len(kept)


def _heard_again(connection: Connection, ids: Sequence[int], at: datetime) -> None:
    if ids:
        connection.execute(
            RESPONSE.update()
            .where(bulk.among(connection, RESPONSE.c.id, ids), RESPONSE.c.stored_at < at)
            .values(stored_at=at)
        )


def _the_usual_way(
    session: Session, given: Sequence[Line], at: datetime, roster: Roster, outcome: Outcome
) -> None:
    if not given:
        return
    changes = ledger.record(session, [lines.entry_of(line, at) for line in given], roster)
    new = sum(1 for change in changes if change.is_new)
    outcome.changes += changes
    outcome.added += new
    outcome.repeated += len(given) - len(changes)


def _insert(connection: Connection, given: Sequence[Line], outcome: Outcome) -> None:
    if not given:
        return
    # Until this transaction ends nobody else adds a response, so what is above is ours.
    last = connection.scalar(_LAST_ID) or 0
    lines.insert(connection, given)
    at = clock.now()
    now = lines.moment(at) if connection.dialect.name == "sqlite" else at
    connection.execute(_ledger_of(connection.dialect.name), {"last": last, "at": now})
    counts = Counter(_COUNTS(line) for line in given if line[_STATUS] == "counted")
    outcome.voices = {_voice(found): many for found, many in counts.items()}
    outcome.added += len(given)
    outcome.new = given


def _voice(found: tuple[Any, ...]) -> Voice:
    cells = list(found)
    cells[_DAY] = date.fromisoformat(cells[_DAY])
    return Voice(*cells)


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
        f"SELECT id, :at, {HISTORY}, NULL, CASE WHEN status = 'counted' THEN {make}({pairs}) END "
        "FROM response WHERE id > :last ORDER BY id"
    )


def _pairs(day: str) -> Iterator[tuple[str, str]]:
    for name in Voice._fields:
        yield name, day if name == "day" else name
