"""Following: old answers go where the roster puts their names now, a little at a time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.live.bus import announce
from app.people import roster
from app.people.models import Following
from app.people.names import fold
from app.people.roster import Roster
from app.responses import ledger
from app.responses.ledger import Change
from app.responses.models import Response
from app.scores import tallies

# Ids that are looked at before the progress is noted.
STRIDE = 20_000
# Answers that one transaction moves: a server beside us must not wait for its turn to write.
TOGETHER = 100
# Where a platform's word for it stands.
WORDS: dict[str, ColumnElement[Any]] = {
    "employee": Response.attributes["employee"].as_string(),
    "team": Response.attributes["team"].as_string(),
    "store": func.coalesce(
        func.nullif(Response.attributes["store"].as_string(), ""),
        Response.attributes["site"].as_string(),
    ),
}


def begin(session: Session, kind: str, names: Sequence[str], text: str) -> Following:
    """Notes that every answer that says one of these folded names has to be looked at again."""
    top = (session.scalar(select(func.max(Response.id))) or 0) + 1
    made = Following(
        kind=kind,
        names=list(names),
        text=text[:200],
        top_id=top,
        next_id=top,
        started_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def advance(database: Database) -> bool:
    """One step of the oldest that is not finished; False when nothing follows."""
    with database.read() as session:
        waiting = select(Following.id).where(Following.ended_at.is_(None)).order_by(Following.id)
        found = session.scalar(waiting.limit(1))
    if found is None:
        return False
    step(database, found)
    return True


def step(database: Database, following_id: int) -> bool:
    """Looks at the next answers, newest first; False when it was the last time."""
    with database.read() as session:
        at = session.get(Following, following_id)
        if at is None or at.ended_at is not None:
            return False
        known = roster.load(session)
        ids = _naming(session, at)
    low, moved = max(at.next_id - STRIDE, 0), 0
    for start in range(0, len(ids), TOGETHER):
        with database.write.begin() as session:
            moved += len(
                _moved(session, ledger.reassign(session, ids[start : start + TOGETHER], known))
            )
    with database.write.begin() as session:
        # Another process may be at the same place; whoever is later changes nothing.
        session.execute(
            update(Following)
            .where(Following.id == following_id, Following.next_id == at.next_id)
            .values(
                next_id=low,
                moved=Following.moved + moved,
                ended_at=clock.now() if low <= 1 else None,
            )
        )
    return low > 1


def let_go(database: Database, person_id: int) -> int:
    """Takes a person off all answers, as if the roster did not know them; how many."""
    with database.read() as session:
        known = without(roster.load(session), person_id)
        query = select(Response.id).where(Response.person_id == person_id)
        ids = list(session.scalars(query))
    for start in range(0, len(ids), TOGETHER):
        with database.write.begin() as session:
            _moved(session, ledger.reassign(session, ids[start : start + TOGETHER], known))
    return len(ids)


def unname(session: Session, ids: Sequence[int]) -> list[Change]:
    """These answers are about nobody in particular any more; their team keeps them."""
    return _moved(session, ledger.unname(session, ids))


def without(known: Roster, person_id: int) -> Roster:
    """The roster as it would be without somebody."""
    people = {name: ids - {person_id} for name, ids in known.people.items()}
    return replace(known, people={name: ids for name, ids in people.items() if ids})


def _moved(session: Session, changes: list[Change]) -> list[Change]:
    """Numbers and walls follow; the words of stories stay what they were."""
    tallies.apply(session, changes)
    if changes:
        announce(session, "responses", "people", "heroes", "stories")
    return changes


def _naming(session: Session, at: Following) -> list[int]:
    """Folding is ours, not the database's: it reads the words, we compare."""
    word = cast("ColumnElement[str | None]", WORDS[at.kind])
    rows = session.execute(
        select(Response.id, word).where(
            Response.id < at.next_id, Response.id >= at.next_id - STRIDE, word.is_not(None)
        )
    ).all()
    wanted = set(at.names)
    same = {text: fold(text or "") in wanted for text in {row[1] for row in rows}}
    return sorted((row[0] for row in rows if same[row[1]]), reverse=True)
