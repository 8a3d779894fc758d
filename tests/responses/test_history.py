"""Many answers set by set give the same responses, ledger and tallies as one after the other."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app import clock
from app.db import Database
from app.people import roster
from app.people.models import Company
from app.responses import history, ledger, tombstones
from app.responses.answer import Answer
from app.responses.models import HISTORY, LedgerEntry, Response
from app.responses.voice import Entry
from app.scores import tallies
from app.scores.rebuild import differences
from app.scores.sums import sums_of
from tests import make

AT = datetime(2026, 6, 10, 12, tzinfo=UTC)
EARLIEST, LATEST = datetime(2026, 1, 1), datetime(2026, 6, 10)  # noqa: DTZ001 - Hypothesis wants them bare

answers = st.builds(
    Answer,
    response_id=st.sampled_from(["a", "b", "c", "d", "e", "x" * 300]),
    score=st.integers(0, 10),
    comment=st.sampled_from([None, "Fab", "nul\0 and \ud800 surrogate", "=1+1"]),
    email=st.sampled_from([None, "Uma@Example.com", "bo@example.com"]),
    name=st.sampled_from([None, "Uma"]),
    submitted_at=st.none() | st.datetimes(EARLIEST, LATEST).map(lambda at: at.replace(tzinfo=UTC)),
    updated_at=st.sampled_from([None, AT]),
    version=st.sampled_from([None, 1.0, 2.0]),
    survey_id=st.sampled_from([None, "s"]),
    channel=st.sampled_from([None, "e|mail"]),
    consent=st.sampled_from([None, True, False]),
    attributes=st.dictionaries(
        st.sampled_from(["store", "employee", "team", "plan"]),
        st.sampled_from(["Harbour", "Ana Silva", " reto ", "Crew", "ü"]),
    ),
)
batches = st.lists(st.lists(answers, max_size=8), max_size=4)


def usual(database: Database, source_id: int, batch: Sequence[Answer], at: datetime) -> None:
    with database.write.begin() as session:
        entries = [Entry(source_id, HISTORY, at, one) for one in batch]
        tallies.apply(session, ledger.record(session, entries, roster.load(session)))


def together(
    database: Database, source_id: int, batch: Sequence[Answer], at: datetime
) -> history.Outcome:
    with database.read() as session:
        people = roster.load(session)
    recall = history.Recall(people)
    ready = history.Batch(source_id, at, history.prepare(batch, source_id, at, recall))
    with database.write.begin() as session:
        outcome = history.record(session, ready, people)
        tallies.add(session, sums_of(outcome.voices))
        tallies.apply(session, outcome.changes)
    return outcome


def known(database: Database, source_id: int) -> Any:
    """Everything stored of a source but the ids, which only count."""
    columns = [c for c in Response.__table__.c if c.name not in ("id", "source_id")]
    of_it = Response.source_id == source_id
    with database.read() as session:
        responses = session.execute(select(*columns).where(of_it).order_by("external_id")).all()
        steps = session.execute(
            select(
                Response.external_id, LedgerEntry.at, LedgerEntry.delivery_id,
                LedgerEntry.before, LedgerEntry.after,
            )
            .join(Response, Response.id == LedgerEntry.response_id)
            .where(of_it)
            .order_by(Response.external_id, LedgerEntry.id)
        ).all()  # fmt: skip
        assert differences(session) == []
    return responses, [tuple(step) for step in steps]


@pytest.fixture
def northwind(database: Database) -> Database:
    with database.write.begin() as session:
        make.company(session)
        crew = make.team(session, "Crew", make.site(session, "Harbour", "Pacific/Auckland"))
        make.person(session, "Ana Silva", crew)
        make.person(session, "Reto", crew)
        make.source(session, "one by one")
        make.source(session, "together")
    return database


@example(
    batches=[[Answer(response_id="a", score=9), Answer(response_id="a", score=3)]], voice=False
)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(batches=batches, voice=st.booleans())
def test_both_ways_give_the_same(
    northwind: Database, batches: list[list[Answer]], voice: bool
) -> None:
    with northwind.write.begin() as session:
        for table in ("ledger", "response", "tally"):
            session.execute(text(f"DELETE FROM {table}"))
        session.get_one(Company, 1).one_voice = voice
    for minute, batch in enumerate(batches):
        at = AT + timedelta(minutes=minute)
        with clock.frozen(at):
            # An e-mail of their own each, or one voice would be one over both sources.
            usual(northwind, 1, [_of(one, "1") for one in batch], at)
            together(northwind, 2, [_of(one, "2") for one in batch], at)
    assert _alike(known(northwind, 1), "1") == _alike(known(northwind, 2), "2")


def _of(answer: Answer, source: str) -> Answer:
    facts = {name: getattr(answer, name) for name in Answer.__slots__}
    if answer.email:
        facts["email"] = f"{source}{answer.email}"
    if answer.survey_id:
        facts["survey_id"] = f"{source}{answer.survey_id}"
    return Answer(**facts)


def _alike(found: Any, source: str) -> str:
    return (
        repr(found)
        .replace(f"'{source}uma", "'uma")
        .replace(f"'{source}bo", "'bo")
        .replace(f"'{source}s'", "'s'")
    )


def test_what_was_erased_stays_away(northwind: Database) -> None:
    with northwind.write.begin() as session:
        assert tombstones.set_up(session, [(2, "a")]) == 1
        assert tombstones.set_up(session, [(2, "a")]) == 0
    batch = [Answer(response_id="a", score=9), Answer(response_id="b", score=9)]
    outcome = together(northwind, 2, batch, AT)
    assert (outcome.added, outcome.erased) == (1, 1)
    usual(northwind, 2, batch, AT)
    usual(northwind, 1, batch, AT)
    with northwind.read() as session:
        found = session.execute(select(Response.source_id, Response.external_id)).all()
    assert sorted(map(tuple, found)) == [(1, "a"), (1, "b"), (2, "b")]


def test_a_second_time_adds_nothing(northwind: Database) -> None:
    batch = [Answer(response_id=str(number), score=number % 11) for number in range(50)]
    assert together(northwind, 2, batch, AT).added == 50
    again = together(northwind, 2, batch, AT + timedelta(days=1))
    assert (again.added, again.repeated, again.changes) == (0, 50, [])


def test_every_field_alone_is_news(northwind: Database) -> None:
    changed: dict[str, Any] = {
        "score": 3, "comment": "Better", "email": "bo@example.com", "name": "Bo",
        "submitted_at": AT - timedelta(days=2), "updated_at": AT, "version": 5.0,
        "survey_id": "t", "channel": "web", "consent": True, "attributes": {"plan": "b"},
    }  # fmt: skip
    plain: dict[str, Any] = {
        "score": 9,
        "submitted_at": AT - timedelta(days=3),
        "attributes": {"plan": "a"},
    }
    first = [Answer(**{"response_id": name, **plain}) for name in changed]
    second = [Answer(**{"response_id": n, **plain, n: changed[n]}) for n in changed]
    for hour, batch in enumerate((first, second)):
        with clock.frozen(AT + timedelta(hours=hour)):
            usual(northwind, 1, batch, clock.now())
            outcome = together(northwind, 2, batch, clock.now())
    assert known(northwind, 1) == known(northwind, 2)
    # The day of an answer is taken once, and what only orders updates is no change.
    orders = {"submitted_at", "updated_at", "version"}
    assert {one.row["external_id"] for one in outcome.changes} == set(changed) - orders
