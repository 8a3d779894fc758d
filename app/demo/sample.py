"""Sample: five weeks of an invented company beside the real one, written down so that it can go."""

import base64
import random
import secrets
from collections.abc import Container, Sequence
from dataclasses import replace
from itertools import chain, count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.board import hanging
from app.board.models import Board
from app.db import Base, Database
from app.demo import history
from app.demo.company import COLLEAGUES, SITES, Colleague
from app.intake import registration, sourcebook
from app.intake.models import Source
from app.people import audit, company, roster, staff
from app.people.authorize import Actor
from app.people.models import Account, AuditEntry, Person, Site, Team
from app.people.names import fold
from app.people.sample import ACTION
from app.responses.models import Response
from app.settings import Settings

DAYS = 35
SOURCE = "demo"
THING = "invented answers"
# At the end of the title of every wall that shows them: a room must know what it looks at.
MARK = " (demo)"


def fill(database: Database, settings: Settings, account_id: int) -> None:
    """Invents sites, teams, colleagues, their answers, stories and a hero, and a board if none is.

    Everything that counts comes in one transaction, together with the note that says what it was.
    """
    with database.write.begin() as session:
        source = _source(session, settings.key)
        cast = _colleagues(session)
        known = roster.load(session)
        said = history.answers(random.Random(), DAYS, cast)
        for start in range(0, len(said), history.BATCH):
            history.take_in(session, source.id, said[start : start + history.BATCH], known)
        boards = _boards(session)
        for board in boards:
            board.title += MARK
        account = session.get_one(Account, account_id)
        who = Actor(account.role, account.name, account_id=account.id)
        audit.record(session, who, ACTION, THING, after=_facts(session, source, cast, boards))
    history.hang_stories(database, source.id, account_id)


def is_there(session: Session) -> bool:
    """Whether something invented is still among the real."""
    note = invented(session)
    return note is not None and note.after is not None


def invented(session: Session) -> AuditEntry | None:
    """What was written down last: `after` says what was invented, and is None once it is gone.

    In it `source` is an id, `last` the id of its last invented answer, `boards` are ids; `sites`,
    `teams` and `people` are rows as `as_it_is` tells them.
    """
    newest = select(AuditEntry).where(AuditEntry.action == ACTION, AuditEntry.thing == THING)
    return session.scalar(newest.order_by(AuditEntry.id.desc()).limit(1))


def as_it_is(row: Base) -> str:
    """A row in one line, its id first: whoever changes it meanwhile makes it their own.

    What is empty is left out, so that a column of a later version changes nothing.
    """
    values = [getattr(row, column.key) for column in row.__table__.columns]
    return ", ".join(str(value) for value in values if value is not None)


def _boards(session: Session) -> Sequence[Board]:
    """The walls that will show what is invented: those that hang, or else the first."""
    return session.scalars(select(Board)).all() or [hanging.first(session)]


def _source(session: Session, key: bytes) -> Source:
    """Nobody knows its secret, so nothing real can come through it."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    names = chain((SOURCE,), (f"{SOURCE} {n}" for n in count(2)))
    name = next(name for name in names if sourcebook.named(session, name) is None)
    return registration.add(session, key, name, "generic", {}, [secret])


def _colleagues(session: Session) -> list[Colleague]:
    """The invented staff as they are on the roster, under names that no real one has."""
    known = roster.load(session)
    sites = {name: _free(name, known.sites) for name in SITES}
    teams = {one.team: _free(one.team, known.teams) for one in COLLEAGUES}
    cast = [
        replace(
            one,
            name=_free(one.name, known.people),
            team=teams[one.team],
            site=sites[one.site],
        )
        for one in COLLEAGUES
    ]
    for name, zone in SITES.items():
        company.add_site(session, sites[name], zone)
    for team, site in dict.fromkeys((one.team, one.site) for one in cast):
        staff.add_team(session, team, site)
    for one in cast:
        staff.add_person(session, one.name, one.team)
    return cast


def _free(name: str, taken: Container[str]) -> str:
    names = chain((name, f"{name} (demo)"), (f"{name} (demo {n})" for n in count(2)))
    return next(one for one in names if fold(one) not in taken)


def _facts(
    session: Session, source: Source, cast: Sequence[Colleague], boards: Sequence[Board]
) -> dict[str, Any]:
    mine = Response.source_id == source.id
    answers, last = session.execute(select(func.count(), func.max(Response.id)).where(mine)).one()
    names: dict[str, tuple[Any, set[str]]] = {
        "sites": (Site, {one.site for one in cast}),
        "teams": (Team, {one.team for one in cast}),
        "people": (Person, {one.name for one in cast}),
    }
    rows = {
        what: session.scalars(select(table).where(table.name.in_(known)).order_by(table.id)).all()
        for what, (table, known) in names.items()
    }
    told = {what: [as_it_is(row) for row in found] for what, found in rows.items()}
    walls = [board.id for board in boards]
    return {"source": source.id, "answers": answers, "last": last, "boards": walls, **told}
