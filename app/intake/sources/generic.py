"""Any sender: our canonical body, or whatever the source's mapping reads."""

from collections.abc import Iterator

from app.intake.coercion import answer
from app.intake.source import CARRIED, Document, Platform, Setup
from app.responses.answer import Answer

FIELDS = (
    "response_id", "score", "comment", "email", "name", "submitted_at", "updated_at",
    "survey_id", "channel", "consent", "attributes",
)  # fmt: skip


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    yield answer(document, setup, **{field: document.get(field) for field in FIELDS})


platform = Platform(
    title="Any sender",
    read=read,
    authentication={"type": "standard_webhooks"},
    plain=CARRIED,
    delivery_id="header:webhook-id",
)
