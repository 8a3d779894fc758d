"""Survicate: one delivery for each answered question; the parts of a response are merged."""

from collections.abc import Iterator
from typing import Any

from app.intake.coercion import answer, part
from app.intake.source import Document, IgnoredError, Platform, Setup, demand_same, section
from app.responses.answer import Answer


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    asked = section(document, "event.questionAnswered")
    if not asked:
        raise IgnoredError("Only an answered question holds an answer.")
    survey, question = section(asked, "survey").get("id"), section(asked, "question").get("id")
    demand_same(setup["survey_id"], survey, "survey")
    shared = {
        "response_id": asked.get("responseUuid"),
        "survey_id": survey,
        "submitted_at": asked.get("timestamp"),
    }
    seen = {**asked, "respondent": _respondent(section(asked, "respondent"))}
    if _is(setup["score_question_id"], question):
        choice = section(asked, "choice")
        # Of an NPS question, and of no other, the id of the choice is the score.
        yield answer(seen, setup, score=choice.get("id"), comment=choice.get("comment"), **shared)
    elif _is(setup["comment_question_id"], question):
        yield part(seen, setup, comment=asked.get("text"), **shared)
    elif fields := section(asked, "fields"):
        names = (fields.get("firstName"), fields.get("lastName"))
        name = " ".join(one for one in names if isinstance(one, str))
        yield part(seen, setup, email=fields.get("email"), name=name, **shared)
    else:
        raise IgnoredError("It answers another question.")


def _is(wanted: Any, found: Any) -> bool:
    return wanted is not None and found is not None and str(wanted) == str(found)


def _respondent(respondent: Document) -> dict[str, Any]:
    """With its attributes by name; they come as a list of names and values."""
    raw = respondent.get("attributes")
    pairs = [one for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []
    named = {str(one.get("name") or one.get("key")): one.get("value") for one in pairs}
    return {**respondent, "attributes": named or raw}


platform = Platform(
    title="Survicate",
    read=read,
    authentication={"type": "hmac", "header": "Hmac"},
    second={"token": {"type": "static_header", "header": "Token"}},
    delivery_id="messageId",
    settings=frozenset({"survey_id", "score_question_id", "comment_question_id", "token"}),
    required=frozenset({"score_question_id"}),
    sealed=frozenset({"token"}),
)
