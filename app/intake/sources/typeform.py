"""Typeform: whole responses; the owner says which question is the NPS question."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.intake.coercion import answer
from app.intake.source import Document, IgnoredError, Platform, Setup, demand_same, section
from app.responses.answer import Answer

SETTINGS = (
    "form_id", "score_field_ref", "comment_field_ref", "email_field_ref", "name_field_ref",
    "access_token", "api_base_url",
)  # fmt: skip


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    # A partial response shares its token with the complete one that follows.
    if document.get("event_type") != "form_response":
        raise IgnoredError(f"The event {document.get('event_type')!r:.80} is no whole response.")
    response = section(document, "form_response")
    demand_same(setup["form_id"], response.get("form_id"), "form")
    yield answer(
        response,
        setup,
        response_id=response.get("token") or response.get("response_id"),
        score=_given(response, setup["score_field_ref"], "number"),
        comment=_given(response, setup["comment_field_ref"]),
        email=_contact(_given(response, setup["email_field_ref"]), "email"),
        name=_contact(_given(response, setup["name_field_ref"]), "first_name", "last_name"),
        submitted_at=response.get("submitted_at"),
        version=response.get("submitted_at"),
        survey_id=response.get("form_id"),
    )


def _contact(value: Any, *names: str) -> Any:
    """A question about contacts answers with an object of its parts."""
    if not isinstance(value, Mapping):
        return value
    return " ".join(one for one in map(value.get, names) if isinstance(one, str))


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
    settings=frozenset(SETTINGS),
    required=frozenset({"score_field_ref"}),
    sealed=frozenset({"access_token"}),
)
