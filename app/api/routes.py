"""/api/v1: one noun per module, described by /api/v1/openapi.json."""

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from app.api import (
    deliveries,
    heroes,
    leaderboard,
    nominations,
    responses,
    scores,
    screens,
    stories,
)
from app.people.doors import OPEN

PROBLEM = "application/problem+json"


class Problem(BaseModel):
    """RFC 9457: `detail` is one sentence a person can act on."""

    type: str
    title: str
    status: int
    detail: str


def _trouble(*statuses: int) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {PROBLEM: {"schema": schema}}
    return {status: {"description": "A problem.", "content": content} for status in statuses}


router = APIRouter(prefix="/api/v1", responses=_trouble(400, 401, 403, 404, 409, 422, 503))
for _noun in (
    scores,
    leaderboard,
    heroes,
    nominations,
    stories,
    responses,
    deliveries,
    screens,
):
    router.include_router(_noun.router)


@router.get("/openapi.json", dependencies=[OPEN], include_in_schema=False)
@cache
def openapi() -> dict[str, Any]:
    """What this API understands and answers."""
    app = FastAPI(title="Cheerboard", version="1", description="Scores, stories and answers.")
    app.include_router(router)
    described = app.openapi()
    parts = described["components"]
    parts["schemas"]["Problem"] = Problem.model_json_schema()
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return described | {"security": [{"token": []}]}
