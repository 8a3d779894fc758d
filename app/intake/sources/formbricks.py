"""Formbricks: partial and finished responses; two events of one response are one answer."""

from collections.abc import Iterator

from app.intake.coercion import answer
from app.intake.source import Document, IgnoredError, Platform, Setup, demand_same, section
from app.responses.answer import Answer

SETTINGS = (
    "survey_id", "score_element", "comment_element", "email_element", "name_element",
    "email_contact_attribute", "api_key", "api_base_url",
)  # fmt: skip
EVENTS = ("responseCreated", "responseUpdated", "responseFinished")


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    if document.get("event") not in EVENTS:
        raise IgnoredError(f"The event {document.get('event')!r:.80} is no answer.")
    response = section(document, "data")
    demand_same(setup["survey_id"], response.get("surveyId"), "survey")
    given = section(response, "data")
    # Older versions call the contact a person.
    contact = section(response, "contactAttributes") or section(response, "personAttributes")
    yield answer(
        document,
        setup,
        response_id=response.get("id"),
        score=given.get(setup["score_element"]),
        comment=given.get(setup["comment_element"]),
        email=given.get(setup["email_element"])
        or contact.get(setup["email_contact_attribute"] or "email"),
        name=given.get(setup["name_element"]),
        submitted_at=response.get("createdAt"),
        updated_at=response.get("updatedAt"),
        survey_id=response.get("surveyId"),
    )


platform = Platform(
    title="Formbricks",
    read=read,
    authentication={"type": "standard_webhooks"},
    delivery_id="header:webhook-id",
    settings=frozenset(SETTINGS),
    required=frozenset({"score_element"}),
    sealed=frozenset({"api_key"}),
)
