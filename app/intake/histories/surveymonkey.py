"""SurveyMonkey's old answers: in bulk, each with what a hint would have had to fetch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.intake.source import Api, Document, DoubtfulError, History, Setup, bearer, place, step

PAGE = 100


def first(setup: Setup, since: datetime) -> str:
    survey = step(setup["survey_id"], "survey id in its settings")
    begin = since.strftime("%Y-%m-%dT%H:%M:%S")
    return (
        f"/v3/surveys/{survey}/responses/bulk?per_page={PAGE}&sort_order=ASC"
        f"&start_created_at={begin}&page=1"
    )


def page(document: Any, path: str, setup: Setup) -> tuple[Sequence[Document], str | None]:
    items = place(document, "data")
    if not isinstance(items, list):
        raise DoubtfulError("SurveyMonkey answered without a list of responses.")
    told = [
        {
            "event_type": "response_updated",
            "object_type": "response",
            "object_id": place(one, "id"),
            "resources": {"survey_id": setup["survey_id"]},
            "details": one,
        }
        for one in items
    ]
    begin, _, number = path.rpartition("=")
    # What follows is counted here: a link could lead anywhere.
    return told, f"{begin}={int(number) + 1}" if place(document, "links.next") else None


history = History(
    api=Api(
        host=lambda _: "https://api.surveymonkey.com",
        headers=bearer("access_token"),
        per_minute=100,
    ),
    first=first,
    page=page,
)
