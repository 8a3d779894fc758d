"""/matching: names from answers that nobody knows yet, each matched by one tap."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from app import web
from app.desk import matching
from app.desk.rosterpeople import number
from app.errors import CheerboardError
from app.people.authorize import Actor
from app.people.doors import May
from app.people.signin import Fields

router = APIRouter(prefix="/matching", include_in_schema=False)


@router.get("")
def matching_page(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("roster.match"))],
    done: str = "",
) -> Response:
    with db.read() as session:
        return web.page(
            request,
            "people/matching.html",
            actor=actor,
            here="matching",
            names=matching.names(session),
            followings=matching.lately(session),
            said=done[:200],
        )


@router.post("")
def match_name(
    db: web.Db,
    fields: Fields,
    actor: Annotated[Actor, Depends(May("roster.match"))],
) -> Response:
    """`kind`, `name` as the answers have it, and `to`, the id of what it means."""
    # A name chosen from the list ends with its id.
    to = fields.get("to", "") or fields.get("called", "").rpartition("#")[2].strip()
    kind, name = fields.get("kind", ""), fields.get("name", "")
    to_id = number(to)
    if to_id is None:
        raise CheerboardError("Choose one from the list; what you typed names nobody on it.")
    with db.write.begin() as session:
        matching.match(session, actor, kind, name, to_id)
    return RedirectResponse("/matching?done=matched", 303)
