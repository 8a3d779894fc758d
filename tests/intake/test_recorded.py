"""Every recorded delivery, posted to the real hook: right status, right outcome, right fields."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.intake import sourcebook
from app.intake.models import Source
from app.responses.models import Response
from tests.intake import recorded
from tests.intake.door import Door
from tests.intake.recorded import Recorded

EVERYTHING = recorded.everything()
# Thin platforms need somebody to ask: test_thin_sources.py.
CASES = [case for case in EVERYTHING if not case.is_thin]
OUTCOMES = {"upsert": "processed", "ignore": "ignored", "broken": "failed"}


def play(door: Door, cases: Sequence[Recorded], name: str = "survey") -> list[int]:
    """Posts the cases to one new source; the statuses."""
    statuses = []
    path = source(door, cases[0], name)
    for one in cases:
        with clock.frozen(one.at):
            address = f"{path}?{one.query}" if one.query else path
            answered = door.send("POST", address, content=one.body, headers=one.headers)
            statuses.append(answered.status_code)
    return statuses


def source(door: Door, case: Recorded, name: str) -> str:
    return door.source(name, case.platform, case.facts["_secret"], settings=settings(case))


def heard(door: Door, name: str) -> tuple[list[str], list[Response]]:
    """The outcomes and the responses of one source."""
    deliveries, responses = door.settle(), door.responses()
    with door.database.read() as session:
        wanted = session.scalars(select(Source.id).where(Source.name == name)).one()
    outcomes = [one.outcome for one in deliveries if one.source_id == wanted]
    return outcomes, [one for one in responses if one.source_id == wanted]


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
def test_a_recorded_delivery_gives_what_its_sidecar_says(open_door: Door, case: Recorded) -> None:
    (status,) = play(open_door, [case], f"{case.platform}-{case.stem}")

    wanted = case.expected
    assert status == (202 if wanted["http_status"] == 200 else wanted["http_status"])
    outcomes, stored = heard(open_door, f"{case.platform}-{case.stem}")
    assert [facts(row) for row in stored] == [expected(one) for one in wanted["responses"]]
    for row, one in zip(stored, wanted["responses"], strict=True):
        if one["submitted_at"]:
            assert row.submitted_at == recorded.moment(one["submitted_at"])
    action = wanted["action"]
    assert outcomes == ([] if action == "reject" else [OUTCOMES[action]])


@pytest.mark.parametrize("platform", sorted(sourcebook.platforms()))
def test_every_platform_has_recorded_deliveries(platform: str) -> None:
    assert len([case for case in EVERYTHING if case.platform == platform]) >= 5


SEQUENCES: list[tuple[str, list[str], list[int], list[str], dict[str, Any]]] = [
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
    ("googleforms", ["promoter-comment", "edit", "promoter-comment"], [202, 202, 202],
     ["processed", "processed", "repeated"], {"score": 6, "comment": "Moins bien"}),
    ("googleforms", ["script", "script", "script-edit"], [202, 200, 202],
     ["processed", "processed"], {"score": 0}),
    ("jotform", ["promoter-comment", "promoter-comment", "edit"], [202, 202, 202],
     ["processed", "repeated", "processed"], {"score": 2, "comment": "Frío"}),
    ("tally", ["promoter-comment", "promoter-comment", "update"], [202, 200, 202],
     ["processed", "processed"], {"score": 4}),
    ("tally", ["update", "promoter-comment"], [202, 202], ["processed", "repeated"], {"score": 4}),
    ("survicate", ["score", "promoter-comment", "contact"], [202, 202, 202],
     ["processed", "processed", "processed"],
     {"score": 9, "comment": "Great app, Łukasz helped at once", "name": "Gus Ek",
      "status": "counted", "submitted_at": recorded.moment("2026-06-10T09:15:31Z")}),
    ("survicate", ["contact", "promoter-comment", "score", "retry"], [202, 202, 202, 200],
     ["processed", "processed", "processed"],
     {"score": 9, "comment": "Great app, Łukasz helped at once", "email": "gus@example.com",
      "status": "counted", "submitted_at": recorded.moment("2026-06-10T09:15:31Z")}),
    ("asknicely", ["score-first", "promoter-comment", "update"], [202, 202, 202],
     ["processed", "processed", "processed"], {"score": 0, "comment": "Cold showers again"}),
    ("asknicely", ["update", "promoter-comment"], [202, 202], ["processed", "repeated"],
     {"score": 0}),
    ("satismeter", ["dismissed", "promoter-comment", "promoter-comment"], [202, 202, 202],
     ["processed", "processed", "repeated"], {"comment": "Everything just works"}),
    ("wootric", ["score-first", "promoter-comment", "score-first"], [202, 202, 202],
     ["processed", "processed", "repeated"], {"comment": "Setup took five minutes"}),
    ("wootric", ["update", "promoter-comment", "excluded"], [202, 202, 202],
     ["processed", "repeated", "processed"], {"status": "excluded", "score": 10}),
    ("wootric", ["form", "form-update", "form"], [202, 202, 202],
     ["processed", "processed", "repeated"], {"score": 9, "comment": "Solved"}),
    ("posthog", ["partial", "promoter-comment", "promoter-comment"], [202, 202, 200],
     ["processed", "processed"], {"score": 9, "comment": "Snabb leverans"}),
    ("posthog", ["promoter-comment", "partial"], [202, 202], ["processed", "repeated"],
     {"comment": "Snabb leverans"}),
]  # fmt: skip


@pytest.mark.parametrize(
    "at", range(len(SEQUENCES)), ids=[f"{one[0]}: {', '.join(one[1])}" for one in SEQUENCES]
)
def test_a_sequence_of_deliveries_ends_in_the_right_state(open_door: Door, at: int) -> None:
    platform, names, statuses, outcomes, state = SEQUENCES[at]
    cases = [recorded.case(platform, name) for name in names]

    assert play(open_door, cases, f"sequence-{at}") == statuses

    found, (row,) = heard(open_door, f"sequence-{at}")
    assert found == outcomes
    assert {key: getattr(row, key) for key in state} == state


def test_the_time_of_receipt_stands_for_a_missing_time(sqlite_door: Door) -> None:
    case = recorded.case("generic", "standardwebhooks-canonical-zero")
    play(sqlite_door, [case])

    (row,) = sqlite_door.responses()
    assert row.submitted_at == case.at
    assert isinstance(row.submitted_at, datetime)
