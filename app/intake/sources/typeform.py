"""Typeform: whole responses; the owner says which question is the NPS question."""

from collections.abc import Iterator
from typing import Any

from app.intake.coercion import answer
from app.intake.source import Document, IgnoredError, Platform, Setup, section
from app.responses.answer import Answer


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    # A partial response shares its token with the complete one that follows.
    if document.get("event_type") != "form_response":
        raise IgnoredError(f"The event {document.get('event_type')!r:.80} is no whole response.")
    response = section(document, "form_response")
    if setup["form_id"] and response.get("form_id") != setup["form_id"]:
        raise IgnoredError("It is about another form.")
    yield answer(
        response,
        setup,
        response_id=response.get("token"),
        score=_given(response, setup["score_field_ref"], "number"),
        comment=_given(response, setup["comment_field_ref"]),
        email=_given(response, setup["email_field_ref"]),
        name=_given(response, setup["name_field_ref"]),
        submitted_at=response.get("submitted_at"),
        survey_id=response.get("form_id"),
    )


def _given(response: Document, ref: str | None, kind: str = "") -> Any:
    """The answer to the question with this ref (or id); its value stands under its type's name."""
    answers = response.get("answers")
    for given in answers if ref and isinstance(answers, list) else ():
        field = section(given, "field")
        if ref in (field.get("ref"), field.get("id")):
            return given.get(kind or str(given.get("type")))
    return None


platform = Platform(
    title="Typeform",
    read=read,
    authentication={
        "type": "hmac",
        "header": "Typeform-Signature",
        "prefix": "sha256=",
        "encoding": "base64",
    },
    delivery_id="event_id",
    settings=frozenset(
        {"form_id", "score_field_ref", "comment_field_ref", "email_field_ref", "name_field_ref"}
    ),
    required=frozenset({"score_field_ref"}),
)
