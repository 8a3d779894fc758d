"""An API that lies for an hour, or refuses what it should give: no answer is lost by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.db import Database
from app.intake import fetchqueue
from app.intake.models import Delivery
from tests import make
from tests.intake import recorded, stub
from tests.intake.door import Door
from tests.intake.stub import Said, Stub
from tests.intake.test_thin import api, source, tell, thin_door, until

__all__ = ["api", "thin_door"]

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
AN_HOUR_LATER = timedelta(minutes=65)
SURVEY = "/v3/surveys/418200100/details"


def survey(choices: Any) -> Any:
    """The recorded survey with other choices for its question from 0 to 10."""
    document = stub.recorded("surveymonkey-survey-418200100-details")
    asked = document["pages"][0]["questions"][1]
    assert len(asked["answers"]["choices"]) == 11
    asked["answers"]["choices"] = choices
    return document


EMPTY = {"result": {"responseId": "R_1promoter0000001", "values": {}}}
LIES = {
    "a survey without pages": ("surveymonkey", SURVEY, {"id": "418200100"}),
    "a survey without choices": ("surveymonkey", SURVEY, survey([])),
    "choices of another kind": ("surveymonkey", SURVEY, survey(["0", "1"])),
    "choices without places": ("surveymonkey", SURVEY, survey([{"id": "92010"}])),
    "a response without values": ("qualtrics", "/API/v3/surveys", EMPTY),
    "no answer to anybody": ("qualtrics", "/API/v3/surveys", Said({}, 404)),
    "who are you": ("hubspot", "/crm/v3/objects", Said({}, 401)),
    "not for you": ("surveymonkey", SURVEY, Said({}, 403)),
}


@pytest.fixture
def begin() -> Iterator[datetime]:
    """Between two set times it is never the machine's own: that lies months away."""
    at = recorded.case("surveymonkey", "promoter-comment").at
    with clock.frozen(at):
        yield at


@pytest.mark.parametrize("lie", LIES)
def test_an_hour_of_lies_loses_no_answer_and_needs_no_hand(
    thin_door: Door, api: Stub, begin: datetime, lie: str
) -> None:
    platform, where, said = LIES[lie]
    case = recorded.case(platform, "promoter-comment")
    path = source(thin_door, api, case)
    answer = said if isinstance(said, Said) else Said(said)
    api.mood = lambda asked: answer if asked.startswith(where) else None
    tell(thin_door, api, path, case)
    (told,) = until(thin_door, lambda found: found and found[0].error)
    assert told.outcome in ("kept", "failed")
    assert thin_door.responses() == []

    def is_told_again(found: list[Delivery]) -> bool:
        return found[0].attempts > 1 or (found[0].processed_at or begin) > begin

    with clock.frozen(begin + AN_HOUR_LATER):
        until(thin_door, is_told_again)
        assert thin_door.responses() == []
        api.mood = None
    with clock.frozen(begin + 4 * AN_HOUR_LATER):
        until(thin_door, lambda found: found[0].outcome == "processed")
    assert [row.score for row in thin_door.responses()] == [case.expected["responses"][0]["score"]]


def test_what_is_refused_for_good_is_asked_for_less_and_less(database: Database) -> None:
    hours: list[int] = []
    with database.write.begin() as session:
        thin, other = (make.source(session, name, "qualtrics") for name in ("thin", "other"))
        session.add_all(failed(one.id) for one in (thin, other))
        session.add(failed(thin.id, processed_at=None))  # its syntax was broken: nobody was asked
        session.flush()
        thin_id = thin.id
    for hour in (0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 71, 73, 128):
        now = NOON + timedelta(hours=hour)
        if fetchqueue.reopen(database, [thin_id], now):
            hours.append(hour)
            with database.write.begin() as session:
                kept = session.scalars(select(Delivery).where(Delivery.outcome == "kept")).one()
                kept.outcome, kept.processed_at = "failed", now

    assert hours == [1, 2, 4, 8, 16, 32, 64]


def failed(source_id: int, processed_at: datetime | None = NOON) -> Delivery:
    return Delivery(
        source_id=source_id, received_at=NOON, headers={}, body=b"{}", outcome="failed",
        error="It is gone.", processed_at=processed_at,
    )  # fmt: skip
