"""Retention: raw deliveries go after some days; what they said stays in the ledger."""

import logging
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.intake.models import Delivery
from app.responses import bulk

_TABLE = cast("Table", Delivery.__table__)
# Deleted in one transaction: others want to write as well.
TOGETHER = 500

log = logging.getLogger("cheerboard.intake")


def sweep(database: Database, days: int) -> int:
    """Deletes every delivery that came in longer ago, failed ones too; how many.

    What still waits to be processed stays, however old it is. Walks the ids, which grow with time,
    so it looks at little more than what it deletes.
    """
    before = clock.now() - timedelta(days=days)
    after, gone = 0, 0
    while True:
        with database.read() as session:
            rows = _next(session, after)
        old = [row for row in rows if row.received_at < before]
        ids = [row.id for row in old if row.outcome != "kept"]
        if ids:
            with database.write.begin() as session:
                # Asked again: a replay may have marked some of them meanwhile.
                those = bulk.among(session.connection(), _TABLE.c.id, ids)
                done: Any = session.execute(delete(_TABLE).where(those, _TABLE.c.outcome != "kept"))
                gone += int(done.rowcount)
        if not old or len(rows) < TOGETHER:
            break
        after = rows[-1].id
    if gone:
        log.info("Deleted %d raw deliveries of more than %d days ago", gone, days)
    return gone


def _next(session: Session, after: int) -> list[Any]:
    columns = [_TABLE.c[name] for name in ("id", "received_at", "outcome")]
    query = select(*columns).where(_TABLE.c.id > after).order_by(_TABLE.c.id).limit(TOGETHER)
    return list(session.execute(query))
