"""Formbricks' old answers: newest first, so many at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.intake.source import Api, Document, DoubtfulError, History, Setup, place, step, token

PAGE = 100


def headers(setup: Setup) -> Mapping[str, str]:
    return {"x-api-key": token(setup, "api_key")}


def first(setup: Setup, since: datetime) -> str:
    del since  # it is not asked for, so the pages end where they become too old
    survey = step(setup["survey_id"], "survey id in its settings")
    return f"/api/v1/management/responses?surveyId={survey}&limit={PAGE}&skip=0"


def page(document: Any, path: str, _setup: Setup) -> tuple[Sequence[Document], str | None]:
    items = place(document, "data")
    if not isinstance(items, list):
        raise DoubtfulError("Formbricks answered without a list of responses.")
    begin, _, skipped = path.rpartition("=")
    told = [
        {
            "event": "responseFinished" if place(one, "finished") else "responseUpdated",
            "data": one,
        }
        for one in items
    ]
    return told, f"{begin}={int(skipped) + PAGE}" if len(items) >= PAGE else None


history = History(
    api=Api(host=lambda _: "https://app.formbricks.com", headers=headers),
    first=first,
    page=page,
    is_newest_first=True,
)
