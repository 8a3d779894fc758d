"""/hooks/{key}: every status of the contract, through the front door."""

import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app import clock
from app.db import Database, connect
from app.intake import inbox
from app.intake import writer as writers
from app.live.bus import announce
from tests import make
from tests.intake import door as doors
from tests.intake.door import SECRET, Door, answer, signed
from tests.patience import PATIENCE


def test_an_answer_travels_from_the_hook_to_its_row(door: Door) -> None:
    path = door.source("store", "generic", SECRET)
    body = json.dumps(
        answer(score=0, comment=" Slow ", email="", attributes={"store": "Basel"})
    ).encode()

    assert door.post(path, body, signed(body)).status_code == 202

    (stored,) = door.responses()
    assert (stored.external_id, stored.score, stored.comment, stored.email, stored.status) == (
        "r-1", 0, "Slow", None, "counted",
    )  # fmt: skip
    assert stored.attributes == {"store": "Basel"}
    assert door.outcomes() == [("processed", None)]


def test_a_delivery_seen_before_is_answered_200_and_kept_once(door: Door) -> None:
    path = door.source("store", "generic", SECRET)
    body = json.dumps(answer()).encode()

    assert [door.post(path, body, signed(body)).status_code for _ in range(3)] == [202, 200, 200]

    assert len(door.settle()) == 1


def test_the_same_delivery_many_times_at_once_is_kept_once(door: Door) -> None:
    path = door.source("store", "generic", SECRET)
    body = json.dumps(answer()).encode()

    statuses = door.send_all([(path, body, signed(body))] * 40)

    assert sorted(statuses) == [200] * 39 + [202]
    assert len(door.settle()) == 1


def test_without_delivery_ids_the_ledger_finds_the_repeat(door: Door) -> None:
    path = door.source()

    assert [door.post(path, answer()).status_code for _ in range(2)] == [202, 202]

    assert [outcome for outcome, _ in door.outcomes()] == ["processed", "repeated"]
    assert len(door.responses()) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"score": 9}, "It has no response id."),
        ({"response_id": "r"}, "It has no score."),
        (answer(score=11), "Its score is '11', not a whole number from 0 to 10."),
        (answer(score=8.7), "Its score is '8.7', not a whole number from 0 to 10."),
        (answer(score=True), "Its score is 'True', not a whole number from 0 to 10."),
        (answer(score=" "), "Its score is ' ', not a whole number from 0 to 10."),
        (answer(response_id=" "), "It has no response id."),
        ([], "It is an empty list."),
        (7, "It is not an object."),
    ],
)
def test_what_is_no_answer_is_ignored_with_its_reason(
    sqlite_door: Door, body: Any, reason: str
) -> None:
    assert sqlite_door.post(sqlite_door.source(), body).status_code == 202

    assert sqlite_door.outcomes() == [("ignored", reason)]
    assert sqlite_door.responses() == []


def test_a_list_keeps_its_good_parts_and_says_what_was_wrong_with_the_others(
    sqlite_door: Door,
) -> None:
    sqlite_door.post(sqlite_door.source(), [answer("a"), answer("b", 99), answer("c", 0)])

    ((outcome, error),) = sqlite_door.outcomes()
    assert outcome == "processed"
    assert error == "1 of 3 parts: Its score is '99', not a whole number from 0 to 10."
    assert [row.external_id for row in sqlite_door.responses()] == ["a", "c"]


@pytest.mark.parametrize("spoil", ["signature", "body", "old", "early", "missing", "foreign"])
def test_what_is_not_authentic_is_refused_and_not_kept(sqlite_door: Door, spoil: str) -> None:
    path = sqlite_door.source("store", "generic", SECRET)
    body = json.dumps(answer()).encode()
    now = clock.now().timestamp()
    headers = {
        "signature": {**signed(body), "webhook-signature": "v1,AAAA"},
        "body": signed(body + b" "),
        "old": signed(body, at=now - 301),
        "early": signed(body, at=now + 310),
        "missing": {},
        "foreign": {**signed(body), "webhook-signature": "v1,Ünïcödé"},
    }[spoil]
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]

    answered = sqlite_door.send("POST", path, content=body, headers=raw)

    assert answered.status_code == 401
    assert answered.text.endswith(".\n")
    assert sqlite_door.settle() == []


def test_two_secrets_are_valid_while_they_are_changed(sqlite_door: Door) -> None:
    newer = "whsec_" + "bmV3ZXIgc2VjcmV0IG9mIDMyIGJ5dGVzIC4uLi4uLi4="
    path = sqlite_door.source("store", "generic", newer, SECRET)

    for name, secret in (("a", SECRET), ("b", newer)):
        body = json.dumps(answer(name)).encode()
        headers = signed(body, name, secret)
        assert sqlite_door.post(path, body, headers).status_code == 202


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":1,"a":2}', b"\xff\xfe", b'{"score": NaN}'])
def test_broken_syntax_is_answered_400_with_a_sentence_and_kept_as_failed(
    sqlite_door: Door, body: bytes
) -> None:
    answered = sqlite_door.post(sqlite_door.source(), body)

    assert answered.status_code == 400
    ((outcome, error),) = sqlite_door.outcomes()
    assert outcome == "failed"
    assert answered.text == f"{error}\n"
    assert sqlite_door.settle()[0].body == body


def test_a_body_too_large_is_refused_before_it_is_read(sqlite_url: str) -> None:
    with opened(sqlite_url, max_body_bytes=2_000) as door:
        path = door.source()
        assert door.post(path, b"x" * 2_001).status_code == 413

        async def parts() -> AsyncIterator[bytes]:
            for _ in range(30):
                yield b"[" * 100

        assert door.send("POST", path, content=parts()).status_code == 413
        fits = json.dumps(answer(comment="ö" * 200)).encode()
        assert door.post(path, fits.ljust(2_000)).status_code == 202


def test_compressed_bodies_are_refused(sqlite_door: Door) -> None:
    path = sqlite_door.source()
    assert sqlite_door.post(path, b"x", {"content-encoding": "gzip"}).status_code == 415
    assert sqlite_door.post(path, answer(), {"content-encoding": "identity"}).status_code == 202


@pytest.mark.parametrize("method", ["HEAD", "GET", "OPTIONS"])
def test_platforms_that_knock_are_answered(sqlite_door: Door, method: str) -> None:
    assert sqlite_door.send(method, sqlite_door.source()).status_code == 200
    assert sqlite_door.send(method, "/hooks/nobody-knows-this-key").status_code == 404


def test_cloudevents_may_ask_before_they_come(sqlite_door: Door) -> None:
    asked = {"WebHook-Request-Origin": "events.example.com", "WebHook-Request-Rate": "120"}
    answered = sqlite_door.send("OPTIONS", sqlite_door.source(), headers=asked)

    assert answered.headers["webhook-allowed-origin"] == "events.example.com"
    assert answered.headers["webhook-allowed-rate"] == "*"


def test_other_methods_and_unknown_keys(sqlite_door: Door) -> None:
    assert sqlite_door.send("PUT", sqlite_door.source()).status_code == 405
    for key in ("nobody-knows-this-key", "x", "", "a/b", "ä" * 20, "k" * 5_000):
        assert sqlite_door.post(f"/hooks/{key}", answer()).status_code == 404


def test_a_source_made_by_another_process_is_found_at_its_first_delivery(door: Door) -> None:
    other = connect(door.database.url)
    with other.write.begin() as session:
        path = f"/hooks/{make.source(session, 'made-beside-the-server').key}"
    other.dispose()

    assert door.post(path, answer()).status_code == 202


def test_a_removed_source_is_unknown(door: Door) -> None:
    path = door.source()
    assert door.post(path, answer()).status_code == 202
    with door.database.write.begin() as session:
        row = doors.find(door.database, path)
        session.merge(row).removed_at = clock.now()
        announce(session, "sources")
    wait_for(lambda: not door.reception.book.by_key)

    assert door.post(path, answer("r-2")).status_code == 404


def test_while_the_server_starts_everything_is_answered_503(sqlite_door: Door) -> None:
    path = sqlite_door.source()
    sqlite_door.reception.is_open = False
    answered = sqlite_door.post(path, answer())
    sqlite_door.reception.is_open = True

    assert answered.status_code == 503
    assert int(answered.headers["retry-after"]) > 0


def test_more_than_may_wait_is_answered_503(
    sqlite_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sqlite_door.source()
    monkeypatch.setattr(writers, "MOST_WAITING", 0)
    assert sqlite_door.post(path, answer()).status_code == 503
    monkeypatch.undo()

    assert sqlite_door.post(path, answer()).status_code == 202


def test_what_cannot_be_stored_is_answered_503_and_the_writer_goes_on(
    sqlite_door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = sqlite_door.source()

    def full(*_: Any) -> None:
        raise OperationalError("INSERT …", {"body": "a customer's words"}, Exception("disk full"))

    monkeypatch.setattr(inbox, "keep", full)
    answered = sqlite_door.post(path, answer())
    monkeypatch.undo()

    assert (answered.status_code, "retry-after" in answered.headers) == (503, True)
    assert sqlite_door.post(path, answer()).status_code == 202
    assert "disk full" in caplog.text
    assert "customer" not in caplog.text


def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(sqlite_url: str) -> None:
    with opened(sqlite_url) as door:
        path = door.source()
        limit_pages(door.database, tight=True)
        statuses = {
            door.post(path, answer(f"r-{at}", comment="x" * 9_000)).status_code for at in range(200)
        }
        limit_pages(door.database, tight=False)
        kept = len(door.settle())

        assert 503 in statuses
        assert statuses <= {202, 503}
        assert door.post(path, answer("after")).status_code == 202
        assert len(door.settle()) == kept + 1


def test_no_log_line_carries_a_key_or_a_secret(
    sqlite_door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = sqlite_door.source("shop", "generic", "a-made-up-token")
    for body in (b"{", b'{"a": 1}', json.dumps(answer()).encode()):
        sqlite_door.post(f"{path}?token=a-made-up-token", body)
        sqlite_door.post(f"{path}?token=wrong", body)
    sqlite_door.settle()

    lines = [r.getMessage() for r in caplog.records if r.name.startswith("cheerboard")]
    assert not [line for line in lines if path[7:] in line or "made-up-token" in line]


def test_the_server_keeps_the_tolerance_of_its_own_clock(sqlite_door: Door) -> None:
    path = sqlite_door.source("store", "generic", SECRET)
    body = json.dumps(answer()).encode()
    sent = datetime(2026, 6, 10, 9, 15, tzinfo=UTC)
    headers = signed(body, at=sent.timestamp())

    with clock.frozen(sent + timedelta(seconds=300)):
        assert sqlite_door.post(path, body, headers).status_code == 202


def opened(url: str, **settings: Any) -> Any:
    database = connect(url)
    doors.company(database)
    return doors.opened(database, **settings)


def limit_pages(database: Database, *, tight: bool) -> None:
    """What a full disk is to SQLite: no page can be had."""
    with database.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        most = pages + 40 if tight else 1_000_000
        connection.exec_driver_sql(f"PRAGMA max_page_count={most}")


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
