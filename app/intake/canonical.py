"""Our own form of an answer, as any sender may write it."""

from app.intake.coercion import answer
from app.intake.source import Document, Setup
from app.responses.answer import Answer

FIELDS = (
    "response_id", "score", "comment", "email", "name", "submitted_at", "updated_at",
    "survey_id", "channel", "consent", "attributes",
)  # fmt: skip


def read(document: Document, setup: Setup) -> Answer:
    """Raises IgnoredError without a valid id or score."""
    return answer(
        document, setup, **{field: document[field] for field in FIELDS if field in document}
    )
