"""Whatever happens in whatever order: incremental equals rebuilt, and the past stays as it was."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database, connect
from app.people import roster
from app.people.models import Alias, Company, Person
from app.responses import ledger
from app.responses.answer import Answer, Withdrawal
from app.responses.models import Response
from app.responses.voice import Change, Entry
from app.scores import past, tallies
from app.scores.nps import Tally
from app.scores.rebuild import differences
from tests import make
from tests.scores.conftest import TODAY

LAST = TODAY.date() + timedelta(days=1)
TABLES = ("ledger", "tally", "response", "alias", "person", "team", "site", "source", "company")
SITES, TEAMS, PEOPLE = ["Kai", "Auckland"], ["Crew", "Night"], ["Ana", "Reto", "Zoe"]

Turn = tuple[str, Any]
Picture = dict[tuple[str, int], Tally]

responses = st.sampled_from(["r-1", "r-2", "r-3", "r-4"])
versions = st.none() | st.integers(1, 4)
said = st.builds(
    Answer,
    response_id=responses,
    score=st.none() | st.integers(0, 10),
    comment=st.none() | st.sampled_from(["Fab", "Slow"]),
    email=st.none() | st.sampled_from(["uma@example.com", "ida@example.com"]),
    submitted_at=st.none() | st.integers(0, 100).map(lambda d: TODAY - timedelta(days=d)),
    version=versions,
    survey_id=st.none() | st.sampled_from(["nps", "delivery"]),
    channel=st.none() | st.sampled_from(["email", "till|2"]),
    excluded=st.sampled_from([None, None, None, "test"]),
    attributes=st.fixed_dictionaries(
        {},
        optional={
            "employee": st.sampled_from([*PEOPLE, "nobody"]),
            "team": st.sampled_from([*TEAMS, "nowhere"]),
            "store": st.sampled_from(SITES),
        },
    ),
)
gone = st.builds(Withdrawal, response_id=responses, version=versions)
# Which source, how many minutes late, and what: a batch is cut at a random place by its size.
batches = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 50), said | gone), min_size=1, max_size=6
)
some = st.sets(st.integers(0, 7), max_size=3)
turns = st.one_of(
    *[st.tuples(st.just("record"), batches)] * 3,
    st.tuples(st.sampled_from(["withdraw", "exclude", "reassign"]), some),
    st.tuples(st.just("name"), st.integers(0, 2)),
    st.tuples(st.just("one voice"), st.booleans()),
)
histories = st.lists(turns, min_size=1, max_size=8)


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    opened = connect(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[Database]:
    opened = connect(postgres_url)
    yield opened
    opened.dispose()


# The database is emptied for each history, so one for all of them is meant; and each history costs
# so many commits that shrinking a failure would run into the time-out before it is reported.
_ONE_DATABASE = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@settings(_ONE_DATABASE, max_examples=40)
@given(history=histories)
def test_any_history_on_sqlite(on_sqlite: Database, history: list[Turn]) -> None:
    live_through(on_sqlite, history)


@settings(_ONE_DATABASE, max_examples=15)
@given(history=histories)
def test_any_history_on_postgresql(on_postgres: Database, history: list[Turn]) -> None:
    live_through(on_postgres, history)


def live_through(database: Database, history: list[Turn]) -> None:
    """Takes each turn an hour after the other, and looks after each whether all numbers agree."""
    found(database)
    seen: list[tuple[datetime, Picture]] = []
    for hour, (what, which) in enumerate(history):
        at = TODAY + timedelta(hours=hour)
        with clock.frozen(at), database.write.begin() as session:
            tallies.apply(session, take(session, what, which))
            assert differences(session) == []
            seen.append((at, picture(session)))
    with database.read() as session:
        everyone = {key for _, shown in seen for key in shown}
        for at, shown in seen:
            for scope, key in everyone:
                known = past.as_known(session, scope, key, until=LAST, days=366, at=at)
                assert known == shown.get((scope, key), Tally())


def found(database: Database) -> None:
    """An ordinary company, and nothing that an earlier history left."""
    with database.write.begin() as session:
        for table in TABLES:
            session.execute(text(f"DELETE FROM {table}"))
        session.add(Company(id=1, name="Northwind", timezone="Europe/Berlin"))
        kai, auckland = (
            make.site(session, "Kai"),
            make.site(session, "Auckland", "Pacific/Auckland"),
        )
        crew, night = make.team(session, "Crew", kai), make.team(session, "Night", auckland)
        for name, team in zip(PEOPLE, (crew, night, crew), strict=True):
            make.person(session, name, team)
        make.source(session, "one")
        make.source(session, "two")


def take(session: Session, what: str, which: Any) -> list[Change]:
    if what == "record":
        sources = session.execute(text("SELECT id FROM source ORDER BY id")).scalars().all()
        entries = [
            Entry(sources[source], None, TODAY + timedelta(minutes=late), answer)
            for source, late, answer in which
        ]
        return ledger.record(session, entries, roster.load(session))
    if what == "name":
        person = session.scalars(select(Person.id).order_by(Person.id)).all()[which]
        session.add(Alias(text="nobody", folded="nobody", person_id=person))
        return []
    if what == "one voice":
        session.execute(update(Company).values(one_voice=which))
        return []
    known = session.scalars(select(Response.id).order_by(Response.id)).all()
    chosen = [known[place] for place in which if place < len(known)]
    if what == "reassign":
        return ledger.reassign(session, chosen, roster.load(session))
    end = ledger.withdraw if what == "withdraw" else ledger.exclude
    return end(session, chosen, "a person decided")


def picture(session: Session) -> Picture:
    """Everything that is counted, in a year, for everything that has a tally."""
    return {
        (scope, key): tally
        for scope in ("company", "site", "team", "person")
        for key, tally in tallies.rolling_by(session, scope, LAST, 366).items()
        if tally != Tally()
    }
