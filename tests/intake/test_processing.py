"""From kept to counted: order, poison, outages, sweeps and replays."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from app import clock
from app.db import Database
from app.erasure import customer
from app.intake import deliveries, pipeline, retention, sealing
from app.intake.models import Delivery
from app.responses import ledger
from app.responses.models import LedgerEntry
from app.scores import rebuild
from app.scores.models import DailyTally
from app.stories.models import Story
from tests import make
from tests.intake import door as doors
from tests.intake.door import KEY, SECRET, Door, answer, signed

DAY, NEXT_DAY = "2026-06-01T10:00:00Z", "2026-06-02T10:00:00Z"
PRAISE = (
    "The people in this shop took their time, found the right size at once and were kind to my "
    "children as well."
)


def keep(database: Database, *bodies: Any, source_id: int) -> None:
    """Deliveries that an earlier run of the server kept and did not process."""
    with database.write.begin() as session:
        for at, body in enumerate(bodies):
            session.add(
                Delivery(
                    source_id=source_id,
                    received_at=clock.now() + timedelta(milliseconds=at),
                    headers={"content-type": "application/json"},
                    body=body if isinstance(body, bytes) else json.dumps(body).encode(),
                    outcome="kept",
                )
            )


def test_what_an_earlier_run_kept_is_swept_in_order_of_arrival(database: Database) -> None:
    doors.company(database)
    with database.write.begin() as session:
        source_id = make.source(session).id
    keep(database, *(answer("r-1", score) for score in (1, 5, 9)), source_id=source_id)

    with doors.opened(database) as door:
        (row,) = door.responses()

    assert row.score == 9


def test_an_answer_is_counted_and_becomes_a_candidate(door: Door) -> None:
    door.post(door.source(), answer(score=10, comment=PRAISE))
    door.settle()
    door.read_all()

    with door.database.read() as session:
        tally = session.scalars(select(DailyTally).where(DailyTally.scope == "company")).one()
        story = session.scalars(select(Story)).one()
        assert (tally.promoters, tally.passives, tally.detractors) == (1, 0, 0)
        assert story.text == PRAISE


def test_a_repeat_of_what_was_erased_leaves_no_body(door: Door) -> None:
    path = door.source()
    door.post(path, answer("r-1", comment=PRAISE))
    door.settle()
    customer.forget(door.database, response_id="r-1")

    door.post(path, [answer("r-1", comment=PRAISE), answer("r-2")])
    door.post(path, answer("r-1", 3, comment=PRAISE))
    door.settle()

    with door.database.read() as session:
        assert session.scalars(select(Delivery.body)).all() == []
    assert [row.external_id for row in door.responses()][1:] == ["r-2"]


def test_many_answers_at_once_are_all_counted_once(door: Door) -> None:
    path = door.source()
    bodies = [json.dumps(answer(f"r-{at % 150}", at % 11)).encode() for at in range(300)]

    assert set(door.send_all([(path, body, {}) for body in bodies])) == {202}

    assert len(door.responses()) == 150
    with door.database.read() as session:
        assert not list(rebuild.differences(session))


def test_the_poison_delivery_fails_alone(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = door.source()
    record = ledger.record

    def choke(session: Any, entries: Any, roster: Any) -> Any:
        if any(entry.answer.response_id == "poison" for entry in entries):
            raise LookupError("a customer's words")
        return record(session, entries, roster)

    monkeypatch.setattr(ledger, "record", choke)
    names = ["a", "poison", "b"]
    door.send_all([(path, json.dumps(answer(name)).encode(), {}) for name in names])

    outcomes = {json.loads(one.body)["response_id"]: one for one in door.settle()}
    assert {name: one.outcome for name, one in outcomes.items()} == {
        "a": "processed", "poison": "failed", "b": "processed",
    }  # fmt: skip
    assert outcomes["poison"].error == "It could not be taken in: LookupError."
    assert "words" not in caplog.text


def test_an_outage_fails_nothing_and_passes(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    path = door.source()
    gone = threading.Event()
    take_in = pipeline.take_in

    def unreachable(*arguments: Any) -> Any:
        if gone.is_set():
            return take_in(*arguments)
        gone.set()
        raise OperationalError("UPDATE", {}, ConnectionError("gone"), connection_invalidated=True)

    monkeypatch.setattr(pipeline, "take_in", unreachable)
    door.post(path, answer())

    assert door.outcomes() == [("processed", None)]
    assert gone.is_set()


def test_a_failed_delivery_is_processed_again_after_the_fix(door: Door) -> None:
    path = door.source("mapped", "generic", settings={"mapping": mapping("join('', score)")})
    door.post(path, {"id": "m-1", "score": 4})
    ((outcome, error),) = door.outcomes()
    assert outcome == "failed"
    assert error is not None
    assert error.startswith("The mapping cannot be applied: ")

    with door.database.write.begin() as session:
        row = session.merge(doors.find(door.database, path))
        row.settings = {"mapping": mapping("score")}
    door.reception.book.reload()
    assert deliveries.replay(door.database, None, ["failed"]) == 1

    assert [row.score for row in door.responses()] == [4]
    assert door.outcomes() == [("processed", None)]


def test_replaying_everything_changes_nothing(door: Door) -> None:
    path = door.source()
    for at in range(1_200):
        if at % 400 == 0:
            door.post(path, [answer(f"r-{at + one}", one % 11) for one in range(200)])
    before = [(row.external_id, row.score) for row in door.responses()]

    marked = deliveries.replay(door.database, None, ["processed", "repeated", "ignored"])

    assert marked == 3
    assert [(row.external_id, row.score) for row in door.responses()] == before
    assert {outcome for outcome, _ in door.outcomes()} == {"repeated"}
    with door.database.read() as session:
        assert not list(rebuild.differences(session))


def test_replay_walks_every_delivery_of_one_source(database: Database) -> None:
    with database.write.begin() as session:
        mine, other = make.source(session, "mine").id, make.source(session, "other").id
    keep(database, *([answer()] * 1_101), source_id=mine)
    keep(database, answer(), source_id=other)
    with database.write.begin() as session:
        session.execute(update(Delivery).values(outcome="failed"))

    assert deliveries.replay(database, mine, ["failed"]) == 1_101
    with database.read() as session:
        assert deliveries.count_waiting(session) == 1_101


def test_a_repeat_is_known_when_the_delivery_it_repeats_was_deleted(door: Door) -> None:
    path = door.source("survey", "generic", SECRET)
    begin, body = clock.now(), json.dumps(answer("r-1", 9, comment="Fab", updated_at=DAY)).encode()
    newer = json.dumps(answer("r-1", 3, comment="Slow", updated_at=NEXT_DAY)).encode()
    with clock.frozen(begin):
        assert door.post(path, body, signed(body)).status_code == 202
        assert door.post(path, newer, signed(newer, "msg_2")).status_code == 202
        assert [row.score for row in door.responses()] == [3]
    with clock.frozen(begin + timedelta(days=31)):
        assert retention.sweep(door.database, 30) == 2
        assert door.post(path, body, signed(body)).status_code == 202
        assert door.post(path, newer, signed(newer, "msg_2")).status_code == 202
        assert [outcome for outcome, _ in door.outcomes()] == ["repeated"] * 2
        (row,) = door.responses()
    assert (row.score, row.comment) == (3, "Slow")
    with door.database.read() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 2
        assert not list(rebuild.differences(session))


def test_devices_are_kept_only_as_salted_hash(sqlite_door: Door) -> None:
    facts = {"device": "a-device", "ip": "192.0.2.7", "network": "guest", "store": "Basel"}
    sqlite_door.post(sqlite_door.source(), answer(attributes=facts))

    (row,) = sqlite_door.responses()
    assert {"network", "store"} == {key for key in facts if row.attributes[key] == facts[key]}
    again = sealing.hashed(sealing.salt(KEY), {"ip": "192.0.2.7"})
    assert row.attributes["ip"] == again["ip"]
    assert sealing.hashed(sealing.salt(b"other"), {"ip": "192.0.2.7"}) != again


def test_a_comment_as_long_as_the_body_may_be_is_kept_shortened(sqlite_door: Door) -> None:
    sqlite_door.post(sqlite_door.source(), answer(comment="é\u202e<b>😀" * 30_000))

    (row,) = sqlite_door.responses()
    assert row.comment == ("é\u202e<b>😀" * 30_000)[:10_000]


def test_a_text_no_database_could_keep_is_kept_without_its_zero(door: Door) -> None:
    door.post(door.source(), answer("a\x00b", comment="x\x00y", attributes={"k\x00": "v\x00"}))

    (row,) = door.responses()
    assert (row.external_id, row.comment, row.attributes) == ("ab", "xy", {"k": "v"})


def test_secrets_are_stored_sealed(door: Door) -> None:
    path = door.source("shop", "generic", "a-made-up-token")
    row = doors.find(door.database, path)
    assert "made-up" not in row.secrets
    assert sealing.unseal(KEY, row.secrets)["secrets"] == ["a-made-up-token"]


def test_with_another_key_the_source_answers_503_and_loses_nothing(sqlite_door: Door) -> None:
    path = sqlite_door.source("shop", "generic", "a-made-up-token")
    with sqlite_door.database.write.begin() as session:
        row = session.merge(doors.find(sqlite_door.database, path))
        row.secrets = sealing.seal(b"another key", {"secrets": ["a-made-up-token"]})
    sqlite_door.reception.book.reload()

    assert sqlite_door.post(f"{path}?token=a-made-up-token", answer()).status_code == 503


def mapping(score: str) -> dict[str, str]:
    return {"response_id": "id", "score": score}
