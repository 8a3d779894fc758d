"""Jotform: a multipart form whose field `rawRequest` holds the answers as JSON; nothing signed."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.intake.coercion import answer, text
from app.intake.source import Document, Platform, Setup, demand_same, section
from app.responses.answer import Answer


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    demand_same(setup["form_id"], document.get("formID"), "form")
    # `preview` and `path` beside the answers are the form's own workings, not ours to judge.
    given = section(document, "rawRequest")
    yield answer(
        document,
        setup,
        response_id=document.get("submissionID"),
        score=given.get(setup["score_key"]),
        comment=given.get(setup["comment_key"]),
        email=given.get(setup["email_key"]),
        name=_full(given.get(setup["name_key"])),
        survey_id=document.get("formID"),
    )


def _full(name: Any) -> Any:
    """A name comes in its parts: prefix, first, middle, last, suffix, those that are asked for."""
    if not isinstance(name, Mapping):
        return name
    return " ".join(part for part in (text(one, 200) for one in name.values()) if part)


platform = Platform(
    title="Jotform",
    read=read,
    settings=frozenset({"form_id", "score_key", "comment_key", "email_key", "name_key"}),
    required=frozenset({"score_key"}),
    json_fields=("rawRequest",),
)
