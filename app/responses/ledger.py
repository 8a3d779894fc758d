"""Ledger: record, withdraw, exclude, reassign; idempotent, in batches, one row for each change."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from app import clock
from app.people.models import Company
from app.people.roster import Roster
from app.responses import bulk, one_voice, tombstones
from app.responses.models import LedgerEntry, Response
from app.responses.revision import Row, external_id, is_change, place_of, placed, revised
from app.responses.voice import Change, Entry, Voice, voice_of

__all__ = ["Change", "Entry", "Voice", "exclude", "reassign", "record", "unname", "withdraw"]

RESPONSE = cast("Table", Response.__table__)
LEDGER = cast("Table", LedgerEntry.__table__)
CHUNK = 500
# Any number that nothing else in this database uses.
TURN = 7_206_112_026
# What a change may touch; the rest is written once.
_FIXED = {"id", "source_id", "external_id"}
_INSERT = insert(RESPONSE).values({c.name: bindparam(c.name) for c in RESPONSE.c})
_LAST_ID = select(func.max(RESPONSE.c.id))
_NEXT_IDS = text(
    "SELECT nextval(pg_get_serial_sequence('response', 'id')) FROM generate_series(1, :count)"
)
_APPEND = insert(LEDGER)
_UPDATE = (
    update(RESPONSE)
    .where(RESPONSE.c.id == bindparam("response_id"))
    .values({c.name: bindparam(c.name) for c in RESPONSE.c if c.name not in _FIXED})
)

Key = tuple[int, str]
Step = tuple[int | None, Voice | None, Voice | None]
T = TypeVar("T")


@dataclass(slots=True)
class Draft:
    """One response while a batch is worked out: as stored, as it will be, and the way there."""

    stored: Row | None
    row: Row | None
    steps: list[Step] = field(default_factory=list)

    def become(self, row: Row, delivery_id: int | None = None) -> None:
        """Takes the next state; a step is noted when more than the order of updates changed."""
        if row is self.row:
            return
        if is_change(self.row, row):
            before = None if self.row is None else voice_of(self.row)
            self.steps.append((delivery_id, before, voice_of(row)))
        self.row = row


def record(session: Session, entries: Sequence[Entry], roster: Roster) -> list[Change]:
    """Takes answers and withdrawals into the ledger, in their order.

    Returns one change for each response that changed, its comment included; repeats and older
    versions change nothing, append nothing and are not returned. Everything happens in the
    caller's transaction; two ledger writers take turns, so take in before locking anything else.
    """
    take_turn(session)
    keys = [(e.source_id, external_id(e.answer.response_id)) for e in entries]
    gone = tombstones.erased(session, keys)
    drafts = _drafts_of(session, [key for key in keys if key not in gone])
    for key, entry in zip(keys, entries, strict=True):
        if key in gone:
            continue
        draft = drafts[key]
        draft.become(revised(draft.row, entry, roster), entry.delivery_id)
    return _settle_and_write(session, list(drafts.values()))


def withdraw(session: Session, response_ids: Iterable[int], reason: str) -> list[Change]:
    """These responses are gone; only a strictly newer version from the platform brings one back."""
    return _turn_each(session, response_ids, lambda row: _ended(row, "withdrawn", reason))


def exclude(session: Session, response_ids: Iterable[int], reason: str) -> list[Change]:
    """These responses stay known and do not count, whatever their platform says later."""
    return _turn_each(session, response_ids, lambda row: _ended(row, "excluded", reason))


def reassign(session: Session, response_ids: Iterable[int], roster: Roster) -> list[Change]:
    """Matches these responses to the roster again, after a one-tap match gave it a new alias."""
    return _turn_each(
        session,
        response_ids,
        lambda row: placed(row, place_of(row["attributes"], roster, row["answered_on"])),
    )


def unname(session: Session, response_ids: Iterable[int]) -> list[Change]:
    """These responses are about nobody in particular any more; team and site stay as they are."""

    def turn(row: Row) -> Row:
        kept = {name: one for name, one in row["attributes"].items() if name != "employee"}
        return {**row, "person_id": None, "attributes": kept}

    return _turn_each(session, response_ids, turn)


def take_turn(session: Session) -> None:
    """Reading, deciding and writing is one step: until the caller's commit nobody else does it.

    On SQLite the writing door already sees to that.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({TURN})"))


def _ended(row: Row, status: str, reason: str) -> Row:
    if row["status"] in ("withdrawn", status):
        return row
    return {**row, "status": status, "reason": reason[:200]}


def _turn_each(
    session: Session, response_ids: Iterable[int], turn: Callable[[Row], Row]
) -> list[Change]:
    take_turn(session)
    drafts = []
    for chunk in _chunks(response_ids):
        for row in _rows(session, RESPONSE.c.id.in_(chunk)):
            draft = Draft(row, row)
            draft.become(turn(row))
            drafts.append(draft)
    return _settle_and_write(session, drafts)


def _settle_and_write(session: Session, drafts: list[Draft]) -> list[Change]:
    if session.scalar(select(Company.one_voice)):
        drafts = drafts + _settled(session, drafts)
    inserted = [d.row for d in drafts if d.stored is None and d.row is not None]
    if inserted:
        _insert(session, inserted)
    updated = [
        {**d.row, "response_id": d.row["id"]}
        for d in drafts
        if d.stored is not None and d.row is not None and d.row != d.stored
    ]
    if updated:
        bulk.run(session.connection(), _UPDATE, updated)
    _append(session, drafts, clock.now())
    return [
        Change(d.row["id"], d.steps[0][1], d.steps[-1][2], d.stored is None, d.row)
        for d in drafts
        if d.steps and d.row is not None
    ]


def _drafts_of(session: Session, keys: Sequence[Key]) -> dict[Key, Draft]:
    drafts = {key: Draft(None, None) for key in keys}
    for source_id in {source_id for source_id, _ in drafts}:
        names = [external for source, external in drafts if source == source_id]
        named = bulk.among(session.connection(), RESPONSE.c.external_id, names)
        for row in _rows(session, (RESPONSE.c.source_id == source_id) & named):
            drafts[source_id, row["external_id"]] = Draft(row, row)
    return drafts


def _settled(session: Session, drafts: list[Draft]) -> list[Draft]:
    """Applies the rule of one voice to every customer of the batch; returns who else changed."""
    touched = [d for d in drafts if d.steps]
    emails = {row["email"] for d in touched for row in (d.stored, d.row) if row} - {None}
    here = {d.stored["id"] for d in drafts if d.stored}
    others = [
        Draft(row, row)
        for chunk in _chunks(sorted(emails))
        for row in _rows(session, RESPONSE.c.email.in_(chunk) & one_voice.MAY_SPEAK)
        if row["id"] not in here
    ]
    spoken = [d for d in (*drafts, *others) if d.row and d.row["email"] in emails]
    for draft, row in zip(spoken, one_voice.settled([d.row for d in spoken if d.row]), strict=True):
        draft.become(row)
    return [draft for draft in others if draft.steps]


def _insert(session: Session, rows: list[Row]) -> None:
    """Stores new responses and writes their ids into the given rows.

    The ids are taken before, because asking for them afterwards costs as much as the insert.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        # This transaction holds the only write lock.
        last = connection.scalar(_LAST_ID) or 0
        ids: Iterable[int] = range(last + 1, last + 1 + len(rows))
    else:
        ids = connection.scalars(_NEXT_IDS, {"count": len(rows)})
    for row, number in zip(rows, ids, strict=True):
        row["id"] = number
    bulk.run(connection, _INSERT, rows)


def _append(session: Session, drafts: list[Draft], at: datetime) -> None:
    entries = [
        {
            "response_id": draft.row["id"],
            "at": at,
            "delivery_id": delivery_id,
            "before": before,
            "after": after,
        }
        for draft in drafts
        if draft.row is not None
        for delivery_id, before, after in draft.steps
    ]
    bulk.run(session.connection(), _APPEND, entries)


def _rows(session: Session, where: Any) -> Iterator[Row]:
    found = session.connection().execute(select(RESPONSE).where(where)).mappings()
    return (dict(row) for row in found)


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
