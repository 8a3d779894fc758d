"""Tally: every field of the form in one list; hidden fields are known by their label."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.intake.coercion import answer
from app.intake.source import Document, IgnoredError, Platform, Setup, demand_same, section
from app.responses.answer import Answer


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    if document.get("eventType") != "FORM_RESPONSE":
        raise IgnoredError(f"The event {document.get('eventType')!r:.80} is no answer.")
    response = section(document, "data")
    demand_same(setup["form_id"], response.get("formId"), "form")
    raw = response.get("fields")
    fields = [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []
    values = {str(one.get("key")): _value(one) for one in reversed(fields)}
    yield answer(
        _by_label(fields),
        setup,
        response_id=response.get("responseId") or response.get("submissionId"),
        score=values.get(setup["score_key"]),
        comment=values.get(setup["comment_key"]),
        email=values.get(setup["email_key"]),
        name=values.get(setup["name_key"]),
        submitted_at=response.get("createdAt") or document.get("createdAt"),
        version=document.get("createdAt"),
        survey_id=response.get("formId"),
    )


def _by_label(fields: Sequence[Document]) -> dict[str, Any]:
    """Hidden fields come first: another question may have the same label."""
    others_first = sorted(fields, key=lambda one: one.get("type") == "HIDDEN_FIELDS")
    return {str(one.get("label")): _value(one) for one in others_first}


def _value(given: Document) -> Any:
    """A choice is a list of ids; its words stand in the field's options."""
    value, options = given.get("value"), given.get("options")
    if not isinstance(value, list) or not isinstance(options, list):
        return value
    texts = {str(one.get("id")): one.get("text") for one in options if isinstance(one, dict)}
    chosen = [texts.get(one, one) if isinstance(one, str) else one for one in value]
    return ", ".join(map(str, chosen)) or None


platform = Platform(
    title="Tally",
    read=read,
    authentication={"type": "hmac", "header": "Tally-Signature", "encoding": "base64"},
    delivery_id="eventId",
    settings=frozenset({"form_id", "score_key", "comment_key", "email_key", "name_key"}),
    required=frozenset({"score_key"}),
)
