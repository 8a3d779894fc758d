"""Typeform's old answers: newest first, each page before the last token of the one before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.intake.source import (
    Api,
    Document,
    DoubtfulError,
    History,
    Setup,
    bearer,
    place,
    section,
    step,
)

PAGE = 200


def first(setup: Setup, since: datetime) -> str:
    form = step(setup["form_id"], "form id in its settings")
    begin = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"/forms/{form}/responses?page_size={PAGE}&since={begin}"


def page(document: Any, path: str, setup: Setup) -> tuple[Sequence[Document], str | None]:
    items = place(document, "items")
    if not isinstance(items, list):
        raise DoubtfulError("Typeform answered without a list of responses.")
    told: list[Document] = [
        {
            "event_type": "form_response",
            "form_response": {"form_id": setup["form_id"], **section({"": item}, "")},
        }
        for item in items
    ]
    begin = path.partition("&before=")[0]
    last = step(place(items[-1], "token"), "token") if len(items) >= PAGE else None
    return told, f"{begin}&before={last}" if last else None


history = History(
    api=Api(host=lambda _: "https://api.typeform.com", headers=bearer("access_token")),
    first=first,
    page=page,
)
