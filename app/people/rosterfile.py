"""Reads a roster from CSV: all of it, or one clear sentence about the line that will not do."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.errors import CheerboardError
from app.live.bus import announce
from app.people import roster, staff
from app.people.models import Alias, Person, Team
from app.people.names import fold
from app.people.wording import email_of, label_of

COLUMNS = ("name", "team", "aliases", "email", "visibility", "site", "joined", "left")
_SPELLINGS = {
    "alias": "aliases", "e-mail": "email", "store": "site", "person": "name",
    "joined_on": "joined", "left_on": "left",
}  # fmt: skip
_DAYS = ("joined_on", "left_on")
LARGEST = 5 * 1024 * 1024
# People in one transaction: a server beside us must not wait for its turn to write.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the file; `site` is where the team is made when it is missing.

    `joined` is the first day, `left` the first day gone.
    """

    line: int
    name: str
    team: str
    aliases: tuple[str, ...]
    email: str | None
    visibility: str | None
    site: str | None
    joined: date | None
    left: date | None


def read(raw: bytes) -> list[Row]:
    """The file's people. `name` and `team` are needed; several aliases stand apart by `;` or `|`.

    Days are written `2026-01-31`. UTF-8, separated by comma, semicolon or tab, with a line of
    column names. Raises CheerboardError with the line's number.
    """
    if len(raw) > LARGEST:
        raise CheerboardError("A roster file has 5 MB at most.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CheerboardError("The file is not UTF-8; save it as CSV UTF-8.") from None
    first = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        columns = _columns(next(lines, []))
        return [
            _row(lines.line_num, dict(zip(columns, cells, strict=False)))
            for cells in lines
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise CheerboardError(f"Line {lines.line_num}: {error}.") from None


def enter(db: Database, rows: Sequence[Row]) -> dict[str, int]:
    """Adds or changes these people, and adds the teams that are missing.

    A person of the file is one of the roster by e-mail, else by name and team, so a file may be
    read again. Everything is checked before the first row is written. Answers how many were
    `added`, `changed` and `unchanged`.
    """
    with db.read() as session:
        check(session, rows)
    done = {"added": 0, "changed": 0, "unchanged": 0}
    for start in range(0, len(rows), BATCH):
        with db.write.begin() as session:
            book = register(session)
            for row in rows[start : start + BATCH]:
                done[enter_one(session, book, row, Journal())] += 1
            announce(session, "people")
    return done


def _columns(cells: Sequence[str]) -> list[str]:
    columns = [fold(cell) for cell in cells]
    columns = [_SPELLINGS.get(column, column) for column in columns]
    missing = [column for column in ("name", "team") if column not in columns]
    if missing:
        raise CheerboardError(f"The first line names no column {' and no column '.join(missing)}.")
    unknown = [column for column in columns if column and column not in COLUMNS]
    if unknown:
        raise CheerboardError(f"{unknown[0][:80]!r} is no column; they are {', '.join(COLUMNS)}.")
    return columns


def _row(line: int, cells: dict[str, str]) -> Row:
    try:
        visibility, email = cells.get("visibility", "").strip(), cells.get("email", "").strip()
        return Row(
            line=line,
            name=label_of(cells.get("name", ""), "person's name"),
            team=label_of(cells.get("team", ""), "team's name"),
            aliases=tuple(
                label_of(alias, "alias")
                for alias in cells.get("aliases", "").replace("|", ";").split(";")
                if alias.strip()
            ),
            email=email_of(email) if email else None,
            visibility=staff.visibility_of(visibility) if visibility else None,
            site=cells.get("site", "").strip() or None,
            joined=_day(cells.get("joined", "")),
            left=_day(cells.get("left", "")),
        )
    except CheerboardError as error:
        raise CheerboardError(f"Line {line}: {error.sentence}") from None


def _day(said: str) -> date | None:
    text = said.strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CheerboardError(f"{text[:40]!r} is no day; write it like 2026-01-31.") from None


def check(session: Session, rows: Sequence[Row]) -> None:
    """Raises CheerboardError with the line that names what is unknown, unclear or impossible."""
    book = register(session)
    known = book.roster
    for row in rows:
        person = find(book, row)
        joined = row.joined or (person.joined_on if person else None)
        left = row.left or (person.left_on if person else None)
        if joined and left and left <= joined:
            raise CheerboardError(
                f"Line {row.line}: the day of leaving is not after the first day."
            )
        if row.site and len(known.sites.get(fold(row.site), ())) != 1:
            raise CheerboardError(f"Line {row.line}: there is no site named {row.site[:80]!r}.")
        if len(known.teams.get(fold(row.team), ())) > 1:
            raise CheerboardError(f"Line {row.line}: {row.team!r} names more than one team.")


@dataclass(frozen=True, slots=True)
class Register:
    """What the roster has, for looking up; grows with the batch."""

    roster: roster.Roster
    teams: dict[str, int]
    by_email: dict[str, Person]
    by_name: dict[tuple[str, int | None], Person]
    aliases: dict[int, set[str]]


@dataclass(slots=True)
class Journal:
    """What a batch did, so that it can be taken back: ids, and facts as they were before."""

    teams: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    changes: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    aliases: list[tuple[int, str]] = field(default_factory=list)


def register(session: Session) -> Register:
    """Everybody, once for each batch."""
    known = roster.load(session)
    people = session.scalars(select(Person)).all()
    aliases: dict[int, set[str]] = {}
    for alias in session.scalars(select(Alias)):  # the roster has read them just now
        if alias.person_id is not None:
            aliases.setdefault(alias.person_id, set()).add(alias.folded)
    return Register(
        roster=known,
        teams={team: next(iter(ids)) for team, ids in known.teams.items()},
        by_email={person.email: person for person in people if person.email},
        by_name={(fold(person.name), person.team_id): person for person in people},
        aliases=aliases,
    )


def find(book: Register, row: Row) -> Person | None:
    """Whom a row is about: by e-mail, else by name and team."""
    named = fold(row.name), book.teams.get(fold(row.team))
    return book.by_email.get(row.email or "") or (book.by_name.get(named) if named[1] else None)


def enter_one(session: Session, book: Register, row: Row, journal: Journal) -> str:
    """Enters one row: `added`, `changed` or `unchanged`."""
    team_id = book.teams.get(fold(row.team)) or _new_team(session, book, row, journal)
    person = find(book, row)
    outcome = "unchanged"
    if person is None:
        person, outcome = Person(name=row.name, team_id=team_id), "added"
        session.add(person)
        session.flush()
        journal.people.append(person.id)
    facts = facts_of(row) | {"team_id": team_id}
    before = {name: getattr(person, name) for name in facts if getattr(person, name) != facts[name]}
    for name in before:
        setattr(person, name, facts[name])
    had = book.aliases.setdefault(person.id, set())
    new = [(person.id, one) for one in staff.add_aliases(session, person, row.aliases, had)]
    had.update(one for _, one in new)
    if outcome != "added":
        journal.aliases += new
        if before:
            journal.changes.append((person.id, {n: _plain(one) for n, one in before.items()}))
        outcome = "changed" if before or new else "unchanged"
    book.by_name[fold(row.name), team_id] = person
    if row.email:
        book.by_email[row.email] = person
    return outcome


def facts_of(row: Row) -> dict[str, Any]:
    """What a row says of a person beside the team; what it leaves open stays."""
    said = {
        "name": row.name,
        "email": row.email,
        "visibility": row.visibility,
        "joined_on": row.joined,
        "left_on": row.left,
    }
    return {name: value for name, value in said.items() if value is not None}


def restore(person: Person, before: Mapping[str, Any]) -> None:
    """Gives a person the facts back that a journal kept."""
    for name, value in before.items():
        setattr(person, name, date.fromisoformat(value) if name in _DAYS and value else value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _new_team(session: Session, book: Register, row: Row, journal: Journal) -> int:
    site = book.roster.sites.get(fold(row.site or ""))
    team = Team(name=row.team, site_id=next(iter(site)) if site else None)
    session.add(team)
    session.flush()
    book.teams[fold(row.team)] = team.id
    journal.teams.append(team.id)
    return team.id
