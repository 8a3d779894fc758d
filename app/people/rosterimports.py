"""Imports of a roster file: looked at first, then taken over; the journal takes it back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.errors import CheerboardError, NotFoundError
from app.live.bus import announce
from app.people import audit, rosterfile, staff
from app.people.authorize import Actor
from app.people.models import RosterImport, Team
from app.people.names import fold
from app.people.rosterfile import Journal, Register, Row

LOOKED_AT, TAKEN_OVER, TAKEN_BACK = "looked at", "taken over", "taken back"
# A file that nobody took over is full of names; it does not lie about.
FORGOTTEN_AFTER = timedelta(days=1)
WORDS = {
    "team_id": "team",
    "name": "name",
    "email": "e-mail",
    "visibility": "shown as",
    "joined_on": "first day",
    "left_on": "first day gone",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row would do: `added`, `changed` or `unchanged`, and each fact before and after."""

    line: int
    name: str
    team: str
    outcome: str
    facts: tuple[tuple[str, str, str], ...]


def look(session: Session, actor: Actor, raw: bytes) -> RosterImport:
    """Keeps a file to be looked at. Raises CheerboardError with the line that will not do."""
    rows = rosterfile.read(raw)
    if not rows:
        raise CheerboardError("The file has no people in it.")
    rosterfile.check(session, rows)
    old = RosterImport.made_at < clock.now() - FORGOTTEN_AFTER
    session.execute(delete(RosterImport).where(RosterImport.state == LOOKED_AT, old))
    text = raw.decode("utf-8-sig").replace("\0", "")
    made = RosterImport(text=text, who=actor.name[:200], made_at=clock.now())
    session.add(made)
    session.flush()
    return made


def one(session: Session, import_id: int) -> RosterImport:
    """Raises NotFoundError for an unknown id."""
    found = session.get(RosterImport, import_id)
    if found is None:
        raise NotFoundError("There is no such file; those nobody took over go after a day.")
    return found


def plan(session: Session, rows: Sequence[Row]) -> list[Planned]:
    """What taking the file over would do now, row by row."""
    book = rosterfile.register(session)
    names = {team.id: team.name for team in session.scalars(select(Team))}
    met: set[tuple[str, str]] = set()
    called: dict[str, list[str]] = {}
    for folded, team_id in book.by_name:
        called.setdefault(folded, []).append(names.get(team_id or 0, "no team"))
    return [_told(_planned(session, book, names, met, row), called) for row in rows]


def take_over(db: Database, actor: Actor, import_id: int) -> list[str]:
    """Enters everybody in the file; the folded names that are new. A second press does nothing.

    Works in batches; what is done so far is in the journal with each of them.
    """
    with db.write.begin() as session:
        found = one(session, import_id)
        if found.state != LOOKED_AT:
            return []
        rows = rosterfile.read(found.text.encode())
        rosterfile.check(session, rows)
        if not move(session, import_id, LOOKED_AT, TAKEN_OVER):
            return []
    done = {"added": 0, "changed": 0, "unchanged": 0}
    journal, new = Journal(), set[str]()
    for start in range(0, len(rows), rosterfile.BATCH):
        with db.write.begin() as session:
            book = rosterfile.register(session)
            for row in rows[start : start + rosterfile.BATCH]:
                outcome = rosterfile.enter_one(session, book, row, journal)
                done[outcome] += 1
                if outcome == "added":
                    new.update(fold(text) for text in (row.name, *row.aliases))
            one(session, import_id).journal = asdict(journal)
            announce(session, "people", "heroes", "stories")
    with db.write.begin() as session:
        audit.record(session, actor, "roster.manage", f"file {import_id}", None, done)
        # What it was about is on the roster now.
        one(session, import_id).text = ""
    return sorted(new | {folded for _, folded in journal.aliases})


def move(session: Session, import_id: int, before: str, after: str) -> bool:
    """Whether this press moved the file on; whoever was first did."""
    moved: Any = session.execute(
        update(RosterImport)
        .where(RosterImport.id == import_id, RosterImport.state == before)
        .values(state=after)
    )
    return bool(moved.rowcount)


def last(session: Session) -> RosterImport | None:
    """The newest file that was taken over and can be taken back."""
    query = select(RosterImport).where(RosterImport.state == TAKEN_OVER)
    return session.scalar(query.order_by(RosterImport.id.desc()).limit(1))


def _planned(
    session: Session, book: Register, names: dict[int, str], met: set[tuple[str, str]], row: Row
) -> Planned:
    person = rosterfile.find(book, row)
    key = fold(row.name), fold(row.team)
    if person is None:
        outcome = "unchanged" if key in met else "added"
        met.add(key)
        facts = [("aliases", "", ", ".join(row.aliases))] if row.aliases else []
        if fold(row.team) not in book.teams:
            facts.append(("new team", "", row.team))
        return Planned(row.line, row.name, row.team, outcome, tuple(facts))
    said = rosterfile.facts_of(row) | {"team_id": book.teams.get(fold(row.team))}
    differing = [name for name in said if getattr(person, name) != said[name]]
    facts = [
        (
            WORDS[name],
            _shown(getattr(person, name), name, names),
            row.team if name == "team_id" else str(said[name]),
        )
        for name in differing
    ]
    had = {fold(person.name), *staff.folded_aliases(session, person)}
    facts += [("alias", "", alias) for alias in row.aliases if fold(alias) not in had]
    outcome = "changed" if facts else "unchanged"
    return Planned(row.line, row.name, row.team, outcome, tuple(facts))


def _told(one: Planned, called: Mapping[str, Sequence[str]]) -> Planned:
    """Warns of a namesake: an answer that names two people names nobody."""
    if one.outcome != "added" or not (teams := called.get(fold(one.name))):
        return one
    warning = ("namesake of", "", f"{one.name}, {', '.join(teams)}")
    return replace(one, facts=(*one.facts, warning))


def _shown(value: Any, name: str, names: dict[int, str]) -> str:
    return names.get(value, "") if name == "team_id" else str(value or "")
