"""Removal: everything that was invented goes, and nothing that somebody made or said."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, and_, delete, or_, select
from sqlalchemy.orm import Session

from app.board.models import Board
from app.db import Base, Database
from app.demo.sample import MARK, THING, as_it_is, invented
from app.errors import NotFoundError
from app.heroes.models import Hero, HeroWeight
from app.heroes.rules import KINDS
from app.intake.models import Delivery, Source
from app.integrity import cards
from app.integrity.models import Night, SignalCard
from app.live.bus import TOPICS, announce
from app.people import audit
from app.people.authorize import Actor
from app.people.models import AuditEntry, Person, PersonalLink, Site, Team
from app.people.sample import ACTION
from app.responses import ledger
from app.responses.models import Response
from app.scores import tallies
from app.scores.tallies import COUNTS, TALLY
from app.themes import nightly
from app.themes.models import ThemeReport

# Whom something refers to goes before what they are part of.
ROSTER: Mapping[str, type[Person | Team | Site]] = {
    "people": Person,
    "teams": Team,
    "sites": Site,
}
# A link to one's own page is nobody's without its person.
LOOSE = {PersonalLink.__tablename__}


def clear(database: Database, actor: Actor) -> int:
    """Takes away what `sample.fill` made, in one transaction; how many answers went.

    A person, team or site that somebody changed since, or to which anything of somebody's own
    refers, stays; so does a source through which something real came. A wall stays, and is no
    longer called (demo). Raises NotFoundError when nothing invented is there.
    """
    with database.write.begin() as session:
        ledger.take_turn(session)
        note = invented(session)
        if note is None or note.after is None:
            raise NotFoundError("There are no invented answers here: nothing was taken away.")
        answers = _drop_answers(session, note.after)
        _drop_heroes(session, note)
        _drop_looks(session, note, answers)
        gone: dict[str, Any] = {"answers": len(answers)}
        for what in ROSTER:
            gone[what] = _drop_unused(session, what, note.after[what])
        _drop_source(session, note.after["source"])
        marked = select(Board).where(Board.id.in_(note.after["boards"]))
        for board in session.scalars(marked):
            board.title = board.title.removesuffix(MARK)
        audit.record(session, actor, ACTION, THING, before=gone)
        announce(session, *TOPICS)
    return len(answers)


def _drop_answers(session: Session, facts: Mapping[str, Any]) -> list[int]:
    """With their history, stories and cases. What came into the source later is not invented.

    Withdrawn first, so that every tally, and whoever an invented voice stood for, follows.
    """
    mine = and_(Response.source_id == facts["source"], Response.id <= (facts["last"] or 0))
    ids = list(session.scalars(select(Response.id).where(mine)))
    tallies.apply(session, ledger.withdraw(session, ids, "it was invented"))
    session.execute(delete(Response).where(mine))
    # A row of zeros would still name a person or team that is about to go.
    session.execute(delete(TALLY).where(*(TALLY.c[each] == 0 for each in COUNTS)))
    return ids


def _drop_heroes(session: Session, note: AuditEntry) -> None:
    """Picks of whom no answer is left about, and of everybody, which counted invented ones."""
    lonely = {
        what: _ids(note, what) - _answered(session, column, _ids(note, what))
        for what, column in (
            ("people", Response.person_id),
            ("teams", Response.team_id),
            ("sites", Response.site_id),
        )
    }
    nobody = Hero.person_id.is_(None)
    since = Hero.picked_at >= note.at
    session.execute(
        delete(Hero).where(
            Hero.kind.in_(KINDS),
            or_(
                Hero.person_id.in_(lonely["people"]),
                and_(nobody, Hero.team_id.in_(lonely["teams"])),
                and_(Hero.scope == "team", Hero.scope_id.in_(lonely["teams"])),
                and_(Hero.scope == "site", Hero.scope_id.in_(lonely["sites"])),
                and_(nobody, Hero.team_id.is_(None), since),
            ),
        )
    )
    # Worked out again, from the real ones; a day earlier, because its days are local.
    since_day = note.at.date() - timedelta(days=1)
    session.execute(delete(HeroWeight).where(HeroWeight.day >= since_day))


def _drop_looks(session: Session, note: AuditEntry, answers: Collection[int]) -> None:
    """What nightly looks made of invented answers; the themes are counted again at once."""
    gone = set(answers)
    whom = {("person", one) for one in _ids(note, "people")}
    whom |= {("team", one) for one in _ids(note, "teams")}
    for card in session.scalars(select(SignalCard)).all():
        named = cards.rows_of(card)
        if gone.intersection(named) or (not named and (card.scope, card.scope_id) in whom):
            session.delete(card)
    session.flush()
    session.execute(delete(ThemeReport))
    session.execute(delete(Night).where(Night.what == nightly.WORK))


def _drop_unused(session: Session, what: str, lines: Sequence[str]) -> int:
    """Those that are as they were made and to which nothing refers; how many went."""
    table: Any = ROSTER[what]
    told = {_id(line): line for line in lines}
    # Held until the end, so that nobody changes or refers to one that is about to go.
    mine = select(table).where(table.id.in_(told)).with_for_update()
    rows: Sequence[Any] = session.scalars(mine).all()
    same = {row.id for row in rows if as_it_is(row) == told[row.id]}
    going = same - _referred_to(session, cast("Table", table.__table__), same)
    session.execute(delete(table).where(table.id.in_(going)))
    return len(going)


def _referred_to(session: Session, table: Table, ids: set[int]) -> set[int]:
    """Which of these rows any other table points at, whatever would become of it."""
    found: set[int] = set()
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column is table.c.id and other.name not in LOOSE:
                found |= set(session.scalars(select(key.parent).where(key.parent.in_(ids))))
    return found


def _drop_source(session: Session, source_id: int) -> None:
    for table in (Response, Delivery):
        if session.scalar(select(table.id).where(table.source_id == source_id).limit(1)):
            return
    session.execute(delete(Source).where(Source.id == source_id))


def _answered(session: Session, column: Any, ids: set[int]) -> set[int]:
    return set(session.scalars(select(column).where(column.in_(ids)).distinct()))


def _ids(note: AuditEntry, what: str) -> set[int]:
    return {_id(line) for line in (note.after or {})[what]}


def _id(line: str) -> int:
    return int(line.partition(",")[0])
