"""Delighted's old answers: oldest first, page by page, with the key that also signs."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.intake.source import Api, Document, DoubtfulError, History, Setup

PAGE = 100


def headers(setup: Setup) -> Mapping[str, str]:
    if not setup.secret:
        raise ValueError("The source has no secret; Delighted's is the private API key.")
    return {"Authorization": "Basic " + base64.b64encode(f"{setup.secret}:".encode()).decode()}


def first(_setup: Setup, since: datetime) -> str:
    begin = int(since.timestamp())
    return (
        f"/v1/survey_responses.json?per_page={PAGE}&since={begin}&order=asc"
        "&expand%5B%5D=person&page=1"
    )


def page(document: Any, path: str, _setup: Setup) -> tuple[Sequence[Document], str | None]:
    if not isinstance(document, list):
        raise DoubtfulError("Delighted answered without a list of responses.")
    begin, _, number = path.rpartition("=")
    told = [{"event_type": "survey_response.updated", "event_data": one} for one in document]
    return told, f"{begin}={int(number) + 1}" if len(document) >= PAGE else None


history = History(
    api=Api(host=lambda _: "https://api.delighted.com", headers=headers),
    first=first,
    page=page,
)
