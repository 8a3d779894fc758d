"""Rules that hold for every platform that sends whole answers, told once for all of them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app import clock
from app.intake.models import Delivery
from tests.intake import mutation, recorded
from tests.intake.door import Door, find
from tests.intake.recorded import Recorded

# Where the score and the comment stand in a recorded delivery.
PLACES: list[tuple[str, str, str, str]] = [
    ("typeform", "promoter-comment", "form_response answers 1 number",
     "form_response answers 2 text"),
    ("delighted", "promoter-comment", "event_data score", "event_data comment"),
    ("formbricks", "promoter-comment", "data data nps_score", "data data nps_reason"),
    ("googleforms", "script", "score", "comment"),
    ("jotform", "promoter-comment", "q5_howLikely", "q6_reason"),
    ("tally", "promoter-comment", "data fields 1 value", "data fields 2 value"),
    ("survicate", "score", "event questionAnswered choice id",
     "event questionAnswered choice comment"),
    ("asknicely", "promoter-comment", "question score", "question comment"),
    ("satismeter", "promoter-comment", "response rating", "response feedback"),
    ("wootric", "promoter-comment", "response score", "response text"),
    ("posthog", "promoter-comment", "event properties $survey_response_q-nps-1",
     "event properties $survey_response_q-why-2"),
    ("generic", "standardwebhooks-canonical", "score", "comment"),
    ("generic", "standardwebhooks-promoter-comment", "data score", "data comment"),
    ("generic", "zapier-promoter-comment", "nps", "feedback"),
    ("generic", "cloudevents-structured-promoter", "data score", "data comment"),
]  # fmt: skip
SCORES: list[tuple[Any, int | None]] = [
    (0, 0), ("0", 0), (6, 6), (7, 7), ("10", 10), (9.0, 9), (" 8 ", 8), ([5], 5),
    (11, None), (-1, None), (8.7, None), ("8.7", None), ("", None), (" ", None), (None, None),
    (True, None), ("ten", None), ([1, 2], None), ({"a": 9}, None), (100, None), (-100, None),
]  # fmt: skip
REASONS = ("It has no score.", "Its score is ", "The mapping's accept expression ")
ids = [f"{platform}: {name}" for platform, name, _, _ in PLACES]


def changed(case: Recorded, at: int, values: Mapping[str, Any]) -> bytes:
    """The recorded body about another response, with other values at these places."""
    start, end = mutation._json_within(case.body)
    document = json.loads(case.body[start:end])
    for path, value in values.items():
        *way, last = [int(step) if step.isdigit() else step for step in path.split()]
        inside = document
        for step in way:
            inside = inside[step]
        inside[last] = value
    document["something new"] = {"of": ["another", {"year": 1}]}
    body = case.body[:start] + json.dumps(document).encode() + case.body[end:]
    known = case.expected["responses"][0]["response_id"].encode()
    body = mutation._DELIVERY_ID.sub(rb"\g<1>delivery-%d" % at, body)
    return body.replace(known, b"9%d" % at).replace(b"evt-1", b"evt-%d" % at)


def post(door: Door, path: str, case: Recorded, body: bytes) -> int:
    headers = {name.lower().encode(): value.encode() for name, value in case.headers.items()}
    headers, query = mutation.sign(case, body, headers)
    address = f"{path}?{query}" if query else path
    return door.send("POST", address, content=body, headers=list(headers.items())).status_code


def heard(door: Door, path: str) -> list[Delivery]:
    source = find(door.database, path)
    return [one for one in door.settle() if one.source_id == source.id]


def settings(case: Recorded) -> dict[str, Any]:
    return {key: value for key, value in case.facts["_config"].items() if value is not None}


@pytest.mark.parametrize("at", range(len(PLACES)), ids=ids)
def test_scores_and_blanks(open_door: Door, at: int) -> None:
    platform, name, score, comment = PLACES[at]
    case = recorded.case(platform, name)
    path = open_door.source(f"s-{at}", platform, case.facts["_secret"], settings=settings(case))

    for nth, (value, _) in enumerate(SCORES):
        body = changed(case, nth, {score: value, comment: " "})
        assert post(open_door, path, case, body) == 202

    outcomes = heard(open_door, path)
    for (value, wanted), one in zip(SCORES, outcomes, strict=True):
        assert one.outcome == ("ignored" if wanted is None else "processed"), value
        assert wanted is not None or str(one.error).startswith(REASONS), value
    source = find(open_door.database, path)
    stored = [row for row in open_door.responses() if row.source_id == source.id]
    assert [row.score for row in stored] == [one for _, one in SCORES if one is not None]
    assert {row.comment for row in stored} == {None}


@pytest.mark.parametrize("at", range(len(PLACES)), ids=ids)
def test_two_secrets_are_valid_at_once(open_door: Door, at: int) -> None:
    platform, name, _, _ = PLACES[at]
    case = recorded.case(platform, name)
    old = case.facts["_secret"]
    is_standard = old.startswith("whsec_")
    words = ["bmV3ZXIgc2VjcmV0IG9mIDMyIGJ5dGVz", "Zm9yZWlnbiBzZWNyZXQgb2YgMzIgYnl0"]
    new, foreign = ["whsec_" + word for word in words] if is_standard else words
    path = open_door.source(f"k-{at}", platform, new, old, settings=settings(case))

    statuses = []
    for nth, secret in enumerate((old, new, foreign)):
        facts = json.loads(json.dumps(case.facts).replace(old, secret))
        body = changed(case, nth, {})
        statuses.append(post(open_door, path, replace(case, facts=facts), body))

    assert statuses == [202, 202, 401]
    assert [one.outcome for one in heard(open_door, path)] == ["processed", "processed"]


def test_a_sender_moves_from_a_plain_secret_to_signing(open_door: Door) -> None:
    bearer = recorded.case("googleforms", "promoter-comment")
    script = recorded.case("googleforms", "script")
    secrets = [script.facts["_secret"], bearer.facts["_secret"]]
    path = open_door.source("moving", "googleforms", *secrets, settings=settings(bearer))

    with clock.frozen(script.at):
        statuses = [post(open_door, path, one, changed(one, 1, {})) for one in (bearer, script)]

    assert statuses == [202, 202]
    assert [one.outcome for one in heard(open_door, path)] == ["processed", "processed"]
    source = find(open_door.database, path)
    (row,) = [row for row in open_door.responses() if row.source_id == source.id]
    # Settings that name a question of the one body leave alone what the other one says itself.
    assert (row.score, row.attributes) == (10, {"store": "Nantes"})
