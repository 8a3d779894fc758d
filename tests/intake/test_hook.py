"""/hooks/{key}: every status of the contract, through the front door."""

import json

from tests.intake.door import SECRET, Door, answer, signed


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


def test_without_delivery_ids_the_ledger_finds_the_repeat(door: Door) -> None:
    path = door.source()

    assert [door.post(path, answer()).status_code for _ in range(2)] == [202, 202]

    assert [outcome for outcome, _ in door.outcomes()] == ["processed", "repeated"]
    assert len(door.responses()) == 1
