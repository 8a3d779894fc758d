"""A customer asks to be forgotten: nothing of them is left, all else is, and none comes back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import Database
from app.erasure import traces
from app.intake import retention
from app.intake.models import Delivery
from app.people import roster
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.models import LedgerEntry, Response, Tombstone
from app.responses.voice import Entry
from app.scores import tallies
from app.scores.rebuild import differences
from app.stories import candidates
from app.stories.models import Story
from tests import make
from tests.terminal import Command, cheerboard

__all__ = ["cheerboard"]

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
EMAIL = "Uma.Keller@example.com"
FORM = "application/x-www-form-urlencoded"
TWO = b'[{"response_id": "r-8", "score": 1, "email": "%b"}, {"response_id": "r-9", "score": 2}]'
PRAISE = "They knew my name and my bike, and it was ready a whole day earlier than promised."


def delivery(body: bytes, outcome: str = "processed", kind: str = "application/json") -> Delivery:
    return Delivery(
        source_id=1, received_at=clock.now(), headers={"content-type": kind}, body=body,
        outcome=outcome,
    )  # fmt: skip


def take_in(database: Database, *said: Answer, delivery_id: int | None = None) -> int:
    with database.write.begin() as session:
        entries = [Entry(1, delivery_id, NOON, one) for one in said]
        changes = ledger.record(session, entries, roster.load(session))
        tallies.apply(session, changes)
        candidates.consider(session, changes, candidates.NONE_YET)
        return len(changes)


@pytest.fixture
def shop(database: Database) -> Database:
    """Uma answered twice, Uma's namesake once; some raw deliveries tell of her in many ways."""
    with database.write.begin() as session:
        make.company(session)
        make.source(session, "shop")
        session.add_all(
            [
                delivery(b'{"response_id": "r-1", "score": 10}'),
                delivery(json.dumps({"a": "x", "who": EMAIL.upper()}).encode(), "ignored"),
                delivery(b'{"e": "uma.keller\\u0040example.com", broken', "failed"),
                delivery(f"who={quote_plus(EMAIL)}".encode(), "ignored", FORM),
                delivery(b'{"response_id": "r-3", "email": "xuma.keller@example.com", "score": 9}'),
                delivery(b'{"id": "r-2", "event": "seen"}', "repeated"),
                delivery(TWO % EMAIL.encode(), "kept"),
            ]
        )  # fmt: skip
    facts: dict[str, Any] = {"email": EMAIL, "name": "Uma Keller", "submitted_at": NOON}
    take_in(
        database,
        Answer(response_id="r-1", score=10, comment=PRAISE,
               attributes={"plan": "gold", "team": "A"}, **facts),
        delivery_id=1,
    )  # fmt: skip
    take_in(database, Answer(response_id="r-2", score=3, **facts))
    take_in(
        database,
        Answer(response_id="r-3", score=9, email="xuma.keller@example.com"),
        Answer(response_id="r-4", score=8, comment=f"write to {EMAIL}, please"),
    )
    return database


def score(database: Database) -> Any:
    with database.read() as session:
        assert differences(session) == []
        return tallies.rolling(session, "company", 1, NOON.date(), 7)


def test_a_customer_is_erased_everywhere(
    shop: Database, cheerboard: Command, tmp_path: Path
) -> None:
    before = score(shop)
    ended = cheerboard("forget", "--email", f" {EMAIL.lower()} ", "--json")
    assert ended.code == 1, "a delivery with several answers waits"
    assert json.loads(ended.out) == {
        "answers": 3, "stories": 1, "others": 0, "deliveries": 5, "tombstones": 3, "waiting": 1,
    }  # fmt: skip
    assert score(shop) == before, "the score that was given stays counted"
    with shop.read() as session:
        rows = session.scalars(select(Response)).all()
        assert session.scalar(select(func.count()).select_from(Story)) == 0
        bodies = session.scalars(select(Delivery.body).order_by(Delivery.id))
        assert [body[:21] for body in bodies] == [b'{"response_id": "r-3"', TWO[:21]]
        assert set(session.scalars(select(LedgerEntry.delivery_id))) == {None}
    erased = [row for row in rows if row.external_id.startswith("erased:")]
    assert len(erased) == 3
    assert {(row.comment, row.email, row.name) for row in erased} == {(None, None, None)}
    assert sorted(map(str, (row.attributes for row in erased))) == ["{'team': 'A'}", "{}", "{}"]
    if shop.is_sqlite:
        shop.dispose()
        for file in tmp_path.glob("cheerboard.db*"):
            assert PRAISE.encode() not in file.read_bytes(), file


def test_it_does_not_come_back(shop: Database, cheerboard: Command, tmp_path: Path) -> None:
    assert "2 answers" not in cheerboard("forget", "--response", "r-1", "--source", "shop").out
    with shop.read() as session:
        assert session.scalar(select(func.count()).select_from(Tombstone)) == 1
        assert session.get_one(Response, 2).email == EMAIL.lower()
    again = Answer(response_id="r-1", score=10, comment=PRAISE, email=EMAIL)
    assert take_in(shop, again) == 0
    file = tmp_path / "old.csv"
    file.write_text("response_id,score,email\nr-1,10,uma.keller@example.com\nnew,7,\n")
    done = cheerboard("import", str(file), "--source", "shop", "--json").document
    assert (done["added"], done["erased"]) == (1, 1)
    score(shop)
    # A second time there is nothing left to erase.
    assert cheerboard("forget", "--response", "r-1", "--json").document["answers"] == 0


def test_one_thing_at_a_time(cheerboard: Command) -> None:
    cheerboard("forget").refused("--email E or --response ID")
    cheerboard("forget", "--email", "a@b.c", "--source", "nobody").refused("no source")


@pytest.mark.parametrize(
    "body",
    [
        b'{"e": "UMA@example.com"}',
        b'{"e": "uma\\u0040example.com"}',
        b"e=uma%40example.com&x=1",
        b'rawRequest=%7B%22e%22%3A%22uma%5Cu0040example.com%22%7D',
        b'--x\r\nContent-Disposition: form-data; name="e"\r\n\r\numa@example.com\r\n--x--\r\n',
        "{'e': 'uma@example.com'}".encode("utf-16"),
    ],
)  # fmt: skip
def test_an_address_is_found_however_it_is_written(body: bytes) -> None:
    assert traces.tells_of_email(body, traces.email_pattern("uma@example.com"))
    assert not traces.tells_of_email(body, traces.email_pattern("ma@example.com"))
    assert not traces.tells_of_email(body, traces.email_pattern("uma@example.co"))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"answers": {"score": 9}, "response_id": "9"}, True),
        ({"answers": {"score": 9}, "response_id": "8"}, False),
        ({"token": 9}, True),
        ({"rawRequest": '{"submissionID": "9"}'}, True),
    ],
)
def test_an_id_is_found_and_no_score(body: Mapping[str, Any], found: bool) -> None:
    assert traces.tells_of_id(json.dumps(body).encode(), {}, {"9"}) is found


def test_raw_deliveries_go_after_a_month(database: Database) -> None:
    with database.write.begin() as session:
        make.source(session)
        for days, outcome in ((40, "processed"), (40, "failed"), (40, "kept"), (20, "processed")):
            with clock.frozen(NOON - timedelta(days=days)):
                session.add(delivery(b"{}", outcome))
                session.flush()
    with clock.frozen(NOON):
        assert retention.sweep(database, 30) == 2
        assert retention.sweep(database, 30) == 0
    with database.read() as session:
        assert list(session.scalars(select(Delivery.id).order_by(Delivery.id))) == [3, 4]
