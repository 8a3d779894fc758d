"""GET /responses: every answer with a score, the newest state of each."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import select

from app import web
from app.api.naming import Named, source_id_of
from app.api.paging import AnyRow, AnySelect, Page, Turn, oldest_first, page
from app.intake.models import Source
from app.people.doors import May
from app.people.models import Person, Site, Team
from app.responses.models import Response
from app.scores import nps

router = APIRouter(dependencies=[Depends(May("responses.read"))])


class ResponseItem(BaseModel):
    """One customer's answer. `person`, `team` and `site` are names on the roster."""

    id: str
    source: str
    response_id: str
    survey_id: str | None
    channel: str | None
    score: int
    category: Literal["promoter", "passive", "detractor"]
    comment: str | None
    email: str | None
    name: str | None
    submitted_at: datetime
    updated_at: datetime | None
    attributes: dict[str, Any]
    person: str | None
    team: str | None
    site: str | None
    status: Literal["counted", "excluded", "withdrawn", "superseded"]
    reason: str | None


@router.get("/responses")
def list_responses(
    db: web.Db, turn: Annotated[Turn, Depends(oldest_first)], source: Named = ""
) -> Page[ResponseItem]:
    """Oldest first. An answer without a score yet is not listed."""
    query = _query().where(Response.status != "unscored")
    with db.read() as session:
        if source:
            query = query.where(Response.source_id.in_(source_id_of(session, source)))
        return page(session, query, Response.id, _item, turn)


def _query() -> AnySelect:
    return (
        select(
            Response,
            Source.name.label("source"),
            Person.name.label("person"),
            Team.name.label("team"),
            Site.name.label("site"),
        )
        .join(Source, Source.id == Response.source_id)
        .outerjoin(Person, Person.id == Response.person_id)
        .outerjoin(Team, Team.id == Response.team_id)
        .outerjoin(Site, Site.id == Response.site_id)
    )


def _item(row: AnyRow) -> ResponseItem:
    found: Response = row.Response
    assert found.score is not None  # noqa: S101 - the query leaves out what has none
    return ResponseItem.model_validate(
        {
            **{name: getattr(found, name) for name in _AS_STORED},
            "id": str(found.id),
            "response_id": found.external_id,
            "category": nps.category(found.score),
            "source": row.source,
            "person": row.person,
            "team": row.team,
            "site": row.site,
        }
    )


_AS_STORED = (
    "survey_id", "channel", "score", "comment", "email", "name", "submitted_at", "updated_at",
    "attributes", "status", "reason",
)  # fmt: skip
