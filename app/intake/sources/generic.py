"""Any sender: our canonical body, or whatever the source's mapping reads."""

from collections.abc import Iterator

from app.intake import canonical
from app.intake.source import CARRIED, Document, Platform, Setup
from app.responses.answer import Answer


def read(document: Document, setup: Setup) -> Iterator[Answer]:
    yield canonical.read(document, setup)


platform = Platform(
    title="Any sender",
    read=read,
    authentication={"type": "standard_webhooks"},
    plain=CARRIED,
    delivery_id="header:webhook-id",
)
