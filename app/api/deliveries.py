"""GET /deliveries: what platforms posted and what became of it; a body only one at a time."""

import base64
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import literal_column, select

from app import web
from app.api.naming import Named, source_id_of
from app.api.paging import AnyRow, AnySelect, Page, Turn, newest_first, page
from app.errors import NotFoundError
from app.intake import deliveries
from app.intake.models import Delivery, Source
from app.people.doors import May

router = APIRouter(dependencies=[Depends(May("deliveries.read"))])

Outcome = Literal["kept", "processed", "ignored", "repeated", "failed"]


class DeliveryItem(BaseModel):
    """`kept` waits to be processed. `error` is the sentence why it was ignored or failed.

    With `next_attempt_at` its platform's API is asked then, at the earliest; `error` says why the
    last attempt was in vain.
    """

    id: str
    source: str
    platform: str
    delivery_id: str | None
    received_at: datetime
    processed_at: datetime | None
    outcome: Outcome
    error: str | None
    next_attempt_at: datetime | None


class WholeDelivery(DeliveryItem):
    """With its body as it came; `encoding` says how `body` is written here."""

    headers: dict[str, Any]
    body: str
    encoding: Literal["utf-8", "base64"]


@router.get("/deliveries")
def list_deliveries(
    db: web.Db,
    turn: Annotated[Turn, Depends(newest_first)],
    source: Named = "",
    outcome: Annotated[Outcome | None, Query()] = None,
) -> Page[DeliveryItem]:
    """Newest first, without bodies."""
    query = _query()
    with db.read() as session:
        if outcome == "kept":
            query = query.where(deliveries.KEPT)
        elif outcome is not None:
            # In words, not as a parameter: only so the index of what went wrong is found.
            query = query.where(Delivery.outcome == literal_column(f"'{outcome}'"))
        if source:
            query = query.where(Delivery.source_id.in_(source_id_of(session, source)))
        return page(session, query, Delivery.id, _item, turn)


@router.get("/deliveries/{delivery_id}")
def show_delivery(db: web.Db, delivery_id: web.Id) -> WholeDelivery:
    """One delivery, byte for byte."""
    query = _query().add_columns(Delivery.headers, Delivery.body)
    with db.read() as session:
        row = session.execute(query.where(Delivery.id == delivery_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such delivery; raw deliveries are kept for a month.")
    body, encoding = _written(row.body)
    return WholeDelivery(
        **_item(row).model_dump(), headers=row.headers, body=body, encoding=encoding
    )


def _query() -> AnySelect:
    return select(
        Delivery.id,
        Delivery.external_id,
        Delivery.received_at,
        Delivery.processed_at,
        Delivery.outcome,
        Delivery.error,
        Delivery.fetch_at,
        Source.name,
        Source.platform,
    ).join(Source, Source.id == Delivery.source_id)


def _item(row: AnyRow) -> DeliveryItem:
    return DeliveryItem(
        id=str(row.id),
        source=row.name,
        platform=row.platform,
        delivery_id=row.external_id,
        received_at=row.received_at,
        processed_at=row.processed_at,
        outcome=row.outcome,
        error=row.error,
        next_attempt_at=row.fetch_at,
    )


def _written(body: bytes) -> tuple[str, Literal["utf-8", "base64"]]:
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), "base64"
