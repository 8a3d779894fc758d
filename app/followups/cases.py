"""From answers to cases: an unhappy customer opens one, and what becomes of the answer follows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.followups.models import LIVE, Case
from app.followups.promise import Promise
from app.live.bus import announce
from app.responses.voice import Change
from app.scores.nps import category

CASE = cast("Table", Case.__table__)
CHUNK = 500
# Who answered longer ago expects no call any more: history, replays and backfills open nothing.
OPENS_WITHIN = timedelta(days=7)

Row = Mapping[str, Any]
_CHANGED = ("state", "reason", "opened_at", "due_at", "closed_at", "told_at", "reached_at")
_UPDATE = (
    update(CASE)
    .where(CASE.c.id == bindparam("case_id"), CASE.c.version == bindparam("seen"))
    .values({one: bindparam(one) for one in _CHANGED} | {"version": CASE.c.version + 1})
)


def follow(session: Session, changes: Sequence[Change]) -> None:
    """Opens, ends or reopens cases as the answers say, inside their transaction.

    Costs nothing while nobody is unhappy, and a statement for a whole batch of new ones. A case
    that somebody solved stays solved whatever its answer says later.
    """
    fresh = [one for one in changes if one.is_new and is_unhappy(one.row)]
    moved = [one for one in changes if not one.is_new and _concerns(one)]
    if not fresh and not moved:
        return
    now = clock.now()
    known = _cases(session, [one.response_id for one in moved])
    opening = [one for one in [*fresh, *moved] if one.response_id not in known]
    new = _opened(session, [one.row for one in opening], now)
    changed = _followed(session, moved, known, now)
    connection = session.connection()
    if new:
        connection.execute(_insert(session), new)
    if changed:
        connection.execute(_UPDATE, changed)
    if new or changed:
        announce(session, "followups")


def is_unhappy(row: Row) -> bool:
    """Whether an answer with these columns is a detractor's that counts."""
    return row["status"] == "counted" and category(row["score"]) == "detractor"


def is_fresh(row: Row) -> bool:
    """Whether such an answer, when it is new, opens a case: unhappy, and not long ago."""
    return is_unhappy(row) and bool(row["submitted_at"] > clock.now() - OPENS_WITHIN)


def why_not(row: Row) -> str:
    """Why the answer behind a case asks for no call any more."""
    if row["status"] == "counted":
        return f"the customer changed the score to {row['score']}"
    return {
        "withdrawn": "the answer was withdrawn",
        "superseded": "a newer answer of the same customer took its place",
    }.get(row["status"], "the answer does not count")


def _concerns(change: Change) -> bool:
    """Whether there may be a case, or should be one."""
    was = change.before is not None and category(change.before.score) == "detractor"
    return was != is_unhappy(change.row)


def _cases(session: Session, response_ids: Sequence[int]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for at in range(0, len(response_ids), CHUNK):
        wanted = CASE.c.response_id.in_(response_ids[at : at + CHUNK])
        rows = session.connection().execute(select(CASE).where(wanted).with_for_update())
        found |= {row["response_id"]: dict(row) for row in rows.mappings()}
    return found


def _opened(session: Session, rows: Sequence[Row], now: datetime) -> list[dict[str, Any]]:
    """New cases, each promised by the hours of its own site."""
    recent = [one for one in rows if is_fresh(one)]
    if not recent:
        return []
    promise = Promise.load(session)
    empty = dict.fromkeys(column.name for column in CASE.c if column.name != "id")
    return [
        empty
        | {"response_id": row["id"], "state": "open", "opened_at": now, "note": ""}
        | {"tries": 0, "version": 1, "due_at": promise.due(now, row["site_id"])}
        for row in recent
    ]


def _followed(
    session: Session, moved: Sequence[Change], known: Mapping[int, Row], now: datetime
) -> list[dict[str, Any]]:
    changed = []
    for change in moved:
        case = known.get(change.response_id)
        if case is None:
            continue
        new: dict[str, Any] = {}
        if case["state"] in LIVE and not is_unhappy(change.row):
            new = {"state": "dropped", "reason": why_not(change.row), "closed_at": now}
        elif case["state"] == "dropped" and is_unhappy(change.row):
            due_at = Promise.load(session).due(now, change.row["site_id"])
            new = {"state": "open", "reason": None, "closed_at": None, "reached_at": None,
                   "opened_at": now, "due_at": due_at, "told_at": None}  # fmt: skip
        if new:
            whole = {one: case[one] for one in _CHANGED} | new
            changed.append({"case_id": case["id"], "seen": case["version"], **whole})
    return changed


def _insert(session: Session) -> Any:
    """A case that another process made meanwhile stays as it is."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement: Any = (sqlite.insert if is_sqlite else postgresql.insert)(CASE)
    return statement.on_conflict_do_nothing(index_elements=[CASE.c.response_id])
