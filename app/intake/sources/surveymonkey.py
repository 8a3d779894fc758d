"""SurveyMonkey: thin; an answer holds only the choice, its number is the choice's place."""

from collections.abc import Iterator
from typing import Any

from app.intake.coercion import answer, order
from app.intake.source import (
    Api,
    Document,
    DoubtfulError,
    IgnoredError,
    News,
    Platform,
    Setup,
    bearer,
    place,
    section,
    step,
)
from app.responses.answer import Withdrawal

EVENTS = tuple(f"response_{what}" for what in ("completed", "updated", "disqualified", "overquota"))
SETTINGS = (
    "client_id", "access_token", "survey_id", "score_question_id", "comment_question_id",
    "api_base_url",
)  # fmt: skip
PREVIEWS = ("preview", "survey_preview")


def read(document: Document, setup: Setup) -> Iterator[News]:
    event = document.get("event_type")
    if document.get("object_type") != "response" or event not in (*EVENTS, "response_deleted"):
        raise IgnoredError(f"The event {event!r:.80} is no answer.")
    name, survey = step(document.get("object_id"), "response id"), _survey(document, setup)
    if event == "response_deleted":
        at = order(document.get("event_datetime"), setup.zone)
        yield Withdrawal(response_id=name, version=at)
        return
    response = document.get("details") or setup.get(
        f"/v3/surveys/{survey}/responses/{name}/details"
    )
    if (str(place(response, "id")), str(place(response, "survey_id"))) != (name, survey):
        raise DoubtfulError("The API answered with another response.")
    if response.get("collection_mode") in PREVIEWS:
        raise IgnoredError("It is a preview by the survey's owner.")
    names = [response.get("first_name"), response.get("last_name")]
    yield answer(
        response,
        setup,
        response_id=name,
        score=_score(response, f"/v3/surveys/{survey}/details", setup),
        comment=_given(response, setup["comment_question_id"]).get("text"),
        email=response.get("email_address") or place(response, "metadata.contact.email.value"),
        name=" ".join(part for part in names if isinstance(part, str)),
        submitted_at=response.get("date_created"),
        updated_at=response.get("date_modified"),
        survey_id=survey,
        excluded=response.get("response_status") in ("disqualified", "overquota"),
    )


def _survey(document: Document, setup: Setup) -> str:
    own = document.get("filter_id") if document.get("filter_type") == "survey" else None
    survey = step(place(document, "resources.survey_id") or own or setup["survey_id"], "survey id")
    if setup["survey_id"] and survey != str(setup["survey_id"]):
        raise IgnoredError("It is about another survey.")
    return survey


def _score(response: Document, path: str, setup: Setup) -> int:
    wanted = str(setup["score_question_id"])
    chosen = _given(response, wanted).get("choice_id")
    if not chosen:
        raise IgnoredError("It has no score.")
    choices = _choices(setup.get(path, is_kept=True), wanted)
    if str(chosen) not in choices:
        raise setup.misfit(path, "The chosen answer is not among the survey's choices.")
    if sorted(choices.values()) != list(range(1, 12)):
        sentence = f"The question {wanted} has not the eleven choices from 0 to 10."
        raise setup.misfit(path, sentence)
    return choices[str(chosen)] - 1


def _choices(survey: Document, wanted: str) -> dict[str, int]:
    """The place of each choice of a question, from 1, by the choice's id."""
    found = [one for one in _questions(survey) if str(one["id"]) == wanted]
    every = place(found[0], "answers.choices") if found else None
    try:
        return {str(one["id"]): int(one["position"]) for one in every or () if not one.get("is_na")}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DoubtfulError("The API answered with choices that cannot be read.") from None


def _given(response: Document, question: Any) -> Document:
    """The first answer to a question; an empty object when it was passed over."""
    for asked in _questions(response):
        if question and str(asked["id"]) == str(question) and (every := asked.get("answers")):
            if not isinstance(every, list):
                raise DoubtfulError("The API answered with answers that cannot be read.")
            return section({"first": every[0]}, "first")
    return {}


def _questions(document: Document) -> list[Any]:
    try:
        return [one for page in document["pages"] for one in page["questions"] if one["id"]]
    except (KeyError, TypeError):
        raise DoubtfulError("The API answered without pages and questions.") from None


platform = Platform(
    title="SurveyMonkey",
    read=read,
    authentication={
        "type": "hmac",
        "header": "Sm-Signature",
        "algorithm": "sha1",
        "encoding": "base64",
        "key": "{client_id}&{secret}",
    },
    delivery_id="event_id",
    settings=frozenset(SETTINGS),
    required=frozenset({"score_question_id"}),
    sealed=frozenset({"access_token"}),
    # Drafts and private apps may ask 120 times a minute.
    api=Api(
        host=lambda _: "https://api.surveymonkey.com",
        headers=bearer("access_token"),
        per_minute=100,
    ),
)
