"""Shapes that are documented and were not recorded: other fields, other places, other versions."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.intake import documents, mapping, reading, sourcebook, strictjson
from app.intake.deliveries import Waiting
from app.intake.source import DoubtfulError, Fetched, IgnoredError, Setup, UnreadableError
from app.intake.sourcebook import KnownSource
from app.intake.strictjson import JSONRefusedError
from app.responses.answer import Answer, Withdrawal
from tests.intake import mutation, recorded, stub

LONG = os.environ.get("CHEERBOARD_FAULTS") == "long"  # noqa: TID251 - how the tests are run
Edits = Mapping[str, Any]
GONE = object()


def heard(
    platform: str, edits: Edits, name: str = "promoter-comment", fetched: Edits | None = None,
    **own: Any,
) -> Answer:  # fmt: skip
    """What a recorded delivery says with other values at these places, and other settings."""
    case = recorded.case(platform, name)
    config = {key: one for key, one in case.facts["_config"].items() if one is not None} | own
    found, _ = documents.parse(
        case.body,
        {key.lower(): one for key, one in case.headers.items()},
        sourcebook.platforms()[platform].json_fields,
    )
    document = json.loads(json.dumps(found[0]))
    for path, value in edits.items():
        put(document, path, value)
    answers = {path: Fetched(one) for path, one in (fetched or {}).items()}
    (said,) = reader(platform, config)(document, Setup(settings=config, fetched=answers))
    assert isinstance(said, Answer)
    return said


def reader(platform: str, config: Mapping[str, Any]) -> Any:
    known = sourcebook.platforms()[platform]
    if known.read is not None:
        return known.read
    assert known.expressions is not None
    return mapping.compile_reader(known.expressions(config))


def put(document: Any, path: str, value: Any) -> None:
    *way, last = [int(step) if step.isdigit() else step for step in path.split()]
    for step in way:
        document = document[step]
    if value is GONE:
        del document[last]
    elif last == "+":
        document.append(value)
    else:
        document[last] = value


ANSWERS = "form_response answers"
SCORE = {"type": "text", "text": "9", "field": {"ref": "nps_score", "type": "short_text"}}
CONTACT = {
    "type": "contact_info", "field": {"ref": "who", "type": "contact_info"},
    "contact_info": {"first_name": "Ana", "last_name": "Sá", "email": "ana@example.com"},
}  # fmt: skip
SHOP = {"key": "q_s", "label": "store", "type": "INPUT_TEXT", "value": "not this one"}
CHOICE = {
    "key": "q_c", "label": "plan", "type": "DROPDOWN", "value": ["b"],
    "options": [{"id": "a", "text": "Silver"}, {"id": "b", "text": "Gold"}],
}  # fmt: skip
ATTRIBUTE = {"name": "store", "value": "Lyon"}
READ: list[tuple[str, Edits, dict[str, Any], dict[str, Any]]] = [
    # Newer bodies have both names of the id; either is enough.
    ("typeform", {"form_response token": GONE, "form_response response_id": "t-9"}, {},
     {"response_id": "t-9"}),
    ("typeform", {}, {"score_field_ref": "Sc0reF1eldAA"}, {"score": 10}),
    ("typeform", {f"{ANSWERS} +": CONTACT},
     {"name_field_ref": "who", "email_field_ref": "who"},
     {"name": "Ana Sá", "email": "ana@example.com"}),
    # Bodies from before Delighted had other kinds of survey lack the field.
    ("delighted", {"event_data survey_type": GONE}, {}, {"score": 9}),
    ("delighted", {"event_data survey_type": "csat"}, {"survey_type": "csat"}, {"score": 9}),
    ("formbricks", {"data data email": GONE, "data contactAttributes": {"email": "c@example.com"}},
     {}, {"email": "c@example.com"}),
    ("formbricks", {"data data email": GONE, "data contactAttributes": {"mail": "m@example.com"}},
     {"email_contact_attribute": "mail"}, {"email": "m@example.com"}),
    ("formbricks", {"data data email": GONE, "data contactAttributes": GONE,
                    "data personAttributes": {"email": "old@example.com"}},
     {}, {"email": "old@example.com"}),
    ("googleforms", {"respondentEmail": "r@example.com"}, {"email_question": None},
     {"email": "r@example.com"}),
    ("googleforms", {"createTime": GONE, "lastSubmittedTime": "2026-06-11T08:00:00Z"}, {},
     {"submitted_at": recorded.moment("2026-06-11T08:00:00Z")}),
    ("tally", {"data responseId": GONE, "data submissionId": "sub-1"}, {},
     {"response_id": "sub-1"}),
    ("tally", {"data fields +": SHOP}, {"attributes": {"store": "store"}},
     {"attributes": {"store": "Gent"}}),
    ("tally", {"data fields +": {"key": "question_scoreA", "label": "x", "value": 3}}, {},
     {"score": 9}),
    ("tally", {"data fields +": CHOICE}, {"attributes": {"plan": "plan"}},
     {"attributes": {"plan": "Gold"}}),
    ("satismeter", {"campaign": GONE}, {"campaign_id": None}, {"survey_id": GONE}),
    ("posthog", {"event properties $survey_submission_id": GONE, "event uuid": "e-1"}, {},
     {"response_id": "e-1"}),
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(READ)))
def test_a_documented_shape_is_read(at: int) -> None:
    platform, edits, own, wanted = READ[at]
    said = heard(platform, edits, **own)
    if wanted == {"survey_id": GONE}:  # where the campaign is only an id inside of the response
        body = json.loads(recorded.case(platform, "promoter-comment").body)
        wanted = {"survey_id": body["response"]["campaign"]}
        assert wanted["survey_id"]
    assert {key: getattr(said, key) for key in wanted} == wanted


def test_the_parts_of_a_survicate_response() -> None:
    asked = "event questionAnswered"
    said = heard("survicate", {f"{asked} choice comment": "quick"}, "score")
    assert (said.score, said.comment) == (9, "quick")
    place = {"attributes": {"store": "respondent.attributes.store"}}
    said = heard("survicate", {f"{asked} respondent attributes": [ATTRIBUTE]}, "score", **place)
    assert said.attributes == {"store": "Lyon"}


OURS: dict[str, Any] = {"survey_id": "ours"}
IGNORED: list[tuple[str, str, Edits, str]] = [
    ("typeform", "promoter-comment", {f"{ANSWERS} 1": SCORE}, "no score"),
    ("delighted", "promoter-comment", {"event_type": "unsubscribe.created"}, "is no answer"),
    ("formbricks", "promoter-comment", {"data surveyId": "other"}, "another survey"),
    ("googleforms", "script", {"survey_id": "other"}, "another form"),
    ("asknicely", "promoter-comment", {"question": GONE}, "no question of AskNicely"),
    ("wootric", "promoter-comment", {"response": GONE, "decline": {"id": 1}}, "declined"),
    ("surveymonkey", "promoter-comment", {"object_type": "collector"}, "is no answer"),
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(IGNORED)))
def test_what_is_no_answer_is_told_why(at: int) -> None:
    platform, name, edits, words = IGNORED[at]
    own = OURS if "another survey" in words else {}
    with pytest.raises(IgnoredError, match=words):
        heard(platform, edits, name, **own)


RESPONSE = "/v3/surveys/418200100/responses/118800000001/details"
SURVEY = "/v3/surveys/418200100/details"


def fetched(edits: Edits, survey: Edits) -> dict[str, Any]:
    """What SurveyMonkey's API says, with other values at these places."""
    documents = {
        RESPONSE: stub.recorded("surveymonkey-promoter-comment"),
        SURVEY: stub.recorded("surveymonkey-survey-418200100-details"),
    }
    for path, value in edits.items():
        put(documents[RESPONSE], path, value)
    for path, value in survey.items():
        put(documents[SURVEY], path, value)
    return documents


def test_a_deletion_is_ordered_beside_the_answers_it_takes_back() -> None:
    case = recorded.case("hubspot", "promoter-comment")
    (event,) = json.loads(case.body)
    event |= {"subscriptionType": "object.deletion", "occurredAt": 1_781_082_931_000}
    (said,) = reader("hubspot", {})(event, Setup())
    assert isinstance(said, Withdrawal)
    assert (said.response_id, said.version) == ("390000001", 1_781_082_931_000_000)


CHOICES = "pages 0 questions 1 answers choices"


@pytest.mark.parametrize(
    ("edits", "survey", "wanted"),
    [
        ({"response_status": "disqualified"}, {}, {"excluded": "excluded by the platform"}),
        ({"response_status": "overquota"}, {}, {"excluded": "excluded by the platform"}),
        ({"response_status": "partial"}, {}, {"excluded": None, "score": 9}),
        ({"email_address": "", "metadata contact": {"email": {"value": "c@example.com"}}}, {},
         {"email": "c@example.com"}),
        ({}, {f"{CHOICES} +": {"id": "na", "position": 12, "is_na": True}}, {"score": 9}),
    ],
)  # fmt: skip
def test_what_surveymonkey_says_of_a_response(
    edits: Edits, survey: Edits, wanted: dict[str, Any]
) -> None:
    said = heard("surveymonkey", {}, fetched=fetched(edits, survey))
    assert {key: getattr(said, key) for key in wanted} == wanted


def test_a_scale_of_another_length_gives_no_score() -> None:
    with pytest.raises(UnreadableError, match="eleven choices"):
        heard("surveymonkey", {}, fetched=fetched({}, {f"{CHOICES} 0": GONE}))


@pytest.mark.parametrize("garbage", [7, {"0": {}}, "9"])
def test_answers_of_another_kind_are_doubted(garbage: Any) -> None:
    with pytest.raises(DoubtfulError, match="cannot be read"):
        heard("surveymonkey", {}, fetched=fetched({"pages 0 questions 1 answers": garbage}, {}))


@pytest.mark.parametrize("mode", ["preview", "survey_preview"])
def test_the_owners_own_trials_are_no_answers(mode: str) -> None:
    with pytest.raises(IgnoredError, match="preview"):
        heard("surveymonkey", {}, fetched=fetched({"collection_mode": mode}, {}))


@pytest.mark.parametrize("platform", ["typeform", "posthog"])
def test_what_has_a_time_is_ordered_by_it(platform: str) -> None:
    said = heard(platform, {})
    assert said.submitted_at is not None
    assert said.version == said.submitted_at.timestamp() * 1_000_000


class Told(dict[str, Any]):
    """What an API said, by path, with or without the query."""

    def get(self, path: str, default: Any = None) -> Any:
        said = super().get(path, super().get(path.partition("?")[0]))
        return default if said is None else Fetched(said)

    def __getitem__(self, path: str) -> Any:
        return self.get(path)


THIN = [case for case in recorded.everything() if case.is_thin and case.facts["_fetch"]]


@pytest.mark.faults
@settings(max_examples=20_000 if LONG else 100, deadline=None, derandomize=not LONG, database=None,
          phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
@given(dice=st.integers(0, 2**64).map(Random))
def test_whatever_an_api_says_is_no_surprise(dice: Random) -> None:
    case = dice.choice(THIN)
    platform = sourcebook.platforms()[case.platform]
    own = {key: one for key, one in case.facts["_config"].items() if one is not None}
    said = {one["path"]: stub.recorded(one["fixture"]) for one in case.facts["_fetch"]}
    for path in dice.sample(sorted(said), dice.randrange(len(said) + 1)):
        changed = mutation._dumped(mutation._changed(said[path], dice.randrange), is_ascii=True)
        with suppress(JSONRefusedError):  # nobody reads what is no JSON
            said[path] = strictjson.loads(changed)
    source = KnownSource(
        id=1, name="thin", platform=platform, check=None, read=reader(case.platform, own),
        setup=Setup(settings=own, fetched=Told(said)), delivery_id=None, sees_envelopes=False,
    )  # fmt: skip
    headers = {key.lower(): one for key, one in case.headers.items()}
    read = reading.read(source, Waiting(1, 1, case.at, headers, case.body), b"salt")
    assert "could not be read" not in str(read.failed), read.failed
    assert not [one for one in read.news if isinstance(one, Answer) and one.score is None]
