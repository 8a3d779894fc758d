"""HubSpot: thin; a list of what happened to objects, feedback submissions among them."""

from collections.abc import Iterator

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

FEEDBACK = "0-19"
TOLD = ("object.creation", "object.propertyChange", "object.restore")
GONE = ("object.deletion", "object.privacyDeletion")
PROPERTIES = (
    "hs_survey_type", "hs_value", "hs_response_group", "hs_content", "hs_submission_timestamp",
    "hs_survey_id", "hs_survey_name", "hs_contact_email_rollup",
)  # fmt: skip


def read(document: Document, setup: Setup) -> Iterator[News]:
    if str(document.get("objectTypeId")) != str(setup["object_type_id"] or FEEDBACK):
        raise IgnoredError("It is about another kind of object.")
    event = document.get("subscriptionType")
    if event not in (*TOLD, *GONE):
        raise IgnoredError(f"The event {event!r:.80} is no answer.")
    name = step(document.get("objectId"), "object id")
    if event in GONE:
        yield Withdrawal(response_id=name, version=order(_at(document), setup.zone))
        return
    mapped = [str(path).partition(".") for path in (setup["attributes"] or {}).values()]
    extra = [key for kind, _, key in mapped if kind == "properties" and step(key, "property")]
    asked = ",".join(dict.fromkeys((*PROPERTIES, *extra)))
    found = setup.get(f"/crm/v3/objects/feedback_submissions/{name}?properties={asked}")
    told = section(found, "properties")
    if str(place(found, "id")) != name or not told:
        raise DoubtfulError("The API answered with another object.")
    kind, wanted = told.get("hs_survey_type"), setup["survey_type"] or "NPS"
    if str(kind).upper() != str(wanted).upper():
        raise IgnoredError(f"The survey is of type {kind!r:.80}.")
    yield answer(
        found,
        setup,
        response_id=name,
        score=told.get("hs_value"),
        comment=told.get("hs_content"),
        email=told.get("hs_contact_email_rollup"),
        submitted_at=told.get("hs_submission_timestamp"),
        updated_at=found.get("updatedAt"),
        survey_id=told.get("hs_survey_id"),
    )


def _at(document: Document) -> object:
    """Milliseconds, as a time and not as a count."""
    at = document.get("occurredAt")
    return at * 1000 if isinstance(at, int) and not isinstance(at, bool) else None


platform = Platform(
    title="HubSpot",
    read=read,
    authentication={
        "type": "hmac",
        "header": "X-HubSpot-Signature-v3",
        "encoding": "base64",
        "signed": "{method}{url}{body}{timestamp}",
        "timestamp_header": "X-HubSpot-Request-Timestamp",
        "timestamp_unit": "ms",
    },
    settings=frozenset({"object_type_id", "survey_type", "access_token", "api_base_url"}),
    sealed=frozenset({"access_token"}),
    # A private app may ask 100 times in ten seconds.
    api=Api(
        host=lambda _: "https://api.hubapi.com", headers=bearer("access_token"), per_minute=300
    ),
)
