"""For monitoring: /healthz, /readyz, /metrics. Without a token, and without anybody's name."""

import logging
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import metrics, web
from app.db import Database, sqlite_is_safe
from app.intake.deliveries import count_waiting
from app.migrations import is_current
from app.people.doors import OPEN

log = logging.getLogger(__name__)
router = APIRouter(dependencies=[OPEN], include_in_schema=False)

# More than any burst leaves behind for long: then a balancer had better not send more.
MOST_WAITING = 100_000


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(request: Request, db: web.Db) -> JSONResponse:
    """200 when answers can be taken and shown, else 503; either way, what was found."""
    found = {"database": "down", "schema": "unknown", "backlog": None} | _look(db)
    found["open"] = request.app.state.reception.is_open
    ready = found["open"] and found["schema"] == "head" and not _is_swamped(found)
    return JSONResponse({"ready": ready, **found}, 200 if ready else 503)


@router.get("/metrics")
def show_metrics(db: web.Db) -> Response:
    """Prometheus' text format."""
    try:
        with db.read() as session:
            metrics.backlog.set(count_waiting(session))
    except SQLAlchemyError:
        log.warning("The database does not answer; the backlog in the metrics is an old one.")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _look(db: Database) -> dict[str, Any]:
    try:
        if not is_current(db):
            return {"database": "up", "schema": "behind"}
        with db.read() as session:
            found: dict[str, Any] = {
                "database": "up",
                "schema": "head",
                "backlog": count_waiting(session),
            }
            if db.is_sqlite:
                found["sqlite"] = session.scalar(text("SELECT sqlite_version()"))
                found["sqlite_is_safe"] = sqlite_is_safe()
            return found
    except SQLAlchemyError as error:
        log.warning("The database does not answer: %s", type(error).__name__)
        return {}


def _is_swamped(found: dict[str, Any]) -> bool:
    return (found["backlog"] or 0) > MOST_WAITING
