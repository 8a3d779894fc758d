"""Every recorded delivery, posted to the real hook: right status, right outcome, right fields."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from app import clock
from app.intake import sourcebook
from app.responses.models import Response
from tests.intake import recorded
from tests.intake.door import Door
from tests.intake.recorded import Recorded

CASES = recorded.everything()
OUTCOMES = {"upsert": "processed", "ignore": "ignored", "broken": "failed"}


def play(door: Door, cases: Sequence[Recorded], name: str = "survey") -> list[int]:
    """Posts the cases to one new source; the statuses."""
    first = cases[0]
    path = door.source(name, first.platform, first.facts["_secret"], settings=settings(first))
    statuses = []
    for one in cases:
        with clock.frozen(one.at):
            address = f"{path}?{one.query}" if one.query else path
            answered = door.send("POST", address, content=one.body, headers=one.headers)
            statuses.append(answered.status_code)
    return statuses


def settings(case: Recorded) -> Mapping[str, Any]:
    return {key: value for key, value in case.facts["_config"].items() if value is not None}


def facts(row: Response) -> dict[str, Any]:
    return {
        "response_id": row.external_id,
        "survey_id": row.survey_id,
        "score": row.score,
        "comment": row.comment,
        "email": row.email,
        "name": row.name,
        "updated_at": row.updated_at,
        "attributes": row.attributes,
    }


def expected(response: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {key: response[key] for key in facts(Response()) if key in response}
    wanted["updated_at"] = response["updated_at"] and recorded.moment(response["updated_at"])
    return wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_recorded_delivery_gives_what_its_sidecar_says(sqlite_door: Door, case: Recorded) -> None:
    (status,) = play(sqlite_door, [case])

    wanted = case.expected
    assert status == (202 if wanted["http_status"] == 200 else wanted["http_status"])
    stored = sqlite_door.responses()
    assert [facts(row) for row in stored] == [expected(one) for one in wanted["responses"]]
    for row, one in zip(stored, wanted["responses"], strict=True):
        if one["submitted_at"]:
            assert row.submitted_at == recorded.moment(one["submitted_at"])
    outcomes = [outcome for outcome, _ in sqlite_door.outcomes()]
    action = wanted["action"]
    assert outcomes == ([] if action == "reject" else [OUTCOMES[action]])


@pytest.mark.parametrize("platform", sorted(sourcebook.platforms()))
def test_every_platform_has_recorded_deliveries(platform: str) -> None:
    assert len([case for case in CASES if case.platform == platform]) >= 5


SEQUENCES = [
    ("delighted", ["promoter-comment", "update", "out-of-order"], [202, 202, 202],
     ["processed", "processed", "repeated"], {"score": 3, "comment": "On reflection: too slow"}),
    ("delighted", ["update", "promoter-comment"], [202, 202], ["processed", "repeated"],
     {"score": 3}),
    ("delighted", ["promoter-comment", "promoter-comment"], [202, 200], ["processed"],
     {"score": 9}),
    ("formbricks", ["partial", "update-beside-finished", "promoter-comment"], [202, 202, 202],
     ["processed", "processed", "repeated"], {"score": 10}),
    ("formbricks", ["promoter-comment", "partial"], [202, 202], ["processed", "repeated"],
     {"comment": "Self-checkout works great ❤️"}),
    ("typeform", ["partial", "promoter-comment", "promoter-comment"], [202, 202, 200],
     ["ignored", "processed"], {"score": 10}),
    ("generic", ["standardwebhooks-canonical", "standardwebhooks-canonical-update"], [202, 202],
     ["processed", "processed"], {"score": 5}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "names", "statuses", "outcomes", "state"),
    SEQUENCES,
    ids=[f"{one[0]}: {', '.join(one[1])}" for one in SEQUENCES],
)
def test_a_sequence_of_deliveries_ends_in_the_right_state(
    door: Door,
    platform: str,
    names: list[str],
    statuses: list[int],
    outcomes: list[str],
    state: dict[str, Any],
) -> None:
    assert play(door, [recorded.case(platform, name) for name in names]) == statuses

    assert [outcome for outcome, _ in door.outcomes()] == outcomes
    (row,) = door.responses()
    assert {key: getattr(row, key) for key in state} == state


def test_the_time_of_receipt_stands_for_a_missing_time(sqlite_door: Door) -> None:
    case = recorded.case("generic", "standardwebhooks-canonical-zero")
    play(sqlite_door, [case])

    (row,) = sqlite_door.responses()
    assert row.submitted_at == case.at
    assert isinstance(row.submitted_at, datetime)
