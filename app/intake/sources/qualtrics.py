"""Qualtrics: thin; a form whose signature stands in it, over a field of JSON."""

import re
from collections.abc import Iterator, Mapping

from app.intake.coercion import answer
from app.intake.source import (
    Api,
    Document,
    DoubtfulError,
    IgnoredError,
    Platform,
    Setup,
    place,
    section,
    step,
    token,
)
from app.responses.answer import Answer

SETTINGS = (
    "datacenter", "api_token", "survey_id", "score_key", "comment_key", "email_key", "api_base_url",
)  # fmt: skip
# What `status` calls a preview, a test, and spam, alone or with being offline.
NO_ANSWERS = ("1", "2", "8", "9", "17", "18")


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    topic = str(document.get("Topic"))
    if ".surveyengine.completedResponse." not in topic:
        raise IgnoredError(f"The topic {topic!r:.80} is no answer.")
    told = section(document, "MSG") or document
    survey = step(told.get("SurveyID"), "survey id")
    if setup["survey_id"] and survey != str(setup["survey_id"]):
        raise IgnoredError("It is about another survey.")
    name = step(told.get("ResponseID"), "response id")
    found = setup.get(f"/API/v3/surveys/{survey}/responses/{name}")
    values = section(found, "result.values")
    if not values or name not in (place(found, "result.responseId"), values.get("_recordId")):
        raise DoubtfulError("The API answered with another response, or an empty one.")
    if str(values.get("status")) in NO_ANSWERS or values.get("distributionChannel") == "preview":
        raise IgnoredError("It is a preview, a test or spam.")
    names = [values.get("recipientFirstName"), values.get("recipientLastName")]
    yield answer(
        values,
        setup,
        response_id=name,
        score=values.get(setup["score_key"]),
        comment=values.get(setup["comment_key"]),
        email=values.get(setup["email_key"] or "recipientEmail"),
        name=" ".join(part for part in names if isinstance(part, str)),
        submitted_at=values.get("recordedDate"),
        survey_id=survey,
        channel=values.get("distributionChannel"),
    )


def host(setup: Setup) -> str:
    centre = str(setup["datacenter"] or "")
    if not re.fullmatch(r"[A-Za-z0-9-]{1,60}(\.[A-Za-z0-9-]{1,60})?", centre):
        raise ValueError("The setting 'datacenter' is missing; it is a name such as fra1.")
    return f"https://{centre}.qualtrics.com"


def headers(setup: Setup) -> Mapping[str, str]:
    return {"X-API-TOKEN": token(setup, "api_token")}


platform = Platform(
    title="Qualtrics",
    read=read,
    authentication={
        "type": "hmac",
        "body_field": "HMAC",
        "algorithm": "sha512",
        "signed": "{field.MSG}",
    },
    settings=frozenset(SETTINGS),
    required=frozenset({"score_key"}),
    sealed=frozenset({"api_token"}),
    json_fields=("MSG",),
    api=Api(host=host, headers=headers, per_minute=120),
)
