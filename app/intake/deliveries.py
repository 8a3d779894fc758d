"""The raw inbox: what waits, what became of each delivery, and processing kept ones again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, select, union_all, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database, overwrite_what_goes
from app.intake.documents import Parsed
from app.intake.models import FETCHED, READABLE, Delivery
from app.live.bus import announce
from app.responses import bulk, ledger

_TABLE = cast("Table", Delivery.__table__)

# Both kinds of kept ones, each through its own index.
KEPT = _TABLE.c.id.in_(
    union_all(select(_TABLE.c.id).where(READABLE), select(_TABLE.c.id).where(FETCHED))
)
_FIRST = (
    select(_TABLE.c.id)
    .where(READABLE)  # as the partial index says it
    .order_by(_TABLE.c.id)
    .limit(bindparam("most"))
)


class Waiting(NamedTuple):
    """A delivery that waits to be processed. With `parsed` its body need not be there."""

    id: int
    source_id: int
    received_at: datetime
    headers: dict[str, Any]
    body: bytes
    parsed: Parsed | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one delivery; `error` is a sentence or None."""

    id: int
    outcome: str
    error: str | None = None


def waiting(session: Session, most: int) -> list[int]:
    """The ids of the deliveries that came first and still wait."""
    return list(session.connection().scalars(_FIRST, {"most": most}))


def load(session: Session, ids: Sequence[int], most_bytes: int) -> list[Waiting]:
    """The first of these deliveries, until their bodies are this large; at least one."""
    connection = session.connection()
    rows = connection.execution_options(yield_per=50).execute(
        select(*(_TABLE.c[name] for name in Waiting._fields[:5]))
        .where(bulk.among(connection, _TABLE.c.id, ids))
        .order_by(_TABLE.c.id)
    )
    found: list[Waiting] = []
    size = 0
    for row in rows:
        found.append(Waiting(*row))
        size += len(row.body)
        if size > most_bytes:
            break
    return found


def count_waiting(session: Session) -> int:
    """How many deliveries could be processed and are not yet; what has to be fetched first is
    somebody else's delay.
    """
    return session.scalar(select(func.count()).select_from(_TABLE).where(READABLE)) or 0


def claim(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of the deliveries that still wait, for the rest of this transaction ours alone.

    On PostgreSQL several servers may run: they take turns, and the later finds what is left. An
    SQLite file has one server, and one thread of it settles.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return set(ids)
    ledger.take_turn(session)
    waits = bulk.among(connection, _TABLE.c.id, ids) & (_TABLE.c.outcome == "kept")
    return set(connection.scalars(select(_TABLE.c.id).where(waits)))


def settle(session: Session, settled: Iterable[Settled]) -> None:
    """Writes the outcomes."""
    alike: dict[tuple[str, str | None], list[int]] = {}
    for one in settled:
        alike.setdefault((one.outcome, one.error), []).append(one.id)
    connection = session.connection()
    for (outcome, error), ids in alike.items():
        connection.execute(
            update(_TABLE)
            .where(bulk.among(connection, _TABLE.c.id, ids))
            .values(outcome=outcome, error=error, processed_at=clock.now(), fetch_at=None)
        )


def delete_for_good(session: Session, ids: Iterable[int]) -> int:
    """Deletes deliveries that tell of a customer who was erased; how many there were."""
    overwrite_what_goes(session)
    wanted = bulk.among(session.connection(), _TABLE.c.id, ids)
    done: Any = session.execute(delete(_TABLE).where(wanted))
    return int(done.rowcount)


def replay(database: Database, source_id: int | None, outcomes: Sequence[str]) -> int:
    """Marks deliveries as kept again and returns how many; the server then processes them.

    Works beside a running server: walks the ids in transactions well under 200 ms.
    """
    chosen: list[ColumnElement[bool]] = [Delivery.outcome.in_(outcomes)]
    if source_id is not None:
        chosen.append(Delivery.source_id == source_id)
    with database.read() as session:
        # What is processed again while we walk stands before `last`, so no end is chased.
        last = session.scalar(select(func.max(Delivery.id)).where(*chosen)) or 0
    after, marked = 0, 0
    while after < last:
        with database.write.begin() as session:
            ids = session.scalars(
                select(Delivery.id)
                .where(*chosen, Delivery.id > after, Delivery.id <= last)
                .order_by(Delivery.id)
                .limit(500)
            ).all()
            if not ids:
                break
            session.execute(
                update(Delivery)
                .where(Delivery.id.in_(ids))
                .values(outcome="kept", error=None, processed_at=None, fetch_at=None, attempts=0)
            )
            announce(session, "sources")  # wakes the server that will process them
        after, marked = ids[-1], marked + len(ids)
    return marked
