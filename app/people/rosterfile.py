"""Reads a roster from CSV: all of it, or one clear sentence about the line that will not do."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.errors import CheerboardError
from app.live.bus import announce
from app.people import roster, staff
from app.people.models import Person, Team
from app.people.names import fold
from app.people.wording import email_of, label_of

COLUMNS = ("name", "team", "aliases", "email", "visibility", "site")
_SPELLINGS = {"alias": "aliases", "e-mail": "email", "store": "site", "person": "name"}
LARGEST = 5 * 1024 * 1024
# People in one transaction: a server beside us must not wait for its turn to write.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the file; `site` is where the team is made when it is missing."""

    line: int
    name: str
    team: str
    aliases: tuple[str, ...]
    email: str | None
    visibility: str | None
    site: str | None


def read(raw: bytes) -> list[Row]:
    """The file's people. `name` and `team` are needed; several aliases stand apart by `;` or `|`.

    UTF-8, separated by comma, semicolon or tab, with a line of column names. Raises CheerboardError
    with the line's number.
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
        _check(roster.load(session), rows)
    done = {"added": 0, "changed": 0, "unchanged": 0}
    for start in range(0, len(rows), BATCH):
        with db.write.begin() as session:
            register = _register(session)
            for row in rows[start : start + BATCH]:
                done[_enter(session, register, row)] += 1
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
        )
    except CheerboardError as error:
        raise CheerboardError(f"Line {line}: {error.sentence}") from None


def _check(known: roster.Roster, rows: Sequence[Row]) -> None:
    for row in rows:
        if row.site and len(known.sites.get(fold(row.site), ())) != 1:
            raise CheerboardError(f"Line {row.line}: there is no site named {row.site[:80]!r}.")
        if len(known.teams.get(fold(row.team), ())) > 1:
            raise CheerboardError(f"Line {row.line}: {row.team!r} names more than one team.")


@dataclass(frozen=True, slots=True)
class _Register:
    """What the roster has, for looking up; grows with the batch."""

    sites: roster.Index
    teams: dict[str, int]
    by_email: dict[str, Person]
    by_name: dict[tuple[str, int | None], Person]


def _register(session: Session) -> _Register:
    known = roster.load(session)
    people = session.scalars(select(Person)).all()
    return _Register(
        sites=known.sites,
        teams={team: next(iter(ids)) for team, ids in known.teams.items()},
        by_email={person.email: person for person in people if person.email},
        by_name={(fold(person.name), person.team_id): person for person in people},
    )


def _enter(session: Session, register: _Register, row: Row) -> str:
    team_id = register.teams.get(fold(row.team)) or _new_team(session, register, row)
    person = register.by_email.get(row.email or "") or register.by_name.get(
        (fold(row.name), team_id)
    )
    outcome = "unchanged"
    if person is None:
        person, outcome = Person(name=row.name, team_id=team_id), "added"
        session.add(person)
        session.flush()
    facts = {"name": row.name, "team_id": team_id, "email": row.email, "visibility": row.visibility}
    for name, value in facts.items():
        if value is not None and getattr(person, name) != value:
            setattr(person, name, value)
            outcome = "added" if outcome == "added" else "changed"
    if staff.add_aliases(session, person, row.aliases) and outcome == "unchanged":
        outcome = "changed"
    register.by_name[fold(row.name), team_id] = person
    if row.email:
        register.by_email[row.email] = person
    return outcome


def _new_team(session: Session, register: _Register, row: Row) -> int:
    site = register.sites.get(fold(row.site or ""))
    team = Team(name=row.team, site_id=next(iter(site)) if site else None)
    session.add(team)
    session.flush()
    register.teams[fold(row.team)] = team.id
    return team.id
