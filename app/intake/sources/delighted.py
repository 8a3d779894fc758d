"""Delighted: purely NPS; the score comes first, its comment as an update of the same response."""

from collections.abc import Iterator

from app.intake.coercion import answer
from app.intake.source import Document, IgnoredError, Platform, Setup, section
from app.responses.answer import Answer

EVENTS = ("survey_response.created", "survey_response.updated")


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    if document.get("event_type") not in EVENTS:
        raise IgnoredError(f"The event {document.get('event_type')!r:.80} is no answer.")
    response, wanted = section(document, "event_data"), setup["survey_type"] or "nps"
    # Bodies from before Delighted had other kinds of survey lack the field.
    if (response.get("survey_type") or "nps") != wanted:
        raise IgnoredError(f"The survey is of type {response.get('survey_type')!r:.80}.")
    person = section(response, "person")
    yield answer(
        response,
        setup,
        response_id=response.get("id"),
        score=response.get("score"),
        comment=response.get("comment"),
        email=person.get("email"),
        name=person.get("name"),
        submitted_at=response.get("created_at"),
        updated_at=response.get("updated_at"),
    )


platform = Platform(
    title="Delighted",
    read=read,
    authentication={
        "type": "hmac",
        "header": "X-Delighted-Webhook-Signature",
        "prefix": "sha256=",
        "encoding": "hex",
    },
    delivery_id="event_id",
    settings=frozenset({"survey_type", "api_base_url"}),
)
