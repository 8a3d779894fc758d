"""Customer: erased in answers, in what hangs on them, and in raw deliveries; a stone is set.

A score that was given stays counted without anything that leads to the customer: numbers on walls
and in reports do not change because somebody uses a right. The ledger keeps no word of a customer.
"""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from typing import Any, cast

from sqlalchemy import ColumnElement, String, Table, delete, func, or_, select, update
from sqlalchemy import cast as cast_sql
from sqlalchemy.orm import Session

from app.db import Base, Database, overwrite_what_goes
from app.erasure import traces
from app.errors import CheerboardError
from app.intake import deliveries
from app.intake.models import Delivery, Source
from app.live.bus import announce
from app.responses import tombstones
from app.responses.ledger import RESPONSE, take_turn
from app.responses.models import LedgerEntry
from app.responses.revision import external_id

DELIVERY = cast("Table", Delivery.__table__)
LEDGER = cast("Table", LedgerEntry.__table__)
# What says of whom the staff an answer tells; without it a match could not be mended.
STAYING = ("employee", "team", "store", "site")
_TEXTS = (RESPONSE.c.comment, RESPONSE.c.name, cast_sql(RESPONSE.c.attributes, String))
# Deliveries and answers of one transaction; a server beside us must not wait.
TOGETHER = 200


@dataclass(slots=True)
class Gone:
    """How much was erased. `waiting`: deliveries not processed yet that hold other answers too."""

    answers: int = 0
    stories: int = 0
    others: int = 0
    deliveries: int = 0
    tombstones: int = 0
    waiting: int = 0

    @property
    def document(self) -> dict[str, int]:
        return asdict(self)


def forget(
    database: Database,
    *,
    email: str | None = None,
    response_id: str | None = None,
    source: str | None = None,
) -> Gone:
    """Erases everything of one e-mail address, or of one response id. May be repeated.

    Raises CheerboardError for an unknown source.
    """
    gone = Gone()
    sources = _sources(database, source)
    folded = email.strip().casefold() if email else None
    named = {external_id(response_id)} if response_id else set[str]()
    found = _answers(database, folded, named, sources)
    keys = {(row["source_id"], row["external_id"]) for row in found}
    keys |= {(one, name) for one in sources for name in named}
    raw = _deliveries_of(database, [row["id"] for row in found])
    # First of all: from here on nothing of it is taken in, also by a server beside us.
    for start in range(0, len(keys), TOGETHER):
        with database.write.begin() as session:
            take_turn(session)
            some = sorted(keys)[start : start + TOGETHER]
            gone.tombstones += tombstones.set_up(session, some)
    for start in range(0, len(found), TOGETHER):
        _anonymise(database, found[start : start + TOGETHER], gone)
    ids = {row["external_id"] for row in found} | ({response_id} if response_id else set())
    _clear_raw(database, raw, folded, ids, sources, gone)
    if database.is_sqlite:
        _wipe_log(database)
    return gone


def _sources(database: Database, name: str | None) -> set[int]:
    """Removed ones too: what they sent is still here."""
    query = select(Source.id) if name is None else select(Source.id).where(Source.name == name)
    with database.read() as session:
        found = set(session.scalars(query))
    if name is not None and not found:
        raise CheerboardError(f"There is no source {name!r}.", status=404)
    return found


def _answers(
    database: Database, email: str | None, named: Collection[str], sources: Collection[int]
) -> list[dict[str, Any]]:
    """By e-mail also those that hold the address in their words or attributes."""
    whose: ColumnElement[bool] = RESPONSE.c.external_id.in_(named)
    if email:
        whose = (RESPONSE.c.email == email) | or_(
            *(func.lower(text).contains(email, autoescape=True) for text in _TEXTS)
        )
    wanted = RESPONSE.c.source_id.in_(sources) & whose
    columns = [RESPONSE.c[name] for name in ("id", "source_id", "external_id", "email")]
    with database.read() as session:
        query = select(*columns, *(text.label(f"text_{at}") for at, text in enumerate(_TEXTS)))
        rows = session.execute(query.where(wanted)).mappings().all()
    if not email:
        return [dict(row) for row in rows]
    pattern = traces.email_pattern(email)
    return [
        dict(row)
        for row in rows
        if row["email"] == email
        or any(pattern.search((row[f"text_{at}"] or "").casefold()) for at in range(len(_TEXTS)))
    ]


def _deliveries_of(database: Database, response_ids: Sequence[int]) -> set[int]:
    """What the ledger says these answers came with."""
    found: set[int] = set()
    with database.read() as session:
        for start in range(0, len(response_ids), TOGETHER):
            of_them = LEDGER.c.response_id.in_(response_ids[start : start + TOGETHER])
            found |= set(session.scalars(select(LEDGER.c.delivery_id).where(of_them)))
    return found - {None}


def _anonymise(database: Database, found: Sequence[dict[str, Any]], gone: Gone) -> None:
    ids = [row["id"] for row in found]
    with database.write.begin() as session:
        take_turn(session)
        overwrite_what_goes(session)
        for table in _hanging():
            count = _delete(session, table, ids)
            if table.name == "story":
                gone.stories += count
            else:
                gone.others += count
        rows = session.execute(select(RESPONSE).where(RESPONSE.c.id.in_(ids))).mappings().all()
        for row in rows:
            session.execute(update(RESPONSE).where(RESPONSE.c.id == row["id"]).values(_nobody(row)))
        session.execute(
            update(LEDGER).where(LEDGER.c.response_id.in_(ids)).values(delivery_id=None)
        )
        gone.answers += len(rows)
        announce(session, "responses", "stories", "heroes")


def _nobody(row: Any) -> dict[str, Any]:
    """What is left of an answer: its score, its day, and whom of the staff it was about."""
    noon = datetime.combine(row["answered_on"], time(12), UTC)
    return {
        "external_id": f"erased:{secrets.token_hex(16)}",
        "comment": None, "email": None, "name": None, "consent": None, "version": None,
        "updated_at": None, "submitted_at": noon, "stored_at": noon,
        "attributes": {k: v for k, v in row["attributes"].items() if k in STAYING},
    }  # fmt: skip


def _hanging() -> Iterator[Table]:
    """Every table whose rows belong to an answer, but for the ledger, which holds numbers only."""
    for table in reversed(Base.metadata.sorted_tables):
        if table is not LEDGER and _link(table) is not None:
            yield table


def _link(table: Table) -> Any:
    for key in table.foreign_keys:
        if key.column is RESPONSE.c.id:
            return key.parent
    return None


def _delete(session: Session, table: Table, ids: Sequence[int]) -> int:
    done: Any = session.execute(delete(table).where(_link(table).in_(ids)))
    return int(done.rowcount)


def _clear_raw(
    database: Database, known: set[int], email: str | None, ids: Collection[str],
    sources: Collection[int], gone: Gone,
) -> None:  # fmt: skip
    """Walks all deliveries once, in small steps, and deletes those that tell of the customer."""
    pattern = traces.email_pattern(email) if email else None
    with database.read() as session:
        last = session.scalar(select(func.max(DELIVERY.c.id))) or 0
    after = 0
    columns = [DELIVERY.c[name] for name in ("id", "headers", "body", "outcome")]
    while after < last:
        with database.read() as session:
            rows = session.execute(
                select(*columns)
                .where(DELIVERY.c.id > after, DELIVERY.c.source_id.in_(sources))
                .order_by(DELIVERY.c.id)
                .limit(TOGETHER)
            ).all()
        if not rows:
            return
        after = rows[-1].id
        telling = [
            row
            for row in rows
            if row.id in known
            or (pattern and traces.tells_of_email(row.body, pattern))
            or traces.tells_of_id(row.body, row.headers, ids)
        ]
        _drop(database, telling, gone)


def _drop(database: Database, rows: Sequence[Any], gone: Gone) -> None:
    """What waits and holds one answer goes as well; with more than one it must be read first."""
    shared = {
        row.id
        for row in rows
        if row.outcome == "kept" and not traces.is_single(row.body, row.headers)
    }
    gone.waiting += len(shared)
    ids = [row.id for row in rows if row.id not in shared]
    if not ids:
        return
    with database.write.begin() as session:
        gone.deliveries += deliveries.delete_for_good(session, ids)
        announce(session, "sources")


def _wipe_log(database: Database) -> None:
    """The write-ahead log still has the pages as they were; emptied when nobody reads them."""
    raw = database.writer.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()
