"""Google Forms, which has no webhooks: our own Apps Script posts, or a common one found around."""

from collections.abc import Iterator

from app.intake import canonical
from app.intake.coercion import answer
from app.intake.source import (
    CARRIED,
    Document,
    Platform,
    Setup,
    UnreadableError,
    demand_same,
    section,
)
from app.responses.answer import Answer


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    if "response_id" in document:  # ours, `googleforms.gs`
        demand_same(setup["form_id"], document.get("survey_id"), "form")
        yield canonical.read(document, setup)
        return
    demand_same(setup["form_id"], document.get("formId"), "form")
    if not setup["score_question"]:
        raise UnreadableError(
            "The setting 'score_question' is missing; this script's body needs it."
        )
    given = section(document, "answers")
    yield answer(
        document,
        setup,
        response_id=document.get("responseId"),
        score=given.get(setup["score_question"]),
        comment=given.get(setup["comment_question"]),
        email=given.get(setup["email_question"]) or document.get("respondentEmail"),
        submitted_at=document.get("createTime") or document.get("lastSubmittedTime"),
        version=document.get("lastSubmittedTime"),
        survey_id=document.get("formId"),
    )


platform = Platform(
    title="Google Forms",
    read=read,
    authentication={"type": "standard_webhooks"},
    plain=CARRIED,
    delivery_id="header:webhook-id",
    settings=frozenset({"form_id", "score_question", "comment_question", "email_question"}),
)
